/**
 * Symbolic gradients by reverse accumulation.
 *
 * The cost is brought to its numerically stable form first (the stabilizing rewrites, on a copy): the
 * derivative of log(softmax(x)) is that of logSoftmax(x), so no gradient divides by a probability that
 * has underflowed, however the cost was spelled. Variables that gradients are asked for, or that are
 * given or held constant, stay as they are.
 */
import { DisconnectedInputError, GradError } from '../errors.js';
import { FunctionGraph } from '../graph/function-graph.js';
import { cloneReplace } from '../graph/clone.js';
import { defineOp, type Op } from '../graph/op.js';
import { withTrace } from '../graph/trace.js';
import { toposort } from '../graph/traverse.js';
import { Apply, TensorVariable } from '../graph/variable.js';
import { scalarConstant } from '../graph/constant.js';
import { rewrite } from '../optimizer/engine.js';
import { stabilizingRules } from '../optimizer/phases.js';
import { gradientDType, zerosLike } from '../ops/alloc.js';
import { add } from '../ops/arithmetic.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import type { FloatOf } from '../tensor/dtype-types.js';
import { BackwardWalk } from './pull-back.js';

export interface GradOptions {
  /** Variables through which no gradient flows. */
  readonly considerConstant?: readonly TensorVariable[];
  /** What to do when the cost does not depend on a variable: an error (default) or zeros of its shape. */
  readonly disconnected?: 'raise' | 'ignore';
  /** Gradients of the cost by intermediate variables, taken as given, in place of what would be found; the cost may then be null. */
  readonly knownGrads?: readonly (readonly [TensorVariable, TensorLike])[];
}

let barriers = 0;

/** An identity that rewrites do not look through. */
function barrierOp(): Op {
  return defineOp({
    name: 'grad_barrier',
    props: { id: barriers++ },
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x]) => [x],
    pullback: (_node, [g]) => [g],
    lower: { kind: 'index', gathers: false, map: (_scope, _node, point) => point },
  });
}

/** The roots in stable form, in which a barrier stands for each kept variable; `back` undoes the barriers. */
function stabilized(
  roots: readonly TensorVariable[],
  keep: readonly TensorVariable[],
): {
  roots: TensorVariable[];
  standIns: Map<TensorVariable, TensorVariable>;
  back: Map<TensorVariable, TensorVariable>;
} {
  const inner = new Set(keep.filter((v) => v.owner !== null));
  const fenced = new Map<TensorVariable, TensorVariable>();
  const ordered = toposort([...roots, ...inner]).flatMap((node) =>
    node.outputs.filter((output) => inner.has(output)),
  );
  for (const v of ordered) {
    const node = v.owner as Apply;
    const inputs = cloneReplace(node.inputs, fenced).outputs;
    const own = new Apply(node.op, inputs, node.op.types(inputs), node.trace).outputs[v.index];
    fenced.set(
      v,
      withTrace(node.trace, () => new Apply(barrierOp(), [own], [own.type]).outputs[0]),
    );
  }
  const fencedRoots = cloneReplace(roots, fenced).outputs;
  const graph = new FunctionGraph(
    [],
    [...fencedRoots, ...ordered.map((v) => fenced.get(v) as TensorVariable)],
  );
  const own = [...new Set(graph.nodes().flatMap((node) => node.op.rules ?? []))];
  rewrite(graph, stabilizingRules(own));
  const standIns = new Map<TensorVariable, TensorVariable>();
  const back = new Map<TensorVariable, TensorVariable>();
  ordered.forEach((v, k) => {
    const standIn = graph.outputs[roots.length + k];
    standIns.set(v, standIn);
    back.set(standIn, v);
  });
  return { roots: graph.outputs.slice(0, roots.length), standIns, back };
}

function checkCost(cost: TensorVariable): void {
  if (cost.type.rank !== 0) {
    throw new GradError(
      `[grad] expected a scalar cost, got ${cost.toString()} of type ${cost.type.key}: reduce it with .mean() or .sum()`,
    );
  }
}

/** Type of a gradient: the variable's own where it is a float, else floatX. */
export type GradientOf<V> =
  V extends TensorVariable<infer D, infer R> ? TensorVariable<FloatOf<D>, R> : never;

export function grad<V extends TensorVariable>(
  cost: TensorVariable | null,
  wrt: V,
  options?: GradOptions,
): GradientOf<V>;
export function grad<const L extends readonly TensorVariable[]>(
  cost: TensorVariable | null,
  wrt: L,
  options?: GradOptions,
): { -readonly [K in keyof L]: GradientOf<L[K]> };
/**
 * Gradient of a scalar `cost` by each of `wrt`: symbolic variables of the same shapes, of their dtype
 * where it is a float, else floatX. Repeated uses add up.
 * @throws GradError for a cost that is not a scalar; DisconnectedInputError where the cost does not depend on a variable
 */
export function grad(
  cost: TensorVariable | null,
  wrt: TensorVariable | readonly TensorVariable[],
  options: GradOptions = {},
): TensorVariable | TensorVariable[] {
  const targets = wrt instanceof TensorVariable ? [wrt] : [...wrt];
  const results = gradients(cost, targets, options);
  return wrt instanceof TensorVariable ? results[0] : results;
}

function gradients(
  cost: TensorVariable | null,
  wrt: readonly TensorVariable[],
  options: GradOptions,
): TensorVariable[] {
  const { considerConstant = [], disconnected = 'raise', knownGrads = [] } = options;
  if (cost !== null) checkCost(cost);
  else if (knownGrads.length === 0)
    throw new GradError('[grad] expected a cost or knownGrads, got neither');
  const known = knownGrads.map(([v]) => v);
  const roots = cost === null ? [] : [cost];
  const stable = stabilized([...roots, ...known], [...wrt, ...known, ...considerConstant]);
  const standIn = (v: TensorVariable): TensorVariable => stable.standIns.get(v) ?? v;
  const seeds = new Map<TensorVariable, TensorVariable>();
  if (cost !== null) seeds.set(stable.roots[0], scalarConstant(1, gradientDType(cost)));
  for (const [v, g] of knownGrads) {
    const value = asVariable(g, v.dtype);
    const before = seeds.get(standIn(v));
    seeds.set(standIn(v), before === undefined ? value : add(before, value));
  }
  const constants = new Set(considerConstant.map(standIn));
  const walk = new BackwardWalk(stable.roots, seeds, new Set(wrt.map(standIn)), constants);
  const found = wrt.map((v) => {
    const g = walk.gradient(standIn(v));
    if (g !== null) return g;
    if (!walk.reaches(standIn(v)) && disconnected === 'raise') {
      throw new DisconnectedInputError(
        `[grad] expected the cost to depend on ${v.toString()}, but it does not (or only through its shape): ` +
          "leave it out, or pass {disconnected: 'ignore'} for zeros",
      );
    }
    return zerosLike(v, gradientDType(v));
  });
  const results = cloneReplace(found, stable.back).outputs;
  const given = new Set<unknown>(knownGrads.map(([, g]) => g));
  results.forEach((g, k) => {
    if (g.owner === null || g.name !== null || given.has(g)) return;
    if (cost?.name != null && wrt[k].name !== null) g.name = `(d${cost.name}/d${wrt[k].name})`;
  });
  return results;
}
