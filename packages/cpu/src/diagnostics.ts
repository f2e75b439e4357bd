/**
 * What this machine has for the cpu device, and what its cache of kernels holds: the facts behind the
 * commands `tno cache`, `tno info` and `tno doctor`. Nothing here opens a device.
 */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { CompileError, DeviceError } from '@tno/core';
import { compilerFlags, defaultCacheFolder, findCompiler } from './kernel-cache.js';
import { loadAddon } from './native.js';
import type { CacheContents, CacheTrim } from './native.js';

export type { CacheContents, CacheEntry, CacheTrim } from './native.js';
export { findCompiler, type Compiler } from './kernel-cache.js';

/** The absolute cache folder: `wanted`, else that of the user. Empty where there is no home. */
export function cacheFolder(wanted = ''): string {
  return wanted === '' ? defaultCacheFolder() : resolve(wanted);
}

/** What the cache folder holds; `error` says why it cannot be used. @throws AddonLoadError (E_ADDON) */
export function readCache(folder: string): CacheContents {
  return loadAddon().readCache(folder);
}

/**
 * Removes compiled kernels, those used longest ago first, until at most `limit` bytes are left.
 *
 * @throws AddonLoadError (E_ADDON)
 * @throws DeviceError (E_DEVICE) where the folder cannot be used.
 */
export function trimCache(folder: string, limit: number): CacheTrim {
  const trimmed = loadAddon().trimCache(folder, limit);
  if (trimmed.error !== '') {
    throw new DeviceError(`[cache] expected a cache folder to use, got: ${trimmed.error}`);
  }
  return trimmed;
}

export interface AddonFacts {
  /** The widest vector instructions that the addon has code for and the processor takes. */
  readonly instructions: 'base' | 'avx2' | 'avx512';
  /** What multiplies float32 matrices: `onednn` or `plain`. */
  readonly products: string;
  /** What factors matrices: `lapack` or `plain`. */
  readonly linearAlgebra: string;
  /** How many run kernels. */
  readonly threads: number;
}

/** @throws AddonLoadError (E_ADDON) where the addon does not load */
export function addonFacts(): AddonFacts {
  const addon = loadAddon();
  return {
    instructions: addon.instructionLevel(),
    products: addon.productProvider(),
    linearAlgebra: addon.linearAlgebraProvider(),
    threads: addon.threads(),
  };
}

/**
 * Compiles and loads a small kernel, past the cache. Gives the compiler's path and the milliseconds it took.
 *
 * @throws AddonLoadError (E_ADDON)
 * @throws CompileError (E_COMPILE) where there is no compiler, or it fails.
 */
export function tryCompiler(wanted = ''): { readonly path: string; readonly ms: number } {
  const { path } = findCompiler(wanted === '' ? undefined : wanted);
  const start = performance.now();
  const addon = loadAddon();
  const library = addon.openLibrary({
    folder: '',
    limit: Infinity,
    key: randomBytes(32).toString('hex'),
    compiler: path,
    flags: compilerFlags,
  });
  const text = '#include <math.h>\nfloat k(float x) { return sqrtf(x) + 1; }\n';
  addon.compileLibrary(library, text, 1);
  addon.waitForLibrary(library);
  const { state, error } = addon.libraryStatus(library);
  if (state === 'failed') throw new CompileError(`[cpu] compiling kernels failed: ${error}`);
  return { path, ms: performance.now() - start };
}
