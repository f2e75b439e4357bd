/** Rows of equations whose unknowns are matrices. */
import * as tno from '@tno/core';
import { failsAtBuild, row, smooth, way } from '../make-row.js';
import type { Call, Input, Row } from '../row.js';
import { dominant, of, scipyOnly } from './matrix-rows.js';

const { linalg } = tno;

export function equations(): Row[] {
  /** Eigenvalues within the unit circle; of integers this multiple of the identity. */
  const stable = (diagonal: number): Input => ({
    shape: [3, 3],
    values: (random, dtype, position) =>
      dtype.startsWith('float')
        ? (position % 4 === 0 ? 0.5 : 0) + 0.3 * random() - 0.15
        : Number(position % 4 === 0) * diagonal,
  });
  const equation = (
    op: string,
    build: Call['build'],
    oracle: string,
    inputs: readonly Input[],
  ): Row =>
    row(`linalg.${op}`, {
      calls: [
        way('', inputs, {
          build,
          oracle,
          shapes: { broadcast: inputs.map(({ shape }) => shape) },
          blank: { special: 'an inverse of NaN and infinities', empty: 'a system of no equations' },
        }),
      ],
      result: 'float',
      tolerance: { float16: 16, float32: 256, float64: 512, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild('a matrix that is not square', /expected square matrices/, () =>
          build(...inputs.map(() => tno.tensor('float32', [2, 3]))),
        ),
      ],
      names: scipyOnly(null, oracle.replace(/\(.*/, '')),
    });
  return [
    equation(
      'solveSylvester',
      (a, b, c) => linalg.solveSylvester(a, b, c),
      'solve_sylvester(double(a), double(b), double(c))',
      [stable(2), { shape: [3, 3], values: dominant(3) }, of(3, 3)],
    ),
    equation(
      'solveContinuousLyapunov',
      (a, q) => linalg.solveContinuousLyapunov(a, q),
      'solve_continuous_lyapunov(double(a), double(b))',
      [stable(2), of(3, 3)],
    ),
    equation(
      'solveDiscreteLyapunov',
      (a, q) => linalg.solveDiscreteLyapunov(a, q),
      'solve_discrete_lyapunov(double(a), double(b))',
      [stable(0), of(3, 3)],
    ),
    equation(
      'solveDiscreteAre',
      (a, b, q) =>
        linalg.solveDiscreteAre(
          a,
          b,
          tno.dot(tno.div(q, 1), q.T),
          tno.eye(tno.shapeOf(b, 1), tno.shapeOf(b, 1), 0, 'float16'),
        ),
      'solve_discrete_are(double(a), double(b), double(c) @ double(c).T, np.eye(b.shape[1]))',
      [stable(0), of(3, 2), { shape: [3, 3], values: dominant(3) }],
    ),
  ];
}
