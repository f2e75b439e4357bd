// Where a call's time goes: the compiled Program is cut after each of its steps, the pieces
// take turns, and the difference of two neighbours is the time of one step.
// Usage: node tools/bench/profile-steps.mjs [WORKLOAD] [--rounds N]

import { parseArgs } from 'node:util';
import * as tno from '@tno/core';
import { makeData } from './data.mjs';
import { argumentsOf, compile, graphOf } from './programs.mjs';
import { median, summary } from './statistics.mjs';
import { workloadNamed } from './workloads.mjs';

/** @typedef {import('@tno/core').Device} Device */
/** @typedef {import('@tno/core').Program} Program */
/** @typedef {import('@tno/core').Step} Step */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '60' } },
});

/**
 * The device of this process, which keeps what was loaded last.
 * @param {Device} device
 */
function recorder(device) {
  /** @type {{ arguments?: Parameters<Device['load']> }} */
  const last = {};
  /** @type {Device} */
  const recording = {
    name: device.name,
    target: device.target,
    createShared: (value) => device.createShared(value),
    load: (...given) => device.load(...(last.arguments = given)),
    get stats() {
      return device.stats;
    },
  };
  return { recording, last };
}

/** @param {Program} program @param {Step} step */
function describe(program, step) {
  if (step.kind === 'kernel') return `kernel ${program.kernels[step.kernel].name}`;
  return step.kind === 'call' ? `call ${step.callee}` : step.kind;
}

/** Programs that end after each step; sizes are known and memory is there in all of them. @param {Program} program */
function cuts(program) {
  const works = program.steps.filter((step) => step.kind !== 'sizes');
  return works.map((_, count) => {
    const done = new Set(works.slice(0, count + 1));
    const steps = program.steps.filter((step) => step.kind === 'sizes' || done.has(step));
    return { name: describe(program, works[count]), program: { ...program, steps } };
  });
}

const workload = workloadNamed(positionals[0] ?? 'logreg-600');
const data = makeData(workload);
const graph = graphOf(workload, data);
const device = tno.currentDevice();
const { recording, last } = recorder(device);
const whole = compile(graph, { device: recording });
// Code that is compiled once is there for all pieces.
await whole.ready?.();
if (last.arguments === undefined)
  throw new Error('[profile] expected the device to load a program');
const [program, source, shared, hosts] = last.arguments;

const args = argumentsOf(data);
const inputs = args.map((value) =>
  typeof value === 'number' ? tno.ndarray(value, 'float32') : value,
);
const nothing = { ...program, steps: program.steps.filter((step) => step.kind === 'sizes') };
const pieces = [{ name: 'call and sizes', program: nothing }, ...cuts(program)].map((piece) => {
  const executable = device.load(piece.program, source, shared, hosts);
  return {
    name: piece.name,
    run: () => void executable.run(inputs),
    times: /** @type {number[]} */ ([]),
  };
});
pieces.push({
  name: 'checks of arguments',
  run: () => void whole(...args),
  times: [],
});

const group = workload.group;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { run, times } of pieces) {
    for (let i = 0; i < 5 * group; i++) run();
    for (let i = 0; i < 15; i++) {
      const start = performance.now();
      for (let j = 0; j < group; j++) run();
      times.push(((performance.now() - start) / group) * 1e3);
    }
  }
}

const all = pieces.map(({ times }) => summary(times));
console.log(`${workload.name}: µs of each step, by minima and by medians; all the program:`);
console.log(`  ${all.at(-2)?.min_ms.toFixed(2)} / ${all.at(-2)?.median_ms.toFixed(2)}`);
const differences = pieces.map(({ name, times }, i) => ({
  name,
  least: all[i].min_ms - (i === 0 ? 0 : all[i - 1].min_ms),
  middle: median(times) - (i === 0 ? 0 : median(pieces[i - 1].times)),
}));
for (const { name, least, middle } of differences) {
  console.log(`  ${least.toFixed(2).padStart(9)} ${middle.toFixed(2).padStart(9)}  ${name}`);
}
