/** Reading parts: parts of parts, of what is uniform, of products and sums, of what was just written. */
import { scalarConstant } from '../../graph/constant.js';
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { broadcastTo } from '../../ops/alloc.js';
import { add } from '../../ops/arithmetic.js';
import { diagonal } from '../../ops/diagonal.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { knownSize } from '../../ops/size-arithmetic.js';
import { subtensor } from '../../ops/subtensor.js';
import type { GraphShapes } from '../graph-shapes.js';
import { inputsOf, orderOf, ownerIf, reapply, unitScalar, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { basicIndices, indicesOf, isWhole, knownRange, WHOLE, type AxisIndex } from './indices.js';
import { sizeGraph } from './shape.js';

const tags = ['canonicalize', 'subtensor'] as const;

const readIndices = (node: Apply): AxisIndex[] => indicesOf(node, 1, node.inputs[0].type.rank);

function partOf(x: TensorVariable, indices: readonly AxisIndex[]): TensorVariable {
  return subtensor(x, basicIndices(indices));
}

const dropWhole = rule('drop an index of everything', 'subtensor', tags, (node, { shapes }) => {
  const [x] = node.inputs;
  const [out] = node.outputs;
  const plain = readIndices(node).every((index) => !('at' in index) && index.step === 1);
  return plain && x.type.equals(out.type) && shapes.same(x, out) ? x : null;
});

/** The place, or places, of the outer index within the inner slice; null where that is not known. */
function within(inner: AxisIndex, outer: AxisIndex): AxisIndex | null {
  if (isWhole(inner)) return outer;
  if (isWhole(outer)) return inner;
  const [from, of] = [knownRange(inner), knownRange(outer)];
  if (from === null || of === null) return null;
  const start = from.start + of.start * from.step;
  const constant = (n: number): TensorVariable => scalarConstant(n, 'int64');
  if ('at' in outer) return start < from.stop ? { at: constant(start) } : null;
  const stop = Math.min(from.stop, from.start + of.stop * from.step);
  return {
    start: constant(start),
    stop: stop === Infinity ? null : constant(stop),
    step: from.step * of.step,
  };
}

const mergeReads = rule('merge indices of indices', 'subtensor', tags, (node) => {
  const inner = ownerIf(node.inputs[0], 'subtensor');
  if (inner === null) return null;
  const outer = readIndices(node);
  const merged = readIndices(inner).map((index) =>
    'at' in index ? index : within(index, outer.shift() as AxisIndex),
  );
  if (!merged.every((index) => index !== null)) return null;
  const part = partOf(inner.inputs[0], merged);
  return part.type.equals(node.outputs[0].type) ? part : null;
});

/** x.T[i] is x[:, i]: where an axis of size 1 that was put in is not indexed. */
const partOfShuffle = rule('index before a dimshuffle', 'subtensor', tags, (node) => {
  const shuffle = ownerIf(node.inputs[0], 'dimshuffle');
  if (shuffle === null) return null;
  const [x] = shuffle.inputs;
  const order = orderOf(shuffle);
  const indices = readIndices(node);
  if (!order.every((axis, k) => axis !== 'x' || isWhole(indices[k]))) return null;
  const own = x.type.shape.map((_, axis) => {
    const k = order.indexOf(axis);
    return k < 0 ? WHOLE : indices[k];
  });
  const left = own.flatMap((index, axis) => ('at' in index ? [] : [axis]));
  const kept = order
    .filter((axis, k) => axis === 'x' || !('at' in indices[k]))
    .map((axis) => (axis === 'x' ? 'x' : left.indexOf(axis)));
  const part = dimshuffle(partOf(x, own), kept);
  return part.type.equals(node.outputs[0].type) ? part : null;
});

const partOfUniform = rule('index of a filling', 'subtensor', tags, (node, context) => {
  const filled = inputsOf(node.inputs[0], 'alloc');
  const value = filled === null ? null : unitScalar(filled[0]);
  if (value === null) return null;
  const sizes = context.shapes.of(node.outputs[0]).map((id) => sizeGraph(id, context));
  if (!sizes.every((size) => size !== null)) return null;
  const part = broadcastTo(value, sizes);
  return part.type.equals(node.outputs[0].type) ? part : null;
});

/** Rows and columns of a product that nobody else needs are computed alone. */
const partOfProduct = rule(
  'index of a product',
  'subtensor',
  ['specialize', 'subtensor'],
  (node, { graph }) => {
    const [x] = node.inputs;
    const product = ownerIf(x, 'dot');
    if (product === null || !usedOnce(graph, x) || x.type.rank === 0) return null;
    const [a, b] = product.inputs;
    const indices = readIndices(node);
    const left = a.type.rank === 2 ? (indices.shift() as AxisIndex) : null;
    const right = b.type.rank === 2 ? (indices.shift() as AxisIndex) : null;
    const part = dot(
      left === null ? a : partOf(a, [left]),
      right === null ? b : partOf(b, [WHOLE, right]),
    );
    return part.type.equals(node.outputs[0].type) ? part : null;
  },
);

/** The indices of an operand that stretches along some axes of what is indexed. */
function operandPart(
  operand: TensorVariable,
  whole: TensorVariable,
  indices: readonly AxisIndex[],
): TensorVariable {
  const own = indices.map((index, axis): AxisIndex => {
    if (!operand.type.broadcasts(axis) || whole.type.broadcasts(axis)) return index;
    return 'at' in index ? { at: scalarConstant(0, 'int64') } : WHOLE;
  });
  return partOf(operand, own);
}

/** Of an elementwise result that nobody else needs only the part is computed. */
const partOfElementwise = rule(
  'index of an elementwise result',
  'subtensor',
  ['specialize', 'subtensor'],
  (node, { graph }) => {
    const [x] = node.inputs;
    const { owner } = x;
    if (owner === null || !usedOnce(graph, x) || !graph.has(owner) || graph.inputs.includes(x))
      return null;
    if (owner.op.lower.kind !== 'scalar' && owner.op.name !== 'cast') return null;
    const indices = readIndices(node);
    const part = reapply(
      owner,
      owner.inputs.map((input) => operandPart(input, x, indices)),
    );
    return part.type.equals(node.outputs[0].type) ? part : null;
  },
);

/** Whether the indices are known to be the same. */
export function sameIndices(a: readonly AxisIndex[], b: readonly AxisIndex[]): boolean {
  const same = (p: TensorVariable | null, q: TensorVariable | null): boolean =>
    p === q || (p !== null && q !== null && knownSize(p) !== null && knownSize(p) === knownSize(q));
  return a.every((p, axis) => {
    const q = b[axis];
    if ('at' in p || 'at' in q) return 'at' in p && 'at' in q && same(p.at, q.at);
    return p.step === q.step && same(p.start, q.start) && same(p.stop, q.stop);
  });
}

/** Whether the indices name no element in common, wherever the sizes lie. */
function areApart(a: readonly AxisIndex[], b: readonly AxisIndex[]): boolean {
  return a.some((index, axis) => {
    const [p, q] = [knownRange(index), knownRange(b[axis])];
    return p !== null && q !== null && (p.stop <= q.start || q.stop <= p.start);
  });
}

/** `values` with the shape of the part, which they may have been stretched to. */
function asPart(
  values: TensorVariable,
  part: TensorVariable,
  shapes: GraphShapes,
  sizes: readonly (TensorVariable | null)[],
): TensorVariable | null {
  if (values.type.equals(part.type) && shapes.same(values, part)) return values;
  if (!sizes.every((size) => size !== null)) return null;
  const stretched = broadcastTo(unitScalar(values) ?? values, sizes);
  return stretched.type.equals(part.type) ? stretched : null;
}

const readOfWrite = rule('read what was written', 'subtensor', tags, (node, context) => {
  const [x] = node.inputs;
  const [part] = node.outputs;
  const write = ownerIf(x, 'set_subtensor', 'inc_subtensor');
  if (write === null) return null;
  const [base, values] = write.inputs;
  const [own, written] = [readIndices(node), indicesOf(write, 2, x.type.rank)];
  if (areApart(own, written)) return partOf(base, own);
  if (!sameIndices(own, written)) return null;
  if (write.op.name === 'inc_subtensor') {
    if (!usedOnce(context.graph, x) || base.dtype === 'bool') return null;
    const sum = add(partOf(base, own), values);
    return sum.type.equals(part.type) ? sum : null;
  }
  const sizes = context.shapes.of(part).map((id) => sizeGraph(id, context));
  return asPart(values, part, context.shapes, sizes);
});

/** Positions start, start + step, … of a slice that is provably in range. */
const pickOfRange = rule(
  'index by a range is a slice',
  'advanced_subtensor',
  tags,
  ({ inputs: [x, ...indices], outputs: [out] }, { shapes }) => {
    const bounds = indices.map((index) => inputsOf(index, 'arange'));
    const inRange = bounds.every((range, axis) => {
      if (range === null) return false;
      const [start, , step] = range.map(knownSize);
      const stop = shapes.sizes.constant(shapes.valueOf(range[1]));
      const size = shapes.of(x)[axis];
      const known = shapes.sizes.constant(size);
      const ends =
        shapes.valueOf(range[1]) === size || (stop !== null && known !== null && stop <= known);
      return start !== null && start >= 0 && step !== null && step > 0 && ends;
    });
    if (!inRange || indices.length > 2) return null;
    const made = indices.length === 1 ? sliceOf(x, bounds[0]) : diagonalOf(x, bounds, shapes);
    return made?.type.equals(out.type) === true ? made : null;
  },
);

function sliceOf(x: TensorVariable, bounds: readonly TensorVariable[] | null): TensorVariable {
  const [start, stop, step] = bounds as readonly TensorVariable[];
  return subtensor(x, [{ start, stop, step: knownSize(step) as number }]);
}

/** x[0, 0], x[1, 1], … over the whole of two axes of one size. */
function diagonalOf(
  x: TensorVariable,
  bounds: readonly (readonly TensorVariable[] | null)[],
  shapes: GraphShapes,
): TensorVariable | null {
  const [rows, columns] = shapes.of(x);
  const isAll = bounds.every(
    (range) =>
      range !== null &&
      knownSize(range[0]) === 0 &&
      knownSize(range[2]) === 1 &&
      shapes.valueOf(range[1]) === rows,
  );
  if (!isAll || rows !== columns || x.type.rank !== 2) return null;
  return diagonal(x);
}

export const subtensorRules: readonly Rule[] = [
  dropWhole,
  mergeReads,
  partOfShuffle,
  partOfUniform,
  readOfWrite,
  pickOfRange,
  partOfProduct,
  partOfElementwise,
];
