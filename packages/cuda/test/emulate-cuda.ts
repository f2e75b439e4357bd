/**
 * Runs emitted CUDA without a GPU: a C++ compiler takes the text with stand-ins for what CUDA adds,
 * and every thread of a block is a thread of the host. It shows that the mapping of points to
 * threads and the exchange between lanes are right; it says nothing about a real GPU's speed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitUnit } from '@tno/core';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import type { KernelCase } from '../../core/test/support/kernel-cases.js';
import { cudaDialect } from '../src/index.js';

export const canEmulate = spawnSync('c++', ['--version']).status === 0;

/** Blocks and threads of a launch: more than one of each, and not a divisor of the points. */
const BLOCKS = 2;
const THREADS = 32;

const standIns = `#include <immintrin.h>
#include <atomic>
#include <barrier>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>
#define __device__
#define __global__
struct index3 { unsigned x; };
static thread_local index3 threadIdx, blockIdx;
static index3 blockDim{${THREADS}}, gridDim{${BLOCKS}};
static float __int_as_float(int i) { return std::bit_cast<float>(i); }
static double __longlong_as_double(long long i) { return std::bit_cast<double>(i); }
static unsigned long long atomicCAS(unsigned long long *p, unsigned long long from, unsigned long long to) {
  std::atomic_ref<unsigned long long>(*p).compare_exchange_strong(from, to);
  return from;
}
struct Group {
  std::barrier<> meeting{16};
  alignas(8) char slots[16][8];
};
static std::vector<std::unique_ptr<Group>> groups;
template <class T> T exchange(T value, int from) {
  Group &g = *groups[threadIdx.x / 16];
  const int lane = threadIdx.x & 15;
  std::memcpy(g.slots[lane], &value, sizeof value);
  g.meeting.arrive_and_wait();
  T result = value;
  if (from < 16) std::memcpy(&result, g.slots[from], sizeof result);
  g.meeting.arrive_and_wait();
  return result;
}
template <class T> T __shfl_down_sync(unsigned, T v, int h, int) { return exchange(v, (threadIdx.x & 15) + h); }
template <class T> T __shfl_sync(unsigned, T v, int from, int) { return exchange(v, from); }
template <class F> void launch(F kernel) {
  for (unsigned block = 0; block < ${BLOCKS}; block++) {
    groups.clear();
    for (int i = 0; i < ${THREADS / 16}; i++) groups.push_back(std::make_unique<Group>());
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < ${THREADS}; t++)
      threads.emplace_back([&, t] { threadIdx.x = t; blockIdx.x = block; kernel(); });
    for (auto &thread : threads) thread.join();
  }
}
`;

/** Runs all cases on their memory, which it changes. */
export function emulate(
  cases: readonly KernelCase[],
  memory: readonly (readonly ArrayBufferView[])[],
): void {
  const folder = mkdtempSync(join(tmpdir(), 'tno-emulate-'));
  try {
    const unit = emitUnit({ kernels: cases.map(({ kernel }) => kernel) }, cudaDialect);
    const text = unit.text
      .replaceAll(/asm\("cvt\.f32\.f16.*$/gm, 'f = _cvtsh_ss(h);')
      .replaceAll(/asm\("cvt\.rn\.f16\.f32.*$/gm, 'h = _cvtss_sh(f, 0);');
    const [source, program, data] = ['unit.cc', 'unit', 'data'].map((name) => join(folder, name));
    writeFileSync(source, `${standIns}\n${text}\n${mainFunction(cases, unit.symbols)}`);
    const flags = ['-std=c++20', '-O1', '-ffp-contract=off', '-march=native', '-pthread', '-w'];
    run('c++', [...flags, source, '-o', program]);
    const views = memory.flat().map((v) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength));
    writeFileSync(data, Buffer.concat(views));
    run(program, [data]);
    const results = readFileSync(data);
    let at = 0;
    for (const view of views) {
      view.set(results.subarray(at, at + view.length));
      at += view.length;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(0, 4000)}`);
}

/** Reads the operands of all cases from a file, runs each, and writes the operands back. */
function mainFunction(cases: readonly KernelCase[], symbols: readonly string[]): string {
  const runs = cases.map(({ dims, operands }, i) => {
    const dim = dims.map((value, k) => `a.dim[${k}] = ${value};`).join(' ');
    const bytes = operands.map(({ dtype, length }) => {
      const { storage } = cudaDialect.types[dtype];
      return `${length} * sizeof(${storage})`;
    });
    return `  {
    ${symbols[i]}_args a;
    ${dim}
    a.status = &status;
    const size_t bytes[] = {${bytes.join(', ')}};
    for (size_t k = 0; k < ${operands.length}; k++) a.buf[k] = data + at, at += bytes[k];
    launch([=] { ${symbols[i]}(a); });
  }`;
  });
  return `int main(int argc, char **argv) {
  FILE *file = fopen(argv[1], "r+b");
  fseek(file, 0, SEEK_END);
  const size_t size = ftell(file);
  rewind(file);
  char *data = (char *)malloc(size), *at0 = data;
  if (fread(data, 1, size, file) != size) return 2;
  size_t at = 0;
  tno_status status = {};
${runs.join('\n')}
  if (status.code != 0) return 3;
  rewind(file);
  fwrite(at0, 1, size, file);
  return fclose(file);
}
`;
}
