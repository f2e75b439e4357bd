import { describe, expect, it } from 'vitest';
import { CounterRandom, philox4x32 } from './random.js';

function hexBlock(counter: number[], key: number[]): string[] {
  const block = new Uint32Array(4);
  philox4x32(Uint32Array.from(counter), Uint32Array.from(key), block);
  return [...block].map((word) => word.toString(16).padStart(8, '0'));
}

describe('philox4x32', () => {
  it('gives the known answers of the published test vectors', () => {
    const all = 0xffffffff;
    expect(hexBlock([0, 0, 0, 0], [0, 0])).toEqual([
      '6627e8d5',
      'e169c58d',
      'bc57ac4c',
      '9b00dbd8',
    ]);
    expect(hexBlock([all, all, all, all], [all, all])).toEqual([
      '408f276d',
      '41c83b0e',
      'a20bc7c6',
      '6d5451fd',
    ]);
    expect(
      hexBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
    ).toEqual(['d16cfe09', '94fdcceb', '5001e420', '24126ea1']);
  });
});

describe('CounterRandom', () => {
  it('repeats itself for the same seed and stream, and differs for others', () => {
    const draw = (seed: number, stream: number): number[] => {
      const random = new CounterRandom(seed, stream);
      return Array.from({ length: 9 }, () => random.uint32());
    };
    expect(draw(5, 7)).toEqual(draw(5, 7));
    expect(draw(5, 7)).not.toEqual(draw(5, 8));
    expect(draw(5, 7)).not.toEqual(draw(6, 7));
    expect(draw(2 ** 40, 0)).not.toEqual(draw(0, 0));
  });

  it('draws uniform numbers inside the bounds with the right mean and variance', () => {
    const random = new CounterRandom(1);
    const draws = Array.from({ length: 20_000 }, () => random.uniform(-1, 3));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...draws)).toBeLessThan(3);
    expect(Math.abs(mean - 1)).toBeLessThan(0.05);
    expect(Math.abs(variance - 16 / 12)).toBeLessThan(0.05);
  });

  it('draws every integer below a limit about equally often', () => {
    const random = new CounterRandom(2);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) counts[random.below(7)]++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(250);
  });

  it('rejects a seed that is not a safe integer of 0 or more', () => {
    expect(() => new CounterRandom(1.5)).toThrow(RangeError);
    expect(() => new CounterRandom(-1)).toThrow(RangeError);
  });
});
