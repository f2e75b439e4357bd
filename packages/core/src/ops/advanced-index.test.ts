import { describe, expect, it } from 'vitest';
import { leavesFor, run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decode, decodeTensor } from '../../test/support/numpy-ops.js';
import {
  indexCases,
  indexOf,
  isArrayIndex,
  isMaskIndex,
  mixedCases,
} from '../../test/support/recorded-index.js';
import { DTypeError, IndexRangeError, ShapeError } from '../errors.js';
import {
  bvector,
  fmatrix,
  ftensor3,
  fvector,
  lcol,
  lrow,
  lvector,
  tensor,
} from '../tensor/create.js';
import type { TensorVariable } from '../graph/variable.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { at, ellipsis, incSubtensor, newAxis, setSubtensor } from './advanced-index.js';
import { arange } from './arange.js';
import { shapeOf } from './shape.js';
import { gather, scatter } from './gather.js';
import { slice } from './subtensor.js';
import { take } from './take.js';

describe('at, setSubtensor and incSubtensor give what NumPy gives', () => {
  it.each([...indexCases, ...mixedCases])(
    '%s',
    (_name, { recorded, spec, part, values, set, increased }) => {
      const x = decodeTensor(recorded);
      const index = spec.map(indexOf);
      for (const input of layoutsOf(x)) {
        expectValues(
          run((v) => at(v, ...index), [input]),
          decodeTensor(part),
        );
        if (values === undefined || set === undefined || increased === undefined) continue;
        const y = decodeTensor(values);
        expectValues(
          run((v, w) => setSubtensor(v, index, w), [input, y]),
          decode(set, x.dtype, x.shape),
          0,
          'set',
        );
        expectValues(
          run((v, w) => incSubtensor(v, index, w), [input, y]),
          decode(increased, x.dtype, x.shape),
          0,
          'inc',
        );
      }
    },
  );

  it.each(indexCases.filter(([, { spec }]) => spec.some(isArrayIndex)))(
    '%s, symbolic arrays in any layout',
    (_name, { recorded, spec, part }) => {
      const x = decodeTensor(recorded);
      const arrays = spec.filter(isArrayIndex).map(({ array }) => ndarray(array, 'int32'));
      // An array of one row is declared so, to be allowed to stretch.
      const statics = arrays.map((array) => array.shape.map((n) => (n === 1 ? 1 : null)));
      for (const shift of [0, 1]) {
        const laid = arrays.map((array) => layoutsOf(array)[shift]);
        const build = (
          v: Parameters<typeof at>[0],
          ...leaves: NonNullable<Parameters<typeof at>[1]>[]
        ) => {
          let next = 0;
          return at(
            v,
            ...spec.map((index) => (isArrayIndex(index) ? leaves[next++] : indexOf(index))),
          );
        };
        expectValues(run(build, [x, ...laid], [null, ...statics]), decodeTensor(part));
      }
    },
  );
});

describe('at', () => {
  it('picks one element a row', () => {
    const x = ndarray([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(
      run((v, y) => at(v, arange(shapeOf(y, 0)), y), [x, ndarray([2n, 0n])]).toNested(),
    ).toEqual([3, 4]);
  });

  it('has the rank and sizes of what is left and what is picked', () => {
    expect(at(fmatrix(), lvector()).type.shape).toEqual([null, null]);
    expect(at(tensor('float32', [4, 5]), lrow(), 0).type.shape).toEqual([1, null]);
    expect(at(ftensor3(), null, lrow(), lcol()).rank).toBe(3);
  });

  it('fails for an index out of range, and for arrays of different sizes', () => {
    const x = ndarray([
      [1, 2],
      [3, 4],
    ]);
    for (const bad of [2n, -3n])
      expect(() => run((v, i) => at(v, i), [x, ndarray([0n, bad])])).toThrow(IndexRangeError);
    expect(() =>
      run((v, i, j) => at(v, i, j), [x, ndarray([0n, 1n]), ndarray([0n, 1n, 0n])]),
    ).toThrow(ShapeError);
    expect(() => run((v, i, j) => at(v, i, j), [x, ndarray([0n]), ndarray([0n, 1n])])).toThrow(
      ShapeError,
    );
    expect(() => at(fvector('x'), lvector(), 0)).toThrow(
      '[at] expected at most 1 indices for x, got 2',
    );
  });

  it('takes integers only', () => {
    expect(() => at(fvector(), fvector('i'))).toThrow(
      '[at] expected integer indices, got float32(?) (i)',
    );
    expect(() => at(fvector(), [0.5])).toThrow(IndexRangeError);
    expect(() => at(fvector(), true)).toThrow(IndexRangeError);
  });

  it('take goes along an axis, counted from either end', () => {
    const x = ndarray([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(run((v) => take(v, [2, 0], 1), [x]).toNested()).toEqual([
      [3, 1],
      [6, 4],
    ]);
    expect(run((v) => take(v, [2, 0], -1), [x]).toNested()).toEqual([
      [3, 1],
      [6, 4],
    ]);
    expect(run((v) => take(v, [1]), [x]).toNested()).toEqual([[4, 5, 6]]);
    expect(run((v) => take(v, 1, -1), [x]).toNested()).toEqual([2, 5]);
    expect(() => take(fmatrix(), [0], 2)).toThrow(ShapeError);
  });
});

describe('masks, new axes and the ellipsis', () => {
  it.each(mixedCases.filter(([, { spec }]) => spec.some(isMaskIndex)))(
    '%s, symbolic masks',
    (_name, { recorded, spec, part }) => {
      const x = decodeTensor(recorded);
      const masks = spec.filter(isMaskIndex).map(({ mask }) => ndarray(mask, 'bool'));
      const build = (v: TensorVariable, ...leaves: TensorVariable[]): TensorVariable => {
        let next = 0;
        return at(v, ...spec.map((one) => (isMaskIndex(one) ? leaves[next++] : indexOf(one))));
      };
      expectValues(run(build, [x, ...masks]), decodeTensor(part));
    },
  );

  it('a mask of other sizes is refused, where both are known at once', () => {
    const mask = ndarray([true, false]);
    expect(() => at(tensor('float32', [3]), mask)).toThrow(
      '[at] expected a mask of size 3 on axis 0, got 2',
    );
    for (const f of [at, (x: TensorVariable, m: TensorVariable) => setSubtensor(x, [m], 0)]) {
      expect(() => run((x, m) => f(x, m), [ndarray([1, 2, 3]), mask])).toThrow(ShapeError);
    }
  });

  it('are counted as NumPy counts them', () => {
    expect(() => at(fmatrix('x'), tensor('bool', [null, null]), 0)).toThrow(
      '[at] expected at most 2 indices for x, got 3',
    );
    expect(() => at(fmatrix(), '...', '...')).toThrow("[at] expected at most one '...', got 2");
    expect(at(fmatrix(), newAxis, ellipsis, 0).type.shape).toEqual([1, null]);
  });

  it('one value for a mask needs no positions', () => {
    const x = tensor('int32', [null, null]);
    const mask = tensor('bool', [null]);
    for (const change of [setSubtensor, incSubtensor])
      expect(change(x, [null, mask], 7).owner?.op.name).toBe('switch');
    expect(() => setSubtensor(x, [mask], 0.5)).toThrow(DTypeError);
  });

  it('a constant out of range is refused at once where the size is known', () => {
    expect(() => at(tensor('float32', [null, 3]), null, [0, 3])).toThrow(
      '[at] expected an index within [-3, 2] for axis 1, got 3',
    );
    expect(() => setSubtensor(tensor('float32', [3]), [-4], 1)).toThrow(
      '[set_subtensor] expected an index within [-3, 2] for axis 0, got -4',
    );
  });
});

describe('setSubtensor and incSubtensor', () => {
  const x = ndarray([1, 2, 3]);

  it('of repeated indices: increments add up, the last value set stands', () => {
    const index = ndarray([0n, 0n, 1n]);
    expect(run((v) => incSubtensor(v, [index], 1), [NDArray.zeros([3])]).toNested()).toEqual([
      2, 1, 0,
    ]);
    expect(
      run((v) => setSubtensor(v, [index], [1, 2, 3]), [NDArray.zeros([3])]).toNested(),
    ).toEqual([2, 3, 0]);
  });

  it('wrap integers', () => {
    const index = ndarray([0n, 0n]);
    expect(
      run((v) => incSubtensor(v, [index], 100), [ndarray([100, 5], 'int8')]).toNested(),
    ).toEqual([44, 5]);
    expect(
      run(
        (v) => incSubtensor(v, [index], [2n ** 62n, 2n ** 62n]),
        [ndarray([2n ** 62n, 5n])],
      ).toNested({
        bigint: true,
      }),
    ).toEqual([-(2n ** 62n), 5n]);
    expect(
      run((v) => incSubtensor(v, [index], true), [ndarray([false, false])]).toNested(),
    ).toEqual([true, false]);
  });

  it('stretch scalars and rows, not sizes found at run time', () => {
    const rows = ndarray([0n, 2n]);
    const m = NDArray.zeros([3, 2]);
    expect(run((v) => setSubtensor(v, [rows], 5), [m]).toNested()).toEqual([
      [5, 5],
      [0, 0],
      [5, 5],
    ]);
    expect(run((v) => incSubtensor(v, [rows], [1, 2]), [m]).toNested()).toEqual([
      [1, 2],
      [0, 0],
      [1, 2],
    ]);
    expect(() => run((v, y) => setSubtensor(v, [rows], y), [m, ndarray([[1], [2]])])).toThrow(
      ShapeError,
    );
    expect(() => setSubtensor(fvector(), [rows], fmatrix())).toThrow(
      'expected values of rank at most 1, got 2',
    );
  });

  it('set parts between slices', () => {
    const m = NDArray.zeros([2, 4]);
    const changed = run(
      (v) =>
        setSubtensor(
          v,
          [null, ndarray([3n, 0n])],
          [
            [1, 2],
            [3, 4],
          ],
        ),
      [m],
    );
    expect(changed.toNested()).toEqual([
      [2, 0, 0, 1],
      [4, 0, 0, 3],
    ]);
    const sliced = run((v) => incSubtensor(v, [slice(1, null), ndarray([3n, 3n])], [1, 2]), [m]);
    expect(sliced.toNested()).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 3],
    ]);
  });

  it("take values of the operand's kind only, and leave the operand as it was", () => {
    expect(() => setSubtensor(bvector('x'), [ndarray([0n])], 0.5)).toThrow(DTypeError);
    const before = x.copy();
    run((v) => incSubtensor(v, [ndarray([0n])], 5), [x]);
    expectValues(x, before);
  });

  it('gather and scatter work along the leading axes', () => {
    const [m, i] = leavesFor([NDArray.zeros([2, 2]), ndarray([1n])]);
    expect(gather(m, [i]).rank).toBe(2);
    expect(scatter(m, [i], 1, 'inc').type).toBe(m.type);
  });
});
