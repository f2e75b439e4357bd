/**
 * The stable form of a graph that derivatives are taken of: the stabilizing rewrites, on a copy. Variables
 * that derivatives are asked for, or that are given or held constant, stay as they are, behind barriers.
 */
import { cloneReplace } from '../graph/clone.js';
import { FunctionGraph } from '../graph/function-graph.js';
import { defineOp, type Op } from '../graph/op.js';
import { withTrace } from '../graph/trace.js';
import { toposort } from '../graph/traverse.js';
import { Apply, apply1, type TensorVariable } from '../graph/variable.js';
import { rewrite } from '../optimizer/engine.js';
import { stabilizingRules } from '../optimizer/phases.js';

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

/** `v` as a variable of its own, which no rewrite looks through. */
export function barrier(v: TensorVariable): TensorVariable {
  return apply1(barrierOp(), [v]);
}

export interface Stable {
  readonly roots: readonly TensorVariable[];
  /** What stands for a variable of the user's graph in the stable one. */
  standIn(v: TensorVariable): TensorVariable;
  /** Graphs made of the stable one, in terms of the user's kept variables. */
  restore(results: readonly TensorVariable[]): TensorVariable[];
}

/** The roots in stable form, in which a barrier stands for each of `keep`. */
export function stabilized(
  roots: readonly TensorVariable[],
  keep: readonly TensorVariable[],
): Stable {
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
      withTrace(node.trace, () => barrier(own)),
    );
  }
  const fencedRoots = cloneReplace(roots, fenced).outputs;
  const graph = new FunctionGraph(
    [],
    [...fencedRoots, ...ordered.map((v) => fenced.get(v) as TensorVariable)],
  );
  const own = [...new Set(graph.nodes().flatMap((node) => node.op.rules ?? []))];
  rewrite(graph, stabilizingRules(own));
  const lazy = own.filter(({ tags }) => tags.includes('lazy'));
  if (lazy.length > 0) rewrite(graph, lazy);
  const standIns = new Map<TensorVariable, TensorVariable>();
  const back = new Map<TensorVariable, TensorVariable>();
  ordered.forEach((v, k) => {
    const standIn = graph.outputs[roots.length + k];
    standIns.set(v, standIn);
    back.set(standIn, v);
  });
  return {
    roots: graph.outputs.slice(0, roots.length),
    standIn: (v) => standIns.get(v) ?? v,
    restore: (results) => cloneReplace(results, back).outputs,
  };
}
