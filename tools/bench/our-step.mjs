// A participant: TNO's training step. Usage: node our-step.mjs WORKLOAD

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeData } from './data.mjs';
import { serve } from './serve.mjs';
import { compileStep, trainingGraph } from './training-step.mjs';
import { workloadNamed } from './workloads.mjs';

const workload = workloadNamed(process.argv[2]);
const graph = trainingGraph(workload, makeData(workload));
const step = compileStep(graph);
const { x, y } = graph.arguments;

await serve(() => step(x, y), {
  /** Trains some steps, from the first parameters on; the parameters go to files in `folder`. */
  train: ({ steps, folder }) => {
    const losses = Array.from({ length: steps }, () => step(x, y));
    for (const variable of graph.shared) {
      writeFileSync(
        join(folder, `ours-${variable.name}`),
        new Float32Array(variable.getValue().data),
      );
    }
    return { losses };
  },
});
