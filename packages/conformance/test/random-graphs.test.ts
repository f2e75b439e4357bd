/** A short run of `npm run fuzz`, always of the same graphs, on the reference device. */
import { createReferenceDevice, modes } from '@tno/core';
import { expect, it } from 'vitest';
import { differences, makeGraph, runOn } from '../src/fuzz/graphs.js';
import { recipeOf } from '../src/fuzz/recipes.js';

it("random graphs of the table's ops give what the ops' reference gives", () => {
  const device = createReferenceDevice();
  let outputs = 0;
  for (let seed = 0; seed < 30; seed++) {
    const graph = makeGraph(recipeOf(seed, 14));
    outputs += graph.outputs.length;
    expect(differences(graph, runOn(device, graph, modes.FAST_RUN)), `graph ${seed}`).toBeNull();
  }
  expect(outputs).toBeGreaterThan(30);
});
