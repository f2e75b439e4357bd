/**
 * Iteration schemes: which examples make up which batch. A scheme is a pure function of the epoch's
 * number, so an epoch can be begun again, or in the middle, without replaying those before it.
 */
import type { CountRequest, IndexRequest, RangeRequest } from './dataset.js';
import { CounterRandom } from './random.js';

export interface Scheme<R> {
  /** The requests of an epoch, the first epoch being 0. */
  requests(epoch: number): Iterable<R>;
}

function assertCount(where: string, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`[${where}] expected ${name} to be an integer >= ${least}, got ${value}`);
  }
}

/** The examples 0 to n - 1 in order; the last batch may be shorter. */
export class SequentialScheme implements Scheme<RangeRequest> {
  constructor(
    readonly n: number,
    readonly batchSize: number,
  ) {
    assertCount('SequentialScheme', 'n', n, 0);
    assertCount('SequentialScheme', 'the batch size', batchSize, 1);
  }

  *requests(): Iterable<RangeRequest> {
    for (let start = 0; start < this.n; start += this.batchSize) {
      yield { kind: 'range', start, stop: Math.min(start + this.batchSize, this.n) };
    }
  }
}

/** The examples 0 to n - 1, in another random order each epoch; the last batch may be shorter. */
export class ShuffledScheme implements Scheme<IndexRequest> {
  constructor(
    readonly n: number,
    readonly batchSize: number,
    readonly seed = 0,
  ) {
    assertCount('ShuffledScheme', 'n', n, 0);
    assertCount('ShuffledScheme', 'the batch size', batchSize, 1);
    assertCount('ShuffledScheme', 'the seed', seed, 0);
  }

  *requests(epoch: number): Iterable<IndexRequest> {
    const order = this.permutation(epoch);
    for (let start = 0; start < this.n; start += this.batchSize) {
      yield { kind: 'indices', indices: order.subarray(start, start + this.batchSize) };
    }
  }

  /** The order of an epoch: a function of the seed and the epoch alone. */
  permutation(epoch: number): Int32Array {
    const random = new CounterRandom(this.seed, epoch);
    const order = Int32Array.from({ length: this.n }, (_, i) => i);
    for (let last = this.n - 1; last > 0; last--) {
      const other = random.below(last + 1);
      const kept = order[last];
      order[last] = order[other];
      order[other] = kept;
    }
    return order;
  }
}

export interface ConstantSchemeOptions {
  /** Stop after this many examples; the last batch may be shorter. */
  readonly numExamples?: number;
  /** Stop after this many batches. */
  readonly times?: number;
}

/** The next `batchSize` examples, again and again; without a limit, until the dataset ends. */
export class ConstantScheme implements Scheme<CountRequest> {
  readonly #numExamples: number;

  constructor(
    readonly batchSize: number,
    { numExamples, times }: ConstantSchemeOptions = {},
  ) {
    assertCount('ConstantScheme', 'the batch size', batchSize, 1);
    if (numExamples !== undefined) assertCount('ConstantScheme', 'numExamples', numExamples, 0);
    if (times !== undefined) assertCount('ConstantScheme', 'times', times, 0);
    if (numExamples !== undefined && times !== undefined) {
      throw new RangeError('[ConstantScheme] expected numExamples or times, got both');
    }
    this.#numExamples = numExamples ?? (times ?? Infinity) * batchSize;
  }

  *requests(): Iterable<CountRequest> {
    for (let left = this.#numExamples; left > 0; left -= this.batchSize) {
      yield { kind: 'count', count: Math.min(left, this.batchSize) };
    }
  }
}
