/** Ranks and dtypes of what is made, moved and picked. */
import { describe, expectTypeOf, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { TensorVariable } from '../../src/index.js';

const x = tno.fmatrix();
const v = tno.fvector();

describe('functions of shapes', () => {
  it('infer ranks', () => {
    expectTypeOf(tno.squeeze(x, 0)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(x.expandDims([0, 1])).toEqualTypeOf<TensorVariable<'float32', 4>>();
    expectTypeOf(tno.shapePadLeft(x)).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(tno.atleast2d(v)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.splitDims(x, 0, [2, 3])).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(tno.joinDims(x)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(x.swapaxes(0, 1)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.stack([v, v])).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.concatenate([x, x], 1)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.vstack([v, v])).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.split(x, 2)).toEqualTypeOf<TensorVariable<'float32', 2>[]>();
    expectTypeOf(x.repeat(2)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.tile(v, [2, 3])).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.pad(x, 1)).toEqualTypeOf<TensorVariable<'float32', 2>>();
  });

  it('infer what is picked', () => {
    expectTypeOf(x.diagonal()).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.diag(v)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.diag(x)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.allocDiag(x)).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(tno.nonzeroValues(x)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.argwhere(x)).toEqualTypeOf<TensorVariable<'int64', 2>>();
    expectTypeOf(tno.compress(v, x, 0)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.takeAlongAxis(x, tno.lmatrix())).toEqualTypeOf<TensorVariable<'float32', 2>>();
  });

  it('infer what is made', () => {
    expectTypeOf(tno.eye(3, 4, 0, 'int8')).toEqualTypeOf<TensorVariable<'int8', 2>>();
    expectTypeOf(tno.fullLike(x, 2)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.toOneHot(tno.lvector(), 3, 'float64')).toEqualTypeOf<
      TensorVariable<'float64', 2>
    >();
    expectTypeOf(tno.linspace(0, 1, 5, { dtype: 'float64' })).toEqualTypeOf<
      TensorVariable<'float64', 1>
    >();
    expectTypeOf(tno.tril(x)).toEqualTypeOf<TensorVariable<'float32', 2>>();
  });
});
