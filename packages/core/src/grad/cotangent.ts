/**
 * Cotangents on their way back. A choice (`switch`) sends zeros into the branch that is not taken, where
 * a derivative may be infinite or NaN: 0·∞ must stay 0. So a cotangent carries the condition under which
 * it may differ from 0, its mask; functions of single elements are pulled back without the zeros, and
 * the mask is applied to what comes out.
 */
import { Constant } from '../graph/constant.js';
import { isGradient } from '../graph/missing-gradient.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { gradientDType, onesLike } from '../ops/alloc.js';
import { add, mul } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { and, invert, neq, or, switchOp } from '../ops/compare.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { sumTo } from '../ops/reduce.js';

export interface Cotangent {
  /** What it is where the mask holds; of the cotangent's full shape. */
  readonly value: TensorVariable;
  /** A bool of the same rank; the cotangent is 0 where it is false. null where nothing is known. */
  readonly mask: TensorVariable | null;
}

function isZero(v: TensorVariable): boolean {
  let at = v;
  while (at.owner?.op.name === 'dimshuffle') [at] = at.owner.inputs;
  return at instanceof Constant && at.scalar !== null && Number(at.scalar) === 0;
}

/** `g` taken apart where it is a choice between something and 0. */
function split(g: TensorVariable): Cotangent {
  const node = g.owner;
  if (node?.op.name !== 'switch') return { value: g, mask: null };
  const [cond, a, b] = node.inputs;
  const isFull = (v: TensorVariable): boolean =>
    v.type.shape.every((_, axis) => !v.type.broadcasts(axis) || g.type.broadcasts(axis));
  if (isZero(b) && isFull(a)) return { value: a, mask: cond };
  if (isZero(a) && isFull(b)) return { value: b, mask: invert(cond) };
  return { value: g, mask: null };
}

/** The condition that `mask` is the opposite of, or null. */
function opposite(mask: TensorVariable): TensorVariable | null {
  return mask.owner?.op.name === 'invert' ? mask.owner.inputs[0] : null;
}

/** The cotangent with its zeros in place. */
export function whole({ value, mask }: Cotangent): TensorVariable {
  if (mask === null) return value;
  const other = opposite(mask);
  return other === null ? switchOp(mask, value, 0) : switchOp(other, 0, value);
}

function both(p: TensorVariable | null, q: TensorVariable | null): TensorVariable | null {
  if (p === null || q === null) return p ?? q;
  return p === q ? p : and(p, q);
}

/** `g`, known to be 0 where `mask` is false, in the dtype and shape of `input`'s gradient. */
export function cotangentFor(
  input: TensorVariable,
  g: TensorVariable,
  mask: TensorVariable | null,
): Cotangent {
  const own = split(g);
  const joined = { value: cast(own.value, gradientDType(input)), mask: both(mask, own.mask) };
  const value = sumTo(whole(joined), input);
  if (joined.mask === null) return { value, mask: null };
  if (sumTo(joined.value, input) === joined.value) return joined;
  // Where anything that is not masked is summed, the sum is not.
  return { value, mask: neq(sumTo(cast(joined.mask, 'int64'), input), 0) };
}

/** The sum of two cotangents of one variable. */
export function total(p: Cotangent, q: Cotangent): Cotangent {
  if (p.mask !== null && p.mask === q.mask) return { value: add(p.value, q.value), mask: p.mask };
  return { value: add(whole(p), whole(q)), mask: either(p.mask, q.mask) };
}

function either(p: TensorVariable | null, q: TensorVariable | null): TensorVariable | null {
  if (p === null || q === null) return null;
  return opposite(p) === q || opposite(q) === p ? null : or(p, q);
}

/** Whether each element of the output is a function of the same element of the inputs. */
export function isPointwise({ op, outputs }: Apply): boolean {
  if (outputs.length !== 1) return false;
  return op.lower.kind === 'scalar' || op.name === 'cast' || op.name === 'relu';
}

/** The mask of the inputs of any node whose output is masked as a whole, or null. */
function wholeMask(mask: TensorVariable, input: TensorVariable): TensorVariable | null {
  if (!mask.type.shape.every((_, axis) => mask.type.broadcasts(axis))) return null;
  const order = input.type.shape.map(() => 'x' as const);
  return dimshuffle(dimshuffle(mask, []), order);
}

/** The mask of input `k` of a node that is not pointwise, where it can be told from that of its output. */
export function maskThrough(node: Apply, cotangent: Cotangent, k: number): TensorVariable | null {
  const { value, mask } = cotangent;
  const { op } = node;
  if (mask === null) return null;
  const through = wholeMask(mask, node.inputs[k]);
  const { kind } = op.lower;
  const moves = kind === 'index' || kind === 'reshape' || op.name === 'sum';
  if (through !== null || !moves || k > 0 || op.pullback === 'not-differentiable') return through;
  // Elements only move or are added: where any that is not masked goes, the ones that stand for it show.
  const ones = mul(cast(mask, value.dtype), onesLike(value));
  const [shown] = op.pullback(node, [ones]);
  return isGradient(shown) ? neq(shown, 0) : null;
}
