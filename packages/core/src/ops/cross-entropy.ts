/** Cross-entropies of distributions, in nats, and tables of how classes were taken for each other. */
import { DTypeError, ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { at } from './advanced-index.js';
import { add, mul, neg, sub } from './arithmetic.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { bincount, uniqueAll } from './counting.js';
import { asFloats } from './floats.js';
import { ogrid } from './grids.js';
import { concatenate } from './join.js';
import { requireRank } from './ranks.js';
import { sum } from './reduce.js';
import { reshape } from './reshape.js';
import { shapeOf } from './shape.js';
import { slice } from './subtensor.js';
import { log, log1p, softplus } from './transcendental.js';

/**
 * Of distributions along the last axis of `probabilities` [..., k], [...]: -Σ target·log p for targets
 * [..., k], -log p[target] for integer targets [...]. Of a softmax it is computed without underflow.
 * @throws ShapeError, DTypeError; IndexRangeError for a target that is no class
 */
export function categoricalCrossentropy(
  probabilities: TensorLike,
  targets: TensorLike,
): TensorVariable {
  const [p, t] = asVariables([probabilities, targets]);
  if (t.type.rank === p.type.rank) return neg(sum(mul(t, log(p)), -1));
  if (t.type.rank !== p.type.rank - 1) {
    throw new ShapeError(
      `[categorical_crossentropy] expected targets of rank ${p.type.rank} or ${p.type.rank - 1}, got ${t.type.key} (${t.toString()})`,
    );
  }
  if (isFloat(t.dtype) || t.dtype === 'bool') {
    throw new DTypeError(
      `[categorical_crossentropy] expected integers as classes, got ${t.dtype} (${t.toString()})`,
    );
  }
  const places = ogrid(...t.type.shape.map((_, axis) => [0, shapeOf(p, axis)] as const));
  return neg(at(log(p), ...places, t));
}

/** Elementwise: -t·log p - (1 - t)·log(1 - p). Of a sigmoid it is computed without underflow. */
export function binaryCrossentropy(probability: TensorLike, target: TensorLike): TensorVariable {
  const [p, t] = asFloats(probability, target);
  return neg(add(mul(t, log(p)), mul(sub(1, t), log1p(neg(p)))));
}

/** Elementwise: the `binaryCrossentropy` of sigmoid(x), exact for every x. */
export function sigmoidBinaryCrossentropy(x: TensorLike, target: TensorLike): TensorVariable {
  const [v, t] = asFloats(x, target);
  return add(mul(t, softplus(neg(v))), mul(sub(1, t), softplus(v)));
}

/**
 * [counts, classes]: how often (int64) a vector's element is of the row's class and its prediction of the
 * column's, for the classes in both vectors, ascending. Of late size. @throws ShapeError unless both are vectors
 */
export function confusionMatrix(
  actual: TensorLike,
  predicted: TensorLike,
): [TensorVariable, TensorVariable] {
  const [a, p] = [actual, predicted].map((v) => asVariable(v));
  requireRank('confusion_matrix', [a, p], 1, 'vectors');
  const { values: classes, inverse } = uniqueAll(concatenate([a, p], 0));
  const count = shapeOf(classes, 0);
  const split = shapeOf(a, 0);
  const cell = add(mul(at(inverse, slice(0, split)), count), at(inverse, slice(split, null)));
  return [reshape(bincount(cell, undefined, mul(count, count)), [count, count]), classes];
}
