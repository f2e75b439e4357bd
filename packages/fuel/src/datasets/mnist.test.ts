import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndarray, NDArray } from '@tno/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IndexableDataset } from '../dataset.js';
import { DatasetError } from './data-files.js';
import { mnist, scalePixels } from './mnist.js';
import type { Mnist } from './mnist.js';

describe('mnist', () => {
  const root = mkdtempSync(join(tmpdir(), 'tno-mnist-'));
  const warnings: string[] = [];
  let digits: Mnist;

  beforeAll(async () => {
    vi.stubEnv('TNO_DATA', '');
    vi.stubEnv('XDG_CACHE_HOME', root);
    digits = await mnist({ mirrors: [], warn: (line) => void warnings.push(line) });
  });

  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });

  it('draws digits when MNIST is not to be had, and says so', () => {
    expect(digits.source).toBe('generated');
    expect(digits.path).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('splits as the tutorial does, without copying', () => {
    const { train, valid, test } = digits;
    expect([train, valid, test].map((set) => set.numExamples)).toEqual([50_000, 10_000, 10_000]);
    expect(valid.arrays.features.data).toBe(train.arrays.features.data);
    expect(valid.arrays.features.offset).toBe(50_000 * 784);
    expect(test.arrays.features.shape).toEqual([10_000, 784]);
    expect(test.arrays.targets.dtype).toBe('int64');
  });

  it('fails for a folder that has not the files', async () => {
    await expect(mnist({ dataDir: root })).rejects.toThrow(DatasetError);
    await expect(mnist({ dataDir: root })).rejects.toThrow(/train-images-idx3-ubyte\.gz/);
  });
});

describe('scalePixels', () => {
  it('divides by 256, exactly, and keeps the targets', () => {
    const features = NDArray.view(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      [64, 4],
    );
    const targets = NDArray.zeros([64], 'int64');
    const scaled = scalePixels(new IndexableDataset({ features, targets })).arrays;
    expect(scaled.features.dtype).toBe('float32');
    expect(scaled.features.shape).toEqual([64, 4]);
    expect(scaled.features.get(63, 3)).toBe(0.99609375);
    expect(
      scaled.features.equals(
        ndarray(Float32Array.from({ length: 256 }, (_, i) => i / 256)).reshape([64, 4]),
      ),
    ).toBe(true);
    expect(scaled.targets).toBe(targets);
  });
});
