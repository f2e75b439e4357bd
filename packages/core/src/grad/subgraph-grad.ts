/** Gradients of one part of a graph: from the gradients at its upper border to those at its lower one. */
import { GradError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { add } from '../ops/arithmetic.js';
import type { TensorLike } from '../ops/as-variable.js';
import { grad, type GradientOf } from './grad.js';

type Variables = readonly TensorVariable[];
type GradientsOf<L extends Variables> = { -readonly [K in keyof L]: GradientOf<L[K]> };

/**
 * Gradients by `wrt` and by `end`, of what lies above `end`: nothing flows through `end` to variables
 * behind it. They start from known gradients, from a cost, or from both. Where a graph is cut into parts,
 * the gradients by one part's `end` are the next one's `start`.
 * @param start pairs of a variable and the gradient by it
 * @returns the gradients by `wrt`, then those by `end`
 * @throws GradError where there is neither `start` nor `cost`
 */
export function subgraphGrad<const W extends Variables, const E extends Variables>(
  wrt: W,
  end: E,
  start: readonly (readonly [TensorVariable, TensorLike])[] | null = null,
  cost: TensorVariable | null = null,
): [GradientsOf<W>, GradientsOf<E>] {
  if (start === null && cost === null)
    throw new GradError('[subgraphGrad] expected a start or a cost, got neither');
  const variables: Variables = [...wrt, ...end];
  const options = { considerConstant: end, disconnectedInputs: 'ignore' } as const;
  const parts: TensorVariable[][] = [
    ...(start === null ? [] : [grad(null, variables, { ...options, knownGrads: start })]),
    ...(cost === null ? [] : [grad(cost, variables, options)]),
  ];
  const totals = parts.reduce((a, b) => a.map((g, k) => add(g, b[k])));
  return [
    totals.slice(0, wrt.length) as GradientsOf<W>,
    totals.slice(wrt.length) as GradientsOf<E>,
  ];
}
