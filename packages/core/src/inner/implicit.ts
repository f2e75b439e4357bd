/**
 * root and minimize: solutions as functions of what the equations or the objective depend on beside the
 * unknowns. Their gradients are those of implicit functions: with residual(x, p) = 0 it is
 * ∂x/∂p = -(∂residual/∂x)⁻¹·∂residual/∂p, whichever way x was found.
 */
import { DisconnectedInputError, ShapeError, TypeInferenceError } from '../errors.js';
import { dependsOn } from '../graph/traverse.js';
import type { TensorVariable } from '../graph/variable.js';
import { neg } from '../ops/arithmetic.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { flatten } from '../ops/reshape.js';
import { sameSizes } from '../ops/same-sizes.js';
import { sizesOf } from '../ops/shape.js';
import { solve } from '../ops/solve.js';
import { capturedBy, InnerGraph } from './inner-graph.js';
import { innerPullback } from './inner-pullback.js';
import {
  iterated,
  minimumProblem,
  rootProblem,
  solverDTypes,
  usualTolerance,
  type Problem,
  type SolverDType,
} from './newton.js';
import { opFromGraph } from './op-from-graph.js';

export interface SolverOptions {
  /** Largest magnitude of an equation (of `minimize`, of an element of the gradient) that counts as 0; by default 1.5e-8 in float64, 3.5e-4 in float32. */
  readonly tolerance?: number;
  /** Steps that are tried at most; 100 unless given. */
  readonly maxIterations?: number;
}

type Solution<V extends TensorVariable> = [solution: V, converged: TensorVariable<'bool', 0>];

/**
 * [x, converged] with `equations` all 0: as many equations as unknowns, in a tensor of the shape of the
 * variable `x` that they are made of (any shape: of a scalar one equation in one unknown). The search begins at
 * `start` and is Newton's method with the Jacobian, damped as Levenberg and Marquardt do: every step taken makes
 * the sum of squares smaller. `converged` is false where no step helps any more (no root nearby, values that are
 * not finite) or where there were too many.
 *
 * The solution is differentiable by all that the equations depend on, in both modes and to any order, at the
 * cost of one linear system; by `start` its gradient is zero. Gradients mean nothing where it has not converged.
 * @throws TypeInferenceError, ShapeError where types or sizes do not fit; DisconnectedInputError where the
 * equations do not depend on `x`; NumericalError by a gradient at a solution with a singular Jacobian
 */
export function root<V extends TensorVariable>(
  equations: TensorVariable,
  x: V,
  start: TensorLike,
  options: SolverOptions = {},
): Solution<V> {
  requireTypes('root', 'equations', equations, x);
  if (equations.type.rank !== x.type.rank)
    throw new ShapeError(
      `[root] expected equations of the rank of ${x.toString()}, ${x.type.rank}, got ${equations.type.rank}`,
    );
  const fitting = sameSizes('root', equations, sizesOf(x));
  return solved('root', rootProblem, fitting, x, start, options);
}

/**
 * [x, converged] where the scalar `objective` is least, near `start`: a local minimum over the variable `x`, of
 * any shape, that it is made of. The search is Newton's method with the Hessian, in which negative curvature
 * counts as positive, so that every step goes downhill, and which is damped until the objective falls.
 * `converged` says that the gradient is within the tolerance; a start where it is 0 is taken for a minimum.
 * For the rest see `root`: the equations are that the gradient is 0.
 * @throws TypeInferenceError where types do not fit; DisconnectedInputError where the objective does not depend
 * on `x`; NullGradientError where it has no second derivatives; NumericalError by a gradient at a solution with a
 * singular Hessian
 */
export function minimize<V extends TensorVariable>(
  objective: TensorVariable,
  x: V,
  start: TensorLike,
  options: SolverOptions = {},
): Solution<V> {
  requireTypes('minimize', 'an objective', objective, x);
  if (objective.type.rank !== 0)
    throw new TypeInferenceError(
      `[minimize] expected a scalar objective, got ${objective.type.key} (${objective.toString()})`,
      { hint: 'reduce it with .sum() or .mean(); for several equations use tno.root' },
    );
  return solved('minimize', minimumProblem, objective, x, start, options);
}

function requireTypes(op: string, what: string, f: TensorVariable, x: TensorVariable): void {
  if (!solverDTypes.includes(x.dtype as SolverDType))
    throw new TypeInferenceError(
      `[${op}] expected unknowns of ${solverDTypes.join(' or ')}, got ${x.type.key} (${x.toString()})`,
    );
  if (f.dtype !== x.dtype)
    throw new TypeInferenceError(
      `[${op}] expected ${what} of ${x.dtype}, as ${x.toString()} is, got ${f.type.key} (${f.toString()})`,
    );
  if (!dependsOn(f, new Set([x])))
    throw new DisconnectedInputError(
      `[${op}] expected ${what} made of ${x.toString()}, got ${f.toString()}, which is not`,
    );
}

/** Makes the op of a problem and applies it. */
function solved<V extends TensorVariable>(
  name: string,
  problemOf: (f: TensorVariable, x: TensorVariable) => Problem,
  f: TensorVariable,
  x: V,
  start: TensorLike,
  options: SolverOptions,
): Solution<V> {
  const parameters = capturedBy([f], [x]);
  const { inputs, outputs } = InnerGraph.of([x, ...parameters], [f]);
  const problem = problemOf(outputs[0], inputs[0]);
  const { tolerance = usualTolerance(x.dtype as SolverDType), maxIterations = 100 } = options;
  const op = opFromGraph(inputs, iterated(problem, { tolerance, maxIterations }), {
    name,
    lopOverrides: ([, ...given], [solution], [g]) => [
      null,
      ...implicitGradients(problem, inputs, [solution, ...given], g),
    ],
  });
  return op(cast(asVariable(start, x.dtype), x.dtype), ...parameters) as unknown as Solution<V>;
}

/** -gᵀ·matrix⁻¹·∂residual/∂p for each parameter p, null where the residual does not depend on it. */
function implicitGradients(
  { residual, matrix }: Problem,
  inputs: readonly TensorVariable[],
  given: readonly TensorVariable[],
  g: TensorVariable,
): (TensorVariable | null)[] {
  const [here] = InnerGraph.of(inputs, [matrix]).instantiate(given);
  const adjoint = neg(solve(here, flatten(g), { transposed: true }));
  const [, ...gradients] = innerPullback(InnerGraph.of(inputs, [residual]), given, [adjoint]);
  return gradients;
}
