// `npm run bench -- OPTIONS`: training steps and their compile times, ours beside PyTorch's and the
// machine's floor, measured alternating in one run. See docs/benchmarks.md.

import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { argv, exit } from 'node:process';
import { setUp } from '../setup.mjs';
import { compare } from './compare.mjs';
import { compileTimes } from './compile-times.mjs';
import { buildFloor } from './floor-addon.mjs';
import { describeMachine, versions } from './machine.mjs';
import { parseOptions, usage } from './options.mjs';
import { providePytorch } from './pytorch.mjs';
import { compileTable, movementTable, ruleTable, stepTable } from './report.mjs';
import { workloadNamed } from './workloads.mjs';

function readOptions() {
  try {
    const options = parseOptions(argv.slice(2));
    if (!options.help) return { ...options, chosen: options.names.map(workloadNamed) };
    console.log(usage);
    return exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return exit(2);
  }
}

const options = readOptions();

await setUp();
const python = await providePytorch();
const noFloor = await buildFloor();
if (noFloor !== undefined) console.log(`bench: no floor: ${noFloor}`);

const floor = noFloor === undefined;
// More threads than the second gain these small steps nothing.
const threads = Math.min(2, availableParallelism());
const machine = await describeMachine({ threads, floor });
console.log(
  `bench: ${machine.processor}, ${machine.cores} cores, ${machine.vectors}; load ${machine.load[0]}` +
    (machine.load[0] > 0.5 ? ': others are working, so trust the minima' : ''),
);

const rows = [];
for (const workload of options.chosen) {
  console.log(`bench: ${workload.name}`);
  const { rounds, turn_ms } = options;
  const row = await compare(workload, { rounds, turn_ms, threads, python, floor });
  const compile = options.compile ? compileTimes(workload.name, options.repetitions) : undefined;
  rows.push({ ...row, load: loadavg()[0], compile });
}

console.log(`\nmedian / minimum\n${stepTable(rows)}`);
if (python !== undefined) console.log(`\n${movementTable(rows)}`);
if (options.compile) {
  console.log(`\nfresh processes, median / minimum\n${compileTable(rows)}`);
  for (const { workload, compile } of rows) {
    if (compile !== undefined) console.log(`\n${ruleTable(workload, compile)}`);
  }
}
if (options.json !== undefined) {
  const figures = { machine, versions: versions({ python, machine }), workloads: rows };
  writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
}
