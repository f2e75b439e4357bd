/** Products of a Jacobian with a vector, from the right (Rop, forward mode) and from the left (Lop). */
import { DisconnectedInputError, GradError } from '../errors.js';
import { dependsOn } from '../graph/traverse.js';
import { TensorVariable } from '../graph/variable.js';
import { gradientDType, zerosLike } from '../ops/alloc.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { specifyShape } from '../ops/shape.js';
import { grad, type GradientOf, type GradOptions } from './grad.js';
import { pushForward } from './push-forward.js';
import { barrier, stabilized } from './stabilized.js';

type Variables = readonly TensorVariable[];
type GradientsOf<L extends Variables> = { -readonly [K in keyof L]: GradientOf<L[K]> };
type OneOrList = TensorVariable | Variables;
type LikeOf<W extends OneOrList> = W extends Variables ? readonly TensorLike[] : TensorLike;
/** For one variable one, for a list a list. */
export type DerivativeOf<F extends OneOrList> = F extends Variables
  ? GradientsOf<F>
  : F extends TensorVariable
    ? GradientOf<F>
    : never;

export interface RopOptions {
  /** What to do about an output that depends on none of `wrt`: an error (default), or zeros, with or without a warning. */
  readonly disconnectedOutputs?: 'raise' | 'warn' | 'ignore';
}

/** A single value as a list of one. */
export function listed<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** `value` as what multiplies a derivative by `v`: of its rank, its gradient's dtype and its static sizes of 1. */
function vectorFor(op: string, v: TensorVariable, value: TensorLike): TensorVariable {
  const given = cast(asVariable(value, gradientDType(v)), gradientDType(v));
  if (given.type.rank !== v.type.rank) {
    throw new GradError(
      `[${op}] expected a value of rank ${v.type.rank} for ${v.toString()}, got rank ${given.type.rank}`,
    );
  }
  return specifyShape(
    given,
    v.type.shape.map((n, axis) => (n === 1 && !given.type.broadcasts(axis) ? 1 : null)),
  );
}

function checkCount(op: string, variables: Variables, values: readonly unknown[]): void {
  if (variables.length === values.length) return;
  throw new GradError(
    `[${op}] expected ${variables.length} values, one for each variable, got ${values.length}`,
  );
}

/**
 * The Jacobian of `f` by `wrt`, times `evalPoints` (one for each of `wrt`, of its shape): the derivative
 * of `f` along them, of the shape of `f`. Computed in one pass forward, beside `f`.
 * @throws GradError where values do not fit; DisconnectedInputError where an output depends on none of `wrt`
 */
export function Rop<const F extends OneOrList, const W extends OneOrList>(
  f: F,
  wrt: W,
  evalPoints: LikeOf<W>,
  options: RopOptions = {},
): DerivativeOf<F> {
  const outputs = listed<TensorVariable>(f);
  const variables = listed<TensorVariable>(wrt);
  const points = listed<TensorLike>(wrt instanceof TensorVariable ? [evalPoints] : evalPoints);
  checkCount('Rop', variables, points);
  const stable = stabilized(outputs, variables);
  const tangents = new Map(
    variables.map((v, k) => [stable.standIn(v), vectorFor('Rop', v, points[k])]),
  );
  const found = pushForward(stable.roots, tangents);
  const results = stable.restore(
    found.map((t, k) => t ?? zeroTangent(outputs[k], variables, options)),
  );
  return (f instanceof TensorVariable ? results[0] : results) as DerivativeOf<F>;
}

function zeroTangent(
  output: TensorVariable,
  wrt: Variables,
  { disconnectedOutputs = 'raise' }: RopOptions,
): TensorVariable {
  if (disconnectedOutputs !== 'ignore' && !dependsOn(output, new Set(wrt))) {
    const message = `[Rop] expected ${output.toString()} to depend on ${wrt.join(' or ')}, but it does not`;
    if (disconnectedOutputs === 'warn') console.warn(`tno: ${message}`);
    else {
      throw new DisconnectedInputError(message, {
        hint: "pass {disconnectedOutputs: 'ignore'} for zeros",
      });
    }
  }
  return zerosLike(output, gradientDType(output));
}

/**
 * `evalPoints` (one for each of `f`, of its shape), times the Jacobian of `f` by `wrt`: of the shape of
 * `wrt`. Computed in one pass backward. Options as `grad`.
 * @throws GradError where values do not fit; DisconnectedInputError where no output depends on a variable
 */
export function Lop<const F extends OneOrList, const W extends OneOrList>(
  f: F,
  wrt: W,
  evalPoints: LikeOf<F>,
  options: Omit<GradOptions, 'knownGrads'> = {},
): DerivativeOf<W> {
  const outputs = listed<TensorVariable>(f);
  const points = listed<TensorLike>(f instanceof TensorVariable ? [evalPoints] : evalPoints);
  checkCount('Lop', outputs, points);
  // Behind a barrier each: one output may depend on another.
  const knownGrads = outputs.map((y, k) => [barrier(y), vectorFor('Lop', y, points[k])] as const);
  const results = grad(null, listed<TensorVariable>(wrt), { ...options, knownGrads });
  return (wrt instanceof TensorVariable ? results[0] : results) as DerivativeOf<W>;
}
