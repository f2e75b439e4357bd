/**
 * Compiles emitted C with the system's compiler and runs kernels in a program of their own, so that
 * the text is tested without the addon.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitUnit } from '@tno/core';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { caseBlocks, type KernelCase } from '../../core/test/support/kernel-cases.js';
import { cDialect } from '../src/dialect.js';

type Memory = ReadonlyArray<ReadonlyArray<Uint8Array<ArrayBufferLike> | ArrayBufferView>>;

/** The flags that the device compiles with, but for the choice of CPU. */
export const kernelFlags: readonly string[] = [
  '-O2',
  '-ftree-vectorize',
  '-fvect-cost-model=dynamic',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-std=gnu11',
];

export const hasCompiler = spawnSync('cc', ['--version']).status === 0;

/** @throws Error with the compiler's words. */
export function cc(args: readonly string[]): void {
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cc ${args.join(' ')}\n${stderr.slice(0, 4000)}`);
}

/** Runs `use` with a folder that is removed afterwards. */
export function inTemporaryFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'tno-emit-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs all cases on their memory, which it changes, each over its range in three pieces; with `blocks`
 * reductions over their blocks, in two pieces, and then over the results of these.
 * `march` chooses the CPU.
 */
export function runCompiled(
  cases: readonly KernelCase[],
  memory: Memory,
  { march = 'native', blocks = false } = {},
): void {
  inTemporaryFolder((folder) => {
    const unit = emitUnit({ kernels: cases.map(({ kernel }) => kernel) }, cDialect);
    const [source, program, data] = ['unit.c', 'unit', 'data'].map((name) => join(folder, name));
    writeFileSync(source, `${unit.text}\n${harness(cases, unit.symbols, blocks)}`);
    cc([
      ...kernelFlags,
      `-march=${march}`,
      '-Wall',
      '-Wextra',
      '-Werror',
      source,
      '-o',
      program,
      '-lm',
    ]);
    const views = memory.flat().map(bytesOf);
    writeFileSync(data, Buffer.concat(views));
    const { status, stderr } = spawnSync(program, [data], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`emitted program ended with ${status}: ${stderr}`);
    const results = readFileSync(data);
    let at = 0;
    for (const view of views) {
      view.set(results.subarray(at, at + view.length));
      at += view.length;
    }
  });
}

export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A main function that reads all operands from a file, runs every case and writes them back. */
function harness(
  cases: readonly KernelCase[],
  symbols: readonly string[],
  inBlocks: boolean,
): string {
  const runs = cases.map((entry, i) => {
    const shared = inBlocks && entry.kernel.reduceRank > 0;
    const { blocks, points } = shared ? caseBlocks(entry) : { blocks: 0, points: 0 };
    const lengths = entry.operands.map(({ dtype, length }) => length * itemBytes[dtype]);
    return `  {
    static const int64_t lengths[] = {${lengths.join(', ')}};
    static const int64_t dims[] = {${[...entry.dims, 0].join(', ')}};
    run(file, ${symbols[i]}, ${lengths.length}, lengths, dims, ${entry.range}, ${blocks}, ${points});
  }`;
  });
  return `#include <stdio.h>
#include <stdlib.h>

typedef void (*kernel)(const tno_args *, int64_t, int64_t);

static void run(FILE *file, kernel k, int count, const int64_t *lengths, const int64_t *dims, int64_t n, int64_t blocks, int64_t points) {
  void *buf[16];
  long start = ftell(file);
  for (int i = 0; i < count; i++) {
    buf[i] = malloc(lengths[i] + 1);
    if (fread(buf[i], 1, lengths[i], file) != (size_t)lengths[i]) exit(2);
  }
  tno_status status = {0};
  if (blocks > 0) {
    void *part[32];
    for (int i = 0; i < 32; i++) part[i] = malloc(8 * blocks * points);
    const tno_args first = {buf, dims, &status, 0, TNO_BLOCKS, part};
    const tno_args second = {buf, dims, &status, 0, TNO_FOLD, part};
    k(&first, blocks / 2, blocks);
    k(&first, 0, blocks / 2);
    k(&second, 0, n / 2);
    k(&second, n / 2, n);
    for (int i = 0; i < 32; i++) free(part[i]);
  } else {
    const tno_args args = {buf, dims, &status, 0, TNO_WHOLE, NULL};
    const tno_args streaming = {buf, dims, &status, 1, TNO_WHOLE, NULL};
    k(&args, 0, n / 3);
    k(&streaming, n / 3, n / 2);
    k(&streaming, n / 2, n);
  }
  if (status.code != 0) exit(3);
  fseek(file, start, SEEK_SET);
  for (int i = 0; i < count; i++) {
    fwrite(buf[i], 1, lengths[i], file);
    free(buf[i]);
  }
  fseek(file, 0, SEEK_CUR);
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "r+b") : NULL;
  if (file == NULL) return 1;
${runs.join('\n')}
  return fclose(file);
}
`;
}

const itemBytes = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
} as const;
