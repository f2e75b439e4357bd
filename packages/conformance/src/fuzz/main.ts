/**
 * `npm run fuzz`: random graphs of the table's ops, forward and gradient. Optimized and as written, on tiled
 * kernels, and some as emitted C, they give what the ops' reference gives. `--seed N` is the number of the
 * first graph, `--count N` (20000) how many there are, `--emitted N` (a twentieth) how many more as emitted C,
 * `--processes N` (one a processor) among how many they are shared out.
 * The full count fails unless every op was seen and every rewrite fired 50 times.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.js';
import type { Part, PartResult, Range } from './part.js';

const FULL = 20_000;
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seed: { type: 'string' },
    count: { type: 'string' },
    emitted: { type: 'string' },
    processes: { type: 'string' },
  },
});
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(values.count ?? FULL);
const emitted = Number(values.emitted ?? Math.ceil(count / 20));
const processes = Math.max(
  1,
  Math.min(Number(values.processes ?? availableParallelism()), count + emitted),
);

/** What the part with this number has of a range. */
function shareOf(range: Range, part: number): Range {
  const from = Math.floor((range.count * part) / processes);
  const to = Math.floor((range.count * (part + 1)) / processes);
  return { first: range.first + from, count: to - from };
}

function run(part: Part): Promise<PartResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('part.ts', import.meta.url)), {
      serialization: 'advanced',
    });
    child.once('message', resolve as (result: unknown) => void);
    child.once('exit', (code, signal) => {
      reject(new Error(`a process of the fuzz ended early: ${code ?? signal}`));
    });
    child.send(part);
  });
}

console.log(`seed ${first}: ${count} graphs on tiled kernels, ${emitted} as emitted C`);
const results = await Promise.all(
  Array.from({ length: processes }, (_, k) =>
    run({
      tiled: shareOf({ first, count }, k),
      emitted: shareOf({ first: first + count, count: emitted }, k),
    }),
  ),
);
const mismatches = results.reduce((sum, result) => sum + result.mismatches, 0);
const coverage = new Coverage(results.map(({ counts }) => counts));
const gaps = coverage.gaps(50);
console.log(`${mismatches} mismatches; ${coverage.summary()}`);
if (count >= 1000) for (const gap of gaps) console.log(gap);
exit(mismatches > 0 || (count >= FULL && gaps.length > 0) ? 1 : 0);
