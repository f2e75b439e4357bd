import { elementwise, smooth } from '../make-row.js';
import type { Elementwise } from '../make-row.js';
import type { Family, Names, Row } from '../row.js';
import { awayFromZero } from '../values.js';

const names = (
  theano: string | null,
  pytorch: string | null,
  jax: string | null = pytorch?.replace('F.', 'jax.nn.') ?? null,
): Names => ({ theano, numpy: null, pytorch, jax });

/** Sums that come near 0. */
const nearZero = { float16: 4, float32: 8, float64: 32, beside: 'array' } as const;

/** A float function made of others, of points away from its kinks. */
const activation = (op: string, oracle: string, more: Partial<Elementwise>): Row =>
  elementwise(op, {
    oracle,
    values: awayFromZero(0.1, 2.4),
    result: 'float',
    tolerance: { float16: 4, float32: 8, float64: 32 },
    gradient: smooth(),
    names: names(null, null),
    ...more,
  });

export const activations: Family = {
  name: 'activation',
  title: 'Activations',
  rows: [
    activation('leakyRelu', 'np.where(a > 0, a, 0.01 * a)', {
      names: names('nnet.relu', 'F.leaky_relu'),
      note: 'slope 0.01 unless given',
    }),
    activation('elu', 'np.where(a < 0, np.expm1(a), a)', {
      names: names('nnet.elu', 'F.elu'),
      note: 'alpha 1 unless given',
    }),
    activation(
      'selu',
      '1.0507009873554805 * np.where(a < 0, 1.6732632423543772 * np.expm1(a), a)',
      { names: names('nnet.selu', 'F.selu') },
    ),
    activation('gelu', 'a * sp.ndtr(a)', {
      tolerance: { float16: 4, float32: 8, float64: 200 },
      names: names(null, 'F.gelu'),
    }),
    activation('swish', 'a * sp.expit(a)', {
      tolerance: { float16: 4, float32: 8, float64: 200 },
      names: names(null, 'F.silu'),
      note: 'x·sigmoid(beta·x)',
    }),
    activation('softsign', 'a / (1 + np.abs(a))', {
      names: names('nnet.nnet.softsign', 'F.softsign', 'jax.nn.soft_sign'),
    }),
    activation('hardSigmoid', 'np.clip(0.2 * a + 0.5, 0, 1)', {
      tolerance: nearZero,
      names: names('nnet.hard_sigmoid', null),
    }),
    activation('ultraFastSigmoid', 'ultra_fast_sigmoid(a)', {
      tolerance: nearZero,
      names: names('nnet.ultra_fast_sigmoid', null),
      note: 'off by at most 0.02',
    }),
  ],
};
