/** What networks are trained with and judged by, with dtypes and ranks inferred. */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import * as entropy from '../ops/cross-entropy.js';
import type { DType } from '../types/dtype.js';
import type { FloatOf, PreviousRank } from './dtype-types.js';
import type { FloatBinaryFunction } from './signatures.js';

const typed = <F>(implementation: unknown): F => implementation as F;

export interface CategoricalFunction {
  <D extends DType, R extends number>(
    probabilities: TensorVariable<D, R>,
    targets: TensorLike,
  ): TensorVariable<FloatOf<D>, PreviousRank[R]>;
  (probabilities: TensorLike, targets: TensorLike): TensorVariable;
}
/** -Σ target·log p along the last axis, or -log p[target] for integer targets. */
export const categoricalCrossentropy = typed<CategoricalFunction>(entropy.categoricalCrossentropy);
/** Elementwise -t·log p - (1 - t)·log(1 - p). */
export const binaryCrossentropy = typed<FloatBinaryFunction>(entropy.binaryCrossentropy);
/** Elementwise, the `binaryCrossentropy` of sigmoid(x), exact for every x. */
export const sigmoidBinaryCrossentropy = typed<FloatBinaryFunction>(
  entropy.sigmoidBinaryCrossentropy,
);
/** [counts, classes]: how often a vector's element is of the row's class and its prediction of the column's. */
export const confusionMatrix = typed<
  <D extends DType>(
    actual: TensorVariable<D>,
    predicted: TensorLike,
  ) => [TensorVariable<'int64', 2>, TensorVariable<D, 1>]
>(entropy.confusionMatrix);
