/** Einstein's summation, and the products of tensors that are special cases of it. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { normalizeAxis } from '../types/tensor-type.js';
import { at } from './advanced-index.js';
import { arange } from './arange.js';
import { mul } from './arithmetic.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { arrange, contract, sumOver, withoutUnits, type Labelled } from './contract.js';
import { contractionPath } from './contraction-path.js';
import { dimshuffle } from './dimshuffle.js';
import { shapeOf } from './shape.js';

/** What a size that is not known counts as when the order of products is chosen. */
const TYPICAL_SIZE = 64;

interface Spec {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const fail = (text: string): never => {
  throw new ShapeError(`[einsum] ${text}`);
};

/** Labels of one operand; axes that an ellipsis stands for are labelled from the right. */
function labelsOf(term: string, rank: number, text: string): string[] {
  const parts = term.split('...');
  if (parts.length > 2 || !/^[A-Za-z]*$/.test(parts.join('')))
    fail(`expected letters and at most one '...' in each term, got '${term}' in '${text}'`);
  const [before, after = ''] = parts;
  const left = rank - before.length - after.length;
  if (left < 0 || (parts.length === 1 && left > 0))
    fail(
      `expected an operand of rank ${before.length + after.length} for '${term}', got rank ${rank}`,
    );
  const extra = Array.from({ length: left }, (_, k) => `.${left - k}`);
  return [...before, ...(parts.length === 2 ? extra : []), ...after];
}

function parse(subscripts: string, ranks: readonly number[]): Spec {
  const text = subscripts.replace(/\s/g, '');
  const [left, right, more] = text.split('->') as [string, string | undefined, string | undefined];
  const terms = left.split(',');
  if (more !== undefined) fail(`expected at most one '->', got '${text}'`);
  if (terms.length !== ranks.length)
    fail(`expected ${terms.length} operands for '${text}', got ${ranks.length}`);
  const inputs = terms.map((term, k) => labelsOf(term, ranks[k], text));
  const all = inputs.flat();
  // Ellipsis axes of all operands, broadcast together.
  const extra = [...new Set(all.filter((label) => label.startsWith('.')))].sort(
    (a, b) => Number(b.slice(1)) - Number(a.slice(1)),
  );
  if (right === undefined) {
    const once = [...new Set(all)].filter(
      (l) => !l.startsWith('.') && all.indexOf(l) === all.lastIndexOf(l),
    );
    return { inputs, output: [...extra, ...once.sort()] };
  }
  const output = labelsOf(
    right,
    right.replace('...', '').length + (right.includes('...') ? extra.length : 0),
    text,
  );
  for (const label of output) {
    if (!all.includes(label))
      fail(`expected every output label among the operands', got '${label}' in '${text}'`);
    if (output.indexOf(label) !== output.lastIndexOf(label))
      fail(`expected every output label once, got '${label}' twice in '${text}'`);
  }
  return { inputs, output };
}

/** Repeated labels of one operand become its diagonal. */
function diagonalized(value: TensorVariable, labels: readonly string[]): Labelled {
  const repeated = labels.find((label, axis) => labels.indexOf(label) !== axis);
  if (repeated === undefined) return { value, labels };
  const axes = labels.flatMap((label, axis) => (label === repeated ? [axis] : []));
  const others = labels.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const moved = dimshuffle(value, [...others, ...axes]);
  const number = arange(shapeOf(value, axes[0]));
  const diagonal = at(moved, '...', ...axes.map(() => number));
  return diagonalized(diagonal, [...others.map((axis) => labels[axis]), repeated]);
}

/** Sizes of labels where they are known. @throws ShapeError naming the label where two differ */
function knownSizes(
  operands: readonly Labelled[],
  names: readonly TensorVariable[],
): Map<string, number> {
  const sizes = new Map<string, number>();
  const from = new Map<string, number>();
  operands.forEach(({ value, labels }, k) => {
    labels.forEach((label, axis) => {
      const n = value.type.shape[axis];
      const before = sizes.get(label);
      if (n === null || n === 1) return;
      if (before !== undefined && before !== n) {
        const first = names[from.get(label) ?? 0].toString();
        fail(
          `expected one size for label '${label}', got ${before} (${first}) and ${n} (${names[k].toString()})`,
        );
      }
      sizes.set(label, n);
      from.set(label, k);
    });
  });
  return sizes;
}

/** Sizes for choosing an order: of labels that are open a typical one. */
function sizesToWeigh(
  operands: readonly Labelled[],
  known: ReadonlyMap<string, number>,
): Map<string, number> {
  const sizes = new Map(known);
  for (const { value, labels } of operands) {
    labels.forEach((label, axis) => {
      if (!sizes.has(label) && value.type.shape[axis] === null) sizes.set(label, TYPICAL_SIZE);
    });
  }
  return sizes;
}

/** Labelled operands multiplied and summed to the labels of the output, in its order. */
function evaluateProduct(
  op: string,
  operands: readonly Labelled[],
  output: readonly string[],
  sizes: ReadonlyMap<string, number>,
): TensorVariable {
  const path = contractionPath(
    operands.map(({ labels }) => labels),
    output,
    sizes,
  );
  let left = [...operands];
  for (const [i, j] of path) {
    const others = left.filter((_, k) => k !== i && k !== j);
    const needed = new Set([...output, ...others.flatMap(({ labels }) => labels)]);
    left = [...others, contract(op, left[i], left[j], (label) => needed.has(label))];
  }
  const [last] = left;
  return arrange(
    sumOver(last, (label) => output.includes(label)),
    output,
  );
}

/**
 * Einstein's summation: `einsum('ij,jk->ik', a, b)`. Labels that the output lacks are summed over; a label
 * twice in one operand is its diagonal; '...' stands for axes that broadcast; without '->' the output has
 * the labels that occur once, in alphabetical order. The order of products is the one of least work.
 * @throws ShapeError naming labels and sizes that do not fit
 */
export function einsum(subscripts: string, ...operands: readonly TensorLike[]): TensorVariable {
  const given = asVariables(operands);
  const { inputs, output } = parse(
    subscripts,
    given.map((v) => v.type.rank),
  );
  const dtype = given.map((v): DType => v.dtype).reduce(promote);
  const labelled = given.map((v, k) => diagonalized(cast(v, dtype), inputs[k]));
  const known = knownSizes(labelled, given);
  const wide = (label: string): boolean =>
    labelled.some(
      ({ value, labels }) =>
        labels.includes(label) && !value.type.broadcasts(labels.indexOf(label)),
    );
  const narrowed = labelled.map((operand) => withoutUnits(operand, wide));
  return evaluateProduct('einsum', narrowed, output, sizesToWeigh(labelled, known));
}

/** Axes of two operands that are summed over together: how many (the last of x, the first of y), or which of each. */
export type ContractedAxes =
  number | readonly [x: readonly number[] | number, y: readonly number[] | number];

function axesOf(
  op: string,
  [a, b]: readonly TensorVariable[],
  axes: ContractedAxes,
  batch: number,
): [number[], number[]] {
  if (typeof axes === 'number') {
    const most = Math.min(a.type.rank, b.type.rank) - batch;
    if (!Number.isInteger(axes) || axes < 0 || axes > most)
      throw new ShapeError(`[${op}] expected a number of axes in [0, ${most}], got ${axes}`);
    return [
      Array.from({ length: axes }, (_, k) => a.type.rank - axes + k),
      Array.from({ length: axes }, (_, k) => batch + k),
    ];
  }
  const [x, y] = axes.map((list) => (typeof list === 'number' ? [list] : list));
  if (x.length !== y.length)
    throw new ShapeError(
      `[${op}] expected as many axes of both operands, got ${x.length} and ${y.length}`,
    );
  return [
    x.map((axis) => normalizeAxis(op, axis, a.type.rank)),
    y.map((axis) => normalizeAxis(op, axis, b.type.rank)),
  ];
}

function contractAxes(
  op: string,
  x: TensorLike,
  y: TensorLike,
  axes: ContractedAxes,
  batch: number,
): TensorVariable {
  const [a, b] = asVariables([x, y]);
  for (const v of [a, b]) {
    if (v.type.rank < batch)
      throw new ShapeError(`[${op}] expected a leading axis, got a scalar (${v.toString()})`);
  }
  const [ofA, ofB] = axesOf(op, [a, b], axes, batch);
  ofA.forEach((axis, k) => {
    const [n, m] = [a.type.shape[axis], b.type.shape[ofB[k]]];
    if (n !== null && m !== null && n !== m)
      throw new ShapeError(
        `[${op}] expected equal sizes, got ${n} (${a.toString()}, axis ${axis}) and ${m} (${b.toString()}, axis ${ofB[k]})`,
      );
  });
  const inner = (k: number): string => `.${k}`;
  const labelsA = a.type.shape.map((_, axis) =>
    ofA.includes(axis) ? inner(ofA.indexOf(axis)) : axis < batch ? `b${axis}` : `x${axis}`,
  );
  const labelsB = b.type.shape.map((_, axis) =>
    ofB.includes(axis) ? inner(ofB.indexOf(axis)) : axis < batch ? `b${axis}` : `y${axis}`,
  );
  const dtype = promote(a.dtype, b.dtype);
  const output = [...labelsA, ...labelsB.filter((label) => !label.startsWith('b'))].filter(
    (label) => !label.startsWith('.'),
  );
  const operands = [
    { value: cast(a, dtype), labels: labelsA },
    { value: cast(b, dtype), labels: labelsB },
  ];
  return evaluateProduct(op, operands, output, new Map());
}

/**
 * Σ x·y over the last `axes` axes of x and the first of y, or over the axes that two lists name; the others
 * of x and of y are the result's. @throws ShapeError where they do not fit
 */
export function tensordot(x: TensorLike, y: TensorLike, axes: ContractedAxes = 2): TensorVariable {
  return contractAxes('tensordot', x, y, axes, 0);
}

/** tensordot of each element of the first axes, which both have: a number of axes counts from the second of y. */
export function batchedTensordot(
  x: TensorLike,
  y: TensorLike,
  axes: ContractedAxes = 2,
): TensorVariable {
  return contractAxes('batched_tensordot', x, y, axes, 1);
}

/** The product of each element of the first axes, which both have: [b, ..., k], [b, k, ...] → [b, ..., ...]. Of vectors elementwise. */
export function batchedDot(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = asVariables([x, y]);
  const axes = a.type.rank > 1 && b.type.rank > 1 ? 1 : 0;
  return contractAxes('batched_dot', a, b, axes, 1);
}

/** Σ x·y over the last axis of both, as NumPy's `inner`; scalars multiply. */
export function inner(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = asVariables([x, y]);
  return a.type.rank === 0 || b.type.rank === 0
    ? mul(a, b)
    : contractAxes('inner', a, b, [-1, -1], 0);
}
