import type { Batch, Dataset } from './dataset.js';
import type { Scheme } from './schemes.js';

/**
 * Batches, epoch by epoch. Iterating over a stream reads one epoch; iterating again reads the next.
 * `epoch(k)` reads epoch k, whatever was read before.
 */
export abstract class Stream<B extends Batch> implements Iterable<B> {
  #nextEpoch = 0;

  /** The batches of an epoch, the first epoch being 0. */
  abstract epoch(index: number): Iterable<B>;

  [Symbol.iterator](): Iterator<B> {
    return this.epoch(this.#nextEpoch++)[Symbol.iterator]();
  }
}

/** The batches of a dataset, as a scheme asks for them. */
export class DataStream<B extends Batch, R> extends Stream<B> {
  readonly dataset: Dataset<B, R>;
  readonly scheme: Scheme<R>;

  constructor(dataset: Dataset<B, R>, scheme: Scheme<R>) {
    super();
    this.dataset = dataset;
    this.scheme = scheme;
  }

  override epoch(index: number): Iterable<B> {
    return this.dataset.read(this.scheme.requests(index));
  }
}
