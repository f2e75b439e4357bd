/** Random graphs on the CPU: many in one function, since each function costs a C compile. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asWritten, modes } from '@tno/core';
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import {
  expectSame,
  graphRecipe,
  makeGraph,
  runOn,
} from '../../core/test/support/random-graphs.js';
import { expectEqual } from '../../core/test/support/walk-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { createCpuDevice } from '../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'tno-random-graphs-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** More batches for a long search: TNO_FUZZ=20 npx vitest run random-graphs. */
const numRuns = 2 * Number(process.env['TNO_FUZZ'] ?? 1);

describe('random graphs', () => {
  const cacheDir = join(folder, 'kernels');
  const device = createCpuDevice({ cacheDir, kernels: 'compiled' });
  const interpreting = createCpuDevice({ kernels: 'interpreted' });
  const { FAST_RUN, FAST_COMPILE, NONE } = modes;
  it.each([
    FAST_RUN,
    FAST_COMPILE,
    NONE,
    asWritten,
    FAST_RUN.excluding('fusion'),
    FAST_RUN.excluding('inplace'),
  ])('give on the CPU what the reference gives, mode %#', (mode) => {
    fc.assert(
      fc.property(fc.array(graphRecipe, { minLength: 20, maxLength: 20 }), (recipes) => {
        const graphs = recipes.map(makeGraph);
        const results = runOn(device, graphs, mode);
        graphs.forEach((graph, k) => expectSame(graph, results[k]));
        expectEqual(runOn(interpreting, graphs, mode).flat(), results.flat());
      }),
      { numRuns, endOnFailure: true },
    );
  });
});
