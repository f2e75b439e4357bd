/**
 * Random typed graphs for property tests. A recipe is a list of small numbers, so that it shrinks; each
 * step of it picks an op and operands among what was made before, and is left out where they do not fit.
 * What is decided by comparing (indices, branches, casts to integers) is made of exact values only.
 */
import fc from 'fast-check';
import { compile } from '../../src/compile/function.js';
import type { Device } from '../../src/device/target.js';
import type { Mode } from '../../src/optimizer/mode.js';
import { NDArray } from '../../src/types/ndarray.js';
import { formula } from './rule-cases.js';
import { epsilon, flatNumbers, GraphBuilder, leafDTypes } from './random-graph-builder.js';
import type { LeafRecipe, Made, StepRecipe } from './random-graph-builder.js';
import { steps } from './random-graph-steps.js';

export interface RandomGraph {
  readonly inputs: readonly Made[];
  readonly outputs: readonly Made[];
}

export interface GraphRecipe {
  readonly leaves: readonly LeafRecipe[];
  readonly steps: readonly StepRecipe[];
}

export const graphRecipe: fc.Arbitrary<GraphRecipe> = fc.record({
  leaves: fc.array(
    fc.record({
      dtype: fc.nat(leafDTypes.length - 1),
      sizes: fc.array(fc.constantFrom(2, 3, 2, 3, -1, 1, 0), { maxLength: 3 }),
      seed: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  steps: fc.array(fc.record({ op: fc.nat(999), a: fc.nat(99), b: fc.nat(99), c: fc.nat(99) }), {
    minLength: 1,
    maxLength: 14,
  }),
});

/** Makes a graph; its outputs are the values that nothing else uses, and the last made. */
export function makeGraph(recipe: GraphRecipe): RandomGraph {
  const builder = new GraphBuilder(recipe.leaves);
  for (const step of recipe.steps) steps[step.op % steps.length](builder, step);
  const made = builder.pool.slice(builder.inputs.length);
  const used = new Set(made.flatMap(({ variable }) => variable.owner?.inputs ?? []));
  const outputs = made.filter(({ variable }, k) => !used.has(variable) || k >= made.length - 2);
  return { inputs: builder.inputs, outputs };
}

/** @throws Error that shows formulas and differences, where the results are not the graph's values */
export function expectSame(graph: RandomGraph, results: readonly NDArray[], about = ''): void {
  const found = differences(graph, results);
  if (found === null) return;
  const formulas = graph.outputs.map(
    ({ variable }, k) => `${k}: ${formula(variable).slice(0, 2000)}`,
  );
  throw new Error([about, found, ...formulas].join('\n'));
}

/** What differs between the results and the values that were found while making: a text, or null. */
function differences(graph: RandomGraph, results: readonly NDArray[]): string | null {
  const texts = graph.outputs.flatMap(({ variable, value, error }, k) => {
    const result = results[k];
    const about = `output ${k}, ${variable.toString()}`;
    if (result.dtype !== value.dtype)
      return `${about}: ${value.dtype} wanted, ${result.dtype} found`;
    if (result.shape.join() !== value.shape.join())
      return `${about}: shape (${value.shape.join()}) wanted, (${result.shape.join()}) found`;
    const [wanted, found] = [flatNumbers(value), flatNumbers(result)];
    const allowed = 20 * error + 64 * (epsilon[value.dtype] ?? 0);
    const wrong = wanted.findIndex(
      (x, i) => !(Math.abs(x - found[i]) <= allowed * (1 + Math.abs(x))),
    );
    return wrong < 0
      ? []
      : [
          `${about}, element ${wrong}: ${wanted[wrong]} wanted (± ${allowed}), ${found[wrong]} found`,
        ];
  });
  return texts.length === 0 ? null : texts.join('\n');
}

/** Results of several graphs, compiled as one function and called. */
export function runOn(device: Device, graphs: readonly RandomGraph[], mode: Mode): NDArray[][] {
  const inputs = graphs.flatMap((graph) => graph.inputs);
  const outputs = graphs.flatMap((graph) => graph.outputs);
  const run = compile(
    inputs.map(({ variable }) => variable),
    outputs.map(({ variable }) => variable),
    { device, mode, onUnusedInput: 'ignore' },
  );
  const results = run(...inputs.map(({ value }) => value)).map((result, k) =>
    result instanceof NDArray
      ? result
      : NDArray.full([], result as number, outputs[k].variable.dtype),
  );
  let next = 0;
  return graphs.map((graph) => results.slice(next, (next += graph.outputs.length)));
}
