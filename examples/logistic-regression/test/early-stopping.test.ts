import { describe, expect, it } from 'vitest';
import { trainWithEarlyStopping } from '../src/early-stopping.js';
import type {
  EarlyStoppingOptions,
  Progress,
  Trainable,
  TrainingResult,
} from '../src/early-stopping.js';

const tutorial: EarlyStoppingOptions = {
  batches: 100,
  maxEpochs: 1000,
  patience: 5000,
  patienceIncrease: 2,
  improvementThreshold: 0.995,
};

interface Run {
  readonly result: TrainingResult<number>;
  readonly batchesSeen: number[];
  readonly progress: Progress[];
}

/** Trains a model whose k-th validation (from 1) finds `errorAt(k)`; its parameters are k. */
function run(errorAt: (validation: number) => number, options: Partial<EarlyStoppingOptions>): Run {
  const batchesSeen: number[] = [];
  const progress: Progress[] = [];
  let validations = 0;
  const model: Trainable<number> = {
    step: (batch) => {
      batchesSeen.push(batch);
      return batch;
    },
    validationError: () => errorAt(++validations),
    testError: () => errorAt(validations) + 0.1,
    parameters: () => validations,
  };
  const result = trainWithEarlyStopping(model, { ...tutorial, ...options }, (p) => {
    progress.push(p);
  });
  return { result, batchesSeen, progress };
}

/**
 * The tutorial's loop, written with its own two nested loops, to compare the number of minibatches
 * and the validations it stops after.
 */
function tutorialLoop(errorAt: (validation: number) => number, o: EarlyStoppingOptions): number {
  let patience = o.patience;
  const frequency = Math.min(o.batches, Math.floor(patience / 2));
  let best = Infinity;
  let validations = 0;
  let steps = 0;
  for (let epoch = 1; epoch <= o.maxEpochs; epoch++) {
    for (let batch = 0; batch < o.batches; batch++) {
      const iteration = (epoch - 1) * o.batches + batch;
      steps++;
      if ((iteration + 1) % frequency === 0) {
        const error = errorAt(++validations);
        if (error < best) {
          if (error < best * o.improvementThreshold) {
            patience = Math.max(patience, iteration * o.patienceIncrease);
          }
          best = error;
        }
      }
      if (patience <= iteration) return steps;
    }
  }
  return steps;
}

describe('trainWithEarlyStopping', () => {
  it('goes through the minibatches in order, epoch after epoch', () => {
    const { batchesSeen } = run((k) => 1 / k, { batches: 3, maxEpochs: 2 });
    expect(batchesSeen).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('stops one minibatch after patience when nothing improves after the first validation', () => {
    const { result } = run(() => 0.5, {});
    expect(result.iterations).toBe(5001);
    expect(result.epochs).toBe(51);
    expect(result.best).toEqual({ parameters: 1, epoch: 1, validationError: 0.5, testError: 0.6 });
  });

  it('raises patience at a clear improvement and not at a small one', () => {
    // The clear improvement at validation 40 comes at minibatch 3999, so patience becomes 7998.
    const clear = run((k) => (k < 40 ? 0.5 : 0.4), {});
    expect(clear.result.iterations).toBe(7999);
    const small = run((k) => (k < 40 ? 0.5 : 0.499), {});
    expect(small.result.iterations).toBe(5001);
    expect(small.result.best.epoch).toBe(40);
  });

  it('takes the test error only where the validation error is the least so far', () => {
    const errors = [0.5, 0.6, 0.4, 0.4, 0.3];
    const { result } = run((k) => errors[k - 1], { maxEpochs: 5 });
    expect(result.history.map((v) => v.testError)).toEqual([0.6, undefined, 0.5, undefined, 0.4]);
    expect(result.history.map((v) => v.epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(result.best.parameters).toBe(5);
  });

  it('validates every half patience when that is less than an epoch', () => {
    const { result } = run(() => 0.5, { patience: 10 });
    expect(result.history.map((v) => v.iterations)).toEqual([5, 10]);
    expect(result.iterations).toBe(11);
  });

  it('reports the mean cost since the validation before, and where it would stop', () => {
    const { result, progress } = run((k) => 1 / k, { batches: 4, maxEpochs: 2, patience: 1000 });
    expect(result.history.map((v) => v.cost)).toEqual([1.5, 1.5]);
    expect(progress.map((p) => p.lastEpoch)).toEqual(new Array(8).fill(2));
    expect(progress.map((p) => p.epoch)).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
    expect(progress.map((p) => p.validation !== undefined)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((i) => i % 4 === 0),
    );
  });

  it('stops where the nested loops of the tutorial stop', () => {
    const curves = [
      (k: number): number => 0.07 + 0.05 / k,
      (k: number): number => 0.07 + 0.3 / (k * k),
      (k: number): number => (k % 7 === 0 ? 0.4 / k : 0.9),
    ];
    for (const curve of curves) {
      for (const patience of [7, 60, 5000]) {
        const options = { ...tutorial, patience, maxEpochs: 120 };
        expect(run(curve, options).result.iterations).toBe(tutorialLoop(curve, options));
      }
    }
  });

  it('refuses to train for no epoch', () => {
    expect(() => run(() => 0.5, { maxEpochs: 0 })).toThrow(/at least one validation/);
  });
});
