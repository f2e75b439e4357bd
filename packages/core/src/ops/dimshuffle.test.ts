import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decodeTensor, numpyOps } from '../../test/support/numpy-ops.js';
import { ShapeError } from '../errors.js';
import { fmatrix, ftensor3, row, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { dimshuffle, transpose } from './dimshuffle.js';

describe('dimshuffle gives what NumPy gives', () => {
  it.each(numpyOps.shuffles)('case %#', (recorded, order, result) => {
    const x = decodeTensor(recorded);
    const dropped = x.shape.map((_, axis) => (order.includes(axis) ? null : 1));
    for (const input of layoutsOf(x)) {
      expectValues(
        run((v) => dimshuffle(v, order), [input], [dropped]),
        decodeTensor(result),
      );
    }
  });
});

describe('dimshuffle', () => {
  it('keeps static sizes and makes new axes broadcast', () => {
    expect(dimshuffle(tensor('float32', [2, null]), [1, 'x', 0]).type.shape).toEqual([null, 1, 2]);
  });

  it('drops only axes that are statically 1', () => {
    expect(dimshuffle(row('r'), [1]).type.shape).toEqual([null]);
    expect(() => dimshuffle(fmatrix('m'), [1])).toThrow(
      '[dimshuffle] expected axis 0 of m to be statically 1 to drop it, got float32(?,?)',
    );
  });

  it('adds trailing axes to any rank', () => {
    expect(dimshuffle(fmatrix(), [0, 'x', 1]).rank).toBe(3);
    expect(dimshuffle(fmatrix(), [0, 1, 'x']).type.shape).toEqual([null, null, 1]);
  });

  it('counts axes from the end, each once', () => {
    const m = fmatrix();
    expect(dimshuffle(m, [-1, -2]).owner?.op.props['order']).toEqual([1, 0]);
    expect(() => dimshuffle(m, [0, 0])).toThrow(ShapeError);
    expect(() => dimshuffle(m, [0, 2])).toThrow(ShapeError);
    expect(dimshuffle(m, [0, 1])).toBe(m);
  });

  it('transpose reverses the axes or takes an order of all of them', () => {
    const x = ndarray([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(run((v) => transpose(v), [x]).toNested()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(transpose(ftensor3(), [2, 0, 1]).owner?.op.props['order']).toEqual([2, 0, 1]);
    expect(() => transpose(ftensor3(), [0, 1])).toThrow('[transpose] expected 3 axes, got 2');
  });
});
