import * as tno from '@tno/core';
import { named, row, smooth, way } from '../make-row.js';
import type { Family, Input, Tolerance } from '../row.js';
import { real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: real });
/** Products of float16 are rounded before they are added. */
const adds: Tolerance = { float16: 8, float32: 2, float64: 4, beside: 'array' };
const axis = (op: 'softmax' | 'logSoftmax', k?: number) => ({
  build: (x: tno.TensorVariable) => tno[op](x, k),
  oracle: `${op === 'softmax' ? 'softmax' : 'log_softmax'}(a, axis=${k ?? -1})`,
});

export const products: Family = {
  name: 'products',
  title: 'Products and networks',
  rows: [
    row('dot', {
      calls: [
        way('matrices', [of(3, 4), of(4, 2)], {
          build: tno.dot,
          oracle: 'product(a, b)',
          shapes: {
            empty: [
              [3, 0],
              [0, 2],
            ],
          },
        }),
        way('matrix and vector', [of(3, 4), of(4)], {
          build: tno.dot,
          oracle: 'product(a, b)',
          shapes: { empty: [[0, 4], [4]] },
        }),
        way('vector and matrix', [of(4), of(4, 2)], { build: tno.dot, oracle: 'product(a, b)' }),
        way('vectors', [of(5), of(5)], { build: tno.dot, oracle: 'product(a, b)' }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('dot', { pytorch: 'torch.matmul' }),
      note: 'ranks 1 and 2',
    }),
    row('outer', {
      calls: [way('', [of(3), of(4)], { build: tno.outer, oracle: 'np.multiply.outer(a, b)' })],
      result: 'same',
      gradient: smooth(),
      names: named('outer'),
    }),
    row('softmax', {
      calls: [
        way('', [of(3, 4)], { ...axis('softmax') }),
        way('axis 0', [of(3, 4)], { ...axis('softmax', 0) }),
      ],
      result: 'float',
      // float16 is rounded at each step of the expansion.
      tolerance: { float16: 8, float32: 4, float64: 4 },
      gradient: smooth(),
      names: {
        theano: 'nnet.softmax',
        numpy: 'scipy.special.softmax',
        pytorch: 'torch.softmax',
        jax: 'jax.nn.softmax',
      },
      note: 'last axis by default',
    }),
    row('logSoftmax', {
      calls: [
        way('', [of(3, 4)], { ...axis('logSoftmax') }),
        way('axis 0', [of(3, 4)], { ...axis('logSoftmax', 0) }),
      ],
      result: 'float',
      tolerance: { float16: 2, float32: 4, float64: 8, beside: 'array' },
      gradient: smooth(),
      names: {
        theano: 'nnet.logsoftmax',
        numpy: 'scipy.special.log_softmax',
        pytorch: 'torch.log_softmax',
        jax: 'jax.nn.log_softmax',
      },
      note: 'log(softmax(x)) becomes it',
    }),
  ],
};
