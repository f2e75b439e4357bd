/**
 * Logistic regression: a softmax over one linear layer, trained by stochastic gradient descent on
 * the negative log likelihood. It sees datasets and numbers only: no files, no output, no clock.
 */
import * as tno from '@tno/core';
import { NDArray } from '@tno/core';
import { DataStream, SequentialScheme } from '@tno/fuel';
import type { IndexableDataset } from '@tno/fuel';
import { trainWithEarlyStopping } from './early-stopping.js';
import type { EarlyStoppingOptions, Progress, TrainingResult } from './early-stopping.js';

export const CLASSES = 10;

/** Images as rows of [n, pixels], and their classes, [n]. */
export type Minibatch = {
  readonly features: NDArray<'float32'>;
  readonly targets: NDArray<'int64'>;
};
export type Examples = IndexableDataset<Minibatch>;

export interface Splits {
  readonly train: Examples;
  readonly valid: Examples;
  readonly test: Examples;
}

export interface TrainingOptions extends Omit<EarlyStoppingOptions, 'batches'> {
  readonly batchSize: number;
  readonly learningRate: number;
}

/** The tutorial's settings. */
export const defaultOptions: TrainingOptions = {
  batchSize: 500,
  learningRate: 0.13,
  maxEpochs: 1000,
  patience: 5000,
  patienceIncrease: 2,
  improvementThreshold: 0.995,
};

export interface Parameters {
  readonly W: NDArray<'float32'>;
  readonly b: NDArray<'float32'>;
}

/** The functions that training needs, compiled from the expressions of the model. */
function compileModel(pixels: number, learningRate: number) {
  const x = tno.matrix('x');
  const y = tno.lvector('y');
  const W = tno.shared(NDArray.zeros([pixels, CLASSES], 'float32'), 'W');
  const b = tno.shared(NDArray.zeros([CLASSES], 'float32'), 'b');

  const p = tno.softmax(x.dot(W).add(b));
  const negativeLogLikelihood = p
    .log()
    .at(tno.arange(y.shape.at(0)), y)
    .mean()
    .neg();
  const misclassified = p.argmax(1).neq(y).mean();
  const [gW, gb] = tno.grad(negativeLogLikelihood, [W, b]);

  return {
    W,
    b,
    train: tno.function([x, y], negativeLogLikelihood, {
      updates: [
        [W, W.sub(gW.mul(learningRate))],
        [b, b.sub(gb.mul(learningRate))],
      ],
    }),
    errors: tno.function([x, y], misclassified),
  };
}

/** The dataset's whole minibatches, as views of its arrays; as in the tutorial, a rest is left out. */
function minibatches(examples: Examples, batchSize: number): Minibatch[] {
  const whole = examples.numExamples - (examples.numExamples % batchSize);
  return [...new DataStream(examples, new SequentialScheme(whole, batchSize))];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @throws RangeError when a split has not one whole minibatch */
export function trainLogisticRegression(
  splits: Splits,
  options: TrainingOptions,
  onProgress?: (progress: Progress) => void,
): TrainingResult<Parameters> {
  const { batchSize, learningRate } = options;
  for (const name of ['train', 'valid', 'test'] as const) {
    const { numExamples } = splits[name];
    if (batchSize > numExamples) {
      throw new RangeError(
        `[train] expected a batch size of at most ${numExamples} (the ${name} examples), got ${batchSize}`,
      );
    }
  }
  const train = minibatches(splits.train, batchSize);
  const valid = minibatches(splits.valid, batchSize);
  const test = minibatches(splits.test, batchSize);
  const model = compileModel(splits.train.arrays.features.shape[1], learningRate);
  const errorOn = (batches: Minibatch[]): number =>
    mean(batches.map(({ features, targets }) => model.errors(features, targets)));

  return trainWithEarlyStopping(
    {
      step: (batch) => model.train(train[batch].features, train[batch].targets),
      validationError: () => errorOn(valid),
      testError: () => errorOn(test),
      parameters: () => ({ W: model.W.getValue(), b: model.b.getValue() }),
    },
    { ...options, batches: train.length },
    onProgress,
  );
}
