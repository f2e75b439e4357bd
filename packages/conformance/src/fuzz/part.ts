/** A process of `npm run fuzz`, which checks its part of the graphs and says what it has seen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuDevice } from '@tno/cpu';
import { GraphChecker } from './check-graphs.js';
import type { Counts } from './coverage.js';

/** Numbers of graphs: from the first on. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

export interface Part {
  readonly tiled: Range;
  readonly emitted: Range;
}

export interface PartResult {
  readonly mismatches: number;
  readonly counts: Counts;
}

const IN_A_UNIT = 100;

// Graphs that nobody wrote have no lines to show; capturing them takes an eighth of the time.
Error.captureStackTrace = () => undefined;

function check({ tiled, emitted }: Part): PartResult {
  const checker = new GraphChecker();
  const start = performance.now();
  const say = (first: number, last: number, about: string): void => {
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`${first} to ${last} ${about}: ${checker.mismatches} mismatches, ${seconds} s`);
  };
  const interpreting = createCpuDevice({ kernels: 'interpreted' });
  for (let k = 0; k < tiled.count; k++) {
    checker.checkTiled(interpreting, tiled.first + k);
    if ((k + 1) % 1000 === 0 || k === tiled.count - 1)
      say(tiled.first, tiled.first + k, 'on tiled kernels');
  }
  const cacheDir = mkdtempSync(join(tmpdir(), 'tno-fuzz-'));
  try {
    const compiled = createCpuDevice({ kernels: 'compiled', cacheDir });
    for (let k = 0; k < emitted.count; k += IN_A_UNIT) {
      const length = Math.min(IN_A_UNIT, emitted.count - k);
      checker.checkEmitted(
        compiled,
        Array.from({ length }, (_, i) => emitted.first + k + i),
      );
      say(emitted.first, emitted.first + k + length - 1, 'as emitted C');
    }
  } finally {
    rmSync(cacheDir, { recursive: true });
  }
  return { mismatches: checker.mismatches, counts: checker.coverage.counts };
}

process.once('message', (part: Part) => {
  process.send?.(check(part), () => process.disconnect());
});
