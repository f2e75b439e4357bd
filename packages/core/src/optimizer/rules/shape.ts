/** Shapes without computing, and views of views made one. */
import { scalarConstant, Constant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
import type { SizeId } from '../../lower/program.js';
import { broadcastTo } from '../../ops/alloc.js';
import { add, intDiv, maximum, minimum, mod, mul, sub } from '../../ops/arithmetic.js';
import { eq, lt, switchOp } from '../../ops/compare.js';
import { cast } from '../../ops/cast.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { reshapeTo } from '../../ops/reshape.js';
import { shapeOf } from '../../ops/shape.js';
import { inputsOf, orderOf, ownerIf, unitScalar } from '../match.js';
import { rule, type Rule, type RuleContext } from '../rule.js';

const graphBinary = {
  add,
  sub,
  mul,
  floordiv: intDiv,
  mod,
  min: minimum,
  max: maximum,
  eq,
  lt,
} as const;

/** A size as a graph of scalars; null where it refers to what is not, or no longer, in the graph. */
export function sizeGraph(id: SizeId, context: RuleContext): TensorVariable | null {
  return asGraph(id, context, new Map());
}

/**
 * A size as a graph of scalars; null where it refers to what is not, or no longer, in the graph. What
 * has been spelled before is used again: sizes of late layers are made of those of all before.
 */
function asGraph(
  id: SizeId,
  context: RuleContext,
  fresh: Map<SizeId, TensorVariable | null>,
): TensorVariable | null {
  const { spelled } = context.shapes;
  const before = spelled.get(id);
  const own = before === undefined ? null : context.graph.current(before);
  if (own !== null) return own;
  const again = fresh.get(id);
  if (again !== undefined) return again;
  const made = makeGraph(id, context, fresh);
  fresh.set(id, made);
  if (made !== null) spelled.set(id, made);
  return made;
}

function makeGraph(
  id: SizeId,
  context: RuleContext,
  fresh: Map<SizeId, TensorVariable | null>,
): TensorVariable | null {
  const { shapes, graph } = context;
  const node = shapes.sizes.nodes[id];
  const operands = (...ids: readonly SizeId[]): TensorVariable[] | null => {
    const made = ids.map((operand) => asGraph(operand, context, fresh));
    return made.every((operand) => operand !== null) ? made : null;
  };
  switch (node.op) {
    case 'const':
      return scalarConstant(node.value, 'int64');
    case 'dim':
    case 'value': {
      const v = shapes.origin(node.buffer);
      if (v.owner !== null && !graph.inputs.includes(v) && !graph.has(v.owner)) return null;
      return node.op === 'dim' ? shapeOf(v, node.axis) : cast(v, 'int64');
    }
    case 'counter':
      return null;
    case 'select': {
      const made = operands(node.cond, node.a, node.b);
      return made === null ? null : switchOp(made[0], made[1], made[2]);
    }
    default: {
      const made = operands(node.a, node.b);
      return made === null ? null : cast(graphBinary[node.op](made[0], made[1]), 'int64');
    }
  }
}

const shapeWithoutComputing = rule(
  'shape without computing',
  'shape_i',
  ['canonicalize', 'shape'],
  (node, context) => {
    const [x] = node.inputs;
    if (x.owner === null || context.graph.inputs.includes(x)) return null;
    const { shapes } = context;
    const id = shapes.of(x)[Number(node.op.props['axis'])];
    const size = shapes.sizes.nodes[id];
    return size.op === 'dim' && size.buffer === x.id ? null : sizeGraph(id, context);
  },
);

/** Comparisons and choices that sizes decide, such as that no size is below 0. */
const knownSizes = rule(
  'sizes that are known are constants',
  ['eq', 'lt', 'switch', 'minimum', 'maximum', 'add', 'sub', 'mul', 'int_div', 'mod'],
  ['canonicalize', 'shape'],
  ({ inputs, outputs: [out] }, { shapes }) => {
    const ofSizes = inputs.every((v) => v.dtype === 'int64' || v.dtype === 'bool');
    if (!ofSizes || out.type.rank > 0 || (out.dtype !== 'int64' && out.dtype !== 'bool'))
      return null;
    const value = shapes.sizes.constant(shapes.valueOf(out));
    return value === null ? null : scalarConstant(value, out.dtype);
  },
);

const elementOfVector = rule(
  'element of a made vector',
  'subtensor',
  ['canonicalize', 'shape'],
  ({ op, inputs: [x, index] }) => {
    const elements = inputsOf(x, 'make_vector');
    const spec = op.props['spec'] as readonly unknown[];
    if (elements === null || spec[0] !== 'at' || !(index instanceof Constant)) return null;
    const at = Number(index.scalar);
    return elements[at < 0 ? at + elements.length : at] ?? null;
  },
);

const mergeShuffles = rule('merge dimshuffles', 'dimshuffle', ['canonicalize', 'shape'], (node) => {
  const [x] = node.inputs;
  const order = orderOf(node);
  // A unit axis that is taken out and put back in its place stays.
  const stays = order.every((axis, k) => axis === k || (axis === 'x' && !order.includes(k)));
  if (stays && order.length === x.type.rank) return x;
  const inner = ownerIf(x, 'dimshuffle');
  if (inner === null) return null;
  const innerOrder = orderOf(inner);
  const merged = order.map((axis) => (axis === 'x' ? 'x' : innerOrder[axis]));
  return dimshuffle(inner.inputs[0], merged);
});

const mergeReshapes = rule(
  'merge reshapes',
  'reshape',
  ['canonicalize', 'shape'],
  ({ inputs: [x, ...sizes] }, { shapes }) => {
    const target = sizes.map((size) => shapes.valueOf(size));
    const own = shapes.of(x);
    if (own.length === target.length && own.every((size, axis) => size === target[axis])) return x;
    const inner = inputsOf(x, 'reshape');
    return inner === null ? null : reshapeTo(inner[0], sizes);
  },
);

const dropStretch = rule(
  'drop stretching to the same shape',
  'alloc',
  ['canonicalize', 'shape'],
  ({ inputs: [value], outputs: [out] }, { shapes }) => {
    const wanted = shapes.of(out);
    const same =
      value.type.rank === wanted.length && shapes.of(value).every((n, k) => n === wanted[k]);
    return same ? value : null;
  },
);

/** Where the inner sizes are those of the outer stretching, the inner one is not needed to check them. */
const mergeStretches = rule(
  'merge stretchings',
  'alloc',
  ['canonicalize', 'shape'],
  ({ inputs: [value, ...sizes], outputs: [out] }, { shapes }) => {
    const scalar = value.type.rank === 0 ? null : unitScalar(value);
    if (scalar !== null) return broadcastTo(scalar, sizes);
    const source = inputsOf(value, 'alloc')?.[0];
    if (source === undefined) return null;
    const wanted = shapes.of(out).slice(sizes.length - value.type.rank);
    const lead = value.type.rank - source.type.rank;
    const fits = shapes.of(value).every((size, k) => {
      const stretches = k < lead || source.type.broadcasts(k - lead);
      return size === wanted[k] || (stretches && value.type.broadcasts(k));
    });
    return fits ? broadcastTo(source, sizes) : null;
  },
);

export const shapeRules: readonly Rule[] = [
  shapeWithoutComputing,
  knownSizes,
  elementOfVector,
  mergeShuffles,
  mergeReshapes,
  dropStretch,
  mergeStretches,
];
