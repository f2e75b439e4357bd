/**
 * A loaded Program: turns arrays into what one crossing takes, and back. Small arrays are copied
 * through memory that both sides share, since handing a typed array over costs more than its copy.
 * Invariant: `frame` and `small` are laid out as native/cpu/executable_binding.h says.
 */
import {
  AsyncInFlightError,
  DeviceError,
  dtypeInfo,
  InputError,
  NDArray,
  outputOver,
  RunError,
} from '@tno/core';
import type {
  CancelSignal,
  DType,
  Executable,
  OutputMemory,
  Program,
  Recording,
  RunFailure,
  Storage,
  StorageConstructor,
} from '@tno/core';
import { callAsync } from './async-call.js';
import { failureOf, refusedCall } from './failure.js';
import { failureKinds, memoryTakes, SMALL_BYTES, STATUS_WORDS } from './native.js';
import type { LargeOutput, NativeAddon, NativeExecutable } from './native.js';

/** Of an input or output: its type, and its window on `small`. */
interface Port {
  readonly dtype: DType;
  readonly rank: number;
  readonly storage: StorageConstructor;
  readonly small: Storage;
}

/** Of a program's kernels. */
export interface Compilation {
  begin(): void;
  /** Resolves when it has ended, well or not. */
  ready(): Promise<void>;
}

export class CpuExecutable implements Executable {
  private readonly inputs: readonly Port[];
  private readonly outputs: readonly Port[];
  private readonly frame: Float64Array;
  private readonly outputWords: number;
  private readonly call: NativeExecutable['run'];
  private readonly native: NativeExecutable;
  private readonly args: (Storage | undefined)[];
  private running = false;
  private hasBegun = false;

  constructor(
    program: Program,
    native: NativeExecutable,
    private readonly addon: NativeAddon,
    private readonly compilation: Compilation,
  ) {
    this.native = native;
    this.call = native.run;
    this.frame = new Float64Array(native.frame);
    const port = (buffer: number, slot: number): Port => {
      const { dtype, shape } = program.buffers[buffer];
      const { storage, bytes } = dtypeInfo[dtype];
      const small = new storage(native.small, slot * SMALL_BYTES, SMALL_BYTES / bytes);
      return { dtype, rank: shape.length, storage, small };
    };
    this.inputs = program.inputs.map((buffer, i) => port(buffer, i));
    this.outputs = program.outputs.map((buffer, i) => port(buffer, this.inputs.length + i));
    this.args = this.inputs.map(() => undefined);
    this.outputWords = STATUS_WORDS + this.inputs.reduce((words, { rank }) => words + 1 + rank, 0);
  }

  run(inputs: readonly NDArray[], outputs?: readonly (OutputMemory | null)[]): NDArray[] {
    if (this.running) {
      throw new DeviceError(
        '[function] expected a call to end before the next, got one from its own host step',
      );
    }
    this.begin();
    this.bind(inputs);
    const memory = outputs === undefined ? null : this.bindOutputs(outputs);
    this.running = true;
    let result;
    try {
      result = memory === null ? this.call(...this.args) : this.call(...this.args, ...memory);
    } finally {
      this.running = false;
      for (let i = 0; i < this.args.length; i++) this.args[i] = undefined;
    }
    if (typeof result === 'number') throw new RunError(this.failure(result));
    if (typeof result === 'string') throw refusedCall(result);
    return this.results(result, outputs);
  }

  ready(): Promise<void> {
    return this.compilation.ready();
  }

  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.compilation.begin();
  }

  runAsync(inputs: readonly NDArray[], signal?: CancelSignal): Promise<NDArray[]> {
    this.begin();
    return new Promise((resolve) => {
      this.checkInputs(inputs);
      resolve(callAsync(this.addon, this.native, this.outputs, inputs, signal));
    });
  }

  /** @throws AsyncInFlightError */
  free(): void {
    if (!this.native.free()) throw new AsyncInFlightError();
  }

  record(recording: Recording | null): void {
    this.native.record(recording === null ? null : recording.memory);
  }

  private checkInputs(inputs: readonly NDArray[]): void {
    if (inputs.length !== this.inputs.length) {
      throw new InputError(
        `[function] expected ${this.inputs.length} inputs, got ${inputs.length}`,
      );
    }
    for (let i = 0; i < inputs.length; i++) {
      const { dtype, rank } = this.inputs[i];
      const { shape, dtype: given } = inputs[i];
      if (given !== dtype || shape.length !== rank) {
        throw new InputError(
          `[function] expected input ${i} to be ${dtype} of rank ${rank}, got ${given} of rank ${shape.length}`,
        );
      }
    }
  }

  private bind(inputs: readonly NDArray[]): void {
    this.checkInputs(inputs);
    const { frame } = this;
    let word = STATUS_WORDS;
    for (let i = 0; i < inputs.length; i++) {
      const { rank, small } = this.inputs[i];
      const { shape, data, offset } = inputs[i];
      const offsetWord = word++;
      let size = 1;
      for (let axis = 0; axis < rank; axis++) {
        size *= shape[axis];
        frame[word++] = shape[axis];
      }
      if (size > small.length) {
        frame[offsetWord] = offset;
        this.args[i] = data;
      } else {
        frame[offsetWord] = -1;
        copyElements(data, offset, small, size);
      }
    }
  }

  private bindOutputs(outputs: readonly (OutputMemory | null)[]): (Storage | null)[] {
    let word = this.outputWords;
    return this.outputs.map(({ rank }, i) => {
      const at = word;
      word += rank;
      const memory = outputs[i];
      if (memory === null) return null;
      const { shape, data, offset, size } = memory.array;
      if (memory.takes === 'shape') this.frame.set(shape, at);
      else if (rank > 0) this.frame[at] = memoryTakes[memory.takes];
      return data.subarray(offset, offset + size);
    });
  }

  private results(
    large: undefined | LargeOutput | LargeOutput[],
    given?: readonly (OutputMemory | null)[],
  ): NDArray[] {
    const { frame, outputs } = this;
    const results = new Array<NDArray>(outputs.length);
    let word = this.outputWords;
    let next = 0;
    for (let i = 0; i < outputs.length; i++) {
      const { dtype, rank, storage, small } = outputs[i];
      const shape = new Array<number>(rank);
      let size = 1;
      for (let axis = 0; axis < rank; axis++) size *= shape[axis] = frame[word++];
      const memory = given?.[i] ?? null;
      const filled = memory === null ? null : outputOver(memory, shape);
      if (filled !== null) {
        results[i] = filled;
        continue;
      }
      let data: Storage;
      if (size > small.length) {
        const fresh = Array.isArray(large) ? large[next++] : (large as LargeOutput);
        data = new storage(fresh instanceof ArrayBuffer ? fresh : fresh.buffer, 0, size);
      } else {
        data = new storage(size);
        copyElements(small, 0, data, size);
      }
      results[i] = new NDArray(dtype, data, shape);
    }
    return results;
  }

  private failure(kind: number): RunFailure {
    const [, id, a, b] = this.frame;
    return kind === failureKinds.output ? this.misfit(id) : failureOf(kind, id, a, b);
  }

  private misfit(output: number): RunFailure {
    const ranks = this.outputs.slice(0, output).map(({ rank }) => rank);
    const word = ranks.reduce((sum, rank) => sum + rank, this.outputWords);
    const shape = [...this.frame.subarray(word, word + this.outputs[output].rank)];
    return { kind: 'output', output, shape };
  }
}

// Both are of one class; a plain loop beats `set` with a view for a handful of elements.
function copyElements(from: Storage, offset: number, to: Storage, count: number): void {
  const source = from as Float64Array;
  const target = to as Float64Array;
  for (let i = 0; i < count; i++) target[i] = source[offset + i];
}
