/** Ranks and dtypes of what is sorted, counted, accumulated and drawn, and of functions on arrays. */
import { describe, expectTypeOf, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { FloatX, NDArray, TensorVariable } from '../../src/index.js';

const x = tno.fmatrix();
const v = tno.fvector();
const d = tno.dvector();
const k = tno.lvector();

describe('functions of order', () => {
  it('keep dtypes and infer ranks', () => {
    expectTypeOf(tno.sort(x)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.sort(x, null)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.argsort(x, 0)).toEqualTypeOf<TensorVariable<'int64', 2>>();
    expectTypeOf(tno.searchsorted(d, x)).toEqualTypeOf<TensorVariable<'int64', 2>>();
    expectTypeOf(tno.unique(x)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.cumsum(x, 0)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.cummax(x, 0)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.diff(k)).toEqualTypeOf<TensorVariable<'int64', 1>>();
    expectTypeOf(tno.median(k)).toEqualTypeOf<TensorVariable<FloatX, 0>>();
    expectTypeOf(tno.quantile(x, 0.5)).toEqualTypeOf<TensorVariable<'float32', 0>>();
    expectTypeOf(tno.quantile(x, [0.1, 0.9])).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(tno.maxAndArgmax(x)).toEqualTypeOf<
      [TensorVariable<'float32', 0>, TensorVariable<'int64', 0>]
    >();
  });

  it('interpolate in the widest of the dtypes', () => {
    expectTypeOf(tno.interp(x, v, v)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.interp(x, d, v)).toEqualTypeOf<TensorVariable<'float64', 2>>();
    expectTypeOf(tno.interp(v, v, d, { left: 0 })).toEqualTypeOf<TensorVariable<'float64', 1>>();
    expectTypeOf(tno.interp(x, [0, 1], [2, 3])).toEqualTypeOf<TensorVariable<tno.DType, 2>>();
  });
});

describe('draws', () => {
  it('have the rank of their sizes and the dtype asked for', () => {
    const stream = new tno.RandomStream(1);
    expectTypeOf(stream.laplace([2, 3], { loc: 1 })).toEqualTypeOf<TensorVariable<FloatX, 2>>();
    expectTypeOf(stream.weibull([4], { shape: 2, dtype: 'float64' })).toEqualTypeOf<
      TensorVariable<'float64', 1>
    >();
    expectTypeOf(stream.wald(null, { mean: v })).toEqualTypeOf<TensorVariable<FloatX>>();
    expectTypeOf(stream.geometric([2], { p: 0.5 })).toEqualTypeOf<TensorVariable<'int64', 1>>();
    expectTypeOf(
      stream.hypergeometric([], { good: 3, bad: 4, sample: 2, dtype: 'float32' }),
    ).toEqualTypeOf<TensorVariable<'float32', 0>>();
    // @ts-expect-error: the shape has no default.
    stream.weibull([4], {});
    // @ts-expect-error: counts are no floats by dtype names that do not exist.
    stream.geometric([2], { p: 0.5, dtype: 'float80' });
  });
});

describe('functions on arrays', () => {
  const a = tno.NDArray.zeros([2, 2], 'float32');
  it('take and give arrays where graphs have tensors', () => {
    expectTypeOf(tno.nd.sort(a)).toEqualTypeOf<NDArray>();
    expectTypeOf(tno.nd.einsum('ij->j', a)).toEqualTypeOf<NDArray>();
    expectTypeOf(tno.nd.linalg.qr(a)).toEqualTypeOf<[NDArray, NDArray]>();
    expectTypeOf(tno.nd.stack([a, a])).toEqualTypeOf<NDArray>();
    expectTypeOf(tno.nd.linalg.lstsq(a, a).rank).toEqualTypeOf<NDArray>();
    // @ts-expect-error: an axis is a number.
    tno.nd.sort(a, 'first');
  });
});
