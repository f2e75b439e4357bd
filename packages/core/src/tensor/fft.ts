/**
 * Fourier transforms (`tno.fft`). Complex numbers are pairs along a last axis of 2, real and imaginary
 * part, as in Theano; axes are counted without it. Theano's `rfft` transforms all axes but the first:
 * `rfftn` with these as `axes`. Integers and bool become floatX; float16 is computed in float32.
 */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import * as fourier from '../ops/fourier.js';
import type { DType } from '../types/dtype.js';
import type { FloatOf, FloatX, NextRank, PreviousRank } from './dtype-types.js';

const typed = <F>(implementation: unknown): F => implementation as F;

/** Of complex numbers to complex numbers. */
interface ComplexFunction<O> {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    options?: O,
  ): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, options?: O): TensorVariable;
}
/** Of real numbers to complex ones. */
interface RealFunction<O> {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    options?: O,
  ): TensorVariable<FloatOf<D>, NextRank[R]>;
  (x: TensorLike, options?: O): TensorVariable;
}
/** Of complex numbers to real ones. */
interface InverseRealFunction<O> {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    options?: O,
  ): TensorVariable<FloatOf<D>, PreviousRank[R]>;
  (x: TensorLike, options?: O): TensorVariable;
}
type ShiftFunction = <D extends DType, R extends number>(
  x: TensorVariable<D, R>,
  axes: number | readonly number[],
) => TensorVariable<D, R>;
type FrequencyFunction = (n: TensorLike, spacing?: number) => TensorVariable<FloatX, 1>;

/** Real [..., n] to complex [..., n/2 + 1, 2]: the numbers that do not mirror others. */
export const rfft = typed<RealFunction<fourier.FourierOptions>>(fourier.rfft);
/** The real [..., n] whose `rfft` is given; n is even unless `n` or `odd` says otherwise. */
export const irfft = typed<InverseRealFunction<fourier.InverseRealOptions>>(fourier.irfft);
/** Complex [..., n, 2]: y_k = Σ x_j e^(-2πi·jk/n). */
export const fft = typed<ComplexFunction<fourier.FourierOptions>>(fourier.fft);
/** What `fft` transforms to the numbers given. */
export const ifft = typed<ComplexFunction<fourier.FourierOptions>>(fourier.ifft);
/** `rfft` along the last of `axes`, then `fft` along the others. */
export const rfftn = typed<RealFunction<fourier.GridOptions>>(fourier.rfftn);
/** What `rfftn` transforms to the numbers given. */
export const irfftn = typed<InverseRealFunction<fourier.InverseGridOptions>>(fourier.irfftn);
/** `fft` along `axes`, all unless given. */
export const fftn = typed<ComplexFunction<fourier.GridOptions>>(fourier.fftn);
/** What `fftn` transforms to the numbers given. */
export const ifftn = typed<ComplexFunction<fourier.GridOptions>>(fourier.ifftn);
/** The frequencies [n] of `fft`, in cycles per unit of `spacing`. */
export const fftfreq = typed<FrequencyFunction>(fourier.fftfreq);
/** The frequencies [n/2 + 1] of `rfft`. */
export const rfftfreq = typed<FrequencyFunction>(fourier.rfftfreq);
/** Frequency 0 to the middle of each of `axes`. */
export const fftshift = typed<ShiftFunction>(fourier.fftshift);
/** Undoes `fftshift`. */
export const ifftshift = typed<ShiftFunction>(fourier.ifftshift);
