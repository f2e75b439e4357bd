// One fresh process: imports TNO, builds a training graph, compiles it, runs it once; prints times
// in ms as JSON. Usage: node compile-once.mjs WORKLOAD

import { makeData } from './data.mjs';
import { workloadNamed } from './workloads.mjs';

const workload = workloadNamed(process.argv[2]);
const data = makeData(workload);
const times = [performance.now()];
const lap = () => times.push(performance.now());

await import('@tno/core');
lap();
await import('@tno/cpu');
lap();
const { compileStep, trainingGraph } = await import('./training-step.mjs');
const started = performance.now();
const graph = trainingGraph(workload, data);
const built = performance.now();
const step = compileStep(graph);
const returned = performance.now();
step(graph.arguments.x, graph.arguments.y);
const first = performance.now();

const { phases, rules, optimize, lower, emit, load } = step.compileProfile;
console.log(
  JSON.stringify({
    times: {
      import_core: times[1] - times[0],
      import_cpu: times[2] - times[1],
      graph: built - started,
      returned: returned - built,
      first_result: first - built,
      optimize,
      lower,
      emit,
      load,
    },
    phases: phases.map(({ name, milliseconds }) => [name, milliseconds]),
    rules: [...rules].map(([name, { tried, applied, time }]) => ({
      name,
      tried,
      applied,
      ms: time,
    })),
  }),
);
