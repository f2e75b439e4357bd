import { afterEach, describe, expect, it, vi } from 'vitest';
import * as tno from '../index.js';
import type { NDArray } from '../index.js';
import { createReferenceDevice, modes, ndarray, type Device, type Executable } from '../index.js';

const device = createReferenceDevice();
const x = tno.dvector('x');
const f64 = (value: unknown): NDArray<'float64'> => ndarray(value as number[], 'float64');
afterEach(() => vi.restoreAllMocks());

describe('MonitorMode', () => {
  it('calls back before and after each node, with values', () => {
    const seen: string[] = [];
    const tell =
      (when: string) =>
      ({ node, index, inputs, outputs }: tno.NodeRun) =>
        void seen.push(
          `${when} ${index} ${node.op.name} ${inputs.length} ${outputs.map(String).join()}`,
        );
    const mode = tno.monitorMode({ before: tell('before'), after: tell('after') });
    const f = tno.function([x], x.exp().sum(), { mode, device });
    expect(f(f64([0, 0]))).toBe(2);
    const names = seen.map((line) => line.split(' ').slice(0, 3).join(' '));
    expect(names).toEqual(['before 0 exp', 'after 0 exp', 'before 1 sum', 'after 1 sum']);
    expect(seen[3]).toContain('2');
  });

  it('makes updates after all, and none where a node fails', () => {
    const w = tno.shared(f64([1]), 'w', { device, shape: [null] });
    const mode = tno.monitorMode({});
    const checked = tno.assert(x, x.gt(0), 'positive numbers');
    const f = tno.function([x], [w.sum(), checked], { updates: [[w, w.add(x)]], mode, device });
    expect(f(f64([5]))[0]).toBe(1);
    expect(w.getValue().toNested()).toEqual([6]);
    expect(() => f(f64([-1]))).toThrow(
      /^\[assert\] expected positive numbers[^]*watching\.test\.ts/,
    );
    expect(w.getValue().toNested()).toEqual([6]);
  });

  it('is kept by including, excluding and copies; into and async work too', async () => {
    let nodes = 0;
    const count = tno.monitorMode({ after: () => void nodes++ });
    const mode = count.excluding('unsafe-nan').including('fusion');
    const w = tno.shared(f64([1, 1]), 'w', { device, shape: [null] });
    const other = tno.shared(f64([2, 2]), 'o', { device, shape: [null] });
    const f = tno.function([x], x.mul(w), { mode, device });
    const memory = f64([0, 0]);
    f.into(memory, f64([3, 4]));
    expect(memory.toNested()).toEqual([3, 4]);
    expect(
      f
        .copy({ swap: [[w, other]] })(f64([3, 4]))
        .toNested(),
    ).toEqual([6, 8]);
    expect((await f.async(f64([5, 6]))).toNested()).toEqual([5, 6]);
    expect(nodes).toBe(3);
    expect(() => f.into(f64([0]), f64([3, 4]))).toThrow(tno.ShapeError);
  });
});

describe('NanGuardMode', () => {
  const guarded = (mode: tno.FunctionOptions['mode'], y: tno.TensorVariable) =>
    tno.function([x], y, { mode, device });

  it('names the op and the line that a NaN, an infinity or a huge number comes from', () => {
    const f = guarded('NanGuardMode', x.log().sum());
    expect(f(f64([1]))).toBe(0);
    expect(() => f(f64([1, -1]))).toThrow(tno.NanGuardError);
    expect(() => f(f64([1, -1]))).toThrow(
      /^\[log\] expected finite numbers of ordinary size, got NaN at \(1,\)[^]*in log\(x: float64\(2,\)\)[^]*watching\.test\.ts:\d+/,
    );
    expect(() => f(f64([0]))).toThrow('got -Infinity at (0,)');
    expect(() => guarded('NanGuardMode', x.mul(1e9))(f64([100]))).toThrow('got 100000000000');
    expect(guarded('NanGuardMode', tno.cast(x, 'int64').mul(4))(f64([1e10]))).toBeDefined();
  });

  it('lets pass what it is told to, or warns', () => {
    const pass = tno.nanGuardMode({ nan: false, inf: false, big: Infinity });
    expect((guarded(pass, x.log())(f64([-1, 0])) as NDArray).toNested()).toEqual([NaN, -Infinity]);
    expect(() => guarded(tno.nanGuardMode({ nan: false }), x.log())(f64([0]))).toThrow(
      tno.NanGuardError,
    );
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    guarded(tno.nanGuardMode({ action: 'warn' }), x.log())(f64([-1]));
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^tno: \[log\] expected finite/)]]);
  });
});

/** The reference device with `run` in place of that of the executables it loads, by their number. */
function meddling(
  run: (inner: Executable, n: number, ...args: Parameters<Executable['run']>) => NDArray[],
): Device {
  let loaded = 0;
  return {
    ...device,
    name: 'meddling',
    target: device.target,
    createShared: (value) => device.createShared(value),
    load: (...args) => {
      const inner = device.load(...args);
      const n = loaded++;
      return {
        run: (...call) => run(inner, n, ...call),
        runAsync: (inputs) => inner.runAsync(inputs),
        free: () => inner.free(),
        ready: () => inner.ready(),
      };
    },
  };
}

/** An op whose reference adds 1 and whose code adds `step`. */
function plusOne(
  step: number,
  rules: tno.Rule[] = [],
): (v: tno.TensorVariable) => tno.TensorVariable {
  const op = tno.defineOp({
    name: `plus_${step}_${rules.length}`,
    props: {},
    types: ([v]) => [v.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([v]) => [f64((v.toNested() as number[]).map((p) => p + 1))],
    pullback: (_node, [g]) => [g],
    lower: {
      kind: 'expression',
      build: (scope, { inputs: [v] }, point) =>
        scope.scalar('add', 'float64', scope.at(v, point), scope.constant('float64', step)),
    },
    rules,
  });
  return (v) => tno.apply1(op, [v]);
}

type Build = (scope: tno.StepScope, node: tno.Apply) => readonly number[];

/** An op that gives its operand, with code of its own. */
function stepsOp(
  name: string,
  build: Build,
): (v: tno.TensorVariable) => tno.TensorVariable<'float64', 1> {
  const op = tno.defineOp({
    name,
    props: {},
    types: ([v]) => [v.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([v]) => [v.copy()],
    pullback: (_node, [g]) => [g],
    lower: { kind: 'steps', build },
  });
  return (v) => tno.apply1(op, [v]) as never;
}

/** out = x + t, where of t only element 0 was set, to 0. */
const partlyWritten: Build = (scope, node) => {
  const { builder } = scope;
  const [v] = node.inputs;
  const shape = scope.shape(v);
  const site = builder.site(node.op.name);
  const [t, out] = [builder.temp('float64', shape), builder.temp('float64', shape)];
  const first = new tno.KernelBuilder('first', [1]);
  first.store(first.operand('float64', [0]), first.constant('float64', 0));
  builder.kernel(first.build(), [t], [], site);
  const add = new tno.KernelBuilder('add', [{ param: 0 }]);
  const [a, b, c] = [0, 1, 2].map(() => add.operand('float64', [1]));
  add.store(c, add.scalar('add', add.load(a), add.load(b)));
  builder.kernel(add.build(), [scope.buffer(v), t, out], [shape[0]], site);
  return [out];
};

/** Doubles the operand where it lies. */
const writesOperand: Build = (scope, node) => {
  const { builder } = scope;
  const buffer = scope.buffer(node.inputs[0]);
  const twice = new tno.KernelBuilder('twice', [{ param: 0 }]);
  const at = twice.operand('float64', [1]);
  const value = twice.load(at);
  twice.store(at, twice.scalar('add', value, value));
  builder.kernel(twice.build(), [buffer], [scope.shape(node.inputs[0])[0]], builder.site('bold'));
  return [buffer];
};

describe('DebugMode', () => {
  const debug = (y: tno.TensorVariable, on: Device = device) =>
    tno.function([x], y, { mode: 'DebugMode', device: on });

  it('gives what other modes give, training included', () => {
    const results = (['FAST_RUN', 'DebugMode'] as const).map((mode) => {
      const m = tno.dmatrix('m');
      const y = tno.lvector('y');
      const W = tno.shared(f64([[0.5, -0.5], [0.25, 1]]), 'W', { device, shape: [null, null] }); // prettier-ignore
      const p = tno.softmax(m.dot(W));
      const cost = tno
        .log(p)
        .at(tno.arange(y.shape.at(0)), y)
        .mean()
        .neg();
      const train = tno.function([m, y], cost, {
        updates: [[W, W.sub(tno.grad(cost, W).mul(0.5))]],
        mode,
        device,
      });
      const call = (): unknown => train(f64([[1, 2], [3, -1], [0, 1]]), ndarray([0n, 1n, 0n])); // prettier-ignore
      return [call(), call(), W.getValue().toNested()];
    });
    expect(results[1]).toEqual(results[0]);
  });

  it('tolerates what rewrites may change, and branches that are not taken', () => {
    expect((debug(x.div(x))(f64([0, 3])) as NDArray).toNested()).toEqual([1, 1]);
    expect(debug(tno.log(tno.softmax(x)).at(1))(f64([1000, 0]))).toBe(-1000);
    const n = tno.lscalar('n');
    const y = tno.ifElse(n.gt(0), x.reshape([2, -1]).sum(), x.sum());
    const f = tno.function([n, x], y, { mode: 'DebugMode', device });
    expect(f(0, f64([1, 2, 3]))).toBe(6);
  });

  it('finds a rewrite that changes a value, by name', () => {
    const wrong: tno.Rule = tno.rule('lose the one', '*', ['canonicalize'], ({ op, inputs }) =>
      op.name.startsWith('plus_') ? inputs[0] : null,
    );
    const f = debug(plusOne(1, [wrong])(x));
    expect(() => f(f64([1, 2]))).toThrow(tno.BadRewriteError);
    expect(() => f(f64([1, 2]))).toThrow(
      /expected 2 at element 0, got 1 of the rewrite "lose the one"[^]*watching\.test\.ts/,
    );
  });

  it('finds code that differs from its reference', () => {
    const f = debug(plusOne(1.5)(x).mul(2));
    expect(() => f(f64([1, 2]))).toThrow(tno.BadKernelError);
    expect(() => f(f64([1, 2]))).toThrow(
      '[plus_1.5_0] expected 2 at element 0, got 2.5 of its code',
    );
    expect((debug(plusOne(1)(x))(f64([1])) as NDArray).toNested()).toEqual([2]);
  });

  it('finds results that depend on what was in memory', () => {
    const lazy = meddling((inner, _n, inputs, memory) => {
      const given = memory?.[0];
      return given ? [given.array] : inner.run(inputs, memory);
    });
    expect(() => debug(x.add(1), lazy)(f64([1]))).toThrow(/of its code in used memory/);
  });

  it('finds writes to inputs, and results in their memory', () => {
    const writing = meddling((inner, n, inputs, memory) => {
      const results = inner.run(inputs, memory);
      if (n > 0) inputs[0].data[0] = 42;
      return results;
    });
    expect(() => debug(x.add(1), writing)(f64([1]))).toThrow('of an input of add after it ran');
    const aliasing = meddling((inner, n, inputs, memory) =>
      n > 0 && !memory ? [...inputs] : inner.run(inputs, memory),
    );
    expect(() => debug(x.abs(), aliasing)(f64([1]))).toThrow(
      'expected a result in memory of its own',
    );
  });

  it('finds elements that nothing wrote, in temps too', () => {
    const f = debug(stepsOp('first only', partlyWritten)(x));
    expect(() => f(f64([0, 0]))).toThrow(
      /^\[first only\] expected 0 at element 1, got NaN of its code/,
    );
    const g = tno.function([x], stepsOp('first only', partlyWritten)(x), { device });
    expect(g(f64([0, 0])).get(0)).toBe(0);
  });

  it('finds results of the Program in memory of others', () => {
    const w = tno.shared(f64([1]), 'w', { device, shape: [null] });
    const off = (lend: (results: NDArray[], inputs: readonly NDArray[]) => NDArray[]): Device =>
      meddling((inner, n, inputs, memory) => {
        const results = inner.run(inputs, memory);
        return n === 0 ? lend(results, inputs) : results;
      });
    const f = (on: Device) =>
      tno.function([x], [x.mul(1), x.mul(w)], { mode: 'DebugMode', device: on });
    const text = 'expected a result in memory of its own, got one in that of';
    expect(() => f(off(([, second], [given]) => [given, second]))(f64([2]))).toThrow(text);
    expect(() => f(off(([first]) => [first, first]))(f64([2]))).toThrow(text);
    const borrowed = w.getValue({ borrow: true });
    expect(() => f(off(([first]) => [first, borrowed]))(f64([1]))).toThrow(text);
    expect(f(device)(f64([2])).map((y) => y.toNested())).toEqual([[2], [2]]);
  });

  it('finds a write to a borrowed argument of a call in flight', async () => {
    const f = tno.function([tno.In(x, { borrow: true })], x.mul(2), { mode: 'DebugMode', device });
    const lent = f64([1, 2]);
    const early = f.async(lent);
    lent.data[1] = 7;
    await expect(early).rejects.toThrow(tno.InputError);
    await expect(early).rejects.toThrow(
      '[x] expected 2 at element 1, got 7 of this borrowed input, written while the call was in flight',
    );
    expect((await f.async(lent)).toNested()).toEqual([2, 14]);
    const moved = f.async(lent);
    structuredClone(lent.data, { transfer: [lent.data.buffer as ArrayBuffer] });
    await expect(moved).rejects.toThrow('got its memory transferred');
    const g = debug(x.mul(2));
    const own = f64([3]);
    const later = g.async(own);
    own.data[0] = 9;
    expect(((await later) as NDArray).toNested()).toEqual([6]);
  });

  it('finds code that is wrong on strided operands', () => {
    const m = tno.dmatrix('m');
    // After the Program and the node's code comes its code on strided operands.
    const wrong = meddling((inner, n, inputs, memory) => {
      const results = inner.run(inputs, memory);
      if (n % 3 === 2) results[0].data[1] = 42;
      return results;
    });
    const f = tno.function([m], m.abs(), { mode: 'DebugMode', device: wrong });
    expect(() =>
      f(
        f64([
          [0, 1],
          [2, 3],
        ]),
      ),
    ).toThrow(
      // prettier-ignore
      '[abs] expected 1 at element 1, got 42 of its code on strided operands',
    );
    const ofVector = debug(x.abs(), wrong);
    expect(() => ofVector(f64([0, -1]))).toThrow('of its code on strided operands');
  });

  it('finds code that writes to an operand, or lends it as its result', () => {
    const run = (build: Build): unknown => debug(stepsOp('bold', build)(x).add(1))(f64([1, 2]));
    expect(() => run(writesOperand)).toThrow(tno.VerifyError);
    const host = tno.asOp({
      name: 'rude',
      inputs: [x.type],
      outputs: [x.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: (v) => {
        v.data[v.offset] = 9;
        return [v.copy()];
      },
    });
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(() => debug(host(x)[0])(f64([1, 2]))).toThrow(
      '[rude] expected operand 0 to stay 1 at element 0, got 9',
    );
  });

  it('finds a write to a shared variable that has no update', () => {
    const w = tno.shared(f64([1]), 'w', { device, shape: [null] });
    const writing = meddling((inner, n, inputs, memory) => {
      const results = inner.run(inputs, memory);
      if (n === 0) w.setValue(f64([7]));
      return results;
    });
    const f = tno.function([x], x.add(w), { mode: 'DebugMode', device: writing });
    expect(() => f(f64([0]))).toThrow('expected 1 at element 0, got 7 of this variable after');
  });

  it('verifies the Program and the graph after every rewrite', () => {
    const ofOtherType: tno.Rule = tno.rule('to float32', '*', ['canonicalize'], ({ op, inputs }) =>
      op.name.startsWith('plus_') ? inputs[0].cast('float32') : null,
    );
    expect(() => debug(plusOne(1, [ofOtherType])(x))).toThrow(tno.TnoError);
  });

  it('finds a Program that differs from its nodes, and takes its updates back', () => {
    const w = tno.shared(f64([1]), 'w', { device, shape: [null] });
    const off = meddling((inner, n, inputs, memory) => {
      const results = inner.run(inputs, memory);
      if (n === 0) results[0].data[0] = 0.5;
      return results;
    });
    const f = tno.function([x], x.exp(), {
      updates: [[w, w.add(x)]],
      mode: 'DebugMode',
      device: off,
    });
    expect(() => f(f64([0]))).toThrow(tno.BadProgramError);
    expect(() => f(f64([0]))).toThrow('expected 1 at element 0, got 0.5 of the Program');
    expect(w.getValue().toNested()).toEqual([1]);
  });
});

it('all modes can be named in the configuration', () => {
  expect(tno.flags.mode.values).toEqual(expect.arrayContaining(Object.keys(modes)));
});
