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
import type { SourceUnit } from '@tno/core';
import { buildId } from './build-id.js';
import { KERNEL_ABI } from './native.js';
import type { NativeAddon, NativeLibrary } from './native.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** No fast-math and no implicit contraction: results may not depend on the compiler's mood. */
export const compilerFlags: readonly string[] = [
  // Vectorised as with -O3, and compiled a fifth faster.
  '-O2',
  '-ftree-vectorize',
  '-fvect-cost-model=dynamic',
  '-march=native',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-fPIC',
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
  private readonly warned = new Set<string>();
  /** Opened, and not there. */
  private readonly missing = new Set<NativeLibrary>();
  /** Asked for, in the order in which the native thread makes them. */
  private readonly compiling: NativeLibrary[] = [];

  constructor(
    private readonly addon: NativeAddon,
    private readonly options: KernelCacheOptions,
  ) {}

  /** `compiled` counts also what is being compiled. */
  get stats(): { readonly compiled: number; readonly cached: number } {
    this.review();
    return { compiled: this.compiledCount, cached: this.cachedCount };
  }

  /** The library of a C source; where it is not at hand, `compile` has to be asked for it. */
  open(source: SourceUnit): NativeLibrary {
    this.review();
    const { folder, limit, compiler } = this.options;
    const library = this.addon.openLibrary({
      folder,
      limit: limit === 0 ? Infinity : limit,
      key: this.key(source),
      compiler: compiler.path,
      flags: compilerFlags,
    });
    if (this.addon.libraryStatus(library).state === 'ready') {
      this.cachedCount++;
    } else {
      this.compiledCount++;
      this.missing.add(library);
    }
    return library;
  }

  isMissing(library: NativeLibrary): boolean {
    return this.missing.has(library);
  }

  /** Has a native thread make the library, unless it is there or has been asked for. */
  compile(library: NativeLibrary, source: SourceUnit): void {
    if (!this.missing.delete(library)) return;
    this.compiling.push(library);
    this.addon.compileLibrary(library, source.text, source.parts ?? 1);
  }

  /** Blocks until the library is there. @throws CompileError (E_COMPILE) with the compiler's words. */
  wait(library: NativeLibrary): void {
    this.addon.waitForLibrary(library);
    const { state, error } = this.addon.libraryStatus(library);
    if (state === 'failed') {
      this.compiling.splice(this.compiling.indexOf(library), 1);
      throw new CompileError(`[cpu] compiling kernels failed: ${error}`);
    }
    this.review();
  }

  /** Resolves when the library is there, or has failed, which is warned of. */
  async finished(library: NativeLibrary): Promise<void> {
    await this.addon.libraryFinished(library);
    this.review();
  }

  /** Warns of compilations that have failed since the last look. */
  private review(): void {
    while (this.compiling.length > 0) {
      const { state, error, warning } = this.addon.libraryStatus(this.compiling[0]);
      if (state === 'compiling') return;
      this.compiling.shift();
      if (state === 'failed') {
        this.warn(`kernels stay interpreted and run slower, compiling them failed: ${error}`);
      }
      if (warning !== '') {
        this.warn(
          `kernels are compiled anew in every process, the cache is not usable: ${warning}`,
        );
      }
    }
  }

  private warn(message: string): void {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    this.options.warn(message);
  }

  // The identity is at hand before the text, which is written only where it has to be compiled.
  private key(source: SourceUnit): string {
    const { identity } = source;
    const text = identity === undefined || buildId === null ? source.text : buildId + identity;
    const parts = [
      `abi ${KERNEL_ABI}`,
      this.options.compiler.identity,
      compilerFlags.join(' '),
      processorFeatures(),
      text,
    ];
    const hash = createHash('sha256');
    for (const part of parts) hash.update(`${part.length}:`).update(part);
    return hash.digest('hex');
  }
}
