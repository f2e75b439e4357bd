import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, NDArray, TnoError } from '../index.js';

const device = createReferenceDevice();
const zeros = (...shape: number[]): NDArray<'float32'> => NDArray.zeros(shape, 'float32');

/** The line that calls this. */
function here(): number {
  const frame = (new Error().stack ?? '')
    .split('\n')
    .find((line) => line.includes('run-errors.test.ts') && !line.includes('here'));
  return Number(/:(\d+):\d+\)?$/.exec(frame ?? '')?.[1]);
}

interface Failure {
  readonly error: TnoError;
  readonly line: number;
}

function failureOf(call: () => unknown): Failure {
  try {
    call();
  } catch (error) {
    if (!(error instanceof TnoError)) throw error;
    return {
      error,
      line: Number(/made at .*run-errors\.test\.ts:(\d+):/.exec(error.message)?.[1]),
    };
  }
  throw new Error('expected an error');
}

const modes = ['FAST_RUN', 'FAST_COMPILE', 'NONE'] as const;

describe.each(modes)('a wrong shape in mode %s', (mode) => {
  const options = { mode, device };
  const [x, W] = [tno.fmatrix('x'), tno.fmatrix('W')];
  const [a, b, c] = [tno.fvector('a'), tno.fvector('b'), tno.fvector('c')];

  it('of a product names both operands with their axes, the arguments, and the line', () => {
    const [y, line] = [x.dot(W), here()];
    const f = tno.function([x, W], y.add(1).tanh().sum(), options);
    const failure = failureOf(() => f(zeros(2, 3), zeros(4, 5)));
    expect(failure.error).toBeInstanceOf(tno.ShapeError);
    expect(failure.error.code).toBe('E_SHAPE');
    expect(failure.error.message).toMatch(
      /^\[dot\] expected inner dimensions to match, got 3 \(x, axis 1\) and 4 \(W, axis 0\)\n/,
    );
    expect(failure.error.message).toContain('called with x: float32(2, 3), W: float32(4, 5)');
    expect(failure.line).toBe(line);
  });

  it('of an addend of a product says so of the line that adds it', () => {
    const [y, line] = [x.dot(W).add(b), here()];
    const f = tno.function([x, W, b], y.sigmoid().sum(), options);
    const failure = failureOf(() => f(zeros(2, 3), zeros(3, 5), zeros(7)));
    expect(failure.error.message).toMatch(
      /^\[add\] expected equal sizes on axis 1, got (5 .* and 7|7 .* and 5)/,
    );
    expect(failure.line).toBe(line);
  });

  it('in the middle of a fused chain names the op and the line of that op', () => {
    const left = a.mul(2).add(1).tanh();
    const right = b.exp();
    const [product, line] = [left.mul(right), here()];
    const f = tno.function([a, b, c], product.sub(c.sqr()).sum(), options);
    const failure = failureOf(() => f(zeros(2), zeros(3), zeros(2)));
    expect(failure.error).toBeInstanceOf(tno.ShapeError);
    expect(failure.error.message).toMatch(
      /^\[mul\] expected equal sizes on axis 0, got 2 .* and 3 /,
    );
    expect(failure.line).toBe(line);
    const other = failureOf(() => f(zeros(2), zeros(2), zeros(5)));
    expect(other.error.message).toMatch(/^\[sub\] expected equal sizes on axis 0, got 2 .* and 5 /);
  });

  it('of a node that a rewrite made names the line of what it stands for', () => {
    const [sum, line] = [a.add(b), here()];
    const f = tno.function([a, b], sum.exp().add(1).log(), options);
    const failure = failureOf(() => f(zeros(2), zeros(3)));
    expect(failure.error.message).toMatch(
      /^\[add\] expected equal sizes on axis 0, got 2 \(a\) and 3 \(b\)/,
    );
    expect(failure.line).toBe(line);
  });

  it('is found also where the operand cancels', () => {
    for (const y of [a.add(b).sub(b), a.mul(b).div(b)]) {
      const failure = failureOf(() => tno.function([a, b], y, options)(zeros(2), zeros(3)));
      expect(failure.error).toBeInstanceOf(tno.ShapeError);
      expect(failure.error.message).toMatch(/2.*3|3.*2/);
      expect(failure.error.message).toMatch(/made at .*run-errors\.test\.ts/);
    }
  });

  it('of a node that a gradient made names the line of the node that it is the gradient of', () => {
    const [product, line] = [a.mul(b), here()];
    const f = tno.function([a, b], tno.grad(product.sum(), a), options);
    const failure = failureOf(() => f(zeros(2), zeros(3)));
    expect(failure.error).toBeInstanceOf(tno.ShapeError);
    expect(failure.error.message).toMatch(/2.*3|3.*2/);
    expect(failure.line).toBe(line);
  });

  it('is found also where nothing is left of the operation', () => {
    const [sum, line] = [a.add(b), here()];
    for (const y of [sum.mul(0), sum.sub(sum), tno.zerosLike(sum)]) {
      const failure = failureOf(() => tno.function([a, b], y, options)(zeros(2), zeros(3)));
      expect(failure.error.message).toMatch(
        /^\[add\] expected equal sizes on axis 0, got 2 \(a\) and 3 \(b\)/,
      );
      expect(failure.line).toBe(line);
    }
    const [y, dotLine] = [x.dot(W), here()];
    const f = tno.function([x, W], tno.grad(y.sum(), W), options);
    const failure = failureOf(() => f(zeros(2, 3), zeros(4, 5)));
    expect(failure.error.message).toMatch(
      /^\[dot\] expected inner dimensions to match, got 3 \(x, axis 1\) and 4 \(W, axis 0\)/,
    );
    expect(failure.line).toBe(dotLine);
    const w = tno.shared(zeros(3), 'w', { shape: [null], device });
    const g = tno.function([a], a.add(w).shape, options);
    expect(failureOf(() => g(zeros(2))).error.message).toMatch(/^\[add\].*2 \(a\) and 3 \(w\)/);
  });

  it('of a gradient through products names the line of the product', () => {
    const [y, line] = [x.dot(W), here()];
    const f = tno.function([x, W], tno.grad(y.sqr().sum(), W), options);
    const failure = failureOf(() => f(zeros(2, 3), zeros(4, 5)));
    expect(failure.error.message).toMatch(
      /^\[dot\] expected inner dimensions to match, got 3 \(x, axis 1\) and 4 \(W, axis 0\)/,
    );
    expect(failure.line).toBe(line);
  });

  it('of a reshape, an assignment and a promise', () => {
    const rows = tno.lscalar('rows');
    const [y, line] = [a.reshape([rows, 2]), here()];
    const f = tno.function([a, rows], y, options);
    const failure = failureOf(() => f(zeros(5), 3));
    expect(failure.error).toBeInstanceOf(tno.ShapeError);
    expect(failure.error.message).toMatch(/^\[reshape\].*5/);
    expect(failure.error.message).toContain('called with a: float32(5), rows: int64 3');
    expect(failure.line).toBe(line);
    const [z, zLine] = [a.setSubtensor([tno.slice(0, 2)], b), here()];
    expect(failureOf(() => tno.function([a, b], z, options)(zeros(5), zeros(3)))).toMatchObject({
      line: zLine,
    });
    const [s, sLine] = [tno.specifyShape(x, [null, 1]), here()];
    expect(failureOf(() => tno.function([x], s, options)(zeros(2, 3)))).toMatchObject({
      line: sLine,
    });
  });
});

describe.each(modes)('an index out of range in mode %s', (mode) => {
  const options = { mode, device };
  const [x, W] = [tno.fmatrix('x'), tno.fmatrix('W')];
  const [k, places, targets] = [tno.lscalar('k'), tno.lvector('places'), tno.lvector('targets')];

  it('as a constant', () => {
    const [y, line] = [x.at(5), here()];
    const failure = failureOf(() => tno.function([x], y.tanh().sum(), options)(zeros(2, 3)));
    expect(failure.error).toBeInstanceOf(tno.IndexRangeError);
    expect(failure.error.code).toBe('E_INDEX');
    expect(failure.line).toBe(line);
  });

  it('as a value', () => {
    const [y, line] = [x.at(k), here()];
    const f = tno.function([x, k], y.tanh().sum(), options);
    for (const [bad, text] of [
      [2, 'an index of at most 1 for axis 0, got 2'],
      [-3, 'an index within axis 0, got -1 counted from its start'],
      [2 ** 40, `an index of at most 1 for axis 0, got ${2 ** 40}`],
    ] as const) {
      const failure = failureOf(() => f(zeros(2, 3), bad));
      expect(failure.error).toBeInstanceOf(tno.IndexRangeError);
      expect(failure.error.message).toContain(`[subtensor] expected ${text}\n`);
      expect(failure.error.message).toContain(`k: int64 ${bad}`);
      expect(failure.line).toBe(line);
    }
    expect(f(zeros(2, 3), -2)).toBe(0);
  });

  it('as one of many', () => {
    const [y, line] = [x.at(places), here()];
    const f = tno.function([x, places], y.tanh().sum(), options);
    for (const bad of [2, -3]) {
      const failure = failureOf(() => f(zeros(2, 3), [0, bad, 1]));
      expect(failure.error).toBeInstanceOf(tno.IndexRangeError);
      expect(failure.error.message).toMatch(
        new RegExp(`^\\[at\\] expected an index within \\[-2, 1\\], got ${bad}\n`),
      );
      expect(failure.line).toBe(line);
    }
  });

  it('in a gradient', () => {
    const [y, line] = [x.at(places), here()];
    for (const cost of [y.sum(), y.sqr().sum()]) {
      const f = tno.function([x, places], tno.grad(cost, x), options);
      const failure = failureOf(() => f(zeros(2, 3), [0, 9]));
      expect(failure.error).toBeInstanceOf(tno.IndexRangeError);
      expect(failure.error.message).toMatch(/within \[-2, 1\], got 9/);
      expect(failure.line).toBe(line);
    }
  });

  it('as a class of a softmax, in the cost and in its gradient', () => {
    const p = tno.softmax(x.dot(W));
    const [picked, line] = [p.log().at(tno.arange(targets.shape.at(0)), targets), here()];
    const cost = picked.mean().neg();
    for (const output of [cost, tno.grad(cost, W)]) {
      const f = tno.function([x, W, targets], output, options) as unknown as (
        ...args: unknown[]
      ) => unknown;
      for (const bad of [2, -3]) {
        const failure = failureOf(() => f(zeros(2, 3), zeros(3, 2), [0, bad]));
        expect(failure.error).toBeInstanceOf(tno.IndexRangeError);
        expect(failure.error.message).toMatch(new RegExp(`within \\[-2, 1\\], got ${bad}`));
        expect(failure.line).toBe(line);
      }
      f(zeros(2, 3), zeros(3, 2), [0, -1]);
    }
  });
});

describe('other failures', () => {
  it('of memory say how much was asked for', () => {
    const n = tno.lscalar('n');
    const f = tno.function([n], tno.full([n, n], 1), { device });
    const { error } = failureOf(() => f(3_000_000));
    expect(error).toBeInstanceOf(tno.DeviceError);
    expect(error.message).toMatch(/expected \d+ bytes of memory/);
    expect(f(2).shape).toEqual([2, 2]);
  });

  it('of an op of the user come through as they are, and leave shared variables alone', () => {
    const picky = tno.defineOp({
      name: 'picky',
      props: {},
      types: ([x]) => [x.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: ([x]) => {
        if (Number(x.get(0)) < 0) throw new RangeError('no negative numbers here');
        return [x];
      },
      pullback: 'not-differentiable',
      lower: { kind: 'host' },
    });
    const x = tno.fvector('x');
    const w = tno.shared(zeros(1), 'w', { device });
    const f = tno.function([x], tno.apply1(picky, [x.mul(2)]).sum(), { updates: [[w, x]], device });
    expect(() => f([-1])).toThrow(RangeError);
    expect(w.getValue().toNested()).toEqual([0]);
    expect(f([3])).toBe(6);
    expect(w.getValue().toNested()).toEqual([3]);
  });

  it('of an op of the user whose result is the function’s own come through too', () => {
    const twice = tno.defineOp({
      name: 'twice',
      props: {},
      types: ([x]) => [x.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: ([x]) => [tno.nd.add(x, x)],
      pullback: 'not-differentiable',
      lower: { kind: 'host' },
    });
    const n = tno.lscalar('n');
    const x = tno.fvector('x');
    const result = tno.apply1(twice, [x]);
    const size = tno.apply1(twice, [n]);
    const f = tno.function([x, n], [result, result.add(1), size, tno.arange(size)], { device });
    expect(f([1, 2], 2).map((v) => (v as { toNested?(): unknown }).toNested?.() ?? v)).toEqual([
      [2, 4],
      [3, 5],
      4,
      [0, 1, 2, 3],
    ]);
  });

  it('leave a function usable', () => {
    const [x, y] = [tno.fvector('x'), tno.fvector('y')];
    const f = tno.function([x, y], x.add(y), { device });
    for (let i = 0; i < 3; i++) {
      expect(() => f([1, 2], [1])).toThrow(tno.ShapeError);
      expect(f([1, 2], [3, 4]).toNested()).toEqual([4, 6]);
    }
  });

  it('show no frame of the library where the line is said', () => {
    const [x, y] = [tno.fvector('x'), tno.fvector('y')];
    const f = tno.function([x, y], tno.logSoftmax(x.add(y)), { device });
    const { error } = failureOf(() => f([1], [1, 2]));
    expect(
      error.message
        .split('\n')
        .filter((line) => /made at| {5}at /.test(line))
        .join('\n'),
    ).not.toMatch(/src\/(ops|tensor|graph|compile\/function)/);
  });
});
