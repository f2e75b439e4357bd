/**
 * From emitted C to an opened library: finds the compiler, names the cache folder, and makes the key
 * under which the addon keeps what it compiles. Invariant: everything that shapes the machine code
 * is in the key, so that a cached library is never stale.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { CompileError } from '@tno/core';
import { KERNEL_ABI } from './native.js';
import type { NativeAddon, NativeLibrary } from './native.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** No fast-math and no implicit contraction: results may not depend on the compiler's mood. */
export const compilerFlags: readonly string[] = [
  '-O3',
  '-march=native',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-fPIC',
  '-shared',
  '-x',
  'c',
  '-std=gnu11',
];

export interface Compiler {
  readonly path: string;
  /** Changes with the program behind `path`. */
  readonly identity: string;
}

/**
 * The C compiler: `wanted` or TNO_CC (a path or a name), else the first of cc, gcc and clang on PATH.
 *
 * @throws CompileError (E_COMPILE) saying what to install.
 */
export function findCompiler(wanted?: string, env: Environment = process.env): Compiler {
  const named = wanted ?? (env.TNO_CC === '' ? undefined : env.TNO_CC);
  const names = named === undefined ? ['cc', 'gcc', 'clang'] : [named];
  for (const name of names) {
    const path = findProgram(name, env.PATH ?? '');
    if (path !== undefined) return { path, identity: identityOf(path) };
  }
  throw new CompileError(
    named === undefined
      ? '[cpu] expected a C compiler (cc, gcc or clang) on PATH, found none'
      : `[cpu] expected a C compiler at ${named}, found none`,
    {
      hint: 'install one (Debian, Ubuntu: apt-get install gcc libc6-dev) or set TNO_CC to its path',
    },
  );
}

function findProgram(name: string, path: string): string | undefined {
  if (name.includes('/')) return isProgram(resolve(name)) ? resolve(name) : undefined;
  return path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

// An update of the compiler changes its file, which costs less to look at than asking for a version.
function identityOf(path: string): string {
  const real = realpathSync(path);
  const { size, mtimeMs } = statSync(real);
  return `${real} ${size} ${mtimeMs}`;
}

/** The cache folder; empty where there is no home to put it in. */
export function defaultCacheFolder(env: Environment = process.env): string {
  const base = env.XDG_CACHE_HOME;
  if (base !== undefined && isAbsolute(base)) return join(base, 'tno', 'kernels');
  const home = env.HOME ?? homedir();
  return isAbsolute(home) ? join(home, '.cache', 'tno', 'kernels') : '';
}

let processor: string | undefined;

/** What `-march=native` looks at: the model and the features of the first processor. */
export function processorFeatures(): string {
  if (processor !== undefined) return processor;
  let text = '';
  try {
    const first = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')[0];
    const wanted = /^(?:vendor_id|cpu family|model|model name|stepping|flags|Features)\s*:.*$/gm;
    text = (first.match(wanted) ?? []).join('\n');
  } catch {
    // Without it the key is that of the architecture, as for a processor that says nothing.
  }
  processor = `${process.arch}\n${text}`;
  return processor;
}

export interface KernelCacheOptions {
  readonly folder: string;
  /** Bytes; 0 for no limit. */
  readonly limit: number;
  readonly compiler: Compiler;
  readonly warn: (message: string) => void;
}

export class KernelCache {
  private compiledCount = 0;
  private cachedCount = 0;
  private warned = false;

  constructor(
    private readonly addon: NativeAddon,
    private readonly options: KernelCacheOptions,
  ) {}

  get stats(): { readonly compiled: number; readonly cached: number } {
    return { compiled: this.compiledCount, cached: this.cachedCount };
  }

  /** The library of a C source. @throws CompileError (E_COMPILE) with the compiler's words. */
  load(source: string): NativeLibrary {
    const { folder, limit, compiler } = this.options;
    const { library, compiled, error, warning } = this.addon.loadLibrary({
      folder,
      limit: limit === 0 ? Infinity : limit,
      key: this.key(source),
      source,
      compiler: compiler.path,
      flags: compilerFlags,
    });
    if (warning !== '' && !this.warned) {
      this.warned = true;
      this.options.warn(
        `kernels are compiled anew in every process, the cache is not usable: ${warning}`,
      );
    }
    if (library === null) throw new CompileError(`[cpu] compiling kernels failed: ${error}`);
    if (compiled) this.compiledCount++;
    else this.cachedCount++;
    return library;
  }

  private key(source: string): string {
    const parts = [
      `abi ${KERNEL_ABI}`,
      this.options.compiler.identity,
      compilerFlags.join(' '),
      processorFeatures(),
      source,
    ];
    const hash = createHash('sha256');
    for (const part of parts) hash.update(`${part.length}:`).update(part);
    return hash.digest('hex');
  }
}
