/** What the type checker knows of dtypes and ranks in linear algebra. */
import { describe, expectTypeOf, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { FloatX, TensorVariable } from '../../src/index.js';

const [a, b, i] = [tno.dmatrix('a'), tno.dvector('b'), tno.imatrix('i')];
const stack = tno.ftensor3('stack');

describe('linear algebra', () => {
  it('keeps, drops and adds axes', () => {
    expectTypeOf(tno.linalg.inverse(stack)).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(tno.linalg.det(stack)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.linalg.eigh(a)[0]).toEqualTypeOf<TensorVariable<'float64', 1>>();
    expectTypeOf(tno.linalg.svd(stack)[1]).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.linalg.qz(stack, a)[3]).toEqualTypeOf<TensorVariable<'float64', 3>>();
    expectTypeOf(tno.linalg.solve(a, b)).toEqualTypeOf<TensorVariable<'float64', 1>>();
    expectTypeOf(tno.linalg.norm(a)).toEqualTypeOf<TensorVariable<'float64', 0>>();
    expectTypeOf(tno.linalg.norm(a, 1, 0)).toEqualTypeOf<TensorVariable<'float64', 1>>();
  });

  it('makes floats of integers', () => {
    expectTypeOf(tno.linalg.cholesky(i)).toEqualTypeOf<TensorVariable<FloatX, 2>>();
    expectTypeOf(tno.linalg.luFactor(i)[1]).toEqualTypeOf<TensorVariable<'int64', 1>>();
  });

  it('knows the ranks of products', () => {
    expectTypeOf(tno.matmul(stack, a)).toEqualTypeOf<TensorVariable<'float64', 3>>();
    expectTypeOf(tno.matmul(stack, b)).toEqualTypeOf<TensorVariable<'float64', 2>>();
    expectTypeOf(tno.inner(a, b)).toEqualTypeOf<TensorVariable<'float64', 1>>();
    expectTypeOf(tno.kron(a, b)).toEqualTypeOf<TensorVariable<'float64', 2>>();
  });
});
