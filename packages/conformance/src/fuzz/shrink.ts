/** Makes a graph that fails small enough to be read. */
import { cloneReplace, evaluate, leavesOf, tensor, toposort, type TensorVariable } from '@tno/core';
import type { Made } from './builder.js';
import type { RandomGraph } from './graphs.js';
import { flatNumbers } from './elements.js';

/**
 * The part of `graph` that `fails`: one output, the earliest variable that does, and of what it is made
 * of as much as possible given as inputs, with the values that it had.
 */
export function shrink(graph: RandomGraph, fails: (smaller: RandomGraph) => boolean): RandomGraph {
  const whole = graph.outputs.map((output) => ({ ...graph, outputs: [output] })).find(fails);
  if (whole === undefined) return withReadInputs(withFewerOutputs(graph, fails));
  const [{ variable, error }] = whole.outputs;
  const values = valuesOf(whole);
  const earliest = toposort([variable])
    .flatMap(({ outputs }) => outputs)
    .filter((v) => flatNumbers(values.get(v) as Made['value']).every(Number.isFinite))
    .map((v) => ({
      ...whole,
      outputs: [{ variable: v, value: values.get(v) as Made['value'], error }],
    }))
    .find(fails);
  return withReadInputs(withCuts(earliest ?? whole, values, fails));
}

/** Only together do its outputs fail: some of them. */
function withFewerOutputs(
  graph: RandomGraph,
  fails: (smaller: RandomGraph) => boolean,
): RandomGraph {
  return graph.outputs.reduce((least, output) => {
    const smaller = { ...least, outputs: least.outputs.filter((other) => other !== output) };
    return fails(smaller) ? smaller : least;
  }, graph);
}

function withReadInputs(graph: RandomGraph): RandomGraph {
  const read = leavesOf(graph.outputs.map(({ variable }) => variable));
  return { ...graph, inputs: graph.inputs.filter(({ variable }) => read.includes(variable)) };
}

function valuesOf({ inputs, outputs }: RandomGraph): Map<TensorVariable, Made['value']> {
  const known = new Map(inputs.map(({ variable, value }) => [variable, value]));
  evaluate(
    outputs.map(({ variable }) => variable),
    new Map(known),
    known,
  );
  return known;
}

/** Tries, from the output backwards, to put an input in the place of each variable. */
function withCuts(
  graph: RandomGraph,
  values: ReadonlyMap<TensorVariable, Made['value']>,
  fails: (smaller: RandomGraph) => boolean,
): RandomGraph {
  const [output] = graph.outputs;
  const cuts = new Map<TensorVariable, TensorVariable>();
  const cutAt = (replace: ReadonlyMap<TensorVariable, TensorVariable>): RandomGraph => {
    const [variable] = cloneReplace([output.variable], replace).outputs;
    const made = [...replace].map(([old, leaf]) => ({
      variable: leaf,
      value: values.get(old) as Made['value'],
      error: 0,
    }));
    return { ...graph, inputs: [...graph.inputs, ...made], outputs: [{ ...output, variable }] };
  };
  let least = graph;
  for (const node of toposort([output.variable]).reverse()) {
    for (const old of node.outputs) {
      const isRead = toposort([output.variable], new Set(cuts.keys())).includes(node);
      if (old === output.variable || !isRead) continue;
      const leaf = tensor(old.dtype, old.type.shape, `v${cuts.size}`);
      const smaller = cutAt(new Map([...cuts, [old, leaf]]));
      if (!fails(smaller)) continue;
      cuts.set(old, leaf);
      least = smaller;
    }
  }
  return least;
}
