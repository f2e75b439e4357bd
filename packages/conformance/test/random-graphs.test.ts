/** A short run of `npm run fuzz`, always of the same graphs, on the reference device. */
import { createReferenceDevice, modes } from '@tno/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectSame, makeGraph, recipes, runOn } from '../src/fuzz/graphs.js';

it("random graphs of the table's ops give what the ops' reference gives", () => {
  const device = createReferenceDevice();
  let outputs = 0;
  fc.assert(
    fc.property(recipes(14), (recipe) => {
      const graph = makeGraph(recipe);
      outputs += graph.outputs.length;
      expectSame(graph, runOn(device, [graph], modes.FAST_RUN).results[0]);
    }),
    { numRuns: 30, seed: 1 },
  );
  expect(outputs).toBeGreaterThan(30);
});
