/**
 * Symbolic gradients by reverse accumulation.
 *
 * The cost is brought to its numerically stable form first (see stabilized.ts): the derivative of
 * log(softmax(x)) is that of logSoftmax(x), so no gradient divides by a probability that has underflowed,
 * however the cost was spelled.
 */
import { DisconnectedInputError, GradError } from '../errors.js';
import { isGradient, MissingGradient, nullGradientError } from '../graph/missing-gradient.js';
import { TensorVariable } from '../graph/variable.js';
import { scalarConstant } from '../graph/constant.js';
import { gradientDType, zerosLike } from '../ops/alloc.js';
import { add } from '../ops/arithmetic.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import type { FloatOf } from '../tensor/dtype-types.js';
import { BackwardWalk } from './pull-back.js';
import { stabilized } from './stabilized.js';

export interface GradOptions {
  /** Variables through which no gradient flows. */
  readonly considerConstant?: readonly TensorVariable[];
  /** What to do when the cost does not depend on a variable: an error (default), or `returnDisconnected`, with or without a warning. */
  readonly disconnectedInputs?: 'raise' | 'warn' | 'ignore';
  /** The gradient by a variable that the cost does not depend on: zeros of its shape (default) or null. */
  readonly returnDisconnected?: 'zero' | 'null';
  /** What to do where a derivative on the way is undefined or not implemented: an error (default), or null for the gradient. */
  readonly nullGradients?: 'raise' | 'return';
  /** Gradients of the cost by intermediate variables, taken as given, in place of what would be found; the cost may then be null. */
  readonly knownGrads?: readonly (readonly [TensorVariable, TensorLike])[];
  /** Name the gradients `(dC/dx)` where cost and variable have names; true by default. */
  readonly addNames?: boolean;
}

function checkCost(cost: TensorVariable): void {
  if (cost.type.rank !== 0) {
    throw new GradError(
      `[grad] expected a scalar cost, got ${cost.toString()} of type ${cost.type.key}: reduce it with .mean() or .sum()`,
    );
  }
}

/** Type of a gradient: the variable's own where it is a float, else floatX. */
export type GradientOf<V> =
  V extends TensorVariable<infer D, infer R> ? TensorVariable<FloatOf<D>, R> : never;

/** Null where the options allow it. */
type Nullable<O extends GradOptions> = O extends
  { readonly returnDisconnected: 'null' } | { readonly nullGradients: 'return' }
  ? null
  : never;

export function grad<V extends TensorVariable, const O extends GradOptions = GradOptions>(
  cost: TensorVariable | null,
  wrt: V,
  options?: O,
): GradientOf<V> | Nullable<O>;
export function grad<
  const L extends readonly TensorVariable[],
  const O extends GradOptions = GradOptions,
>(
  cost: TensorVariable | null,
  wrt: L,
  options?: O,
): { -readonly [K in keyof L]: GradientOf<L[K]> | Nullable<O> };
/**
 * Gradient of a scalar `cost` by each of `wrt`: symbolic variables of the same shapes, of their dtype
 * where it is a float, else floatX. Repeated uses add up.
 * @throws GradError for a cost that is not a scalar; DisconnectedInputError where the cost does not depend
 * on a variable; NullGradientError where a derivative on the way is undefined or not implemented
 */
export function grad(
  cost: TensorVariable | null,
  wrt: TensorVariable | readonly TensorVariable[],
  options: GradOptions = {},
): TensorVariable | null | (TensorVariable | null)[] {
  const targets = wrt instanceof TensorVariable ? [wrt] : [...wrt];
  const results = gradients(cost, targets, options);
  if (cost !== null && options.addNames !== false) nameGradients(cost, targets, results, options);
  return wrt instanceof TensorVariable ? results[0] : results;
}

function gradients(
  cost: TensorVariable | null,
  wrt: readonly TensorVariable[],
  options: GradOptions,
): (TensorVariable | null)[] {
  const { considerConstant = [], knownGrads = [] } = options;
  if (cost !== null) checkCost(cost);
  else if (knownGrads.length === 0)
    throw new GradError('[grad] expected a cost or knownGrads, got neither');
  const known = knownGrads.map(([v]) => v);
  const roots = cost === null ? known : [cost, ...known];
  const stable = stabilized(roots, [...wrt, ...known, ...considerConstant]);
  const seeds = new Map<TensorVariable, TensorVariable>();
  if (cost !== null) seeds.set(stable.roots[0], scalarConstant(1, gradientDType(cost)));
  for (const [v, g] of knownGrads) {
    const value = asVariable(g, v.dtype);
    const at = stable.standIn(v);
    const before = seeds.get(at);
    seeds.set(at, before === undefined ? value : add(before, value));
  }
  const constants = new Set(considerConstant.map((v) => stable.standIn(v)));
  const targets = wrt.map((v) => stable.standIn(v));
  const walk = new BackwardWalk(stable.roots, seeds, new Set(targets), constants);
  const found = wrt.map((v, k) => resultOf(v, targets[k], walk, options));
  const restored = stable.restore(found.filter((g) => g !== null));
  return found.map((g) => g && (restored.shift() as TensorVariable));
}

/** The gradient by `v`, for which `target` stands in the walk. */
function resultOf(
  v: TensorVariable,
  target: TensorVariable,
  walk: BackwardWalk,
  options: GradOptions,
): TensorVariable | null {
  const { disconnectedInputs = 'raise', returnDisconnected = 'zero' } = options;
  const g = walk.gradient(target);
  if (isGradient(g)) return g;
  if (g instanceof MissingGradient) {
    if (options.nullGradients === 'return') return null;
    throw nullGradientError('grad', v, g);
  }
  const zero = (): TensorVariable => zerosLike(v, gradientDType(v));
  if (walk.reaches(target)) return zero();
  const message = `[grad] expected the cost to depend on ${v.toString()}, but it does not (or only through its shape)`;
  if (disconnectedInputs === 'raise') {
    throw new DisconnectedInputError(message, {
      hint: "leave it out, or pass {disconnectedInputs: 'ignore'} for zeros",
    });
  }
  if (disconnectedInputs === 'warn') console.warn(`tno: ${message}`);
  return returnDisconnected === 'zero' ? zero() : null;
}

/** Gives names to what grad has made; what users gave it keeps its own. */
function nameGradients(
  cost: TensorVariable,
  wrt: readonly TensorVariable[],
  results: readonly (TensorVariable | null)[],
  { knownGrads = [] }: GradOptions,
): void {
  const given = new Set<unknown>(knownGrads.map(([, g]) => g));
  results.forEach((g, k) => {
    if (g === null || g.owner === null || g.name !== null || given.has(g)) return;
    if (cost.name !== null && wrt[k].name !== null) g.name = `(d${cost.name}/d${wrt[k].name})`;
  });
}
