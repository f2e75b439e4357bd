/**
 * Canonical form of products: signs and constants gathered in front, equal factors cancelled.
 *
 * A product is a tree of mul, true_div, reciprocal and neg whose inner nodes nobody else uses. Rules
 * take leaves out of the tree and put the rest together as it was, so that a small factor keeps meeting
 * the factors that it met; what nothing was taken from stays the very same variables.
 */
import { scalarConstant } from '../../graph/constant.js';
import type { FunctionGraph } from '../../graph/function-graph.js';
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { mul, neg, trueDiv } from '../../ops/arithmetic.js';
import { isFloat, wrapScalar, type DType } from '../../types/dtype.js';
import {
  filled,
  inPlaceOf,
  inputsOf,
  isUniform,
  isUniformIn,
  ownerIf,
  uniformValue,
  usedOnce,
  type Leftovers,
} from '../match.js';
import { rule, type Rule } from '../rule.js';

/** Inner nodes of one tree: longer products are treated piece by piece, in linear time. */
const MOST_NODES = 64;

interface Leaf {
  readonly kind: 'leaf';
  readonly value: TensorVariable;
  /** Whether it divides. */
  readonly inverse: boolean;
}

interface Inner {
  readonly kind: 'inner';
  readonly value: TensorVariable;
  readonly node: Apply;
  readonly operands: readonly Tree[];
}

type Tree = Leaf | Inner;

interface Product {
  readonly tree: Tree;
  readonly leaves: readonly Leaf[];
  /** Number of neg nodes in the tree. */
  readonly signs: number;
}

const heads = ['mul', 'true_div', 'reciprocal', 'neg'] as const;

function productOf(top: TensorVariable, graph: FunctionGraph): Product {
  const leaves: Leaf[] = [];
  let [signs, nodes] = [0, 0];
  const grow = (value: TensorVariable, inverse: boolean, doubleSign: boolean): Tree => {
    const own = value === top || usedOnce(graph, value);
    const node = nodes >= MOST_NODES ? null : ownerIf(value, ...(own ? heads : ['neg']));
    if (node === null || (!own && !doubleSign)) {
      const leaf: Leaf = { kind: 'leaf', value, inverse };
      leaves.push(leaf);
      return leaf;
    }
    nodes++;
    const isSign = node.op.name === 'neg';
    if (isSign) signs++;
    const divides = (k: number): boolean =>
      node.op.name === 'reciprocal' || (node.op.name === 'true_div' && k === 1);
    const operands = node.inputs.map((input, k) => grow(input, divides(k) !== inverse, isSign));
    return { kind: 'inner', value, node, operands };
  };
  return { tree: grow(top, false, false), leaves, signs };
}

/** What is left of a tree: nothing (1), a factor, or the inverse of one. */
type Rest = { readonly value: TensorVariable; readonly inverse: boolean } | null;

function times(p: Rest, q: Rest): Rest {
  if (p === null || q === null) return p ?? q;
  if (p.inverse === q.inverse) return { value: mul(p.value, q.value), inverse: p.inverse };
  const [up, down] = p.inverse ? [q, p] : [p, q];
  return { value: trueDiv(up.value, down.value), inverse: false };
}

const inverted = (p: Rest): Rest => p && { value: p.value, inverse: !p.inverse };

/** The tree without its signs and without the leaves in `taken`. */
function without(tree: Tree, taken: ReadonlySet<Leaf>): Rest {
  if (tree.kind === 'leaf') return taken.has(tree) ? null : { value: tree.value, inverse: false };
  if (isUntouched(tree, taken)) return { value: tree.value, inverse: false };
  const [p, q = null] = tree.operands.map((operand) => without(operand, taken));
  switch (tree.node.op.name) {
    case 'neg':
      return p;
    case 'reciprocal':
      return inverted(p);
    case 'mul':
      return times(p, q);
    default:
      return times(p, tree.operands[1].kind === 'inner' ? turned(q) : inverted(q));
  }
}

/** 1/(a/b) is b/a. */
function turned(p: Rest): Rest {
  const quotient = p === null || p.inverse ? null : inputsOf(p.value, 'true_div');
  if (quotient === null) return inverted(p);
  return { value: trueDiv(quotient[1], quotient[0]), inverse: false };
}

function isUntouched(tree: Tree, taken: ReadonlySet<Leaf>): boolean {
  if (tree.kind === 'leaf') return !taken.has(tree);
  const goes = tree.node.op.name === 'neg' || tree.node.op.name === 'reciprocal';
  return !goes && tree.operands.every((operand) => isUntouched(operand, taken));
}

/** A factor of a product that is known: the constant, and whether it divides. */
interface Factor {
  readonly value: number | bigint;
  readonly inverse: boolean;
}

const ONE: Factor = { value: 1, inverse: false };

/** All constants as one: c, or 1/c where that is what was written. Null where it would not be exact or finite. */
function floatFactor(
  constants: readonly Leaf[],
  sign: 1 | -1,
  dtype: DType,
  rest: NonNullable<Rest>,
): Factor | null {
  const total = (inverse: boolean): number =>
    constants
      .filter((leaf) => leaf.inverse === inverse)
      .reduce((n, leaf) => n * Number(uniformValue(leaf.value)), 1);
  const [above, below] = [sign * total(false), total(true)];
  const inverse = !rest.inverse && Math.abs(above) === 1 && Math.abs(below) !== 1;
  const value = Number(wrapScalar(dtype, inverse ? above * below : above / below));
  const vanished = value === 0 && !constants.some((leaf) => isUniform(leaf.value, 0));
  return Number.isFinite(value) && below !== 0 && !vanished ? { value, inverse } : null;
}

function integerFactor(constants: readonly Leaf[], sign: 1 | -1, dtype: DType): Factor {
  const total = constants.reduce(
    (n, leaf) => n * BigInt(uniformValue(leaf.value) ?? 1),
    BigInt(sign),
  );
  return { value: wrapScalar(dtype, total), inverse: false };
}

function scaled(factor: Factor, rest: NonNullable<Rest>, dtype: DType): TensorVariable {
  const isOne = Number(factor.value) === 1;
  if (isOne && !rest.inverse) return rest.value;
  const isMinusOne = factor.value === wrapScalar(dtype, -1);
  if (isMinusOne && !rest.inverse && !factor.inverse) return neg(rest.value);
  const constant = scalarConstant(factor.value, dtype);
  const both = times({ value: constant, inverse: factor.inverse }, rest) as NonNullable<Rest>;
  return both.inverse ? trueDiv(scalarConstant(1, dtype), both.value) : both.value;
}

/** Whether signs and constants are where the canonical form has them: one constant, or else one sign in front. */
function isGathered({ tree, signs }: Product, constants: readonly Leaf[]): boolean {
  if (constants.length + signs > 1) return false;
  if (tree.kind === 'leaf') return true;
  if (tree.operands.some(hasReciprocal)) return false;
  if (signs === 1) return tree.node.op.name === 'neg';
  const isUnit = ({ value }: Leaf): boolean => Math.abs(Number(uniformValue(value))) === 1;
  // 1/x has no other form.
  const divided = tree.node.op.name === 'true_div' ? tree.operands[0] : null;
  return constants.every((leaf) => !isUnit(leaf) || leaf === divided);
}

const hasReciprocal = (tree: Tree): boolean =>
  tree.kind === 'inner' &&
  (tree.node.op.name === 'reciprocal' || tree.operands.some(hasReciprocal));

/** What stays and what goes with the leaves in `taken`. */
function leftovers(leaves: readonly Leaf[], taken: readonly Leaf[]): Leftovers {
  const values = (list: readonly Leaf[]): TensorVariable[] => list.map((leaf) => leaf.value);
  return { gone: values(taken), kept: values(leaves.filter((leaf) => !taken.includes(leaf))) };
}

const gatherConstants = rule(
  'gather constants and signs of products',
  heads,
  ['canonicalize', 'arith'],
  (node, { graph, shapes }) => {
    const [out] = node.outputs;
    if (out.dtype === 'bool') return null;
    const product = productOf(out, graph);
    const constants = product.leaves.filter((leaf) => isUniformIn(leaf.value, out, shapes));
    if (product.leaves.length === constants.length || isGathered(product, constants)) return null;
    const sign = product.signs % 2 === 0 ? 1 : -1;
    const gather = isFloat(out.dtype) ? floatFactor : integerFactor;
    const rest = without(product.tree, new Set(constants));
    const factor = rest && gather(constants, sign, out.dtype, rest);
    if (factor === null || rest === null) return null;
    const result = scaled(factor, rest, out.dtype);
    return inPlaceOf(result, node, shapes, leftovers(product.leaves, constants));
  },
);

/** (x·y)/x → y, also across nested products; what NaN and 0 in x would have given is lost. */
const cancelFactors = rule(
  'cancel equal factors',
  ['true_div', 'mul'],
  ['canonicalize', 'arith', 'unsafe-nan'],
  (node, { graph, shapes }) => {
    const [out] = node.outputs;
    if (!isFloat(out.dtype)) return null;
    const { tree, leaves, signs } = productOf(out, graph);
    const up = leaves.find(
      (leaf) =>
        !leaf.inverse && leaves.some((other) => other.inverse && other.value === leaf.value),
    );
    if (up === undefined) return null;
    const down = leaves.find((leaf) => leaf.inverse && leaf.value === up.value) as Leaf;
    const rest = without(tree, new Set([up, down]));
    const positive = rest === null ? filled(node, 1) : scaled(ONE, rest, out.dtype);
    const signed = signs % 2 === 0 ? positive : neg(positive);
    return inPlaceOf(signed, node, shapes, leftovers(leaves, [up, down]));
  },
);

export const productRules: readonly Rule[] = [gatherConstants, cancelFactors];
