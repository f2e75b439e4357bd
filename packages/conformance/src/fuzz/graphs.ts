/**
 * Random typed graphs for property tests. A recipe is a list of small numbers, so that it shrinks; each
 * step of it picks an op and operands among what was made before, and is left out where they do not fit.
 * What is decided by comparing (indices, branches, casts to integers) is made of exact values only.
 */
import fc from 'fast-check';
import { compile, compileMany, NDArray, pp } from '@tno/core';
import type { Device, Mode, OptimizerProfile, TensorVariable } from '@tno/core';
import { epsilon, flatNumbers, GraphBuilder, leafDTypes } from './builder.js';
import type { LeafRecipe, Made, StepRecipe } from './builder.js';
import { steps } from './steps.js';
import { gradientStep } from './structure-steps.js';

export interface RandomGraph {
  /** Names of the table's ops that are in it. */
  readonly seen: ReadonlySet<string>;
  readonly inputs: readonly Made[];
  readonly outputs: readonly Made[];
}

export interface GraphRecipe {
  readonly leaves: readonly LeafRecipe[];
  readonly steps: readonly StepRecipe[];
}

/** Recipes of up to `most` steps; those for values have few, so that what fails is small. */
export function recipes(most: number): fc.Arbitrary<GraphRecipe> {
  return fc.record({
    leaves: fc.array(
      fc.record({
        dtype: fc.nat(leafDTypes.length - 1),
        sizes: fc.array(fc.constantFrom(2, 3, 2, 3, -1, 1, 0), { maxLength: 3 }),
        seed: fc.nat(1000),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    steps: fc.array(fc.record({ op: fc.nat(9999), a: fc.nat(99), b: fc.nat(99), c: fc.nat(99) }), {
      minLength: 1,
      maxLength: most,
      size: 'max',
    }),
  });
}

export const graphRecipe = recipes(14);

/**
 * Makes a graph; its outputs are the values that nothing else uses, and the last made, and the gradient
 * of one of them where it has one.
 */
export function makeGraph(recipe: GraphRecipe): RandomGraph {
  const builder = new GraphBuilder(recipe.leaves);
  for (const step of recipe.steps) steps[step.op % steps.length](builder, step);
  const [last] = recipe.steps.slice(-1);
  if (last !== undefined) gradientStep(builder, last);
  const made = builder.pool.filter(({ variable }) => variable.owner !== null);
  const used = new Set(made.flatMap(({ variable }) => variable.owner?.inputs ?? []));
  const outputs = made.filter(({ variable }, k) => !used.has(variable) || k >= made.length - 2);
  return { inputs: builder.inputs, outputs, seen: builder.seen };
}

/** @throws Error that shows formulas and differences, where the results are not the graph's values */
export function expectSame(graph: RandomGraph, results: readonly NDArray[], about = ''): void {
  const found = differences(graph, results);
  if (found === null) return;
  const formulas = graph.outputs.map(({ variable }, k) => `${k}: ${pp(variable).slice(0, 2000)}`);
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

/** Results of several graphs, compiled as one function and called; and what the rewrites did. */
export function runOn(
  device: Device,
  graphs: readonly RandomGraph[],
  mode: Mode,
): { results: NDArray[][]; rules: OptimizerProfile } {
  const whole: RandomGraph = {
    inputs: graphs.flatMap((graph) => graph.inputs),
    outputs: graphs.flatMap((graph) => graph.outputs),
    seen: new Set(),
  };
  const f = compile(variables(whole.inputs), variables(whole.outputs), {
    device,
    mode,
    onUnusedInput: 'ignore',
  });
  const results = call(f, whole);
  let next = 0;
  return {
    results: graphs.map((graph) => results.slice(next, (next += graph.outputs.length))),
    rules: f.compileProfile.rules,
  };
}

/** Results of several graphs, each a function of its own; their kernels are one unit of code. */
export function runEach(device: Device, graphs: readonly RandomGraph[]): NDArray[][] {
  const functions = compileMany(
    graphs.map(({ inputs, outputs }) => ({
      inputs: variables(inputs),
      outputs: variables(outputs),
      onUnusedInput: 'ignore' as const,
    })),
    { device },
  );
  return graphs.map((graph, k) => call(functions[k], graph));
}

const variables = (made: readonly Made[]): TensorVariable[] => made.map(({ variable }) => variable);

function call(f: unknown, { inputs, outputs }: RandomGraph): NDArray[] {
  const run = f as (...values: readonly NDArray[]) => readonly unknown[];
  return run(...inputs.map(({ value }) => value)).map((result, k) =>
    result instanceof NDArray
      ? (result as NDArray)
      : NDArray.full([], result as number, outputs[k].variable.dtype),
  );
}
