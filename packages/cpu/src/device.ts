/**
 * The CPU as a device: compiles emitted C with the system's compiler and runs Programs in the native
 * addon, one crossing a call.
 */
import {
  AddonLoadError,
  CompileError,
  config,
  ConfigError,
  DeviceError,
  dtypeFromCode,
  dtypeInfo,
  encodeProgram,
  NDArray,
  ShapeError,
} from '@tno/core';
import type {
  CallRequest,
  Device,
  Executable,
  HostFunction,
  MachinePeak,
  Program,
  SharedStorage,
  SourceUnit,
  Storage,
} from '@tno/core';
import { CpuExecutable } from './executable.js';
import type { Compilation } from './executable.js';
import { defaultCacheFolder, findCompiler, KernelCache } from './kernel-cache.js';
import { loadAddon } from './native.js';
import type { NativeAddon, NativeHost, NativeLibrary } from './native.js';
import { CpuShared } from './shared.js';
import { cpuTarget } from './target.js';

export interface CpuDeviceOptions {
  /** Where compiled kernels are kept; `tno/kernels` in the user's cache folder unless given. */
  readonly cacheDir?: string | undefined;
  /** Bytes that the folder may hold after a compilation; 0 for no limit, 10^9 unless given. */
  readonly cacheLimit?: number | undefined;
  /**
   * The most bytes that shared variables, temps and a call's results may take in this process, from
   * now on; 0 for no limit. What would exceed it is a DeviceError (E_DEVICE).
   */
  readonly memoryLimit?: number | undefined;
  /** Path or name of the C compiler; TNO_CC, else the first of cc, gcc and clang, unless given. */
  readonly compiler?: string | undefined;
  /** `plain`: no product library, the addon's own products. TNO_PROVIDERS, else `auto`, unless given. */
  readonly providers?: 'auto' | 'plain' | undefined;
  /**
   * `auto`: kernels are interpreted until a native thread has compiled them, and for good where there
   * is no compiler; `compiled`: loading a function waits for the compiler; `interpreted`: nothing is
   * compiled. All give the same bits. TNO_KERNELS, else `auto`, unless given.
   */
  readonly kernels?: KernelMode | undefined;
  /** Gets each warning; `process.emitWarning` unless given. */
  readonly warn?: ((message: string) => void) | undefined;
}

const kernelModes = ['auto', 'compiled', 'interpreted'] as const;
export type KernelMode = (typeof kernelModes)[number];

export interface CpuDevice extends Device {
  /** What multiplies float32 matrices: `onednn` or `plain`. */
  readonly productProvider: string;
}

/**
 * @throws AddonLoadError (E_ADDON) when the addon is missing or does not load.
 * @throws CompileError (E_COMPILE) when kernels are to be compiled and there is no C compiler.
 * @throws ConfigError (E_CONFIG) when `providers` or `kernels` is none of its values.
 */
export function createCpuDevice(options: CpuDeviceOptions = {}): CpuDevice {
  const addon = loadAddon();
  const kernels = kernelMode(options.kernels ?? process.env.TNO_KERNELS);
  const plain = wantsPlain(options.providers ?? process.env.TNO_PROVIDERS);
  if (!plain) warmUp(addon); // the first product waits for it
  const cache = kernels === 'interpreted' ? null : openCache(addon, kernels, options);
  if (options.memoryLimit !== undefined) addon.setMemoryLimit(options.memoryLimit);
  return new NativeDevice(addon, cache, kernels, plain);
}

function kernelMode(wanted: string | undefined): KernelMode {
  if (wanted === undefined || wanted === '') return 'auto';
  const found = kernelModes.find((mode) => mode === wanted);
  if (found !== undefined) return found;
  throw new ConfigError(
    `[config] expected kernels to be one of ${kernelModes.join(', ')}, got ${wanted}`,
  );
}

/** Null where there is no compiler and none is asked for. */
function openCache(
  addon: NativeAddon,
  kernels: KernelMode,
  options: CpuDeviceOptions,
): KernelCache | null {
  const warn = options.warn ?? ((message) => process.emitWarning(message, 'TnoWarning'));
  let compiler;
  try {
    compiler = findCompiler(options.compiler);
  } catch (error) {
    if (kernels === 'compiled' || !(error instanceof CompileError)) throw error;
    warn(`kernels stay interpreted and run slower: ${error.message}`);
    return null;
  }
  return new KernelCache(addon, {
    folder: options.cacheDir ?? defaultCacheFolder(),
    limit: options.cacheLimit ?? 1e9,
    compiler,
    warn,
  });
}

let warming = false;

/**
 * Has the product library open in the background, which takes it tens of milliseconds. What hinders
 * that is said when a device is made.
 */
export function warmUpEarly(): void {
  if ([config.providers, process.env.TNO_PROVIDERS].includes('plain')) return;
  try {
    warmUp(loadAddon());
  } catch (error) {
    if (!(error instanceof AddonLoadError)) throw error;
  }
}

/** A process must not exit in the midst of it. */
function warmUp(addon: NativeAddon): void {
  if (warming) return;
  warming = true;
  addon.warmUpProvider();
  process.once('exit', () => addon.productProvider());
}

function wantsPlain(providers: string | undefined): boolean {
  if (providers === 'plain') return true;
  if (providers === undefined || providers === '' || providers === 'auto') return false;
  throw new ConfigError(`[config] expected providers to be auto or plain, got ${providers}`);
}

class NativeDevice implements CpuDevice {
  readonly name = 'cpu';
  readonly target = cpuTarget;
  /** What begins compilations that nobody has called for yet. */
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly addon: NativeAddon,
    private readonly cache: KernelCache | null,
    private readonly kernels: KernelMode,
    private readonly plain: boolean,
  ) {}

  get stats(): { readonly compiled: number; readonly cached: number } {
    return this.cache?.stats ?? { compiled: 0, cached: 0 };
  }

  get productProvider(): string {
    return this.plain ? 'plain' : this.addon.productProvider();
  }

  peak(): MachinePeak {
    return this.addon.measurePeak();
  }

  provider({ callee, dtype }: CallRequest): { name: string; slow: string | null } {
    // Only products of float32 matrices have a library.
    if (callee !== 'gemm' || dtype !== 'float32') return { name: 'plain', slow: null };
    const name = this.productProvider;
    const missing = name === 'plain' && !this.plain;
    const slow = "no library of products was found (tno doctor says more): the addon's own kernels";
    return { name, slow: missing ? slow : null };
  }

  createShared(value: NDArray): SharedStorage {
    return new CpuShared(this.addon, value);
  }

  load(
    program: Program,
    source: SourceUnit,
    shared: readonly SharedStorage[],
    host: readonly HostFunction[],
  ): Executable {
    const library = this.library(source);
    const request = {
      encoded: encodeProgram(program),
      constants: program.constants.map((constant) => constant.bytes),
      library,
      symbols: source.symbols,
      shared: shared.map(nativeShared),
      hosts: host.map(adaptHost),
      plain: this.plain,
    };
    try {
      const native = this.addon.load(request);
      return new CpuExecutable(program, native, this.addon, this.compilation(library, source));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new DeviceError(text, { cause: error });
    }
  }

  private library(source: SourceUnit): NativeLibrary | null {
    if (source.symbols.length === 0 || this.cache === null) return null;
    if (source.language !== 'c') {
      throw new DeviceError(`[cpu] expected kernels in C, got ${source.language}`);
    }
    const library = this.cache.open(source);
    if (this.kernels === 'compiled') {
      this.cache.compile(library, source);
      this.cache.wait(library);
    }
    return library;
  }

  /** Starts with the first call, or when JavaScript is next idle: whoever compiles waits for nothing. */
  private compilation(library: NativeLibrary | null, source: SourceUnit): Compilation {
    const { cache } = this;
    if (library === null || cache === null || !cache.isMissing(library)) {
      return { begin: () => undefined, ready: () => Promise.resolve() };
    }
    const begin = (): void => {
      if (this.waiting.delete(begin)) cache.compile(library, source);
    };
    // A loop that never yields calls the functions that it makes: nothing of them waits then.
    if (this.waiting.size === 0) setImmediate(() => this.waiting.forEach((start) => start()));
    this.waiting.add(begin);
    return {
      begin,
      ready: () => {
        begin();
        return cache.finished(library);
      },
    };
  }
}

function nativeShared(storage: SharedStorage): CpuShared['native'] {
  if (storage instanceof CpuShared) return storage.native;
  throw new DeviceError('[cpu] expected shared variables of the cpu device, got one of another');
}

/** Arrays in and out for a function that the addon calls with memory and shapes. */
function adaptHost(host: HostFunction): NativeHost {
  return (elements, dtypes, shapes, resultShapes) => {
    const inputs = elements.map((memory, i) => {
      const dtype = dtypeFromCode(dtypes[i]);
      return new NDArray(dtype, new dtypeInfo[dtype].storage(memory), shapes[i]);
    });
    const results = host(inputs);
    if (results.length !== resultShapes.length) {
      throw new DeviceError(
        `[host] expected ${resultShapes.length} results, got ${results.length}`,
      );
    }
    return results.map((result, i) => hostResult(result, i, resultShapes[i]));
  };
}

function hostResult(result: NDArray, index: number, shape: readonly number[]): Storage {
  const fits = result.rank === shape.length && shape.every((n, axis) => n === result.shape[axis]);
  if (!fits) {
    throw new ShapeError(
      `[host] expected result ${index} of shape (${shape.join(', ')}), got (${result.shape.join(', ')})`,
    );
  }
  return result.contiguous().data;
}
