/** The special functions with points at which their gradients are checked, of first and second order. */
import type { TensorVariable } from '../../src/graph/variable.js';
import * as K from '../../src/ops/bessel.js';
import * as E from '../../src/ops/error-functions.js';
import * as G from '../../src/ops/gamma.js';
import { hyp2f1, hyp2f1ByFirst, hyp2f1ByThird } from '../../src/ops/hypergeometric.js';
import * as B from '../../src/ops/incomplete-beta.js';
import * as I from '../../src/ops/incomplete-gamma.js';
import * as L from '../../src/ops/logarithms.js';
import { owensT } from '../../src/ops/owens-t.js';

export interface SpecialCase {
  readonly name: string;
  readonly f: (...inputs: TensorVariable[]) => TensorVariable;
  /** Values of each argument, in parallel. */
  readonly points: readonly (readonly number[])[];
  /** Arguments that have no gradient, or no second one. */
  readonly constant?: readonly number[];
  readonly once?: boolean;
}

const one = (name: string, f: SpecialCase['f'], ...points: number[]): SpecialCase => ({
  name,
  f,
  points: [points],
});

const many = (
  name: string,
  f: SpecialCase['f'],
  points: SpecialCase['points'],
  options: Pick<SpecialCase, 'constant' | 'once'> = {},
): SpecialCase => ({ name, f, points, ...options });

const shapes = [[0.4, 2, 3.5, 12], [0.2, 1.1, 6, 15]]; // prettier-ignore
const small = [[0.4, 2, 3.5], [0.2, 1.1, 6]]; // prettier-ignore
const quantiles = [[0.7, 2, 3.5, 12], [0.2, 0.45, 0.6, 0.9]]; // prettier-ignore
const fractions = [[0.7, 3, 12], [1.4, 2.2, 5], [0.2, 0.45, 0.75]]; // prettier-ignore
const orders = [[0, 0.5, 1, 2.3, 5], [0.7, 1.4, 2, 3, 8]]; // prettier-ignore
const hypers = [[0.4, 1.2, -0.6, 2], [0.7, 2, 1.3, 0.6], [1.5, 3.2, 2.5, 4], [0.2, -0.4, 0.7, -2]]; // prettier-ignore

export const specialCases: readonly SpecialCase[] = [
  one('log1mexp', L.log1mexp, -3, -0.9, -0.6, -0.2),
  one('xlogx', L.xlogx, 0.1, 0.9, 3),
  many('xlogy', L.xlogy, [
    [0.4, -2, 3],
    [0.3, 1.2, 4],
  ]),
  one('erf', E.erf, -2, -0.3, 0.1, 0.8, 1.5),
  one('erfc', E.erfc, -2, -0.3, 0.1, 0.8, 1.5),
  one('erfcx', E.erfcx, -1, -0.3, 0.1, 0.8, 5),
  one('erfinv', E.erfinv, -0.9, -0.3, 0.1, 0.7),
  one('erfcinv', E.erfcinv, 0.2, 0.6, 1.3, 1.8),
  one('logErfc', E.logErfc, -2, 0.3, 3, 30),
  one('ndtr', E.ndtr, -3, -0.5, 0.4, 2),
  one('logNdtr', E.logNdtr, -30, -2, 0.5, 2),
  one('ndtri', E.ndtri, 0.05, 0.4, 0.8),
  one('ndtriExp', E.ndtriExp, -30, -3, -1, -0.2),
  one('gamma', G.gamma, 0.3, 1.4, 4, -1.3),
  one('gammaln', G.gammaln, 0.3, 1.4, 4, 20, -1.3),
  one('psi', G.psi, 0.4, 1.4, 4, 20, -1.3),
  one('triGamma', G.triGamma, 0.4, 1.4, 4, 20),
  many(
    'polygamma',
    G.polygamma,
    [
      [1, 2, 3],
      [0.8, 1.7, 4],
    ],
    { constant: [0] },
  ),
  many(
    'zeta',
    G.zeta,
    [
      [1.5, 2, 6],
      [0.8, 1.7, 4],
    ],
    { constant: [0] },
  ),
  many('betaln', G.betaln, [
    [0.4, 3, 12],
    [1.2, 0.7, 15],
  ]),
  many('beta', G.beta, [
    [0.4, 3, 2],
    [1.2, 0.7, 5],
  ]),
  many('gammainc', I.gammainc, shapes, { once: true }),
  many('gammainc, by x twice', I.gammainc, shapes, { constant: [0] }),
  many('gammaincc', I.gammaincc, shapes, { once: true }),
  many('gammaincc, by x twice', I.gammaincc, shapes, { constant: [0] }),
  many('gammaincinv', I.gammaincinv, quantiles, { once: true }),
  many('gammaincinv, by p twice', I.gammaincinv, quantiles, { constant: [0] }),
  many('gammainccinv', I.gammainccinv, quantiles, { once: true }),
  many('gammainccinv, by q twice', I.gammainccinv, quantiles, { constant: [0] }),
  many('gammal', I.gammal, small, { once: true }),
  many('gammau', I.gammau, small, { once: true }),
  many(
    'chi2sf',
    I.chi2sf,
    [
      [0.5, 3, 9],
      [1, 4, 6],
    ],
    { once: true },
  ),
  many('derivative of gammainc by a', I.gammaincByShape, shapes, { constant: [0] }),
  many('betainc', B.betainc, fractions, { once: true }),
  many('betainc, by x twice', B.betainc, fractions, { constant: [0, 1] }),
  many('derivative of betainc by a', B.betaincByFirst, fractions, { constant: [0, 1] }),
  many('derivative of betainc by b', B.betaincBySecond, fractions, { constant: [0, 1] }),
  many('betaincinv', B.betaincinv, fractions, { once: true }),
  many('betaincinv, by p twice', B.betaincinv, fractions, { constant: [0, 1] }),
  one('j0', K.j0, -3, 0, 0.5, 4, 40),
  one('j1', K.j1, -3, 0, 0.5, 4, 40),
  one('i0', K.i0, -3, 0, 0.5, 4),
  one('i1', K.i1, -3, 0, 0.5, 4),
  many('jv', K.jv, orders, { constant: [0] }),
  many('iv', K.iv, orders, { constant: [0] }),
  many('ive', K.ive, orders, { constant: [0] }),
  many('kv', K.kv, orders, { constant: [0] }),
  many('kve', K.kve, orders, { constant: [0] }),
  many('owensT', owensT, [
    [0.4, 1.3, -2],
    [0.5, 2, -0.7],
  ]),
  many('hyp2f1', hyp2f1, hypers, { once: true }),
  many('hyp2f1, by z twice', hyp2f1, hypers, { constant: [0, 1, 2] }),
  many('derivative of hyp2f1 by a', hyp2f1ByFirst, hypers, { constant: [0, 1, 2] }),
  many('derivative of hyp2f1 by c', hyp2f1ByThird, hypers, { constant: [0, 1, 2] }),
];
