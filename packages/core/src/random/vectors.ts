/** Draws of vectors: along the last axis the elements depend on each other. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, maximum, mul } from '../ops/arithmetic.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { drawLogGamma } from '../ops/draws.js';
import { cholesky } from '../ops/factorizations.js';
import { matmul, matvec } from '../ops/matmul.js';
import { transposeMatrices } from '../ops/matrix-parts.js';
import { randomNormal } from '../ops/random.js';
import { shapeOf, sizesOf } from '../ops/shape.js';
import { softmax } from '../ops/softmax.js';
import { eigh } from '../ops/spectra.js';
import { sqrt } from '../ops/arithmetic.js';
import type { FloatDType } from '../types/dtype.js';
import type { DirichletOptions, MultivariateNormalOptions } from './options.js';
import { floatDraw, type DrawSizes } from './parameters.js';

/** Sizes of draws that are vectors like `v`. @throws ShapeError for a v of fewer axes */
function vectorSizes(name: string, sizes: DrawSizes, v: TensorVariable): readonly TensorLike[] {
  if (v.type.rank === 0)
    throw new ShapeError(`[${name}] expected vectors along an axis, got a scalar`);
  return sizes === null ? sizesOf(v) : [...sizes, shapeOf(v, -1)];
}

export function drawDirichlet(
  state: TensorVariable,
  sizes: DrawSizes,
  { alpha, dtype }: DirichletOptions<FloatDType>,
): TensorVariable {
  const whole = vectorSizes('dirichlet', sizes, asVariable(alpha));
  const draw = floatDraw('dirichlet', whole, { alpha }, dtype);
  const logs = drawLogGamma(state, whole, cast(draw.parameters.alpha, 'float64'));
  return cast(softmax(logs, -1), draw.dtype);
}

/** A matrix whose product with its own transpose is `cov`. */
function rootOf(cov: TensorVariable, method: 'cholesky' | 'eigh'): TensorVariable {
  if (method === 'cholesky') return cholesky(cov);
  const [w, v] = eigh(cov);
  const lengths = sqrt(maximum(w, 0));
  const axes = lengths.type.shape.map((_, axis) => axis);
  return mul(v, dimshuffle(lengths, [...axes.slice(0, -1), 'x', axes.length - 1]));
}

export function drawMultivariateNormal(
  state: TensorVariable,
  sizes: DrawSizes,
  { mean, cov, dtype, method = 'cholesky' }: MultivariateNormalOptions<FloatDType>,
): TensorVariable {
  const whole = vectorSizes('multivariateNormal', sizes, asVariable(mean));
  const square = [...whole, whole[whole.length - 1]];
  const draw = floatDraw('multivariateNormal', square, { mean, cov }, dtype);
  const z = randomNormal(draw.dtype, state, whole);
  const root = rootOf(draw.parameters.cov, method);
  const isShared = root.type.rank === 2 && whole.length > 1;
  const moved = isShared ? matmul(z, transposeMatrices(root)) : matvec(root, z);
  return add(draw.parameters.mean, moved);
}
