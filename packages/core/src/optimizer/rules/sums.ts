/**
 * Canonical form of sums: signs become subtractions, constants are added up, equal terms cancelled.
 * A sum is a tree of add, sub and neg whose inner nodes nobody else uses; see products.ts, its twin.
 */
import { scalarConstant } from '../../graph/constant.js';
import type { FunctionGraph } from '../../graph/function-graph.js';
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { add, neg, sub } from '../../ops/arithmetic.js';
import { isFloat, isUnsigned, wrapScalar, type DType } from '../../types/dtype.js';
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
import { rule, type Rule, type RuleContext } from '../rule.js';

/** Inner nodes of one tree: longer sums are treated piece by piece, in linear time. */
const MOST_NODES = 64;

interface Leaf {
  readonly kind: 'leaf';
  readonly value: TensorVariable;
  /** Whether it is subtracted. */
  readonly negative: boolean;
}

interface Inner {
  readonly kind: 'inner';
  readonly value: TensorVariable;
  readonly node: Apply;
  readonly operands: readonly Tree[];
}

type Tree = Leaf | Inner;

interface Sum {
  readonly tree: Tree;
  readonly leaves: readonly Leaf[];
  /** Number of neg nodes in the tree. */
  readonly signs: number;
}

const heads = ['add', 'sub', 'neg'] as const;

/** `openShared`: signs that others use too are taken in. */
function sumOf(top: TensorVariable, graph: FunctionGraph, openShared: boolean): Sum {
  const leaves: Leaf[] = [];
  let [signs, nodes] = [0, 0];
  const grow = (value: TensorVariable, negative: boolean): Tree => {
    const own = value === top || usedOnce(graph, value);
    const opened = own ? heads : openShared ? (['neg'] as const) : [];
    const node = nodes >= MOST_NODES ? null : ownerIf(value, ...opened);
    if (node === null) {
      const leaf: Leaf = { kind: 'leaf', value, negative };
      leaves.push(leaf);
      return leaf;
    }
    nodes++;
    const { name } = node.op;
    if (name === 'neg') signs++;
    const subtracts = (k: number): boolean => name === 'neg' || (name === 'sub' && k === 1);
    const operands = node.inputs.map((input, k) => grow(input, subtracts(k) !== negative));
    return { kind: 'inner', value, node, operands };
  };
  return { tree: grow(top, false), leaves, signs };
}

/** What is left of a tree: nothing (0), a term, or one that is subtracted. */
type Rest = { readonly value: TensorVariable; readonly negative: boolean } | null;

function plus(p: Rest, q: Rest): Rest {
  if (p === null || q === null) return p ?? q;
  if (p.negative === q.negative) return { value: add(p.value, q.value), negative: p.negative };
  const [more, less] = p.negative ? [q, p] : [p, q];
  return { value: sub(more.value, less.value), negative: false };
}

const negated = (p: Rest): Rest => p && { value: p.value, negative: !p.negative };

/** The tree without its neg nodes and without the leaves in `taken`. */
function without(tree: Tree, taken: ReadonlySet<Leaf>): Rest {
  if (tree.kind === 'leaf') return taken.has(tree) ? null : { value: tree.value, negative: false };
  if (isUntouched(tree, taken)) return { value: tree.value, negative: false };
  const [p, q = null] = tree.operands.map((operand) => without(operand, taken));
  if (tree.node.op.name === 'neg')
    return tree.operands[0].kind === 'inner' ? turned(p) : negated(p);
  return plus(p, tree.node.op.name === 'add' ? q : negated(q));
}

/** -(a - b) is b - a. */
function turned(p: Rest): Rest {
  const difference = p === null || p.negative ? null : inputsOf(p.value, 'sub');
  if (difference === null) return negated(p);
  return { value: sub(difference[1], difference[0]), negative: false };
}

function isUntouched(tree: Tree, taken: ReadonlySet<Leaf>): boolean {
  if (tree.kind === 'leaf') return !taken.has(tree);
  return (
    tree.node.op.name !== 'neg' && tree.operands.every((operand) => isUntouched(operand, taken))
  );
}

/** The constants added up, null where the result is not a finite number. */
function total(constants: readonly Leaf[], dtype: DType): number | bigint | null {
  if (isFloat(dtype)) {
    const signed = constants.map(
      (leaf) => (leaf.negative ? -1 : 1) * Number(uniformValue(leaf.value)),
    );
    const value = Number(
      wrapScalar(
        dtype,
        signed.reduce((a, b) => a + b, 0),
      ),
    );
    return Number.isFinite(value) ? value : null;
  }
  const exact = constants.reduce((n, leaf) => {
    const value = BigInt(uniformValue(leaf.value) ?? 0);
    return leaf.negative ? n - value : n + value;
  }, 0n);
  return wrapScalar(dtype, exact);
}

/** rest + c, with the constant last and positive where it can be. */
function shifted(rest: NonNullable<Rest>, c: number | bigint, dtype: DType): TensorVariable {
  if (Number(c) === 0) return rest.negative ? neg(rest.value) : rest.value;
  if (rest.negative) return sub(scalarConstant(c, dtype), rest.value);
  if (Number(c) > 0 || isUnsigned(dtype)) return add(rest.value, scalarConstant(c, dtype));
  return sub(rest.value, scalarConstant(-c, dtype));
}

/** Whether no sign is left but one in front of a sum without a constant or subtraction. */
function isGathered({ tree, signs, leaves }: Sum, constants: readonly Leaf[]): boolean {
  if (tree.kind === 'leaf') return true;
  if (constants.length > 1 || constants.some(({ value }) => isUniform(value, 0))) return false;
  if (signs === 0) return true;
  const inFront = signs === 1 && tree.node.op.name === 'neg';
  return inFront && constants.length === 0 && leaves.every((leaf) => leaf.negative);
}

/** What stays and what goes with the leaves in `taken`. */
function leftovers(leaves: readonly Leaf[], taken: readonly Leaf[]): Leftovers {
  const values = (list: readonly Leaf[]): TensorVariable[] => list.map((leaf) => leaf.value);
  return { gone: values(taken), kept: values(leaves.filter((leaf) => !taken.includes(leaf))) };
}

const gatherConstants = rule(
  'gather constants and signs of sums',
  heads,
  ['canonicalize', 'arith'],
  (node, context) => {
    if (node.outputs[0].dtype === 'bool') return null;
    // A shared sign costs nothing to take in, unless it comes out again in front of the sum.
    return gathered(node, context, true) ?? gathered(node, context, false);
  },
);

function gathered(
  node: Apply,
  { graph, shapes }: RuleContext,
  openShared: boolean,
): TensorVariable | null {
  const [out] = node.outputs;
  const whole = sumOf(out, graph, openShared);
  const constants = whole.leaves.filter((leaf) => isUniformIn(leaf.value, out, shapes));
  if (whole.leaves.length === constants.length || isGathered(whole, constants)) return null;
  const c = total(constants, out.dtype);
  const rest = without(whole.tree, new Set(constants));
  if (c === null || rest === null || (openShared && rest.negative && Number(c) === 0)) return null;
  const result = shifted(rest, c, out.dtype);
  return inPlaceOf(result, node, shapes, leftovers(whole.leaves, constants));
}

/** (x + y) - x → y, also across nested sums; what NaN and Inf in x would have given is lost. */
const cancelTerms = rule(
  'cancel equal terms',
  ['sub', 'add'],
  ['canonicalize', 'arith', 'unsafe-nan'],
  (node, { graph, shapes }) => {
    const [out] = node.outputs;
    if (out.dtype === 'bool') return null;
    const { tree, leaves } = sumOf(out, graph, true);
    const plusLeaf = leaves.find(
      (leaf) =>
        !leaf.negative && leaves.some((other) => other.negative && other.value === leaf.value),
    );
    if (plusLeaf === undefined) return null;
    const minusLeaf = leaves.find((leaf) => leaf.negative && leaf.value === plusLeaf.value) as Leaf;
    const rest = without(tree, new Set([plusLeaf, minusLeaf]));
    if (rest === null) return filled(node, 0);
    const result = shifted(rest, 0, out.dtype);
    return inPlaceOf(result, node, shapes, leftovers(leaves, [plusLeaf, minusLeaf]));
  },
);

export const sumRules: readonly Rule[] = [gatherConstants, cancelTerms];
