/** A rewrite rule, as data. */
import type { FunctionGraph } from '../graph/function-graph.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { GraphShapes } from './graph-shapes.js';

/**
 * Groups that modes include and exclude. `stabilize`: the value changes for the better; `unsafe-nan`: it
 * changes where NaN or Inf were (x/x → 1, x·0 → 0); `remove-assert`: takes assertions away, where a mode includes it by name.
 */
export const ruleTags = [
  'canonicalize',
  'stabilize',
  'specialize',
  'library',
  'expand',
  'lazy',
  'remove-assert',
  'unsafe-nan',
  'blas',
  'nnet',
  'linalg',
  'shape',
  'arith',
  'elemwise',
  'reduce',
  'subtensor',
  'cast',
] as const;
export type RuleTag = (typeof ruleTags)[number];

/** What a rule may ask. */
export interface RuleContext {
  readonly graph: FunctionGraph;
  readonly shapes: GraphShapes;
}

export interface Rule {
  /** Verb phrase of the effect. */
  readonly name: string;
  readonly tags: readonly RuleTag[];
  /** Names of the ops it applies to; '*' for all. */
  readonly heads: readonly string[];
  /** The replacement of the node's outputs (of its only output, where one), or null where it does not apply. */
  readonly apply: (
    node: Apply,
    context: RuleContext,
  ) => TensorVariable | readonly TensorVariable[] | null;
}

const names = new Set<string>();

/** Whether some rule has been given this name. */
export const isRuleName = (name: string): boolean => names.has(name);

/** Makes a rule. */
export function rule(
  name: string,
  heads: string | readonly string[],
  tags: readonly RuleTag[],
  apply: Rule['apply'],
): Rule {
  names.add(name);
  return Object.freeze({ name, tags, heads: typeof heads === 'string' ? [heads] : heads, apply });
}
