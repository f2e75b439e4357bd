import { describe, expect, it } from 'vitest';
import { ConstantScheme, SequentialScheme, ShuffledScheme } from './schemes.js';

function counts(scheme: ConstantScheme): number[] {
  return Array.from(scheme.requests(), (request) => request.count);
}

describe('SequentialScheme', () => {
  it('asks for the examples in order, the last batch being shorter', () => {
    const ranges = Array.from(new SequentialScheme(7, 3).requests(), (r) => [r.start, r.stop]);
    expect(ranges).toEqual([
      [0, 3],
      [3, 6],
      [6, 7],
    ]);
  });

  it('asks for nothing of an empty dataset', () => {
    expect([...new SequentialScheme(0, 3).requests()]).toEqual([]);
  });

  it('rejects a batch size that is no positive integer', () => {
    expect(() => new SequentialScheme(7, 0)).toThrow(/the batch size to be an integer >= 1, got 0/);
    expect(() => new SequentialScheme(7, 1.5)).toThrow(RangeError);
  });
});

describe('ShuffledScheme', () => {
  const epoch = (scheme: ShuffledScheme, index: number): number[] =>
    Array.from(scheme.requests(index), (request) => [...request.indices]).flat();

  it('asks for every example once an epoch, in batches of the size asked for', () => {
    const scheme = new ShuffledScheme(100, 30, 1);
    const sizes = Array.from(scheme.requests(0), (request) => request.indices.length);
    expect(sizes).toEqual([30, 30, 30, 10]);
    expect(epoch(scheme, 0).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  it('has its own order for each epoch and seed, the same whenever it is asked for', () => {
    const scheme = new ShuffledScheme(100, 30, 1);
    const first = epoch(scheme, 0);
    const second = epoch(scheme, 1);
    expect(second).not.toEqual(first);
    expect(epoch(scheme, 0)).toEqual(first);
    expect(epoch(new ShuffledScheme(100, 7, 1), 1)).toEqual(second);
    expect(epoch(new ShuffledScheme(100, 30, 2), 0)).not.toEqual(first);
  });

  it('gives every order of three examples about equally often', () => {
    const scheme = new ShuffledScheme(3, 3, 5);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = scheme.permutation(i).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });
});

describe('ConstantScheme', () => {
  it('asks for a number of examples in all', () => {
    expect(counts(new ConstantScheme(4, { numExamples: 10 }))).toEqual([4, 4, 2]);
  });

  it('asks a number of times', () => {
    expect(counts(new ConstantScheme(4, { times: 3 }))).toEqual([4, 4, 4]);
  });

  it('asks without an end when not limited', () => {
    const requests = new ConstantScheme(4).requests()[Symbol.iterator]();
    for (let i = 0; i < 1000; i++) expect(requests.next().done).toBe(false);
  });

  it('rejects two limits', () => {
    expect(() => new ConstantScheme(4, { numExamples: 8, times: 2 })).toThrow(/got both/);
  });
});
