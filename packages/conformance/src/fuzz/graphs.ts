/**
 * Random typed graphs. Each step of a recipe picks an op and operands among what was made before, and is
 * left out where they do not fit.
 * What is decided by comparing (indices, branches, casts to integers) is made of exact values only.
 */
import { compile, compileMany, NDArray, pp } from '@tno/core';
import type { Device, Mode, OptimizerProfile, TensorVariable } from '@tno/core';
import { GraphBuilder } from './builder.js';
import type { Made } from './builder.js';
import type { GraphRecipe } from './recipes.js';
import { flatNumbers } from './elements.js';
import { epsilon } from './rounding.js';
import { steps } from './steps.js';
import { gradientStep } from './structure-steps.js';

export interface RandomGraph {
  /** Names of the table's ops that are in it. */
  readonly seen: ReadonlySet<string>;
  readonly inputs: readonly Made[];
  readonly outputs: readonly Made[];
}

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

/** The graph as text, output by output, and the values of small inputs. */
export function formulas({ inputs, outputs }: RandomGraph): string {
  const texts = outputs.map(({ variable }, k) => `  ${k}: ${pp(variable).slice(0, 2000)}`);
  const small = inputs.filter(({ value }) => value.size <= 32);
  const values = small.map(({ variable, value }) => {
    const numbers = JSON.stringify(flatNumbers(value));
    return `  ${variable.toString()}: ${value.dtype} (${value.shape.join()}) ${numbers}`;
  });
  return [...texts, ...values].join('\n');
}

/** What differs between the results and the values that were found while making: a text, or null. */
export function differences(graph: RandomGraph, results: readonly NDArray[]): string | null {
  const texts = graph.outputs.flatMap((output, k) => {
    const found = difference(output, results[k]);
    return found === null ? [] : [`output ${k}, ${output.variable.toString()}${found}`];
  });
  return texts.length === 0 ? null : texts.join('\n');
}

function difference({ value, error }: Made, result: NDArray): string | null {
  if (result.dtype !== value.dtype) return `: ${value.dtype} wanted, ${result.dtype} found`;
  if (result.shape.join() !== value.shape.join())
    return `: shape (${value.shape.join()}) wanted, (${result.shape.join()}) found`;
  const [wanted, found] = [flatNumbers(value), flatNumbers(result)];
  const allowed = 20 * error + 64 * (epsilon[value.dtype] ?? 0);
  const wrong = wanted.findIndex(
    (x, i) => !(Math.abs(x - found[i]) <= allowed * (1 + Math.abs(x))),
  );
  if (wrong < 0) return null;
  return `, element ${wrong}: ${wanted[wrong]} wanted (± ${allowed}), ${found[wrong]} found`;
}

/** Results of a graph, compiled and called; what the rewrites did is added to `coverage`. */
export function runOn(
  device: Device,
  graph: RandomGraph,
  mode: Mode,
  coverage?: { addRules(rules: OptimizerProfile): void },
): NDArray[] {
  const f = compile(variables(graph.inputs), variables(graph.outputs), {
    device,
    mode,
    onUnusedInput: 'ignore',
  });
  coverage?.addRules(f.compileProfile.rules);
  return call(f, graph);
}

/** Calls of several graphs, each a function of its own; their kernels are one unit of code. */
export function runEach(device: Device, graphs: readonly RandomGraph[]): (() => NDArray[])[] {
  const functions = compileMany(
    graphs.map(({ inputs, outputs }) => ({
      inputs: variables(inputs),
      outputs: variables(outputs),
      onUnusedInput: 'ignore' as const,
    })),
    { device },
  );
  return graphs.map((graph, k) => () => call(functions[k], graph));
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
