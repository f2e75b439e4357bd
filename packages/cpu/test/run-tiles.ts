/** Interprets kernel cases with a program of their own (native/test/run_tiles.cc). */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeProgram } from '@tno/core';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { caseBlocks, type KernelCase } from '../../core/test/support/kernel-cases.js';
import { bytesOf, inTemporaryFolder } from './compile-c.js';

export type Level = 'base' | 'avx2' | 'avx512';

/**
 * Runs all cases on their memory, which it changes, as `runCompiled` does.
 * False where this processor lacks the level's instructions.
 */
export function runTiles(
  executable: string,
  cases: readonly KernelCase[],
  memory: readonly (readonly ArrayBufferView[])[],
  { level, blocks = false }: { level: Level; blocks?: boolean },
): boolean {
  return inTemporaryFolder((folder) => {
    const [casesFile, dataFile] = [join(folder, 'cases'), join(folder, 'data')];
    const views = memory.flat().map(bytesOf);
    writeFileSync(casesFile, new BigInt64Array(describe(cases, memory, blocks).map(BigInt)));
    writeFileSync(dataFile, Buffer.concat(views));
    const { status, stderr } = spawnSync(executable, [level, casesFile, dataFile], {
      encoding: 'utf8',
    });
    if (status === 77) return false;
    if (status !== 0) throw new Error(`${executable} ended with ${status}: ${stderr}`);
    const results = readFileSync(dataFile);
    let at = 0;
    for (const view of views) {
      view.set(results.subarray(at, at + view.length));
      at += view.length;
    }
    return true;
  });
}

function describe(
  cases: readonly KernelCase[],
  memory: readonly (readonly ArrayBufferView[])[],
  inBlocks: boolean,
): number[] {
  const encoded = encodeProgram({
    version: 1,
    sizes: [],
    buffers: [],
    constants: [],
    kernels: cases.map(({ kernel }) => kernel),
    checks: [],
    steps: [{ kind: 'sizes', from: 0, to: 0, checks: [], alloc: [] }],
    inputs: [],
    shared: [],
    outputs: [],
    slots: 0,
    loops: 0,
    sites: [],
  });
  const words = [encoded.length, ...encoded];
  cases.forEach((entry, i) => {
    const { dims, range, kernel } = entry;
    const shared = inBlocks && kernel.reduceRank > 0;
    const { blocks, points } = shared ? caseBlocks(entry) : { blocks: 0, points: 0 };
    const lengths = memory[i].map(({ byteLength }) => byteLength);
    words.push(i, range, blocks, points, dims.length, ...dims, lengths.length, ...lengths);
  });
  return words;
}
