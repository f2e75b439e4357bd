import { describe, expect, it } from 'vitest';
import { leavesFor, run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decodeTensor, numpyOps } from '../../test/support/numpy-ops.js';
import { ShapeError } from '../errors.js';
import { fmatrix, fscalar, ftensor3, fvector, iscalar, tensor } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { flatten, reshape } from './reshape.js';
import { shapeOf } from './shape.js';

describe('reshape gives what NumPy gives', () => {
  it.each(numpyOps.reshapes)('case %#', (recorded, sizes, result) => {
    for (const x of layoutsOf(decodeTensor(recorded))) {
      const expected = decodeTensor(result);
      expectValues(
        run((v) => reshape(v, sizes), [x]),
        expected,
      );
      expectValues(
        run((v) => reshape(v, sizes), [x], [x.shape]),
        expected,
        0,
        'sizes known',
      );
    }
  });
});

describe('reshape', () => {
  const six = ndarray([1, 2, 3, 4, 5, 6], 'float32');

  it('knows the sizes that are numbers', () => {
    expect(reshape(fvector(), [1, -1]).type.shape).toEqual([1, null]);
    expect(reshape(tensor('float32', [6]), [2, -1]).type.shape).toEqual([2, 3]);
    expect(reshape(fvector(), [iscalar(), 3]).type.shape).toEqual([null, 3]);
  });

  it('takes symbolic sizes', () => {
    const n = ndarray(2, 'int32');
    expectValues(
      run((x, rows) => reshape(x, [rows, -1]), [six, n]),
      six.reshape([2, 3]),
    );
    expectValues(
      run((x) => reshape(x, [3, -1]), [six.reshape([2, 3])]),
      six.reshape([3, 2]),
    );
    expectValues(
      run((x) => reshape(x, [shapeOf(x, 1), shapeOf(x, 0)]), [six.reshape([2, 3])]),
      six.reshape([3, 2]),
    );
  });

  it('refuses sizes that do not fit', () => {
    expect(() => run((x) => reshape(x, [4, 2]), [six])).toThrow(
      '[reshape] expected as many elements as before, 6, got shape (4, 2)',
    );
    expect(() => run((x) => reshape(x, [4, -1]), [six])).toThrow(ShapeError);
    expect(() => reshape(tensor('float32', [2, 3]), [4, 2])).toThrow(ShapeError);
    expect(() => reshape(fvector(), [-1, -1])).toThrow('at most one -1');
    expect(() => reshape(fvector(), [-2, 3])).toThrow(ShapeError);
    expect(() => reshape(fvector(), [2.5])).toThrow(ShapeError);
    expect(() => reshape(fvector(), [fscalar()])).toThrow(
      '[reshape] expected integer scalars as sizes',
    );
  });

  it('refuses a negative symbolic size, also of nothing', () => {
    const [none, size] = [NDArray.zeros([0], 'float32'), ndarray(-1, 'int64')];
    expect(() => run((x, n) => reshape(x, [n, 0]), [none, size])).toThrow(ShapeError);
    const [x, n] = leavesFor([none, size]);
    const node = reshape(x, [n, 0]).owner;
    const seen: number[][] = [];
    const algebra = {
      const: (v: number) => v,
      binary: (op: string, a: number, b: number) => (op === 'max' ? Math.max(a, b) : a * b),
      valueOf: (v: { owner: unknown; data?: NDArray }) =>
        v.data === undefined ? -1 : Number(v.data.item()),
      requireEqual: (a: number, b: number) => (seen.push([a, b]), a),
    };
    node?.op.shapes(algebra as never, [[0], [], []], node);
    expect(seen.some(([a, b]) => a === -1 && b === 0)).toBe(true);
  });

  it('flatten joins the last axes', () => {
    const x = ndarray([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    expect(run((v) => flatten(v), [x]).shape).toEqual([8]);
    expect(run((v) => flatten(v, 2), [x]).toNested()).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(run((v) => flatten(v), [ndarray(3)]).toNested()).toEqual([3]);
    expect(flatten(ftensor3(), 3).rank).toBe(3);
    expect(() => flatten(fmatrix(), 3)).toThrow('[flatten] expected a rank in [1, 2], got 3');
  });
});
