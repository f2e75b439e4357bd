/** Elementwise and constant rewrites: folding, choices that are known, stretched operands that need not be. */
import { constant, isConstant, type Constant } from '../../graph/constant.js';
import { TnoError } from '../../errors.js';
import { apply1, type Apply, type TensorVariable } from '../../graph/variable.js';
import { broadcastTo } from '../../ops/alloc.js';
import { padLeft } from '../../ops/elementwise.js';
import { isFloat } from '../../types/dtype.js';
import type { NDArray } from '../../types/ndarray.js';
import { filled, inPlaceOf, inputsOf, ownerIf, uniformValue } from '../match.js';
import { rule, type Rule } from '../rule.js';

/** Folding takes and makes constants of this many elements at most. */
const MOST_ELEMENTS = 1 << 16;

function sizeOf({ type }: TensorVariable): number {
  return type.shape.reduce<number>((total, n) => total * (n ?? Infinity), 1);
}

/** Ops of the host are called when the function runs: what they do may not be theirs to do before. */
const foldConstants = rule('fold constants', '*', ['canonicalize', 'elemwise'], (node) => {
  const { op, inputs, outputs } = node;
  if (inputs.length === 0 || op.lower.kind === 'host' || !inputs.every(isConstant)) return null;
  const work = [...inputs, ...outputs].reduce((total, v) => total + sizeOf(v), 0);
  if (!(work <= MOST_ELEMENTS) || (op.name === 'alloc' && sizeOf(outputs[0]) > 1)) return null;
  return performed(node, inputs)?.map((value) => constant(value)) ?? null;
});

/** What an op gives; null where it refuses, which the user is told when the function runs. */
function performed(node: Apply, inputs: readonly Constant[]): readonly NDArray[] | null {
  try {
    return node.op.perform(
      inputs.map((input) => input.data),
      node,
    );
  } catch (error) {
    if (error instanceof TnoError) return null;
    throw error;
  }
}

const knownChoice = rule(
  'drop a branch that is never taken',
  'switch',
  ['canonicalize', 'elemwise'],
  (node, { shapes }) => {
    const [cond, a, b] = node.inputs;
    const value = uniformValue(cond);
    const taken = value !== null ? (Number(value) !== 0 ? a : b) : a === b ? a : null;
    return taken === null ? null : inPlaceOf(taken, node, shapes);
  },
);

/** x == x and so on; NaN is not equal to itself, so not of floats. */
const comparedWithItself = rule(
  'what is compared with itself is known',
  ['eq', 'neq', 'lt', 'le', 'gt', 'ge'],
  ['canonicalize', 'elemwise'],
  (node) => {
    const [a, b] = node.inputs;
    if (a !== b || isFloat(a.dtype)) return null;
    return filled(node, /^(eq|le|ge)$/.test(node.op.name) ? 1 : 0);
  },
);

/** An operand stretched to the shape that another operand has anyway need not be. */
const unstretchOperands = rule(
  'leave stretching to broadcasting',
  '*',
  ['canonicalize', 'elemwise'],
  (node, { shapes }) => {
    const { kind } = node.op.lower;
    const elementwise = kind === 'scalar' || node.op.name === 'cast';
    const isStretched = (input: TensorVariable): boolean => input.owner?.op.name === 'alloc';
    if (!elementwise || node.inputs.length < 2 || !node.inputs.some(isStretched)) return null;
    const out = node.outputs[0];
    const inputs = [...node.inputs];
    let changed = false;
    inputs.forEach((input, k) => {
      const stretched = ownerIf(input, 'alloc');
      if (stretched === null) return;
      const value = padLeft(stretched.inputs[0], out.type.rank);
      const others = inputs.filter((_, j) => j !== k);
      const covered = out.type.shape.every((_, axis) => {
        if (value.type.broadcasts(axis) === input.type.broadcasts(axis)) return true;
        if (input.type.broadcasts(axis)) return false;
        const size = shapes.of(input)[axis];
        return others.some(
          (other) => !other.type.broadcasts(axis) && shapes.of(other)[axis] === size,
        );
      });
      if (covered && value.type.rank === input.type.rank) {
        inputs[k] = value;
        changed = true;
      }
    });
    return changed ? apply1(node.op, inputs) : null;
  },
);

/** f(alloc(x)) → alloc(f(x)) for one operand: the work is done before stretching. */
const applyBeforeStretching = rule(
  'work before stretching',
  '*',
  ['canonicalize', 'elemwise'],
  (node) => {
    const { kind } = node.op.lower;
    if (node.inputs.length !== 1 || (kind !== 'scalar' && node.op.name !== 'cast')) return null;
    const stretched = inputsOf(node.inputs[0], 'alloc');
    if (stretched === null) return null;
    const [value, ...sizes] = stretched;
    return broadcastTo(apply1(node.op, [value]), sizes);
  },
);

export const elemwiseRules: readonly Rule[] = [
  foldConstants,
  knownChoice,
  comparedWithItself,
  unstretchOperands,
  applyBeforeStretching,
];
