/** The program's training on drawn digits, on both devices; each run gets modules of its own. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DigitImages } from '@tno/fuel';
import type { Progress, TrainingResult } from '../src/early-stopping.js';
import type { Parameters, TrainingOptions } from '../src/train.js';

const TRAIN = 2000;
const VALID = 500;
const TEST = 500;

interface Run {
  readonly result: TrainingResult<Parameters>;
  readonly progress: readonly Progress[];
}

/** Trains on a device. The device is fixed at its first use, so modules are loaded anew. */
async function trainOn(device: string, options: Partial<TrainingOptions>): Promise<Run> {
  vi.resetModules();
  const tno = await import('@tno/core');
  const { scalePixels, syntheticDigits } = await import('@tno/fuel');
  const { defaultOptions, trainLogisticRegression } = await import('../src/train.js');
  tno.config.device = device;
  const digits: DigitImages = syntheticDigits({ n: TRAIN + VALID + TEST, seed: 11 });
  const part = (start: number, stop: number) => scalePixels(digits.slice(start, stop));
  const progress: Progress[] = [];
  const result = trainLogisticRegression(
    {
      train: part(0, TRAIN),
      valid: part(TRAIN, TRAIN + VALID),
      test: part(TRAIN + VALID, TRAIN + VALID + TEST),
    },
    { ...defaultOptions, batchSize: 50, maxEpochs: 4, ...options },
    (p) => progress.push(p),
  );
  return { result, progress };
}

const errors = ({ result }: Run): number[] => result.history.map((v) => v.validationError);

describe('trainLogisticRegression', () => {
  let cpu: Run;
  let reference: Run;

  beforeAll(async () => {
    cpu = await trainOn('cpu', {});
    reference = await trainOn('reference', {});
  });

  afterAll(() => vi.resetModules());

  it('learns to tell the digits apart', () => {
    const [first, ...later] = cpu.result.history;
    expect(cpu.result.epochs).toBe(4);
    expect(first.validationError).toBeLessThan(0.6);
    expect(cpu.result.best.validationError).toBeLessThan(0.35);
    expect(cpu.result.best.testError).toBeLessThan(0.35);
    for (const { cost } of later) expect(cost).toBeLessThan(first.cost);
  });

  it('starts from zeros: the first cost is that of a uniform guess', async () => {
    const { result } = await trainOn('reference', {
      patience: 2,
      maxEpochs: 1,
      learningRate: 1e-9,
    });
    expect(result.history[0].cost).toBeCloseTo(Math.log(10), 5);
  });

  it('gives the same error curve on both devices', () => {
    expect(errors(cpu)).toEqual(errors(reference));
    expect(cpu.result.best.testError).toBe(reference.result.best.testError);
    cpu.result.history.forEach(({ cost }, i) => {
      expect(cost / reference.result.history[i].cost).toBeCloseTo(1, 4);
    });
  });

  it('gives parameters that agree on both devices', () => {
    const { W, b } = cpu.result.best.parameters;
    const other = reference.result.best.parameters;
    expect([W.dtype, W.shape, b.dtype, b.shape]).toEqual(['float32', [784, 10], 'float32', [10]]);
    expect(W.data.filter((weight) => weight !== 0).length).toBeGreaterThan(1000);
    for (const [mine, theirs] of [
      [W, other.W],
      [b, other.b],
    ]) {
      const worst = mine.data.reduce(
        (most, v, i) => Math.max(most, Math.abs(v - theirs.data[i])),
        0,
      );
      expect(worst).toBeLessThan(1e-5);
    }
  });

  it('reports every minibatch and validates every epoch', () => {
    expect(cpu.progress).toHaveLength((4 * TRAIN) / 50);
    expect(cpu.progress.filter((p) => p.validation !== undefined)).toHaveLength(4);
    expect(cpu.progress.at(-1)?.epoch).toBe(4);
  });

  it('refuses a batch that is larger than a split', async () => {
    await expect(trainOn('reference', { batchSize: 501 })).rejects.toThrow(
      /batch size of at most 500 \(the valid examples\), got 501/,
    );
  });
});
