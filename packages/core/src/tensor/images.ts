/** Convolution, pooling and normalisation of the public interface, with dtypes and ranks inferred. */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import * as conv from '../ops/conv.js';
import * as pooling from '../ops/pooling.js';
import * as upsampling from '../ops/upsampling.js';
import type { DType } from '../types/dtype.js';
import type { Common, FloatOf } from './dtype-types.js';

const typed = <F>(implementation: unknown): F => implementation as F;

/** Images and filters of one rank, and options. */
interface ConvFunction<R extends number, O> {
  <D extends DType, E extends DType>(
    input: TensorVariable<D, R>,
    filters: TensorVariable<E, R>,
    options?: O,
  ): TensorVariable<FloatOf<Common<D, E>>, R>;
  (input: TensorLike, filters: TensorLike, options?: O): TensorVariable;
}

/** Two operands of one rank, spatial sizes, and options. */
interface SizedConvFunction<R extends number> {
  <D extends DType, E extends DType>(
    a: TensorVariable<D, R>,
    b: TensorVariable<E, R>,
    lengths: readonly TensorLike[],
    options?: conv.ConvOptions,
  ): TensorVariable<FloatOf<Common<D, E>>, R>;
  (
    a: TensorLike,
    b: TensorLike,
    lengths: readonly TensorLike[],
    options?: conv.ConvOptions,
  ): TensorVariable;
}

/** Of the same rank; averages of integers become floatX. */
interface PoolFunction<W> {
  <D extends DType, R extends number>(
    input: TensorVariable<D, R>,
    window: W,
    options: pooling.PoolOptions & { readonly mode: 'averageIncPad' | 'averageExcPad' },
  ): TensorVariable<FloatOf<D>, R>;
  <D extends DType, R extends number>(
    input: TensorVariable<D, R>,
    window: W,
    options?: pooling.PoolOptions,
  ): TensorVariable<D, R>;
  (input: TensorLike, window: W, options?: pooling.PoolOptions): TensorVariable;
}

export const conv1d = typed<ConvFunction<3, conv.ConvOptions>>(conv.conv1d);
export const conv2d = typed<ConvFunction<4, conv.ConvOptions>>(conv.conv2d);
export const conv3d = typed<ConvFunction<5, conv.ConvOptions>>(conv.conv3d);
export const causalConv1d = typed<ConvFunction<3, Parameters<typeof conv.causalConv1d>[2]>>(
  conv.causalConv1d,
);
export const conv2dTranspose = typed<SizedConvFunction<4>>(conv.conv2dTranspose);
export const conv2dGradWrtInputs = typed<SizedConvFunction<4>>(conv.conv2dGradWrtInputs);
export const conv2dGradWrtWeights = typed<SizedConvFunction<4>>(conv.conv2dGradWrtWeights);
export const conv3dGradWrtInputs = typed<SizedConvFunction<5>>(conv.conv3dGradWrtInputs);
export const conv3dGradWrtWeights = typed<SizedConvFunction<5>>(conv.conv3dGradWrtWeights);
export { convolve1d, convolve2d, separableConv2d, separableConv3d } from '../ops/conv.js';
export type { BorderMode, ConvOptions, ConvolveMode } from '../ops/conv.js';

export const pool1d = typed<PoolFunction<number>>(pooling.pool1d);
export const pool2d = typed<PoolFunction<number | readonly [number, number]>>(pooling.pool2d);
export const pool3d = typed<PoolFunction<number | readonly [number, number, number]>>(
  pooling.pool3d,
);
export {
  images2neibs,
  neibs2images,
  unsharedConv2d,
  type NeighbourOptions,
} from '../ops/neighbourhoods.js';
export { maxPool2dSameSize, type PoolMode, type PoolOptions } from '../ops/pooling.js';

export {
  batchNormalizationTest,
  batchNormalizationTrain,
  layerNormalization,
  localResponseNormalization,
  type BatchNormOptions,
  type BatchNormResult,
  type LocalResponseOptions,
  type NormalizationAxes,
} from '../ops/normalization.js';
export const bilinearUpsampling = typed<
  <D extends DType, R extends number>(
    input: TensorVariable<D, R>,
    ratio: number | readonly [number, number],
  ) => TensorVariable<FloatOf<D>, R>
>(upsampling.bilinearUpsampling);
export const fracBilinearUpsampling = typed<
  <D extends DType, R extends number>(
    input: TensorVariable<D, R>,
    ratio: Parameters<typeof upsampling.fracBilinearUpsampling>[1],
  ) => TensorVariable<FloatOf<D>, R>
>(upsampling.fracBilinearUpsampling);
