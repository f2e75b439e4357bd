/**
 * The product of two labelled tensors, summed over labels: what einsum, tensordot and inner come down
 * to. Labels of both that stay are a batch; those that go are contracted; the others are free. A product
 * with contracted labels is a matrix product of what the labels are joined to.
 */
import type { TensorVariable } from '../graph/variable.js';
import { mul } from './arithmetic.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { dot } from './dot.js';
import { stackedProduct } from './matmul.js';
import { asColumns, asRows } from './matrix-parts.js';
import { sum } from './reduce.js';
import { reshape } from './reshape.js';
import { sameSizes } from './same-sizes.js';
import { shapeOf } from './shape.js';

/** A tensor whose axes have labels, each once. */
export interface Labelled {
  readonly value: TensorVariable;
  readonly labels: readonly string[];
}

/** Summed over the labels that are not wanted, in its own dtype. */
export function sumOver(
  { value, labels }: Labelled,
  isWanted: (label: string) => boolean,
): Labelled {
  const axes = labels.flatMap((label, axis) => (isWanted(label) ? [] : [axis]));
  if (axes.length === 0) return { value, labels };
  return { value: cast(sum(value, axes), value.dtype), labels: labels.filter(isWanted) };
}

/** The axes in the order of `labels`; labels that it lacks become axes of size 1. */
export function arrange({ value, labels }: Labelled, wanted: readonly string[]): TensorVariable {
  const order = wanted.map((label) => {
    const axis = labels.indexOf(label);
    return axis < 0 ? 'x' : axis;
  });
  return dimshuffle(value, order);
}

/** Axes of size 1 are no part of a label that another operand has in its full size: they would stretch anyway. */
export function withoutUnits(operand: Labelled, isWide: (label: string) => boolean): Labelled {
  const { value, labels } = operand;
  const kept = labels.filter((label, axis) => !value.type.broadcasts(axis) || !isWide(label));
  return kept.length === labels.length ? operand : { value: arrange(operand, kept), labels: kept };
}

/** Runs of labels as one axis each: `groups` after one another. */
function joined(
  operand: Labelled,
  lead: readonly string[],
  groups: readonly (readonly string[])[],
): TensorVariable {
  const arranged = arrange(operand, [...lead, ...groups.flat()]);
  if (groups.every((group) => group.length === 1)) return arranged;
  const sizes = lead.map((_, axis) => shapeOf(arranged, axis));
  let next = lead.length;
  for (const group of groups) {
    const own = group.map(() => shapeOf(arranged, next++));
    sizes.push(own.reduce((a, b) => mul(a, b)));
  }
  return reshape(arranged, sizes);
}

/** The product of both, summed over the labels that are not wanted. They are of one dtype. */
export function contract(
  op: string,
  x: Labelled,
  y: Labelled,
  isWanted: (label: string) => boolean,
): Labelled {
  const a = sumOver(
    withoutUnits(x, (l) => isWide(y, l)),
    (l) => isWanted(l) || y.labels.includes(l),
  );
  const b = sumOver(
    withoutUnits(y, (l) => isWide(x, l)),
    (l) => isWanted(l) || a.labels.includes(l),
  );
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter(isWanted);
  const inner = shared.filter((label) => !isWanted(label));
  const left = a.labels.filter((label) => !shared.includes(label));
  const right = b.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...left, ...right];
  if (inner.length === 0) {
    return { value: mul(arrange(a, labels), arrange(b, labels)), labels };
  }
  // Without free labels on both sides of a batch there is nothing to reuse: a fused product and sum.
  if (batch.length > 0 && left.length === 0 && right.length === 0) {
    const all = [...batch, ...inner];
    return sumOver({ value: mul(arrange(a, all), arrange(b, all)), labels: all }, isWanted);
  }
  // Joined to one axis, sizes may agree by their product alone.
  const checked = inner.length > 1 ? { ...b, value: alike(op, b, a, inner) } : b;
  return { value: matrixProduct(a, checked, { batch, inner, left, right }), labels };
}

/** `b`, whose axes of these labels have to be as long as those of `a`. */
const alike = (op: string, b: Labelled, a: Labelled, inner: readonly string[]): TensorVariable =>
  sameSizes(
    op,
    b.value,
    b.labels.map((label) =>
      inner.includes(label) ? shapeOf(a.value, a.labels.indexOf(label)) : null,
    ),
  );

const isWide = ({ value, labels }: Labelled, label: string): boolean => {
  const axis = labels.indexOf(label);
  return axis >= 0 && !value.type.broadcasts(axis);
};

interface Roles {
  readonly batch: readonly string[];
  readonly inner: readonly string[];
  readonly left: readonly string[];
  readonly right: readonly string[];
}

function matrixProduct(a: Labelled, b: Labelled, roles: Roles): TensorVariable {
  const { batch, inner, left, right } = roles;
  const p = joined(a, batch, left.length === 0 ? [inner] : [left, inner]);
  const q = joined(b, batch, right.length === 0 ? [inner] : [inner, right]);
  if (batch.length === 0) return split(dot(p, q), a, b, roles);
  const product = stackedProduct(
    left.length === 0 ? asRows(p) : p,
    right.length === 0 ? asColumns(q) : q,
  );
  const kept = product.type.shape.flatMap((_, axis) => {
    const fromEnd = product.type.rank - axis;
    const isGone = (fromEnd === 2 && left.length === 0) || (fromEnd === 1 && right.length === 0);
    return isGone ? [] : [axis];
  });
  return split(dimshuffle(product, kept), a, b, roles);
}

/** Joined axes as one for each label again. */
function split(
  product: TensorVariable,
  a: Labelled,
  b: Labelled,
  { batch, left, right }: Roles,
): TensorVariable {
  if (left.length <= 1 && right.length <= 1) return product;
  const sizesIn = ({ value, labels }: Labelled, own: readonly string[]): TensorVariable[] =>
    own.map((label) => shapeOf(value, labels.indexOf(label)));
  const lead = batch.map((_, axis) => shapeOf(product, axis));
  return reshape(product, [...lead, ...sizesIn(a, left), ...sizesIn(b, right)]);
}
