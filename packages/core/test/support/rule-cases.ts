/**
 * Cases of rewrite rules: a formula before, the formula that one rule alone makes of it (or that it is
 * left), and the checks that go with every case: the value stays, a second run changes nothing, the
 * profile counts it, and excluding any of the rule's tags turns it off.
 */
import { describe, expect, it } from 'vitest';
import { type Constant, isConstant } from '../../src/graph/constant.js';
import { evaluate } from '../../src/graph/evaluate.js';
import { FunctionGraph } from '../../src/graph/function-graph.js';
import { leavesOf, toposort } from '../../src/graph/traverse.js';
import type { TensorVariable } from '../../src/graph/variable.js';
import { rewrite, type OptimizerProfile } from '../../src/optimizer/engine.js';
import { modes, type Mode } from '../../src/optimizer/mode.js';
import { optimize, phases } from '../../src/optimizer/phases.js';
import type { Rule, RuleTag } from '../../src/optimizer/rule.js';
import type { Target } from '../../src/device/target.js';
import { tensor } from '../../src/tensor/create.js';
import type { NDArray } from '../../src/types/ndarray.js';
import { ndarray } from '../../src/types/ndarray.js';
import type { DType } from '../../src/types/dtype.js';
import type { StaticShape } from '../../src/types/tensor-type.js';

/** Has every routine; emits nothing. */
export const anyTarget: Target = {
  name: 'any',
  supportsCall: () => true,
  emit: () => ({ language: 'none', text: '', symbols: [] }),
};

/** Inputs that cases are made of, by name, each with a value. */
const values = new Map<TensorVariable, NDArray>();

function leaf(name: string, dtype: DType, shape: StaticShape, value: NDArray): TensorVariable {
  const variable = tensor(dtype, shape, name);
  values.set(variable, value);
  return variable;
}

const float = (data: unknown): NDArray => ndarray(data as number[], 'float64');

/** Vectors x, y, z of 3; matrices m, n of (2, 3), q of (3, 2) and a, positive definite; row r, column c; t of (2, 3, 2). */
export const leaves = {
  s: leaf('s', 'float64', [], float(1.5)),
  x: leaf('x', 'float64', [null], float([0.5, -2, 3])),
  y: leaf('y', 'float64', [null], float([1.5, 0.25, -4])),
  z: leaf('z', 'float64', [null], float([2, 0.75, 1.25])),
  m: leaf('m', 'float64', [null, null], float([[1, -2, 0.5], [0.25, 3, -1]])),
  n: leaf('n', 'float64', [null, null], float([[0.5, 2, 1.5], [3, 0.75, 0.125]])),
  q: leaf('q', 'float64', [null, null], float([[1, 2], [-1, 0.5], [0.25, 4]])),
  a: leaf('a', 'float64', [null, null], float([[2, 0.5], [0.5, 1]])),
  r: leaf('r', 'float64', [1, null], float([[2, -1, 0.5]])),
  c: leaf('c', 'float64', [null, 1], float([[1.5], [-0.5]])),
  u: leaf('u', 'float64', [null], float([3, -1])),
  t: leaf('t', 'float64', [null, null, null], float([[[1, 2], [3, 4], [5, 6]], [[0, -1], [2, 0.5], [1, 1]]])),
  f: leaf('f', 'float32', [null], ndarray([0.5, -1.25, 2], 'float32')),
  i: leaf('i', 'int64', [null], ndarray([1n, 0n])),
  j: leaf('j', 'int32', [null], ndarray([3, -7, 100], 'int32')),
  b: leaf('b', 'bool', [null], ndarray([true, false, true])),
  k: leaf('k', 'int64', [], ndarray(2n)),
} as const; // prettier-ignore

/** The value of each leaf, for `evaluate`. */
export const leafValues: ReadonlyMap<TensorVariable, NDArray> = values;

/** A variable's formula: names of ops with their properties, leaves by name, constants by value. */
export function formula(v: TensorVariable): string {
  const node = v.owner;
  if (node === null) return isConstant(v) ? constantText(v) : (v.name ?? v.toString());
  const { name, props } = node.op;
  const shown = Object.keys(props)
    .filter((key) => !(name === 'dimshuffle' && key === 'rank') && key !== 'indices')
    .map((key) => JSON.stringify(props[key]).replaceAll('"', ''));
  const result = node.outputs.length > 1 ? `.${v.index}` : '';
  return `${name}${shown.join('')}(${node.inputs.map(formula).join(', ')})${result}`;
}

function constantText(v: Constant): string {
  return v.scalar === null || v.type.rank > 0
    ? JSON.stringify(v.data.toNested())
    : String(v.scalar);
}

/** The graph of formulas, over their leaves. */
export function graphOf(outputs: readonly TensorVariable[]): FunctionGraph {
  const inputs = leavesOf(outputs).filter((v) => !isConstant(v));
  return new FunctionGraph(inputs, outputs);
}

/** The formulas after the rules have come to rest. */
export function rewritten(output: TensorVariable, rules: readonly Rule[]): string {
  const graph = graphOf([output]);
  rewrite(graph, rules, { verify: true });
  return formula(graph.outputs[0]);
}

/** The formula after the phases up to and with the named one. */
export function optimized(
  output: TensorVariable,
  last = 'expand',
  mode: Mode = modes.FAST_RUN,
): string {
  const graph = graphOf([output]);
  for (const phase of phases(anyTarget)) {
    rewrite(
      graph,
      phase.rules.filter((r) => mode.allows(r.tags)),
      { verify: true },
    );
    if (phase.name === last) break;
  }
  return formula(graph.outputs[0]);
}

/** Every rule of every phase, once. */
export function allRules(): readonly Rule[] {
  return [...new Set(phases(anyTarget).flatMap((phase) => phase.rules))];
}

export interface RuleCase {
  readonly from: TensorVariable;
  /** The formula that the rule makes, or a pattern of it; absent: it leaves the formula alone. */
  readonly to?: string | RegExp;
  /** The value changes on purpose, where NaN and infinities were. */
  readonly other?: true;
  /** Leaves that are outputs beside the formula, so that they have a further client. */
  readonly beside?: readonly TensorVariable[];
}

export interface RuleDescription {
  readonly tags: readonly RuleTag[];
  /** It has no condition: it applies to every node of its op. */
  readonly always?: true;
  readonly cases: Readonly<Record<string, RuleCase>>;
}

/** The rule of this name: of a phase, or one that an op of the cases brings along. */
function ruleNamed(name: string, cases: readonly RuleCase[]): Rule | undefined {
  const own = cases.flatMap(({ from }) => toposort([from]).flatMap(({ op }) => op.rules ?? []));
  return [...allRules(), ...own].find((r) => r.name === name);
}

/** One describe a rule, one test a case; each rule needs a case that it applies to and one that it leaves alone. */
export function describeRules(descriptions: Readonly<Record<string, RuleDescription>>): void {
  for (const [name, description] of Object.entries(descriptions)) {
    describe(name, () => {
      const cases = Object.values(description.cases);
      const rule = ruleNamed(name, cases) as Rule;
      it('is a rule with its tags', () => {
        expect(rule?.name).toBe(name);
        expect([...rule.tags].sort()).toEqual([...description.tags].sort());
      });
      it('has a case that it applies to, and one that it leaves alone', () => {
        expect(cases.some(({ to }) => to !== undefined)).toBe(true);
        expect(description.always === true || cases.some(({ to }) => to === undefined)).toBe(true);
      });
      for (const [about, one] of Object.entries(description.cases)) {
        it(about, () => {
          checkCase(rule, one);
        });
      }
    });
  }
}

function checkCase(rule: Rule, { from, to, other, beside = [] }: RuleCase): void {
  const outputs = [from, ...beside];
  const graph = graphOf(outputs);
  const profile: OptimizerProfile = new Map();
  rewrite(graph, [rule], { profile, verify: true });
  const [result] = graph.outputs;
  if (to instanceof RegExp) expect(formula(result)).toMatch(to);
  else expect(formula(result)).toBe(to ?? formula(from));
  expect(profile.get(rule.name)?.applied ?? 0).toBeGreaterThan(to === undefined ? -1 : 0);
  expect(result.type.dtype).toBe(from.type.dtype);
  expect(result.type.shape.map((n) => n === 1)).toEqual(from.type.shape.map((n) => n === 1));
  if (other !== true) expectSameValue(result, from);
  const again: OptimizerProfile = new Map();
  rewrite(graph, [rule], { profile: again, verify: true });
  expect(again.get(rule.name)?.applied ?? 0).toBe(0);
  if (to !== undefined) checkExclusion(rule, outputs);
}

function checkExclusion(rule: Rule, outputs: readonly TensorVariable[]): void {
  for (const tag of rule.tags) {
    if (tag === 'expand' || tag === 'lazy') continue;
    const profile: OptimizerProfile = new Map();
    optimize(graphOf(outputs), anyTarget, modes.FAST_RUN.excluding(tag), { profile });
    expect(profile.get(rule.name)).toBeUndefined();
  }
}

export function expectSameValue(actual: TensorVariable, wanted: TensorVariable): void {
  const [a] = evaluate([actual], leafValues);
  const [b] = evaluate([wanted], leafValues);
  expect(a.shape).toEqual(b.shape);
  if (!a.allClose(b, { rtol: 1e-6, atol: 1e-9, equalNan: true })) {
    expect(a.toString()).toBe(b.toString());
  }
}
