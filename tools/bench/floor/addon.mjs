// Builds and loads the floor's addon (floor.c). It needs a C compiler and oneDNN; where one is
// missing, there is no floor to compare with.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, runLogged, stateFolder, tail } from '../../setup/log.mjs';
import { findOneDnn, findProgram } from '../../setup/system-packages.mjs';

const sources = ['floor.c', 'chains.h'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);
const target = join(stateFolder, 'bench', 'floor.node');

/**
 * @typedef {object} FloorAddon
 * @property {(words: Float64Array) => void} prepare
 * @property {() => void} step
 * @property {() => void} empty
 * @property {(count: number) => void} setThreads
 * @property {(chain: number, a: Float32Array, b: Float32Array) => void} evaluate into `a`
 * @property {(floats: number, repetitions: number, streaming: number) => number} triad GB/s
 * @property {() => number} fma GFLOP/s
 * @property {() => string} library
 */

/** @returns {Promise<string | undefined>} why there is no addon, or undefined where there is */
export async function buildFloor() {
  const edited = Math.max(...sources.map((source) => statSync(source).mtimeMs));
  if (existsSync(target) && statSync(target).mtimeMs > edited) return undefined;
  const compiler = findProgram(['cc', 'gcc', 'clang']);
  const oneDnn = findOneDnn();
  if (compiler === undefined) return 'no C compiler';
  if (oneDnn === undefined) return 'no oneDNN';
  mkdirSync(dirname(target), { recursive: true });
  const flags = ['-O3', '-march=native', '-ffp-contract=fast', '-fno-math-errno', '-fopenmp'];
  const kind = ['-fPIC', '-shared', '-Wall', '-Wextra'];
  const headers = [`-I${join(root, 'node_modules/node-api-headers/include')}`, `-I${oneDnn}`];
  const args = [...flags, ...kind, ...headers, sources[0], '-o', target, '-ldnnl'];
  const { ok, output } = await runLogged('bench-floor', compiler, args);
  return ok ? undefined : `floor.c does not compile:\n${tail(output, 8)}`;
}

/** What floor.c calls them. */
export const kinds = { product: 0, scale: 1, dot: 2, axpy: 3, poly: 4, trans: 5, triad: 6 };

/** @returns {FloorAddon} */
export function loadFloor() {
  return createRequire(import.meta.url)(target);
}
