import { describe, expect, it } from 'vitest';
import {
  arange,
  createReferenceDevice,
  dmatrix,
  dvector,
  exp,
  function as compile,
  grad,
  incSubtensor,
  lcol,
  lmatrix,
  lscalar,
  lvector,
  modes,
  NDArray,
  ndarray,
  nonzero,
  setSubtensor,
  shared as makeShared,
  shapeOf,
  slice,
  softmax,
  tensor,
  type Program,
  type SharedVariable,
  type Step,
} from '../index.js';
import { IndexRangeError } from '../errors.js';
import { printProgram } from './print-program.js';

const device = createReferenceDevice();

/** What a Program does, a line a step: no declarations, no checks. */
function steps({ program }: { program: Program }): string[] {
  const [, body] = printProgram(program).split('\n\n');
  return body.split('\n').filter((line) => line !== '' && !/^(check|alloc)/.test(line));
}

const shared = (value: NDArray, name: string): SharedVariable =>
  makeShared(value, name, { device });
const zeros = (...shape: number[]): NDArray => NDArray.zeros(shape, 'float64');
const [x, y, m] = [dvector('x'), dvector('y'), dmatrix('m')];

describe('fusion', () => {
  it('makes the slide model a product and its sigmoid in place', () => {
    const [W, b] = [shared(zeros(4, 3), 'W'), shared(zeros(3), 'b')];
    const predict = compile([x], W.T.dot(x).add(b).sigmoid(), { device });
    expect(steps(predict)).toEqual([
      'out0 = gemv(v0, in0, shared1, const0, const0)',
      'kernel sigmoid [i:shared1.0] out0[i] = sigmoid(out0[i])',
    ]);
  });

  it('makes a chain of elementwise ops one kernel', () => {
    const f = compile([x, y], x.mul(2).add(y).exp().sub(1).tanh(), { device });
    expect(steps(f)).toEqual([
      'kernel mul_add_expm1_tanh [i:in0.0] out0[i] = tanh(expm1(in0[i] * 2 + in1[i]))',
    ]);
  });

  it('takes what makes and what uses a reduction into its loop', () => {
    const f = compile([m, y], m.sub(1).sqr().sum(1).sqrt().mul(y), { device });
    expect(steps(f)).toEqual([
      'kernel sqrt_mul_sum_sub [i:in0.0 | j:in0.1] out0[i] = sqrt(sum(sqr(in0[i, j] - 1))) * in1[i]',
    ]);
  });

  it('takes no loop of a reduction whose axes are transposed where they are used', () => {
    const [a, b] = [tensor('float64', [2, 2, 3], 'a'), tensor('float64', [2, 2], 'b')];
    const f = compile([a, b], a.sum(2).T.add(b), { device });
    const values = [
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [
        [6, 7, 8],
        [9, 10, 11],
      ],
    ];
    const none = [
      [0, 0],
      [0, 0],
    ];
    expect(f(values, none).toNested()).toEqual([
      [3, 21],
      [12, 30],
    ]);
  });

  it('keeps costly work that is repeated along an axis in memory', () => {
    const f = compile([m, x], m.mul(x.exp()), { device });
    expect(steps(f)).toEqual([
      expect.stringMatching(/^kernel exp \[i:in1\.0\] t0/),
      expect.stringMatching(
        /^kernel mul \[i:in0\.0, j:in0\.1\] out0\[i, j\] = in0\[i, j\] \* t0\[j\]$/,
      ),
    ]);
  });

  it('walks transposes, reversals and slices without copies', () => {
    const f = compile([m], m.T.at(slice(null, null, -1)).add(1), { device });
    expect(steps(f)).toHaveLength(1);
    expect(steps(f)[0]).toMatch(/^kernel add \[i:.*, j:.*\] out0\[i, j\] = /);
  });

  it('joins the axes that all operands walk as one', () => {
    const f = compile([m], m.exp().mul(2), { device });
    expect(steps(f)[0]).toContain('[i:(in0.0 * in0.1)]');
  });

  it('is off where the mode says so', () => {
    const mode = modes.FAST_RUN.excluding('fusion', 'stabilize');
    const f = compile([x, y], x.mul(2).add(y).exp().tanh(), { device, mode });
    expect(steps(f)).toHaveLength(4);
  });

  it('without in-place work gives every result its own memory', () => {
    const mode = modes.FAST_RUN.excluding('inplace');
    const f = compile([m, x], m.dot(x).tanh(), { device, mode });
    expect(steps(f)).toEqual([
      expect.stringMatching(/^t0 = gemv\(in0, in1\)/),
      'kernel tanh [i:in0.0] out0[i] = tanh(t0[i])',
    ]);
  });
});

/** Steps before and after the commit mark. */
function parts(f: { program: Program }): { before: string[]; after: string[] } {
  const all = steps(f);
  const mark = all.indexOf('commit');
  return { before: all.slice(0, mark), after: all.slice(mark + 1) };
}

/** Buffers of shared variables that a step writes. */
function sharedWrites({ buffers, kernels }: Program, step: Step): number[] {
  const base = (id: number): number => {
    const decl = buffers[id];
    return decl.role === 'view' ? decl.base : id;
  };
  const written =
    step.kind === 'kernel'
      ? kernels[step.kernel].stores.map((store) => step.operands[store.operand])
      : step.kind === 'call'
        ? step.outs
        : step.kind === 'copy'
          ? [step.to]
          : [];
  return written.map(base).filter((id) => buffers[id].role === 'shared');
}

describe('updates', () => {
  it('swap by way of scratch', () => {
    const [a, b] = [shared(ndarray(1), 'a'), shared(ndarray(2), 'b')];
    const f = compile([], a.mul(10), { device, updates: [[a, b], [b, a]] }); // prettier-ignore
    expect(parts(f)).toEqual({
      before: ['kernel mul [] out0[] = shared0[] * 10', 't0 = copy shared1', 't1 = copy shared0'],
      after: ['shared0 = copy t0', 'shared1 = copy t1'],
    });
    expect([f(), a.getValue().item(), b.getValue().item()]).toEqual([10, 2, 1]);
  });

  it('count in place, the old value given out first', () => {
    const a = shared(ndarray(0), 'a');
    const f = compile([], a, { device, updates: [[a, a.add(1)]] });
    expect(parts(f)).toEqual({
      before: ['out0 = copy shared0'],
      after: ['kernel add [] shared0[] = shared0[] + 1'],
    });
    expect([f(), f(), f()]).toEqual([0, 1, 2]);
  });

  it('accumulate a product into the variable it updates', () => {
    const W = shared(zeros(3, 2), 'W');
    const cost = m.dot(W).tanh().sum();
    const f = compile([m], cost, { device, updates: [[W, W.sub(grad(cost, W).mul(0.1))]] });
    const { before, after } = parts(f);
    expect(before.filter((line) => line.includes('gemm'))).toEqual([
      expect.stringMatching(/^t0 = gemm\(in0, shared0\)/),
    ]);
    expect(after).toEqual([
      expect.stringMatching(/^shared0 = gemm\(v0, t\d, shared0, const\d, const\d\)$/),
    ]);
  });

  it('with momentum compute the new velocity once', () => {
    const [w, v] = [shared(zeros(3), 'w'), shared(zeros(3), 'v')];
    const velocity = v.mul(0.9).sub(w.sub(x).mul(0.1));
    const f = compile([x], null, { device, updates: [[v, velocity], [w, w.add(velocity)]] }); // prettier-ignore
    const { before, after } = parts(f);
    expect(before).toHaveLength(1);
    expect(after).toEqual([expect.stringContaining('shared'), expect.stringContaining('shared')]);
    f(ndarray([1, 2, 3], 'float64'));
    expect(w.getValue().toNested()).toEqual(v.getValue().toNested());
  });

  it('leave a view and a sum of the old value as they were', () => {
    const v = shared(ndarray([0, 1, 2], 'float64'), 'v');
    const updates = [[v, incSubtensor(v, [0], 10)]] as const;
    const f = compile([], [v.at(0), v.sum()], { device, updates });
    expect(parts(f).after).toEqual(['kernel copy [] shared0[] = shared0[] + 10']);
    expect(f()).toEqual([0, 3]);
    expect(v.getValue().toNested()).toEqual([10, 1, 2]);
    expect(f()).toEqual([10, 13]);
  });

  it('set a part in place', () => {
    const v = shared(ndarray([0, 1, 2], 'float64'), 'v');
    const f = compile([], v.at(slice(1, null)), {
      device,
      updates: [[v, setSubtensor(v, [0], 7)]],
    });
    expect(parts(f).after).toEqual(['kernel copy [] shared0[] = 7']);
    expect((f() as NDArray).toNested()).toEqual([1, 2]);
    expect(v.getValue().toNested()).toEqual([7, 1, 2]);
  });

  it('that may fail are computed before the commit', () => {
    const [v, k] = [shared(ndarray([0, 1, 2], 'float64'), 'v'), lvector('k')];
    const f = compile([k], null, { device, updates: [[v, v.mul(2).at(k)]] });
    expect(parts(f).after).toEqual([expect.stringMatching(/^shared0 = copy t/)]);
    expect(() => f(ndarray([0n, 3n, 1n]))).toThrow(IndexRangeError);
    expect(v.getValue().toNested()).toEqual([0, 1, 2]);
  });

  it('write no shared variable before the commit', () => {
    const [W, b, v] = [shared(zeros(3, 2), 'W'), shared(zeros(2), 'b'), shared(zeros(3, 2), 'v')];
    const cost = m.dot(W).add(b).sigmoid().sqr().sum();
    const [gW, gb] = grad(cost, [W, b]);
    const next = v.mul(0.9).sub(gW.mul(0.1));
    const updates = [[v, next], [W, W.add(next)], [b, b.sub(gb.mul(0.1))]] as const; // prettier-ignore
    for (const mode of [...Object.values(modes), modes.FAST_RUN.excluding('fusion')]) {
      const { program } = compile([m], cost, { device, mode, updates });
      const mark = program.steps.findIndex((step) => step.kind === 'commit');
      const writes = program.steps.map((step) => sharedWrites(program, step));
      expect(writes.slice(0, mark).flat()).toEqual([]);
      expect(new Set(writes.slice(mark).flat()).size).toBe(3);
    }
  });
});

describe('sizes', () => {
  it('that only the run tells are taken up where they are known', () => {
    const f = compile([x], x.at(nonzero(x.gt(0))[0]).mul(2), { device });
    expect(steps(f)).toEqual([
      'kernel gt [i:in0.0] t1[i] = in0[i] > 0',
      't2, t0 = nonzero(t1)',
      'kernel mul [i:#t0] out0[i] = in0[@t2[i]] * 2',
    ]);
    expect((f(ndarray([1, -1, 3], 'float64')) as NDArray).toNested()).toEqual([2, 6]);
    expect((f(ndarray([-1], 'float64')) as NDArray).toNested()).toEqual([]);
  });

  it('of a late result may be all that is asked', () => {
    const f = compile([x], shapeOf(nonzero(x)[0], 0), { device });
    expect([f(ndarray([1, 0, 3], 'float64')), f(ndarray([], 'float64'))]).toEqual([2, 0]);
  });

  it('come from values of scalars', () => {
    const n = lscalar('n');
    const f = compile([n], arange(n).mul(2), { device });
    expect(steps(f)).toEqual([expect.stringMatching(/^kernel .* out0\[i\] = /)]);
    expect([0, 3].map((value) => f(value).toNested())).toEqual([[], [0, 2, 4]]);
  });

  it('of 0 need no kernels that do anything', () => {
    const f = compile([m], m.at(slice(0, 0)).exp().sum(0), { device });
    expect(f(ndarray([[1, 2]], 'float64')).toNested()).toEqual([0, 0]);
  });
});

describe('computed indices', () => {
  const k = lvector('k');
  const gather = compile([x, k], exp(x).at(slice(0, 3)).at(k), { device });
  const value = ndarray([0, 1, 2, 3, 4], 'float64');

  it('count from the end of what they index, not of the memory behind it', () => {
    expect(gather(value, ndarray([-1n, 0n])).toNested()).toEqual([Math.exp(2), 1]);
  });

  it('do not move along axes that an index stretches', () => {
    const [rows, columns] = [lcol('rows'), lmatrix('columns')];
    const picked = m.at(rows, columns).T.at(k);
    const f = compile([m, rows, columns, k], picked, { device });
    const chosen = f(
      ndarray(
        [
          [10, 11],
          [20, 21],
        ],
        'float64',
      ),
      ndarray([[0n], [1n]]),
      ndarray([
        [0n, 1n],
        [1n, 0n],
      ]),
      ndarray([1n]),
    );
    expect(chosen.toNested()).toEqual([[11, 20]]);
  });

  it('are checked by the sizes of what they index', () => {
    expect(() => gather(value, ndarray([3n]))).toThrow('expected an index within [-3, 2], got 3');
    expect(() => gather(value, ndarray([-4n]))).toThrow('expected an index within [-3, 2], got -4');
  });

  it('name the line of the indexing where they fail, also inside another kernel', () => {
    const rows = softmax(m).log();
    const picked = rows.at(arange(k.shape.at(0)), k);
    const f = compile([m, k], picked.sum(), { device });
    const line = /lower\.test\.ts:\d+/.exec(
      picked.trace?.stack?.split('\n').find((l) => l.includes('lower.test')) ?? '',
    );
    expect(() => f(ndarray([[1, 2]], 'float64'), ndarray([5n]))).toThrow(IndexRangeError);
    try {
      f(ndarray([[1, 2]], 'float64'), ndarray([5n]));
    } catch (error) {
      expect(String(error)).toContain(line?.[0] ?? 'a line');
    }
  });
});
