import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decodeTensor, numpyOps } from '../../test/support/numpy-ops.js';
import { ShapeError } from '../errors.js';
import { apply1 } from '../graph/variable.js';
import type { TensorVariable } from '../graph/variable.js';
import { bvector, dmatrix, fmatrix, fscalar } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { logSoftmax, softmax } from './softmax.js';

/** What targets run in place of the op. */
function expanded(y: TensorVariable): TensorVariable {
  const node = y.owner;
  if (node?.op.lower.kind !== 'composite') throw new Error(`${y.toString()} does not expand`);
  return node.op.lower.expand(node)[0];
}

describe('softmax and logSoftmax give what NumPy gives', () => {
  it.each(numpyOps.softmaxes)('case %#', (recorded, axis, wanted, wantedLog) => {
    for (const x of layoutsOf(decodeTensor(recorded))) {
      expectValues(
        run((v) => softmax(v, axis), [x]),
        decodeTensor(wanted),
        2,
        'softmax',
      );
      // Near 0 the logarithm keeps the error of what is near 1.
      const log = run((v) => logSoftmax(v, axis), [x]);
      expectValues(log, decodeTensor(wantedLog), log.dtype === 'float64' ? 32 : 1, 'logSoftmax');
    }
  });
});

describe('softmax', () => {
  it('goes along the last axis by default, of any rank', () => {
    const x = ndarray([
      [
        [1, 1],
        [0, 0],
      ],
    ]);
    expectValues(
      run((v) => softmax(v), [x]),
      ndarray([
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      ]),
    );
    expect(() => softmax(fmatrix(), 2)).toThrow(ShapeError);
    expect(() => softmax(fscalar())).toThrow(ShapeError);
  });

  it('does not overflow, and its logarithm does not underflow', () => {
    const x = ndarray([
      [1000, 0],
      [0, 1000],
    ]);
    expect(run((v) => softmax(v), [x]).toNested()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(run((v) => logSoftmax(v), [x]).toNested()).toEqual([
      [0, -1000],
      [-1000, 0],
    ]);
  });

  it('expands to what it means', () => {
    const x = ndarray([
      [1, 2, 3],
      [1000, 0, -1000],
    ]);
    expect(
      run((v) => expanded(softmax(v)), [x]).allClose(
        run((v) => softmax(v), [x]),
        { rtol: 1e-15, atol: 0 },
      ),
    ).toBe(true);
    expect(
      run((v) => expanded(logSoftmax(v, 0)), [x]).allClose(
        run((v) => logSoftmax(v, 0), [x]),
        { rtol: 1e-15, atol: 0 },
      ),
    ).toBe(true);
  });

  it('makes floatX of integers', () => {
    expect(softmax(bvector()).dtype).toBe('float32');
    expect(logSoftmax(dmatrix()).dtype).toBe('float64');
    const node = softmax(dmatrix()).owner;
    expect(node === null ? null : apply1(node.op, node.inputs).type.key).toBe('float64(?,?)');
  });
});
