import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digitGlyphs } from './digit-strokes.js';
import { IMAGE_PIXELS, IMAGE_SIDE, syntheticDigits } from './synthetic-digits.js';
import type { DigitImages } from './synthetic-digits.js';

function rowOf({ arrays }: DigitImages, i: number): Uint8Array {
  return arrays.features.data.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS);
}

/** Share of `test` that lies nearer to the mean image of another digit of `train`. */
function nearestMeanError(train: DigitImages, test: DigitImages): number {
  const means = digitGlyphs.map(() => new Float64Array(IMAGE_PIXELS));
  const counts = digitGlyphs.map(() => 0);
  for (let i = 0; i < train.numExamples; i++) {
    const digit = train.arrays.targets.get(i);
    counts[digit]++;
    rowOf(train, i).forEach((value, pixel) => (means[digit][pixel] += value));
  }
  means.forEach((mean, digit) => mean.forEach((sum, pixel) => (mean[pixel] = sum / counts[digit])));
  let wrong = 0;
  for (let i = 0; i < test.numExamples; i++) {
    const row = rowOf(test, i);
    const distances = means.map((mean) => mean.reduce((sum, m, p) => sum + (m - row[p]) ** 2, 0));
    if (distances.indexOf(Math.min(...distances)) !== test.arrays.targets.get(i)) wrong++;
  }
  return wrong / test.numExamples;
}

describe('syntheticDigits', () => {
  it('gives images and labels of the MNIST form', () => {
    const { arrays, numExamples } = syntheticDigits({ n: 200 });
    expect(numExamples).toBe(200);
    expect([arrays.features.dtype, arrays.features.shape]).toEqual(['uint8', [200, 784]]);
    expect([arrays.targets.dtype, arrays.targets.shape]).toEqual(['int64', [200]]);
    const digits = new Set(arrays.targets.toNested() as number[]);
    expect([...digits].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives the same bytes for the same seed', () => {
    const { features, targets } = syntheticDigits({ n: 100, seed: 42 }).arrays;
    const md5 = createHash('md5').update(features.data).update(targets.data).digest('hex');
    expect(md5).toBe('df0818ea5764f01536615003fff4d0b5');
    expect(syntheticDigits({ n: 100, seed: 43 }).arrays.features.equals(features)).toBe(false);
  });

  it('gives an example that depends on its place only, not on the range asked for', () => {
    const whole = syntheticDigits({ n: 50, seed: 7 });
    const part = syntheticDigits({ n: 10, seed: 7, start: 30 });
    expect(part.arrays.features.equals(whole.slice(30, 40).arrays.features)).toBe(true);
    expect(part.arrays.targets.equals(whole.slice(30, 40).arrays.targets)).toBe(true);
  });

  it('draws ink inside the image, with a smooth edge and a free margin', () => {
    const digits = syntheticDigits({ n: 300, seed: 1 });
    for (let i = 0; i < digits.numExamples; i++) {
      const row = rowOf(digits, i);
      const inked = row.filter((value) => value > 127).length;
      const grey = row.filter((value) => value > 0 && value < 255).length;
      expect(inked).toBeGreaterThan(15);
      expect(inked).toBeLessThan(250);
      expect(grey).toBeGreaterThan(10);
      for (let k = 0; k < IMAGE_SIDE; k++) {
        expect(row[k] + row[IMAGE_PIXELS - 1 - k]).toBe(0);
      }
    }
  });

  it('draws digits that can be told apart, but not without effort', () => {
    const train = syntheticDigits({ n: 2000, seed: 3 });
    const test = syntheticDigits({ n: 500, seed: 3, start: 2000 });
    const error = nearestMeanError(train, test);
    expect(error).toBeLessThan(0.35);
    expect(error).toBeGreaterThan(0.05);
  });
});
