// One fresh process: imports TNO, builds a workload's graph, compiles it, runs it once; prints times
// in ms as JSON. Usage: node compile-once.mjs WORKLOAD, which is JSON

import { makeData } from './data.mjs';

const workload = JSON.parse(process.argv[2]);
const data = makeData(workload);
const times = [performance.now()];
const lap = () => times.push(performance.now());

await import('@tno/core');
lap();
await import('@tno/cpu');
lap();
const { callOf, compile, graphOf } = await import('./programs.mjs');
const started = performance.now();
const graph = graphOf(workload, data);
const built = performance.now();
const f = compile(graph);
const returned = performance.now();
callOf(workload, f, data)();
const first = performance.now();
await f.ready?.();
const native = performance.now();

/** @type {import('@tno/core').CompileProfile} */
const { phases, rules, optimize, lower, emit, load } = f.compileProfile;
console.log(
  JSON.stringify({
    times: {
      import_core: times[1] - times[0],
      import_cpu: times[2] - times[1],
      graph: built - started,
      returned: returned - built,
      first_result: first - built,
      all_native: native - built,
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
