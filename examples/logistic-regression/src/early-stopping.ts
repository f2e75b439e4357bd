/**
 * The training loop of the deeplearning.net tutorial: minibatch steps until patience runs out.
 * Patience counts minibatches and grows whenever the validation error falls clearly; the best
 * model is the one with the least validation error, and the test error is taken only there.
 */

/** What the loop trains; parameters of type P. */
export interface Trainable<P> {
  /** Trains on one minibatch and returns its cost. */
  step(batch: number): number;
  validationError(): number;
  testError(): number;
  /** A copy of the present parameters. */
  parameters(): P;
}

export interface EarlyStoppingOptions {
  /** Minibatches an epoch. */
  readonly batches: number;
  readonly maxEpochs: number;
  /** Train on at least this many minibatches. */
  readonly patience: number;
  /** A clear improvement at minibatch i raises patience to i times this. */
  readonly patienceIncrease: number;
  /** An improvement is clear when the error falls below this part of the best one. */
  readonly improvementThreshold: number;
}

export interface Validation {
  /** Epochs trained on so far; a fraction when validation comes within one. */
  readonly epoch: number;
  /** Minibatches trained on so far. */
  readonly iterations: number;
  /** Mean training cost since the validation before. */
  readonly cost: number;
  readonly validationError: number;
  /** Only where the validation error is the least so far. */
  readonly testError: number | undefined;
}

export interface Progress {
  /** Epochs trained on so far. */
  readonly epoch: number;
  /** The epoch where training ends if nothing improves any more. */
  readonly lastEpoch: number;
  /** Set when this minibatch was followed by a validation. */
  readonly validation: Validation | undefined;
}

export interface TrainingResult<P> {
  readonly history: readonly Validation[];
  readonly best: {
    readonly parameters: P;
    /** The epoch whose training gave them. */
    readonly epoch: number;
    readonly validationError: number;
    readonly testError: number;
  };
  /** Epochs begun. */
  readonly epochs: number;
  readonly iterations: number;
}

/** Trains `model` and returns its history and its best parameters. */
export function trainWithEarlyStopping<P>(
  model: Trainable<P>,
  options: EarlyStoppingOptions,
  onProgress: (progress: Progress) => void = () => {},
): TrainingResult<P> {
  const { batches, maxEpochs, improvementThreshold } = options;
  const validationFrequency = Math.max(1, Math.min(batches, Math.floor(options.patience / 2)));
  const last = maxEpochs * batches;
  const history: Validation[] = [];
  let best: TrainingResult<P>['best'] | undefined;
  let patience = options.patience;
  let costs = 0;
  let iterations = 0;

  const validate = (): Validation => {
    const epoch = iterations / batches;
    const validationError = model.validationError();
    const bestError = best?.validationError ?? Infinity;
    let testError: number | undefined;
    if (validationError < bestError) {
      if (validationError < bestError * improvementThreshold) {
        patience = Math.max(patience, (iterations - 1) * options.patienceIncrease);
      }
      testError = model.testError();
      best = {
        parameters: model.parameters(),
        epoch: Math.ceil(epoch),
        validationError,
        testError,
      };
    }
    const cost = costs / validationFrequency;
    costs = 0;
    return { epoch, iterations, cost, validationError, testError };
  };

  // The tutorial numbers minibatches from 0 and stops after the one whose number reaches patience.
  while (iterations < Math.min(patience + 1, last)) {
    costs += model.step(iterations % batches);
    iterations++;
    const validation = iterations % validationFrequency === 0 ? validate() : undefined;
    if (validation !== undefined) history.push(validation);
    const lastEpoch = Math.min(patience + 1, last) / batches;
    onProgress({ epoch: iterations / batches, lastEpoch, validation });
  }
  if (best === undefined) {
    throw new RangeError(
      `[trainWithEarlyStopping] expected at least one validation, got ${maxEpochs} epochs of ${batches} minibatches`,
    );
  }
  return { history, best, epochs: Math.ceil(iterations / batches), iterations };
}
