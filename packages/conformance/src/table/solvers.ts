/** Roots and minima; the last operand is where the search begins. */
import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, row, smooth, way } from '../make-row.js';
import type { Call, Family, Input } from '../row.js';
import { between } from '../values.js';

type Variable = tno.TensorVariable;
type Formula = (x: Variable, ...parameters: Variable[]) => Variable;

const of = (low: number, high: number, ...shape: number[]): Input => ({
  shape,
  values: between(low, high),
});

/** Solves for an unknown of the last operand's type. */
const from =
  (solve: typeof tno.root, formula: Formula): Call['build'] =>
  (...operands) => {
    const start = operands[operands.length - 1];
    const x = tno.tensor(start.dtype, start.type.shape, 'x');
    return solve(formula(x, ...operands.slice(0, -1)), x, start);
  };

const solverDTypes = ['float32', 'float64'] as const;
const result = ['same', 'bool'] as const;
const stays = '(b, np.array(False))';
const refuses = /expected unknowns of float32 or float64, got/;
const x = tno.dvector('x');

const lambert: Formula = (y, a) => tno.sub(tno.mul(y, tno.exp(y)), a);
const coupled: Formula = (y, w, c) => tno.sub(tno.add(y, tno.div(tno.tanh(tno.dot(w, y)), 2)), c);
const exponential: Formula = (y, a) => tno.sum(tno.sub(tno.exp(y), tno.mul(a, y)));
const ridge: Formula = (y, a, b) =>
  tno.add(tno.sum(tno.sqr(tno.sub(tno.dot(a, y), b))), tno.sum(tno.sqr(y)));
const valley: Formula = (y, a) => {
  const [p, q] = [tno.at(y, 0), tno.at(y, 1)];
  return tno.add(tno.sqr(tno.sub(a, p)), tno.mul(tno.sqr(tno.sub(q, tno.sqr(p))), 10));
};

export const solvers: Family = {
  name: 'solvers',
  title: 'Roots and minima',
  rows: [
    row('root', {
      dtypes: solverDTypes,
      refuses,
      calls: [
        way('each by itself', [of(0.2, 4, 3), of(0, 1, 3)], {
          build: from(tno.root, lambert),
          // NaN and infinities are no equations: nothing moves.
          oracle: `${stays} if not np.isfinite(a).all() else (each(mpmath.lambertw, a), np.array(True))`,
          shapes: { empty: [[0], [0]], one: [[1], [1]], broadcast: [[3], [3]] },
        }),
        way('scalar', [of(0.2, 4), of(0, 1)], {
          build: from(tno.root, lambert),
          oracle: '(each(mpmath.lambertw, a), np.array(True))',
          blank: {
            empty: 'a scalar',
            one: 'a scalar',
            broadcast: 'a scalar',
            strided: 'a scalar',
            special: 'a scalar',
          },
        }),
        way('system', [of(-1, 1, 3, 3), of(-2, 2, 3), of(-1, 1, 3)], {
          build: from(tno.root, coupled),
          oracle: '(system_root(a, b, c), np.array(True))',
          shapes: { empty: [[0, 0], [0], [0]], one: [[1, 1], [1], [1]], broadcast: [[3, 3], [3], [3]] },
          blank: { special: 'systems of NaN and infinities' },
        }),
      ],
      result,
      tolerance: { float32: 16, float64: 32, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild('equations of another rank', /^\[root\] expected equations of the rank/, () =>
          tno.root(tno.sum(x), x, [1, 2]),
        ),
        failsAtBuild('equations without unknowns', /^\[root\] expected equations made of x/, () =>
          tno.root(tno.dvector('other'), x, [1, 2]),
        ),
        failsAtBuild('equations of another dtype', /^\[root\] expected equations of float64/, () =>
          tno.root(tno.cast(x, 'float32'), x, [1, 2]),
        ),
        failsAtRun(
          'more equations than unknowns',
          /^(?=.*\b2\b).*\b3\b/,
          [tno.NDArray.ones([3], 'float64'), tno.NDArray.ones([2], 'float64')],
          from(tno.root, (y, a) => tno.mul(a, tno.sum(y))),
        ),
      ],
      names: {
        theano: 'optimize.root',
        numpy: 'scipy.optimize.root',
        pytorch: null,
        jax: null,
      },
      note: 'of any shape; damped Newton steps; gradients of the implicit function',
    }),
    row('minimize', {
      dtypes: solverDTypes,
      refuses,
      calls: [
        way('each by itself', [of(0.5, 4, 3), of(0, 1, 3)], {
          build: from(tno.minimize, exponential),
          oracle: `${stays} if not np.isfinite(a).all() else (np.log(a), np.array(True))`,
          shapes: { empty: [[0], [0]], one: [[1], [1]], broadcast: [[3], [3]] },
        }),
        way('least squares', [of(-2, 2, 4, 3), of(-2, 2, 4), of(-1, 1, 3)], {
          build: from(tno.minimize, ridge),
          oracle: '(ridge(a, b), np.array(True))',
          shapes: { empty: [[4, 0], [4], [0]], one: [[1, 1], [1], [1]], broadcast: [[4, 3], [4], [3]] },
          blank: { special: 'systems of NaN and infinities' },
        }),
        way('valley', [of(1, 2), of(-2, 2, 2)], {
          build: from(tno.minimize, valley),
          oracle: '(np.stack([a, a * a]), np.array(True))',
          shapes: { strided: [[], [2]] },
          blank: {
            empty: 'of two unknowns',
            one: 'of two unknowns',
            broadcast: 'of two unknowns',
            special: 'of two unknowns',
          },
        }),
      ],
      result,
      tolerance: { float32: 64, float64: 64, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild('an objective that is no scalar', /^\[minimize\] expected a scalar objective/, () =>
          tno.minimize(tno.sqr(x), x, [1, 2]),
        ),
        failsAtBuild('an objective without unknowns', /^\[minimize\] expected an objective made of x/, () =>
          tno.minimize(tno.dscalar('other'), x, [1, 2]),
        ),
        failsAtBuild('an objective of another dtype', /^\[minimize\] expected an objective of float64/, () =>
          tno.minimize(tno.sum(tno.cast(x, 'float32')), x, [1, 2]),
        ),
      ],
      names: {
        theano: 'optimize.minimize',
        numpy: 'scipy.optimize.minimize',
        pytorch: null,
        jax: 'jax.scipy.optimize.minimize',
      },
      note: 'over any shape; damped Newton steps; gradients of the implicit function',
    }),
  ],
}; // prettier-ignore
