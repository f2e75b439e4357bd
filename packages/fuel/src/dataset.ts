/**
 * Datasets: named sources of examples, all with the examples along axis 0. A dataset is read with a
 * sequence of requests (made by a scheme) and gives one batch a request. Reading keeps no state in
 * the dataset, so several streams may read one dataset, and an epoch can be read again.
 */
import { IndexRangeError, ShapeError } from '@tno/core';
import type { NDArray } from '@tno/core';
import { gatherRows, stackRows } from './rows.js';

/** The arrays of some examples, by source; axis 0 counts the examples. */
export type Batch = Readonly<Record<string, NDArray>>;

/** The examples from `start` up to and without `stop`. */
export interface RangeRequest {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
}

/** Those examples, in that order. */
export interface IndexRequest {
  readonly kind: 'indices';
  readonly indices: Int32Array;
}

/** The next `count` examples of a dataset that can only be read in its own order. */
export interface CountRequest {
  readonly kind: 'count';
  readonly count: number;
}

/** What a stream reads: one batch for each request, until either side has no more. */
export interface Dataset<B extends Batch, R> {
  read(requests: Iterable<R>): Iterable<B>;
}

/** The batch with every array changed; the change must keep dtypes. */
function mapArrays<B extends Batch>(
  batch: B,
  change: (array: NDArray, source: string) => NDArray,
): B {
  const entries = Object.entries(batch).map(([source, array]) => [source, change(array, source)]);
  return Object.fromEntries(entries) as B;
}

/** A dataset whose arrays are in memory; a range of examples is a view, never a copy. */
export class IndexableDataset<B extends Batch> implements Dataset<B, RangeRequest | IndexRequest> {
  readonly arrays: B;
  readonly numExamples: number;

  /** @throws ShapeError (E_SHAPE) when the sources do not have the same number of examples */
  constructor(arrays: B) {
    const lengths = Object.values(arrays).map((array) => array.shape.at(0));
    const [first] = lengths;
    if (first === undefined || lengths.some((length) => length !== first)) {
      const got = Object.keys(arrays).map((source, i) => `${source}: ${lengths[i] ?? 'a scalar'}`);
      throw new ShapeError(
        `[IndexableDataset] expected sources with equally many examples on axis 0, got ${got.join(', ') || 'no source'}`,
      );
    }
    this.arrays = arrays;
    this.numExamples = first;
  }

  get sources(): string[] {
    return Object.keys(this.arrays);
  }

  /** @throws IndexRangeError (E_INDEX) when an example does not exist */
  get(request: RangeRequest | IndexRequest): B {
    return request.kind === 'range'
      ? this.slice(request.start, request.stop).arrays
      : this.#gather(request.indices);
  }

  *read(requests: Iterable<RangeRequest | IndexRequest>): Iterable<B> {
    for (const request of requests) yield this.get(request);
  }

  /** The examples from `start` up to and without `stop`, as a dataset of views. */
  slice(start: number, stop: number): IndexableDataset<B> {
    if (!(0 <= start && start <= stop && stop <= this.numExamples)) {
      throw new IndexRangeError(
        `[IndexableDataset] expected 0 <= start <= stop <= ${this.numExamples}, got ${start} and ${stop}`,
      );
    }
    return new IndexableDataset(mapArrays(this.arrays, (array) => array.slice([start, stop])));
  }

  #gather(indices: Int32Array): B {
    for (const index of indices) {
      if (index < 0 || index >= this.numExamples) {
        throw new IndexRangeError(
          `[IndexableDataset] expected indices from 0 to ${this.numExamples - 1}, got ${index}`,
        );
      }
    }
    return mapArrays(this.arrays, (array) => gatherRows(array, indices));
  }
}

/**
 * A dataset that makes its examples one after the other, possibly without an end. An example has no
 * batch axis; a batch stacks them, and the last batch of a finite dataset may be shorter.
 */
export class IterableDataset<B extends Batch> implements Dataset<B, CountRequest> {
  readonly #open: () => Iterable<B>;

  /** `open` begins the examples anew; it is called once an epoch. */
  constructor(open: () => Iterable<B>) {
    this.#open = open;
  }

  *read(requests: Iterable<CountRequest>): Iterable<B> {
    const examples = this.#open()[Symbol.iterator]();
    try {
      for (const { count } of requests) {
        const taken: B[] = [];
        while (taken.length < count) {
          const next = examples.next();
          if (next.done === true) break;
          taken.push(next.value);
        }
        if (taken.length > 0) yield stackExamples(taken);
        if (taken.length < count) return;
      }
    } finally {
      examples.return?.();
    }
  }
}

function stackExamples<B extends Batch>(examples: readonly B[]): B {
  return mapArrays(examples[0], (_, source) =>
    stackRows(examples.map((example) => example[source])),
  );
}
