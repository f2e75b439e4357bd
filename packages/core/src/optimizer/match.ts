/**
 * What rules look for in a graph (ops by name, uniform values, axes put back after a reduction), and how
 * they put something in an elementwise node's place: with its shape, and with the checks that the node
 * made of its operands' sizes.
 */
import { isConstant, scalarConstant, type Constant } from '../graph/constant.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import { broadcastTo } from '../ops/alloc.js';
import { mul, neg, trueDiv } from '../ops/arithmetic.js';
import type { AxisOrder } from '../ops/dimshuffle.js';
import { shapeOf } from '../ops/shape.js';
import type { GraphShapes } from './graph-shapes.js';

/** The owner of `v` when it is an application of `name`. */
export function ownerIf(v: TensorVariable, ...names: readonly string[]): Apply | null {
  return v.owner !== null && names.includes(v.owner.op.name) ? v.owner : null;
}

export function inputsOf(v: TensorVariable, name: string): readonly TensorVariable[] | null {
  return ownerIf(v, name)?.inputs ?? null;
}

/** The one value all elements of `v` have, where it is known: through dimshuffle, alloc and cast-free wrappers. */
export function uniformValue(v: TensorVariable): number | bigint | null {
  let at = v;
  for (;;) {
    if (isConstant(at)) return at.scalar ?? equalElements(at);
    const node = ownerIf(at, 'dimshuffle', 'alloc', 'specify_shape');
    if (node === null) return null;
    at = node.inputs[0];
  }
}

const equalValues = new WeakMap<Constant, number | bigint | null>();

function equalElements(v: Constant): number | bigint | null {
  let value = equalValues.get(v);
  if (value === undefined) equalValues.set(v, (value = findEqual(v)));
  return value;
}

function findEqual({ data, dtype }: Constant): number | bigint | null {
  if (data.size === 0 || dtype === 'float16' || dtype === 'bool') return null;
  const { data: memory, offset } = data.contiguous();
  const first = memory[offset];
  for (let i = 1; i < data.size; i++) if (!Object.is(memory[offset + i], first)) return null;
  return first;
}

export function isUniform(v: TensorVariable, value: number): boolean {
  const found = uniformValue(v);
  return found !== null && Number(found) === value;
}

/** Whether `v` has one known value, and no size that `out`, which is made of it, might not have. */
export function isUniformIn(v: TensorVariable, out: TensorVariable, shapes: GraphShapes): boolean {
  if (uniformValue(v) === null) return false;
  const wanted = shapes.of(out);
  return shapes.of(v).every((n, axis) => v.type.broadcasts(axis) || n === wanted[axis]);
}

/** The rank-0 variable whose value all elements of `v` have, or null. */
export function uniformScalar(v: TensorVariable): TensorVariable | null {
  let at = v;
  while (at.type.rank > 0) {
    if (isConstant(at) && at.scalar !== null) return scalarConstant(at.scalar, at.dtype);
    const node = ownerIf(at, 'dimshuffle', 'alloc', 'specify_shape');
    if (node === null) return null;
    at = node.inputs[0];
  }
  return at;
}

/** The rank-0 variable that `v` shows in a shape of ones only, or null. */
export function unitScalar(v: TensorVariable): TensorVariable | null {
  return v.type.shape.every((n) => n === 1) ? uniformScalar(v) : null;
}

/** What a scalar scales, and the same done to something else. */
export interface Scaling {
  readonly inner: TensorVariable;
  readonly scale: (v: TensorVariable) => TensorVariable;
}

/** For `inner` times a rank-0 variable, divided by one, or negated. */
export function scalingOf(v: TensorVariable): Scaling | null {
  const node = ownerIf(v, 'mul', 'true_div', 'neg');
  if (node === null) return null;
  const [a, b] = node.inputs;
  if (node.op.name === 'neg') return { inner: a, scale: neg };
  const combine = node.op.name === 'mul' ? mul : trueDiv;
  const right = unitScalar(b);
  if (right !== null) return { inner: a, scale: (w) => combine(w, right) };
  const left = combine === mul ? unitScalar(a) : null;
  return left && { inner: b, scale: (w) => mul(w, left) };
}

export function orderOf(node: Apply): AxisOrder {
  return node.op.props['order'] as AxisOrder;
}

export function axesOf(node: Apply): readonly number[] {
  return node.op.props['axes'] as readonly number[];
}

/** For `keepAxes(reduction(x, axes), axes)` of the named reduction: the reduction's node. */
export function keptReduction(v: TensorVariable, name: string): Apply | null {
  const shuffle = ownerIf(v, 'dimshuffle');
  if (shuffle === null) return null;
  const reduced = ownerIf(shuffle.inputs[0], name);
  if (reduced === null) return null;
  let next = 0;
  const axes = axesOf(reduced);
  const kept = Array.from({ length: reduced.inputs[0].type.rank }, (_, axis) =>
    axes.includes(axis) ? 'x' : next++,
  );
  const order = orderOf(shuffle);
  return order.length === kept.length && order.every((axis, k) => axis === kept[k])
    ? reduced
    : null;
}

/** Whether `v` has one client only, so that folding it into that client loses nothing. */
export function usedOnce(graph: FunctionGraph, v: TensorVariable): boolean {
  return graph.clients(v).length === 1;
}

/** `v` where it has the type that a replaced variable had: dtype, rank and axes that broadcast. */
export function fitting(v: TensorVariable, out: TensorVariable): TensorVariable | null {
  const fits =
    v.dtype === out.dtype &&
    v.type.rank === out.type.rank &&
    out.type.shape.every((n, axis) => (n === 1) === v.type.broadcasts(axis));
  return fits ? v : null;
}

/** The same op on other inputs. */
export function reapply(node: Apply, inputs: readonly TensorVariable[]): TensorVariable {
  return apply1(node.op, inputs);
}

/** Operands that are not stretched along the axis: all of one size when the function runs. */
function wideOperands(node: Apply, axis: number): TensorVariable[] {
  return node.inputs.filter((operand) => !operand.type.broadcasts(axis));
}

/** `value` everywhere, in the shape and dtype of an elementwise node's output. */
export function filled(node: Apply, value: number): TensorVariable {
  const [out] = node.outputs;
  const sizes = out.type.shape.map((_, axis) => {
    const [wide] = wideOperands(node, axis);
    return wide === undefined ? scalarConstant(1, 'int64') : shapeOf(wide, axis);
  });
  return broadcastTo(scalarConstant(value, out.dtype), sizes);
}

/** What a replacement is made of, as far as sizes go. */
export interface Leftovers {
  /** Operands that it no longer reads, whose sizes had to agree with the others'. */
  readonly gone: readonly TensorVariable[];
  /** Operands that it reads. */
  readonly kept: readonly TensorVariable[];
}

/** For replacements made of all that the node was made of, but for scalars. */
export const NOTHING_GONE: Leftovers = { gone: [], kept: [] };

/**
 * `v` in place of an elementwise node's output: itself where it has the output's shape and what is gone
 * provably had the sizes of what is kept; else stretched to the sizes of what is gone, so that the
 * node's demand that sizes agree stays.
 */
export function inPlaceOf(
  v: TensorVariable,
  node: Apply,
  shapes: GraphShapes,
  { gone, kept }: Leftovers = { gone: node.inputs.filter((input) => input !== v), kept: [] },
): TensorVariable | null {
  const [out] = node.outputs;
  const { rank } = out.type;
  if (v.dtype !== out.dtype || v.type.rank > rank) return null;
  const lead = rank - v.type.rank;
  const isWide = (operand: TensorVariable, axis: number): boolean => !operand.type.broadcasts(axis);
  const lost = out.type.shape.map((_, axis) => {
    const left = kept.filter((operand) => isWide(operand, axis)).map((w) => shapes.of(w)[axis]);
    if (axis >= lead && isWide(v, axis - lead)) left.push(shapes.of(v)[axis - lead]);
    return gone.find((g) => isWide(g, axis) && !left.includes(shapes.of(g)[axis]));
  });
  const fits =
    lead === 0 && out.type.shape.every((n, axis) => (n === 1) === v.type.broadcasts(axis));
  if (fits && lost.every((operand) => operand === undefined)) return v;
  const sizes = lost.map((operand, axis) => {
    const wide = operand ?? wideOperands(node, axis).at(0);
    return wide === undefined ? scalarConstant(1, 'int64') : shapeOf(wide, axis);
  });
  return broadcastTo(unitScalar(v) ?? v, sizes);
}
