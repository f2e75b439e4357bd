/** What the type checker knows of dtypes and ranks in Fourier transforms. */
import { describe, expectTypeOf, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { FloatX, TensorVariable } from '../../src/index.js';

describe('Fourier transforms', () => {
  const stack = tno.ftensor3('stack');

  it('add and drop the axis of parts', () => {
    expectTypeOf(tno.fft.rfft(stack)).toEqualTypeOf<TensorVariable<'float32', 4>>();
    expectTypeOf(tno.fft.irfft(stack)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.fft.fft(stack)).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(tno.fft.rfftn(tno.imatrix('i'))).toEqualTypeOf<TensorVariable<FloatX, 3>>();
    expectTypeOf(tno.fft.fftfreq(8)).toEqualTypeOf<TensorVariable<FloatX, 1>>();
  });
});
