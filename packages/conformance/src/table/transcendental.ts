import { elementwise, named, smooth } from '../make-row.js';
import type { Elementwise } from '../make-row.js';
import type { Family, Names, Row, Values } from '../row.js';
import { awayFromZero, between, positive, real } from '../values.js';

/** A float function of one variable, by the name that NumPy has for it too. */
const float1 = (op: string, values: Values = real, more: Partial<Elementwise> = {}): Row =>
  elementwise(op, {
    oracle: `np.${op}(a)`,
    result: 'float',
    values,
    tolerance: { float16: 1, float32: 2, float64: 2 },
    gradient: smooth(),
    names: named(op),
    ...more,
  });

const nnet = (theano: string, pytorch: string, jax: string): Names => ({
  theano,
  numpy: null,
  pytorch,
  jax,
});

export const transcendental: Family = {
  name: 'transcendental',
  title: 'Exponentials, logarithms, angles',
  rows: [
    float1('exp'),
    float1('exp2'),
    float1('expm1'),
    float1('log', positive),
    float1('log2', positive),
    float1('log10', positive),
    float1('log1p', positive),
    float1('sigmoid', real, {
      oracle: '1 / (1 + np.exp(-a))',
      names: nnet('nnet.sigmoid', 'torch.sigmoid', 'jax.nn.sigmoid'),
    }),
    float1('softplus', real, {
      oracle: 'np.logaddexp(0, a)',
      names: nnet('nnet.softplus', 'F.softplus', 'jax.nn.softplus'),
    }),
    float1('tanh'),
    float1('sin'),
    float1('cos'),
    float1('tan', between(-1.2, 1.2)),
    float1('arcsin', between(-0.9, 0.9)),
    float1('arccos', between(-0.9, 0.9)),
    float1('arctan'),
    float1('sinh'),
    float1('cosh'),
    float1('arcsinh'),
    float1('arccosh', between(1.2, 4)),
    float1('arctanh', between(-0.9, 0.9)),
    float1('deg2rad'),
    float1('rad2deg'),
    float1('arctan2', awayFromZero(), { operands: 2, oracle: 'np.arctan2(a, b)' }),
    float1('logaddexp', real, {
      operands: 2,
      oracle: 'np.logaddexp(a, b)',
      tolerance: { float16: 2, float32: 4, float64: 4 },
      names: named('logaddexp', { theano: null }),
    }),
  ],
};
