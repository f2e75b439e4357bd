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
import { leavesOf, toposort } from '../../graph/traverse.js';
import { inputsOf, orderOf, ownerIf } from '../match.js';
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

/** A size id as a graph of scalars over shapes of `candidates`; null where it refers to something else. */
function asGraph(
  id: SizeId,
  { shapes }: RuleContext,
  variables: ReadonlyMap<number, TensorVariable>,
): TensorVariable | null {
  const node = shapes.sizes.nodes[id];
  switch (node.op) {
    case 'const':
      return scalarConstant(node.value, 'int64');
    case 'dim': {
      const v = variables.get(node.buffer);
      return v === undefined ? null : shapeOf(v, node.axis);
    }
    case 'value': {
      const v = variables.get(node.buffer);
      return v === undefined ? null : cast(v, 'int64');
    }
    case 'counter':
      return null;
    case 'select': {
      const [c, a, b] = [node.cond, node.a, node.b].map((k) =>
        asGraph(k, { shapes } as RuleContext, variables),
      );
      return c === null || a === null || b === null ? null : switchOp(c, a, b);
    }
    default: {
      const [a, b] = [node.a, node.b].map((k) => asGraph(k, { shapes } as RuleContext, variables));
      return a === null || b === null ? null : cast(graphBinary[node.op](a, b), 'int64');
    }
  }
}

const shapeWithoutComputing = rule(
  'shape without computing',
  'shape_i',
  ['canonicalize', 'shape'],
  (node, context) => {
    const [x] = node.inputs;
    if (x.owner === null) return null;
    const axis = Number(node.op.props['axis']);
    const id = context.shapes.of(x)[axis];
    const size = context.shapes.sizes.nodes[id];
    if (size.op === 'dim' && size.buffer === x.id) return null;
    const variables = new Map<number, TensorVariable>();
    const stop = new Set(context.graph.inputs);
    for (const apply of toposort([x], stop))
      for (const v of [...apply.inputs, ...apply.outputs]) variables.set(v.id, v);
    for (const leaf of leavesOf([x], stop)) variables.set(leaf.id, leaf);
    return asGraph(id, context, variables);
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
  const inner = ownerIf(node.inputs[0], 'dimshuffle');
  const outerOrder = orderOf(node);
  if (inner === null) {
    const identity =
      outerOrder.length === node.inputs[0].type.rank && outerOrder.every((axis, k) => axis === k);
    return identity ? node.inputs[0] : null;
  }
  const innerOrder = orderOf(inner);
  return dimshuffle(
    inner.inputs[0],
    outerOrder.map((axis) => (axis === 'x' ? 'x' : innerOrder[axis])),
  );
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
  ({ inputs: [value, ...sizes], outputs: [out] }, { shapes }) => {
    const same =
      value.type.rank === sizes.length &&
      shapes.of(value).every((size, axis) => size === shapes.of(out)[axis]);
    if (same) return value;
    const inner = inputsOf(value, 'alloc');
    if (inner === null) return null;
    return broadcastTo(inner[0], sizes);
  },
);

export const shapeRules: readonly Rule[] = [
  shapeWithoutComputing,
  elementOfVector,
  mergeShuffles,
  mergeReshapes,
  dropStretch,
];
