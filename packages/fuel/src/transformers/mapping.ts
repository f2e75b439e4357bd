import type { DType, NDArray } from '@tno/core';
import type { Batch } from '../dataset.js';
import { Stream } from '../stream.js';

/** Every batch of a stream, changed by a function. */
export class Mapping<B extends Batch, C extends Batch> extends Stream<C> {
  readonly #stream: Stream<B>;
  readonly #change: (batch: B) => C;

  constructor(stream: Stream<B>, change: (batch: B) => C) {
    super();
    this.#stream = stream;
    this.#change = change;
  }

  override *epoch(index: number): Iterable<C> {
    for (const batch of this.#stream.epoch(index)) yield this.#change(batch);
  }
}

/** B with the sources K in the dtype D. */
export type WithDType<B extends Batch, K extends keyof B, D extends DType> = Omit<B, K> & {
  readonly [source in K]: NDArray<D>;
};

/** A function that changes the named sources of a batch and passes the others on. */
export function changeSources<B extends Batch, C extends Batch>(
  which: readonly (keyof B & string)[],
  change: (array: NDArray) => NDArray,
): (batch: B) => C {
  return (batch) => {
    const changed: Record<string, NDArray> = { ...batch };
    for (const source of which) changed[source] = change(batch[source]);
    return changed as C;
  };
}
