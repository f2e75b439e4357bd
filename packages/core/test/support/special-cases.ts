/** The special functions with points at which their gradients are checked, of first and second order. */
import type { TensorVariable } from '../../src/graph/variable.js';
import * as E from '../../src/ops/error-functions.js';
import * as L from '../../src/ops/logarithms.js';

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

export const specialCases: readonly SpecialCase[] = [
  one('log1mexp', L.log1mexp, -3, -0.9, -0.6, -0.2),
  one('xlogx', L.xlogx, 0.1, 0.9, 3),
  {
    name: 'xlogy',
    f: L.xlogy,
    points: [
      [0.4, -2, 3],
      [0.3, 1.2, 4],
    ],
  },
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
];
