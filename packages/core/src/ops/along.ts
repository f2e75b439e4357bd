/** Applies a function of last axes to another axis. */
import type { TensorVariable } from '../graph/variable.js';
import { normalizeAxis } from '../types/tensor-type.js';
import { dimshuffle } from './dimshuffle.js';

/** `apply`, which keeps the number of axes, with the axis `axis` of `x` as the last. @throws IndexRangeError */
export function along(
  name: string,
  x: TensorVariable,
  axis: number,
  apply: (lines: TensorVariable) => TensorVariable,
): TensorVariable {
  const { rank } = x.type;
  const from = normalizeAxis(name, axis, rank);
  if (from === rank - 1) return apply(x);
  const order = Array.from({ length: rank }, (_, k) => k).filter((k) => k !== from);
  const inverse = [...order, from].map((_, k, all) => all.indexOf(k));
  return dimshuffle(apply(dimshuffle(x, [...order, from])), inverse);
}
