/**
 * The backend seam. A `Target` is pure: facts and text, usable with no addon and no GPU.
 * A `Device` has the effects: it loads Programs and holds the values of shared variables.
 */
import type { NDArray } from '../types/ndarray.js';
import type { DType } from '../types/dtype.js';
import type { Callee, Program } from '../lower/program.js';
import type { OutputMemory } from './output-memory.js';
import type { Recording } from './recording.js';

/** A library routine that lowering would like to call. */
export interface CallRequest {
  readonly callee: Callee;
  readonly dtype: DType;
}

/** One translation unit of emitted text. */
export interface SourceUnit {
  readonly language: 'c' | 'cuda' | 'js' | 'none';
  /** May be written when it is first read. */
  readonly text: string;
  /** Known without the text: the same identity, the same text. */
  readonly identity?: string | undefined;
  /** Symbol of each kernel, by KernelId. */
  readonly symbols: readonly string[];
  /**
   * The parts that may be compiled side by side, each from the whole text with TNO_PART as its number;
   * without TNO_PART all of the text counts. 1 unless given.
   */
  readonly parts?: number | undefined;
}

export interface Target {
  readonly name: string;
  /** A declined call is expanded by core to loop kernels. */
  supportsCall(call: CallRequest): boolean;
  emit(program: Program): SourceUnit;
}

/** Memory on a device that holds a shared variable's value; its shape may change with every write. */
export interface SharedStorage {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Counts the writes, by `write` and by updates. */
  readonly version: number;
  /** A copy of the value; with `borrow` possibly the memory itself, valid until the next call or write. */
  read(options?: { borrow?: boolean }): NDArray;
  write(value: NDArray): void;
}

/** A host function of a `host` step: gets contiguous arrays, returns arrays of the declared dtypes and ranks. */
export type HostFunction = (inputs: readonly NDArray[]) => readonly NDArray[];

/** Thrown by `Executable.run`; the compiled function turns it into the error that names the user's line. */
export type RunFailure =
  | { readonly kind: 'check'; readonly check: number; readonly a: number; readonly b: number }
  | { readonly kind: 'index'; readonly site: number; readonly value: number; readonly size: number }
  /** A routine whose values do not fit it; `value` is for the routine's message. */
  | { readonly kind: 'routine'; readonly site: number; readonly value: number }
  | { readonly kind: 'output'; readonly output: number; readonly shape: readonly number[] }
  | {
      readonly kind: 'memory';
      readonly site: number;
      readonly bytes: number;
      readonly limit?: number;
    };

export class RunError extends Error {
  constructor(readonly failure: RunFailure) {
    super(`run failed: ${JSON.stringify(failure)}`);
    this.name = 'RunError';
  }
}

/**
 * A loaded Program. A call waits for calls in flight that it has to come after: those that write what it
 * reads or writes, or read what it writes. The same holds for reading and writing a shared variable.
 * @throws AsyncInFlightError where such a call cannot end before this one returns
 */
/** An AbortSignal as far as calls need one; not every program has the types of Node or the DOM. */
export interface CancelSignal {
  readonly aborted: boolean;
  /** What promises reject with: an Error, unless the signal's owner gave something else. */
  readonly reason: Error;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Executable {
  /**
   * One call: `inputs` are C-contiguous and of the declared dtypes and ranks. Results are fresh arrays,
   * or over the memory given in `outputs`, which overlaps neither inputs nor itself. @throws RunError
   */
  run(inputs: readonly NDArray[], outputs?: readonly (OutputMemory | null)[]): NDArray[];
  /**
   * The same off the caller's back: one call after the other in the order they come, inputs not to be
   * written until the promise settles. An abort rejects with the signal's reason; what is committed by
   * then is kept, and resolves.
   */
  runAsync(inputs: readonly NDArray[], signal?: CancelSignal): Promise<NDArray[]>;
  /** Gives back the memory kept for later calls. @throws AsyncInFlightError */
  free(): void;
  /** Resolves when calls run at their full speed: no code for them is being made any more. */
  ready(): Promise<void>;
  /** From the next run on, steps are written down there; null: no longer. Absent where nothing can be. */
  record?(recording: Recording | null): void;
}

/** What the machine can do at most: float32 multiply-adds, and reads and writes of main memory, on all threads. */
export interface MachinePeak {
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
}

export interface Device {
  readonly name: string;
  readonly target: Target;
  createShared(value: NDArray): SharedStorage;
  /** `shared` are bound to `program.shared` in order, `host` to the numbers of `host` steps. */
  load(
    program: Program,
    source: SourceUnit,
    shared: readonly SharedStorage[],
    host: readonly HostFunction[],
  ): Executable;
  /** Measured at the first call, for profiles. */
  peak?(): MachinePeak;
  /** What computes a call, and why that is slower than it could be: null where it is not. */
  provider?(call: CallRequest): { readonly name: string; readonly slow: string | null };
  /** Counters for tests and profiles: kernels compiled and taken from the cache since the start. */
  readonly stats: { readonly compiled: number; readonly cached: number };
}
