/**
 * Gradients of forms that orthogonal matrices turn others into, such as Schur's. Of each such Q, dQ is Q·Ω with Ω
 * antisymmetric; what the forms have to keep says as many linear equations as all Ω have unknowns below
 * their diagonals. Matrices are the last two axes of tensors, [..., n, n].
 *
 * A linear map of matrices is [..., n, n, n, n]: of element (i, j) of the result, how much of element (k, l) is in it.
 */
import type { TensorVariable } from '../graph/variable.js';
import { at } from './advanced-index.js';
import { arange } from './arange.js';
import { add, mul, sub } from './arithmetic.js';
import { and, eq, gt, neq, switchOp } from './compare.js';
import { diagonal } from './diagonal.js';
import { dimshuffle } from './dimshuffle.js';
import { concatenate } from './join.js';
import { asColumns, identityFor } from './matrix-parts.js';
import { reshape } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';
import { systemSolution } from './solve.js';
import { slice } from './subtensor.js';

type Axes = readonly (number | 'x')[];

/** `x` with its last `count` axes, numbered from 0, in another order, or among others. */
function withLastAxes(x: TensorVariable, count: number, axes: Axes): TensorVariable {
  const lead = x.type.rank - count;
  const order = axes.map((axis) => (axis === 'x' ? axis : axis + lead));
  return dimshuffle(x, [...Array.from({ length: lead }, (_, axis) => axis), ...order]);
}

/** X ↦ M·X. */
export const timesLeft = (m: TensorVariable): TensorVariable =>
  mul(withLastAxes(m, 2, [0, 'x', 1, 'x']), withLastAxes(identityFor(m), 2, ['x', 0, 'x', 1]));

/** X ↦ X·M. */
export const timesRight = (m: TensorVariable): TensorVariable =>
  mul(withLastAxes(identityFor(m), 2, [0, 'x', 1, 'x']), withLastAxes(m, 2, ['x', 1, 'x', 0]));

/** The map followed by transposing. */
export const thenTransposed = (map: TensorVariable): TensorVariable =>
  withLastAxes(map, 4, [1, 0, 2, 3]);

/** X ↦ the matrix of the differences Y[j, j] - Y[i, i] of what the map gives. */
export function diagonalDifferences(map: TensorVariable): TensorVariable {
  const diagonals = diagonal(map, 0, -4, -3);
  return sub(
    withLastAxes(diagonals, 3, ['x', 2, 0, 1]),
    withLastAxes(diagonals, 3, [2, 'x', 0, 1]),
  );
}

/** Of each element of matrices whether it is `true`, for choosing between maps. */
export const ofElements = (mask: TensorVariable): TensorVariable =>
  withLastAxes(mask, 2, [0, 1, 'x', 'x']);

function places(form: TensorVariable): [row: TensorVariable, column: TensorVariable] {
  const number = arange(shapeOf(form, -1));
  return [dimshuffle(number, [0, 'x']), dimshuffle(number, ['x', 0])];
}

/** Where the form has blocks of two rows: at the element of each that is below the diagonal. */
export function blocksOf(form: TensorVariable): TensorVariable {
  const [row, column] = places(form);
  return and(eq(row, add(column, 1)), neq(form, 0));
}

/**
 * What changes of each equation's right side are worth, 0 but below the diagonals, where Σ wantedₖ·Ωₖ is the cost:
 * equations come in as many sets as there are Ω, one an element below the diagonal. `equations[s][k]` maps Ωₖ to
 * its part of those of set s.
 */
export function pullEquations(
  form: TensorVariable,
  equations: readonly (readonly TensorVariable[])[],
  wanted: readonly TensorVariable[],
): TensorVariable[] {
  const [row, column] = places(form);
  const isBelow = gt(row, column);
  const sizes = sizesOf(form);
  const lead = sizes.slice(0, -2);
  const n = sizes[sizes.length - 1];
  const count = mul(n, n);
  const unit = timesLeft(identityFor(form));
  // On the diagonals and above them the equations are that Ω is antisymmetric.
  const antisymmetric = add(unit, thenTransposed(unit));
  const rows = equations.map((maps, set) =>
    concatenate(
      maps.map((map, k) => {
        const whole = switchOp(ofElements(isBelow), map, set === k ? antisymmetric : 0);
        return reshape(whole, [...lead, count, count]);
      }),
      -1,
    ),
  );
  const costs = wanted.map((m) => asColumns(reshape(m, [...lead, count])));
  const answer = systemSolution(concatenate(rows, -2), concatenate(costs, -2), true);
  const matrices = reshape(answer, [...lead, equations.length, n, n]);
  return equations.map((_, set) =>
    switchOp(isBelow, at(matrices, '...', set, slice(null), slice(null)), 0),
  );
}
