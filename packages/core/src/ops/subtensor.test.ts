import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decode, decodeTensor } from '../../test/support/numpy-ops.js';
import { indexCases, indexOf, isArrayIndex } from '../../test/support/recorded-index.js';
import { DTypeError, IndexRangeError, ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { bvector, fmatrix, fvector, iscalar, lscalar, lvector, tensor } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import type { BasicIndex } from './subtensor.js';
import { assignSubtensor, slice, subtensor } from './subtensor.js';

const basic = indexCases.filter(([, { spec }]) => !spec.some(isArrayIndex));

/** The same index with every number symbolic, and the numbers. */
function symbolic(spec: readonly BasicIndex[]): {
  bounds: NDArray[];
  build: (leaves: readonly TensorVariable[]) => BasicIndex[];
} {
  const bounds: NDArray[] = [];
  type Leaves = readonly TensorVariable[];
  const hold = (value: number | null): ((leaves: Leaves) => TensorVariable | null) => {
    if (value === null) return () => null;
    const k = bounds.push(ndarray(BigInt(value))) - 1;
    return (leaves) => leaves[k];
  };
  const makers = spec.map((index): ((leaves: Leaves) => BasicIndex) => {
    if (typeof index === 'number' || index === null) return hold(index);
    const { start, stop, step } = index as {
      start: number | null;
      stop: number | null;
      step: number;
    };
    const [first, last] = [hold(start), hold(stop)];
    return (leaves) => ({ start: first(leaves), stop: last(leaves), step });
  });
  return { bounds, build: (leaves) => makers.map((make) => make(leaves)) };
}

describe('subtensor gives what NumPy gives', () => {
  it.each(basic)('%s', (_name, { recorded, spec, part, values, set, increased }) => {
    const x = decodeTensor(recorded);
    const index = spec.map(indexOf) as BasicIndex[];
    const { bounds, build } = symbolic(index);
    for (const input of layoutsOf(x)) {
      expectValues(
        run((v) => subtensor(v, index), [input]),
        decodeTensor(part),
      );
      expectValues(
        run((v) => subtensor(v, index), [input], [x.shape]),
        decodeTensor(part),
        0,
        'sizes known',
      );
      expectValues(
        run((v, ...b) => subtensor(v, build(b)), [input, ...bounds]),
        decodeTensor(part),
        0,
        'symbolic',
      );
      if (values === undefined || set === undefined || increased === undefined) continue;
      for (const y of layoutsOf(decodeTensor(values))) {
        const change = (mode: 'set' | 'inc') =>
          run((v, w) => assignSubtensor(v, index, w, mode), [input, y]);
        expectValues(change('set'), decode(set, x.dtype, x.shape));
        expectValues(change('inc'), decode(increased, x.dtype, x.shape));
      }
    }
  });

  it('follows slices of any bounds and steps as NDArray does', () => {
    const bound = fc.option(fc.integer({ min: -9, max: 9 }), { nil: null });
    const step = fc.integer({ min: -4, max: 4 }).filter((n) => n !== 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), bound, bound, step, (n, start, stop, by) => {
        const x = NDArray.arange(n);
        const expected = x.slice({ start, stop, step: by }).copy();
        const index = [{ start, stop, step: by }];
        const { bounds, build } = symbolic(index);
        expectValues(
          run((v) => subtensor(v, index), [x]),
          expected,
        );
        expectValues(
          run((v, ...b) => subtensor(v, build(b)), [x, ...bounds]),
          expected,
        );
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

describe('subtensor', () => {
  it('keeps a slice of one row an ordinary axis: only declared ones broadcast', () => {
    expect(subtensor(fmatrix(), [slice(0, 1)]).type.shape).toEqual([null, null]);
    expect(subtensor(tensor('float32', [5, 2]), [slice(0, 1)]).type.shape).toEqual([null, 2]);
    expect(subtensor(tensor('float32', [5, 2]), [slice(1, 4)]).type.shape).toEqual([3, 2]);
    expect(subtensor(tensor('float32', [1, 2]), [slice(0, 1)]).type.shape).toEqual([1, 2]);
    expect(subtensor(tensor('float32', [5]), [slice(iscalar())]).type.shape).toEqual([null]);
    expect(subtensor(tensor('float32', [5]), [{ step: -1 }]).type.shape).toEqual([5]);
  });

  it('refuses integers out of range, at once where sizes are known', () => {
    expect(() => subtensor(tensor('float32', [3]), [3])).toThrow(
      '[subtensor] expected an index within [-3, 2] for axis 0, got 3',
    );
    for (const at of [3, -4])
      expect(() => run((x) => subtensor(x, [at]), [ndarray([1, 2, 3])])).toThrow(IndexRangeError);
    expect(() => run((x, i) => subtensor(x, [i]), [NDArray.zeros([0]), ndarray(0n)])).toThrow(
      IndexRangeError,
    );
  });

  it('refuses what is no index', () => {
    for (const bad of [1.5, true, fvector()])
      expect(() => subtensor(fvector('x'), [bad])).toThrow(
        '[subtensor] expected integer scalars as indices',
      );
    expect(() => subtensor(fvector('x'), [0, 0])).toThrow(
      '[subtensor] expected at most 1 indices for x, got 2',
    );
    expect(() => subtensor(fvector(), [slice(0, 2, 0)])).toThrow(
      'expected an integer step other than 0, got 0',
    );
    expect(() => subtensor(fvector(), [slice(0, 2, 0.5)])).toThrow(IndexRangeError);
  });

  it('takes indices of any integer dtype', () => {
    for (const dtype of ['int8', 'uint8', 'uint64'] as const) {
      expect(run((x, i) => subtensor(x, [i]), [ndarray([5, 6, 7]), ndarray(2, dtype)]).item()).toBe(
        7,
      );
    }
  });

  it('is the variable itself when everything is taken', () => {
    const x = fmatrix();
    expect(subtensor(x, [])).toBe(x);
    expect(subtensor(x, [null, {}])).toBe(x);
  });

  it("slice reads as Python's", () => {
    expect(slice(3)).toEqual({ start: null, stop: 3 });
    expect(slice(1, null)).toEqual({ start: 1, stop: null, step: 1 });
    expect(slice(1, 5, 2)).toEqual({ start: 1, stop: 5, step: 2 });
  });
});

describe('assignSubtensor', () => {
  const x = ndarray([
    [1, 2],
    [3, 4],
  ]);

  it('stretches scalars, lower ranks and static ones', () => {
    expect(run((v) => assignSubtensor(v, [0], 9, 'set'), [x]).toNested()).toEqual([
      [9, 9],
      [3, 4],
    ]);
    expect(run((v) => assignSubtensor(v, [], [1, 2], 'inc'), [x]).toNested()).toEqual([
      [2, 4],
      [4, 6],
    ]);
    expect(
      run(
        (v, y) => assignSubtensor(v, [], y, 'set'),
        [x, ndarray([[7], [8]])],
        [null, [null, 1]],
      ).toNested(),
    ).toEqual([
      [7, 7],
      [8, 8],
    ]);
  });

  it('does not stretch a size found at run time', () => {
    for (const mode of ['set', 'inc'] as const) {
      expect(() =>
        run((v, y) => assignSubtensor(v, [], y, mode), [x, ndarray([[7], [8]])]),
      ).toThrow(ShapeError);
    }
    expect(() => assignSubtensor(fvector(), [0], fvector(), 'set')).toThrow(
      'expected values of rank at most 0, got 1',
    );
  });

  it('leaves its operand as it was', () => {
    const before = x.copy();
    run((v) => assignSubtensor(v, [0], 9, 'set'), [x]);
    expectValues(x, before);
  });

  it('wraps integers and takes only values of their kind', () => {
    expect(
      run((v) => assignSubtensor(v, [0], 100, 'inc'), [ndarray([100, 1], 'int8')]).toNested(),
    ).toEqual([-56, 1]);
    expect(assignSubtensor(fvector(), [0], lscalar('i'), 'inc').dtype).toBe('float32');
    expect(() => assignSubtensor(bvector('x'), [0], 2.5, 'set')).toThrow(
      '[set_subtensor] expected values for int8 (x), got 2.5: cast them first',
    );
    expect(() => assignSubtensor(bvector('x'), [0], 300, 'set')).toThrow(DTypeError);
    expect(() => assignSubtensor(lvector(), [slice(2)], fvector('y'), 'inc')).toThrow(
      'got float32 (y)',
    );
  });
});
