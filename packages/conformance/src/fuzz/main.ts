/**
 * `npm run fuzz`: random graphs of the table's ops, forward and gradient. Optimized and as written, on tiled
 * kernels, and some as emitted C, they give what the ops' reference gives. `--seed N`, `--count N` (20000),
 * `--emitted N` (a twentieth). The full count fails unless every op was seen and every rewrite fired 50 times.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { createCpuDevice } from '@tno/cpu';
import { Coverage } from './coverage.js';
import { expectSame, makeGraph, recipes, runEach, runOn } from './graphs.js';
import { asWritten, modes, type Device } from '@tno/core';

const FULL = 20_000;
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seed: { type: 'string' },
    count: { type: 'string' },
    emitted: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(values.count ?? FULL);
const emitted = Number(values.emitted ?? Math.ceil(count / 20));
const IN_A_UNIT = 100;
const graphRecipe = recipes(40);
const coverage = new Coverage();

console.log(`seed ${seed}: ${count} graphs on tiled kernels, ${emitted} as emitted C`);

/** One graph on tiled kernels, optimized and as written. */
function checkTiled(device: Device): void {
  fc.assert(
    fc.property(graphRecipe, (recipe) => {
      const graph = makeGraph(recipe);
      coverage.addGraph(graph);
      if (graph.outputs.length === 0) return;
      for (const mode of [modes.FAST_RUN, asWritten]) {
        const { results, rules } = runOn(device, [graph], mode);
        coverage.addRules(rules);
        expectSame(graph, results[0], mode === asWritten ? 'as written' : 'optimized');
      }
    }),
    { seed, numRuns: count },
  );
}

/** Many graphs as one unit of C, against the same bits of tiled kernels. */
function checkEmitted(device: Device): void {
  const many = fc.array(graphRecipe, { minLength: IN_A_UNIT, maxLength: IN_A_UNIT });
  fc.assert(
    fc.property(many, (list) => {
      const graphs = list.map(makeGraph).filter(({ outputs }) => outputs.length > 0);
      runEach(device, graphs).forEach((results, k) => expectSame(graphs[k], results, 'emitted C'));
    }),
    { seed: seed + 1, numRuns: Math.ceil(emitted / IN_A_UNIT), endOnFailure: true },
  );
}

const start = performance.now();
const elapsed = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;
const cacheDir = mkdtempSync(join(tmpdir(), 'tno-fuzz-'));
try {
  checkTiled(createCpuDevice({ kernels: 'interpreted' }));
  console.log(`tiled kernels: no mismatch, ${elapsed()}`);
  if (emitted > 0) checkEmitted(createCpuDevice({ kernels: 'compiled', cacheDir }));
  console.log(`emitted C: no mismatch, ${elapsed()}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof Error && error.cause instanceof Error) console.error(error.cause.message);
  console.error(`again: npm run fuzz -- --seed ${seed} --count ${count}`);
  exit(1);
} finally {
  rmSync(cacheDir, { recursive: true });
}
const gaps = coverage.gaps(50);
console.log(coverage.summary());
for (const gap of gaps) console.log(gap);
exit(count >= FULL && gaps.length > 0 ? 1 : 0);
