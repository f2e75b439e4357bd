/** The optimizer, on a page: phases in order, and the rule set of each. */
import type { Target } from '../device/target.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import { rewrite, type RewriteOptions } from './engine.js';
import type { Mode } from './mode.js';
import { Progress } from './progress.js';
import type { Rule } from './rule.js';
import { arithRules } from './rules/arith.js';
import { arrangedProductRules } from './rules/arranged-products.js';
import { blasRules } from './rules/blas.js';
import { convolutionRules } from './rules/convolution.js';
import { definiteMatrixRules } from './rules/definite-matrices.js';
import { elemwiseRules } from './rules/elemwise.js';
import { compositeRules, expandRules } from './rules/expand.js';
import { joinRules } from './rules/join.js';
import { linearAlgebraRules } from './rules/linear-algebra.js';
import { logRules } from './rules/logs.js';
import { nnetRules } from './rules/nnet.js';
import { orthogonalMatrixRules } from './rules/orthogonal-matrices.js';
import { permutationMatrixRules } from './rules/permutation-matrices.js';
import { productRules } from './rules/products.js';
import { reduceRules } from './rules/reduce.js';
import { shapeRules } from './rules/shape.js';
import { structuredMatrixRules } from './rules/structured-matrices.js';
import { stabilizeRules } from './rules/stabilize.js';
import { subtensorRules } from './rules/subtensor.js';
import { subtensorWriteRules } from './rules/subtensor-writes.js';
import { sumRules } from './rules/sums.js';

/** Rules that know no target, by subject. */
const generalRules: readonly Rule[] = [
  ...shapeRules,
  ...subtensorRules,
  ...subtensorWriteRules,
  ...joinRules,
  ...elemwiseRules,
  ...arithRules,
  ...sumRules,
  ...productRules,
  ...reduceRules,
  ...stabilizeRules,
  ...logRules,
  ...nnetRules,
  ...convolutionRules,
  ...linearAlgebraRules,
  ...structuredMatrixRules,
  ...orthogonalMatrixRules,
  ...permutationMatrixRules,
  ...definiteMatrixRules,
];

const tagged = (rules: readonly Rule[], ...tags: readonly string[]): Rule[] =>
  rules.filter((r) => r.tags.some((tag) => tags.includes(tag)));

export interface Phase {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/**
 * - canonicalize: one spelling for each meaning, so that later patterns match.
 * - stabilize: numerically better forms; with canonicalize's rules, since each may make room for the other.
 * - specialize: cheaper forms (powers, one-hot); these would undo canonical forms, so they run without them.
 * - composites: ops that are made of others, products among them, in terms of those.
 * - library: products as calls of the target's routines.
 * - branches: what only one branch of a choice uses goes into it.
 * - expand: what no routine took, in terms of primitives, specialized and tidied up once more.
 */
export function phases(target: Target, own: readonly Rule[] = []): readonly Phase[] {
  const rules = [...own, ...generalRules];
  const tidying = tagged(tagged(rules, 'canonicalize'), 'shape', 'elemwise', 'reduce', 'subtensor');
  const specializing = tagged(rules, 'specialize');
  return [
    { name: 'canonicalize', rules: tagged(rules, 'canonicalize', 'remove-assert') },
    { name: 'stabilize', rules: tagged(rules, 'canonicalize', 'stabilize') },
    { name: 'specialize', rules: [...specializing, ...tidying] },
    { name: 'composites', rules: [...compositeRules, ...tidying] },
    {
      name: 'library',
      rules: [...tagged(own, 'library'), ...blasRules(target), ...arrangedProductRules],
    },
    { name: 'branches', rules: tagged(own, 'lazy') },
    {
      name: 'expand',
      rules: [...expandRules, ...tagged(specializing, 'arith'), ...tidying],
    },
  ];
}

export interface PhaseProfile {
  readonly name: string;
  readonly milliseconds: number;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
}

export type OptimizeOptions = Omit<RewriteOptions, 'progress'>;

/** Nothing can be lowered without expansion, and laziness is what was asked for. */
const alwaysRuns = ({ tags }: Rule): boolean => tags.includes('expand') || tags.includes('lazy');

/** Runs the phases that `mode` includes. */
export function optimize(
  graph: FunctionGraph,
  target: Target,
  mode: Mode,
  options: OptimizeOptions = {},
): PhaseProfile[] {
  const progress = new Progress(graph);
  const own = [...new Set(graph.nodes().flatMap((node) => node.op.rules ?? []))];
  return phases(target, own).map((phase) => {
    const start = performance.now();
    const nodesBefore = graph.nodeCount;
    const rules = phase.rules.filter((r) => alwaysRuns(r) || mode.allowsRewrite(r));
    rewrite(graph, rules, { ...options, progress });
    return {
      name: phase.name,
      milliseconds: performance.now() - start,
      nodesBefore,
      nodesAfter: graph.nodeCount,
    };
  });
}

/**
 * The rules that gradients are taken after: they make the cost's own formula stable, so that its
 * derivative is. Views and casts are merged, so that patterns match; nothing that could cut a path from
 * the cost to a variable is among them.
 */
export function stabilizingRules(own: readonly Rule[] = []): readonly Rule[] {
  return [
    ...tagged([...own, ...generalRules], 'stabilize'),
    ...tagged(tagged(generalRules, 'canonicalize'), 'shape', 'cast'),
  ];
}
