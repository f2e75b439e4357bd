/** Sorting along an axis: ascending, equal elements as they were, NaN last. */
import { apply1, type TensorVariable } from '../graph/variable.js';
import { TensorType, normalizeAxes } from '../types/tensor-type.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { dimshuffle } from './dimshuffle.js';
import { routineOp } from './routine-op.js';

const argsortOp = routineOp({
  routine: 'argsort',
  types: ([x]) => [new TensorType('int64', x.type.shape)],
  shapes: (_algebra, [shape]) => [shape],
  pullback: 'not-differentiable',
});

/** Applies a function along the last axis to `x` along `axis`. */
function along(
  name: string,
  x: TensorVariable,
  axis: number,
  apply: (rows: TensorVariable) => TensorVariable,
): TensorVariable {
  const { rank } = x.type;
  const [from] = normalizeAxes(name, axis, rank);
  if (from === rank - 1) return apply(x);
  const order = Array.from({ length: rank }, (_, k) => k).filter((k) => k !== from);
  const inverse = [...order, from].map((_, k, all) => all.indexOf(k));
  return dimshuffle(apply(dimshuffle(x, [...order, from])), inverse);
}

/** Positions (int64) along `axis` that put the elements of `x` in ascending order; the shape of `x`. */
export function argsort(x: TensorLike, axis = -1): TensorVariable {
  return along('argsort', asVariable(x), axis, (rows) => apply1(argsortOp, [rows]));
}
