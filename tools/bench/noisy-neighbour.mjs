// How much a busy process beside it slows a training step down: the mean and the 99th percentile of
// 2,000 steps, alone and with a neighbour that takes one core. Usage: node noisy-neighbour.mjs
// [WORKLOAD]. On two cores the mean should be at most 2.2 times the quiet one, and the 99th
// percentile at most 10 ms.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { makeData } from './data.mjs';
import { callOf, compile, graphOf } from './programs.mjs';
import { workloadNamed } from './workloads.mjs';

const steps = 2000;
const workload = workloadNamed(process.argv[2] ?? 'logreg-600');
const data = makeData(workload);
const step = callOf(workload, compile(graphOf(workload, data)), data);

/** @returns {{ mean: number, p99: number }} ms */
function measure() {
  for (let i = 0; i < 200; i++) step();
  const times = Array.from({ length: steps }, () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  });
  times.sort((a, b) => a - b);
  const mean = times.reduce((sum, time) => sum + time, 0) / steps;
  return { mean, p99: times[Math.floor(steps * 0.99)] };
}

/** @param {{ mean: number, p99: number }} times */
const text = ({ mean, p99 }) => `mean ${mean.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms`;

const quiet = measure();
console.log(`${workload.name} on ${availableParallelism()} processors, ${steps} steps`);
console.log(`quiet: ${text(quiet)}`);
const neighbour = spawn(process.execPath, ['-e', 'console.log(); for (;;);'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await once(neighbour.stdout, 'data');
  const noisy = measure();
  console.log(
    `noisy: ${text(noisy)}, ${(noisy.mean / quiet.mean).toFixed(2)} times the quiet mean`,
  );
} finally {
  neighbour.kill('SIGKILL');
}
