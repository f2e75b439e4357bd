// `npm run bench -- OPTIONS`: calls, training steps and their compile times, ours beside others' and
// the machine's floor, measured alternating in one run. See docs/benchmarks.md.

import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { argv, exit } from 'node:process';
import { setUp } from '../setup.mjs';
import { compare } from './compare.mjs';
import { compileTimes } from './compile-times.mjs';
import { buildFloor } from './floor/addon.mjs';
import { describeMachine, versions } from './machine.mjs';
import { parseOptions, usage } from './options.mjs';
import { findPeers } from './peers/peers.mjs';
import { compileTable, detailTable, plainTable, ruleTable, timeTable } from './report.mjs';
import { programName, workloadNamed } from './workloads.mjs';

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
// More threads than the second gain these small workloads nothing.
const threads = Math.min(2, availableParallelism());
const peers = await findPeers({ threads, install: !options.quick });
const noFloor = await buildFloor();
if (noFloor !== undefined) console.log(`bench: no floor: ${noFloor}`);

const floor = noFloor === undefined;
const machine = await describeMachine({ threads, floor });
console.log(
  `bench: ${machine.processor}, ${machine.cores} cores, ${machine.vectors}; load ${machine.load[0]}` +
    (machine.load[0] > 0.5 ? ': others are working, so trust the minima' : ''),
);

/** @type {Map<string, ReturnType<typeof compileTimes>>} */
const compiled = new Map();

/** What a program takes to compile, measured once. @param {import('./workloads.mjs').Workload} workload */
function compileTimesOf(workload) {
  const name = programName(workload);
  const found = compiled.get(name) ?? compileTimes(workload, options.repetitions);
  compiled.set(name, found);
  return found;
}

const rows = [];
for (const workload of options.chosen) {
  console.log(`bench: ${workload.name}`);
  const row = await compare(workload, { turns: options.turns, threads, peers, floor });
  const compile = options.compile ? compileTimesOf(workload) : undefined;
  rows.push({ ...row, load: loadavg()[0], program: programName(workload), compile });
}
for (const peer of peers) peer.end();

console.log(`\nmedian / minimum\n${plainTable(timeTable(rows))}`);
console.log(`\n${plainTable(detailTable(rows))}`);
if (options.compile) {
  console.log(`\nfresh processes, median / minimum\n${plainTable(compileTable(rows))}`);
  for (const [program, compile] of options.quick ? [] : compiled) {
    console.log(`\n${ruleTable(program, compile)}`);
  }
}
if (options.json !== undefined) {
  const date = new Date().toISOString().slice(0, 10);
  const figures = { date, machine, versions: versions({ peers, machine }), workloads: rows };
  writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
}
