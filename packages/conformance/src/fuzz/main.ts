/**
 * `npm run fuzz`: random graphs of the table's ops, forward and gradient. Optimized and as written, on tiled
 * kernels, and some as emitted C, they give what the ops' reference gives. `--seed N` is the number of the
 * first graph, `--count N` (20000) how many there are, `--emitted N` (a twentieth) how many more as emitted C.
 * The full count fails unless every op was seen and every rewrite fired 50 times.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { parseArgs } from 'node:util';
import { asWritten, modes, type Device, type Mode, type NDArray } from '@tno/core';
import { createCpuDevice } from '@tno/cpu';
import { Coverage } from './coverage.js';
import { differences, formulas, makeGraph, runEach, runOn, type RandomGraph } from './graphs.js';
import { recipeOf } from './recipes.js';
import { shrink } from './shrink.js';

const FULL = 20_000;
const MOST_STEPS = 40;
const IN_A_UNIT = 100;
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seed: { type: 'string' },
    count: { type: 'string' },
    emitted: { type: 'string' },
  },
});
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(values.count ?? FULL);
const emitted = Number(values.emitted ?? Math.ceil(count / 20));
const coverage = new Coverage();
let mismatches = 0;

console.log(`seed ${first}: ${count} graphs on tiled kernels, ${emitted} as emitted C`);

const graphOf = (seed: number): RandomGraph => makeGraph(recipeOf(seed, MOST_STEPS));

/** What is wrong with what `run` gives, or null. */
function problemOf(graph: RandomGraph, run: () => readonly NDArray[]): string | null {
  try {
    return differences(graph, run());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function report(
  seed: number,
  about: string,
  graph: RandomGraph,
  run: (graph: RandomGraph) => readonly NDArray[],
): void {
  mismatches++;
  const small = shrink(graph, (smaller) => problemOf(smaller, () => run(smaller)) !== null);
  const again = about === 'emitted C' ? '--count 0 --emitted 1' : '--count 1';
  console.error(`graph ${seed}, ${about}: ${problemOf(small, () => run(small)) ?? 'not again'}`);
  console.error(`${formulas(small)}\nagain: npm run fuzz -- --seed ${seed} ${again}\n`);
}

/** The rewrites that run on request only are seen too. */
const withoutAssertions = modes.FAST_RUN.including('remove-assert');

/** One graph on tiled kernels, optimized and as written. */
function checkTiled(device: Device, seed: number): void {
  const graph = graphOf(seed);
  coverage.addGraph(graph);
  if (graph.outputs.length === 0) return;
  const optimized = seed % 2 === 0 ? modes.FAST_RUN : withoutAssertions;
  for (const mode of [optimized, asWritten]) {
    const run = (one: RandomGraph): readonly NDArray[] => runOn(device, one, mode, coverage);
    if (problemOf(graph, () => run(graph)) !== null) report(seed, nameOf(mode), graph, run);
  }
}

const nameOf = (mode: Mode): string => (mode === asWritten ? 'as written' : 'optimized');

/** Null where one of the graphs cannot be compiled. */
function callsOf(
  device: Device,
  graphs: readonly RandomGraph[],
): readonly (() => readonly NDArray[])[] | null {
  try {
    return runEach(device, graphs);
  } catch {
    return null;
  }
}

/** Many graphs as one unit of C. */
function checkEmitted(device: Device, seeds: readonly number[]): void {
  const graphs = seeds.map(graphOf);
  const some = graphs.filter(({ outputs }) => outputs.length > 0);
  const alone = (graph: RandomGraph): readonly NDArray[] => runEach(device, [graph])[0]();
  const together = callsOf(device, some);
  some.forEach((graph, k) => {
    if (problemOf(graph, together?.[k] ?? (() => alone(graph))) === null) return;
    report(seeds[graphs.indexOf(graph)], 'emitted C', graph, alone);
  });
}

const start = performance.now();
const say = (about: string): void => {
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${about}: ${mismatches} mismatches, ${seconds} s`);
};
const cacheDir = mkdtempSync(join(tmpdir(), 'tno-fuzz-'));
try {
  const tiled = createCpuDevice({ kernels: 'interpreted' });
  for (let k = 0; k < count; k++) {
    checkTiled(tiled, first + k);
    if ((k + 1) % 1000 === 0) say(`${k + 1} graphs`);
  }
  say('all on tiled kernels');
  const compiled = createCpuDevice({ kernels: 'compiled', cacheDir });
  for (let k = 0; k < emitted; k += IN_A_UNIT) {
    const length = Math.min(IN_A_UNIT, emitted - k);
    checkEmitted(
      compiled,
      Array.from({ length }, (_, i) => first + count + k + i),
    );
    say(`${k + length} graphs as emitted C`);
  }
} finally {
  rmSync(cacheDir, { recursive: true });
}
const gaps = coverage.gaps(50);
console.log(coverage.summary());
if (count >= 1000) for (const gap of gaps) console.log(gap);
exit(mismatches > 0 || (count >= FULL && gaps.length > 0) ? 1 : 0);
