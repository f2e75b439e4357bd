/** Gradients at points, as plain numbers. */
import { grad } from '../../src/grad/grad.js';
import type { TensorVariable } from '../../src/graph/variable.js';
import { sum } from '../../src/ops/reduce.js';
import { dscalar, dvector } from '../../src/tensor/create.js';
import { ndarray } from '../../src/types/ndarray.js';
import type { NDArray } from '../../src/types/ndarray.js';
import { checkedEvaluate } from './checked-evaluate.js';

export type Unary = (x: TensorVariable) => TensorVariable;
export type Values = readonly (readonly [TensorVariable, NDArray])[];

export function valuesOf(outputs: readonly TensorVariable[], values: Values): unknown[] {
  return checkedEvaluate(outputs, new Map(values)).map((x) => x.toNested());
}

/** Gradient of the sum of `f` at a vector or scalar of float64. */
export function gradientAt(f: Unary, at: number | number[]): unknown {
  const x = Array.isArray(at) ? dvector('x') : dscalar('x');
  return valuesOf([grad(sum(f(x)), x)], [[x, ndarray(at)]])[0];
}
