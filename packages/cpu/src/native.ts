/**
 * The typed contract of the native addon (native/cpu/addon.cc), and its loading. Nothing else in
 * this package knows where the addon lies or what it looks like inside.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AddonLoadError } from '@tno/core';
import type { Storage } from '@tno/core';

/** The version of the contract; an addon with another one is refused. */
export const ADDON_ABI = 2;
/** TNO_KERNEL_ABI of native/include/tno/kernel_abi.h. */
export const KERNEL_ABI = 3;

/** A shared object of compiled kernels that is there, is to be or is being made, or could not be made. */
export interface NativeLibrary {
  readonly __library: never;
}

export interface LibraryRequest {
  /** The cache folder, absolute; empty where there is none. */
  readonly folder: string;
  /** Bytes that the folder may hold after a compilation; Infinity for no limit. */
  readonly limit: number;
  /** Hexadecimal hash of everything that shapes the library. */
  readonly key: string;
  /** Absolute path. */
  readonly compiler: string;
  readonly flags: readonly string[];
}

export interface LibraryStatus {
  readonly state: 'compiling' | 'ready' | 'failed';
  /** Whether the compiler ran; false when the cache had it. */
  readonly compiled: boolean;
  /** Why there is no library; the compiler's words where it failed. */
  readonly error: string;
  /** Why the cache folder was not used; empty when it was. */
  readonly warning: string;
}

/** Compiled kernels of one C source: KEY.so and KEY.c. Times in milliseconds since 1970. */
export interface CacheEntry {
  readonly key: string;
  readonly bytes: number;
  readonly made: number;
  readonly used: number;
}

export interface CacheContents {
  /** Why the folder cannot be used, then it has no entries; empty where it can. */
  readonly error: string;
  /** The one used longest ago first. */
  readonly entries: readonly CacheEntry[];
  /** Files of compilations that never ended. */
  readonly abandoned: number;
  readonly abandonedBytes: number;
  /** Files that are not the cache's; they are never touched. */
  readonly foreign: number;
}

export interface CacheTrim {
  /** Why the folder cannot be used; empty where it can. */
  readonly error: string;
  readonly entries: number;
  readonly bytes: number;
}

export interface NativeShared {
  readonly version: number;
  dims(): number[];
  /** Copies elements in. Throws while a running call holds the value. */
  write(elements: Storage, offset: number, dims: readonly number[]): void;
  /** A copy of the elements. */
  read(): ArrayBuffer;
  /** The memory, its length rounded up, or undefined where a copy has to do. */
  borrow(): ArrayBuffer | undefined;
}

/** A host step's function: input elements, dtype codes and shapes, and the shapes of its results. */
export type NativeHost = (
  elements: readonly ArrayBuffer[],
  dtypes: readonly number[],
  shapes: readonly (readonly number[])[],
  resultShapes: readonly (readonly number[])[],
) => readonly Storage[];

export interface LoadRequest {
  readonly encoded: Int32Array;
  readonly constants: readonly Uint8Array[];
  /** Null for kernels that are only ever interpreted. */
  readonly library: NativeLibrary | null;
  readonly symbols: readonly string[];
  readonly shared: readonly NativeShared[];
  readonly hosts: readonly NativeHost[];
  /** No providers: the addon's own products. */
  readonly plain: boolean;
}

/** An output too large for `NativeExecutable.small`. */
export type LargeOutput = ArrayBuffer | Uint8Array<ArrayBuffer>;

/**
 * The outputs, whose lengths are the words; the kind of a failure, the words being id, a and b, and what
 * a host function threw in a list; or why the program is broken.
 */
export type AsyncOutcome = readonly ArrayBuffer[] | number | string;

/** In place of a message: a wait for calls in flight would never end. */
export const ASYNC_IN_FLIGHT = 'E_ASYNC_IN_FLIGHT';

export interface NativeExecutable {
  /**
   * One call: inputs, then nothing or for each output the memory it goes to or null. Gives the large
   * outputs that have no such memory (alone, or in a list where there are several), the kind of a
   * failure, or the reason why the program cannot run. Throws what a host function threw.
   */
  readonly run: (
    ...inputsAndOutputs: (Storage | null | undefined)[]
  ) => undefined | LargeOutput | LargeOutput[] | number | string;
  /**
   * Queues a call: large inputs are not to be written until it is settled; `layout` has for each its
   * offset and lengths. Gives the call's ticket. See native/cpu/async_call.h.
   */
  readonly start: (
    inputs: readonly Storage[],
    layout: Float64Array,
    done: (
      outcome: AsyncOutcome,
      words: Float64Array,
      error: readonly unknown[] | undefined,
    ) => void,
  ) => number;
  /** Gives back the memory kept for later calls; false where calls in flight cannot be waited for. */
  readonly free: () => boolean;
  /**
   * Float64Array: STATUS_WORDS words; for each input its offset, or -1 for `small`, and its lengths;
   * for each output its lengths. The lengths are those that given memory is for, when the call
   * starts, or first of them a word of `memoryTakes`.
   */
  readonly frame: ArrayBuffer;
  /** SMALL_BYTES for each input, then for each output. */
  readonly small: ArrayBuffer;
  /** Writes steps down in the memory of core's `Recording`; null: no longer. */
  readonly record: (memory: ArrayBuffer | null) => void;
}

/** Kind, id, a, b of a failure. */
export const STATUS_WORDS = 4;
/** Arrays of at most so many bytes go through `NativeExecutable.small`. */
export const SMALL_BYTES = 64;
/** FailureKind of native/runtime/failure.h, as far as `run` gives it. */
export const failureKinds = {
  check: 1,
  index: 2,
  memory: 3,
  output: 4,
  host: 5,
  cancelled: 7,
  routine: 8,
} as const;
/** As many elements as the memory has; at most so many. See native/cpu/executable_binding.h. */
export const memoryTakes = { size: -1, room: -2 } as const;

export interface NativeAddon {
  readonly abi: number;
  readonly kernelAbi: number;
  readonly SharedStorage: new (dtypeCode: number, rank: number) => NativeShared;
  /** From memory or the cache, else one that is yet to be made. */
  openLibrary(request: LibraryRequest): NativeLibrary;
  /** Has a native thread make the library, unless it is there or has been asked for. */
  compileLibrary(library: NativeLibrary, source: string, parts: number): void;
  libraryStatus(library: NativeLibrary): LibraryStatus;
  /** Blocks while it is being made. */
  waitForLibrary(library: NativeLibrary): void;
  /** Resolves once it is no longer being made. */
  libraryFinished(library: NativeLibrary): Promise<void>;
  /** What an absolute folder holds; makes it where it is missing. */
  readCache(folder: string): CacheContents;
  /** Removes what was used longest ago, until `limit` bytes are left. */
  trimCache(folder: string, limit: number): CacheTrim;
  /** Whether the call had not begun; it never does then, and `done` is not called. */
  cancelCall(ticket: number): boolean;
  /** Ends the calls in flight, none of which is settled. */
  stopCalls(): void;
  load(request: LoadRequest): NativeExecutable;
  /** The widest vector instructions that the addon has code for and the processor takes. */
  instructionLevel(): 'base' | 'avx2' | 'avx512';
  /** The most bytes that shared variables, temps and a call's results may take; 0 for no limit. */
  setMemoryLimit(bytes: number): void;
  /**
   * Opens what multiplies float32 matrices, on a thread of its own, so that no product has to wait.
   * Once in an environment; `productProvider` waits for it.
   */
  warmUpProvider(): void;
  /** How many threads run kernels. */
  threads(): number;
  /** Measures, for some 0.1 s: float32 GFLOP/s and GB/s of main memory, on all threads. */
  measurePeak(): { readonly gflops: number; readonly gigabytesPerSecond: number };
  /** The name of what multiplies float32 matrices; opens it. */
  productProvider(): string;
  /** What factors matrices: `lapack` or `plain`. */
  linearAlgebraProvider(): string;
}

/** Where the addon may be: in the published package, and in the repository. */
const places = ['../build/Release/tno_cpu.node', '../../../native/build/Release/tno_cpu.node'];

let loaded: NativeAddon | undefined;

/** The addon, loaded at the first call. @throws AddonLoadError (E_ADDON) with what to do about it. */
export function loadAddon(): NativeAddon {
  loaded ??= loadFrom(places.map((place) => fileURLToPath(new URL(place, import.meta.url))));
  return loaded;
}

/** The addon from the first of `paths` that has it. @internal */
export function loadFrom(paths: readonly string[]): NativeAddon {
  const require = createRequire(import.meta.url);
  const reasons: string[] = [];
  for (const path of paths) {
    try {
      const addon = require(path) as NativeAddon;
      if (addon.abi === ADDON_ABI && addon.kernelAbi === KERNEL_ABI) return addon;
      reasons.push(`${path}: it is of another version; build it again`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      reasons.push(`${path}: ${text.split('\n')[0]}`);
    }
  }
  throw new AddonLoadError(loadMessage(reasons));
}

function loadMessage(reasons: readonly string[]): string {
  const remedies = [
    'in a clone of the repository: npm run setup (it needs cmake and a C++20 compiler)',
    `the addon is built for Linux x64 with glibc; this is ${process.platform} ${process.arch}`,
    'without the addon use the reference device: TNO_FLAGS=device=reference',
  ];
  return [
    '[cpu] the native addon could not be loaded:',
    ...reasons.map((reason) => `  ${reason}`),
    'what to do:',
    ...remedies.map((remedy, i) => `  ${i + 1}. ${remedy}`),
  ].join('\n');
}
