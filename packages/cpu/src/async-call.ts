/** Calls in flight: queued on the addon's own thread, settled on this one. */
import { NDArray, RunError } from '@tno/core';
import type { CancelSignal, DType, StorageConstructor } from '@tno/core';
import { failureOf, refusedCall } from './failure.js';
import { failureKinds } from './native.js';
import type { NativeAddon, NativeExecutable } from './native.js';

/** Of an output. */
export interface OutputType {
  readonly dtype: DType;
  readonly rank: number;
  readonly storage: StorageConstructor;
}

/** Queues a call; `inputs` are those of the Program. */
export function callAsync(
  addon: NativeAddon,
  native: NativeExecutable,
  outputs: readonly OutputType[],
  inputs: readonly NDArray[],
  signal: CancelSignal | undefined,
): Promise<NDArray[]> {
  stopAtExit(addon);
  return new Promise((resolve, reject) => {
    const layout = Float64Array.from(inputs.flatMap(({ offset, shape }) => [offset, ...shape]));
    const data = inputs.map((input) => input.data);
    const ticket = native.start(data, layout, (outcome, words, error) => {
      signal?.removeEventListener('abort', abort);
      if (typeof outcome === 'object') resolve(resultsOf(outputs, outcome, words));
      else reject(reasonOf(outcome, words, error, signal));
    });
    const abort = (): void => {
      if (signal !== undefined && addon.cancelCall(ticket)) reject(signal.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function resultsOf(
  outputs: readonly OutputType[],
  memory: readonly ArrayBuffer[],
  lengths: Float64Array,
): NDArray[] {
  let word = 0;
  return outputs.map(({ dtype, rank, storage }, i) => {
    const shape = [...lengths.subarray(word, (word += rank))];
    const size = shape.reduce((product, length) => product * length, 1);
    return new NDArray(dtype, new storage(memory[i], 0, size), shape);
  });
}

function reasonOf(
  outcome: number | string,
  [id, a, b]: Float64Array,
  error: readonly unknown[] | undefined,
  signal: CancelSignal | undefined,
): Error {
  if (typeof outcome === 'string') return refusedCall(outcome);
  if (outcome === failureKinds.cancelled) return signal?.reason as Error;
  if (outcome === failureKinds.host) return error?.[0] as Error;
  return new RunError(failureOf(outcome, id, a, b));
}

let stops = false;

/** The addon's thread must be at rest when the process takes libraries down. */
function stopAtExit(addon: NativeAddon): void {
  if (stops) return;
  stops = true;
  process.once('exit', () => addon.stopCalls());
}
