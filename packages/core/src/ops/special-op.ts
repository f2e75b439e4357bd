/** Makers of special functions: elementwise ops whose scalar operation is a name (see special/). */
import type { Op } from '../graph/op.js';
import type { TensorVariable } from '../graph/variable.js';
import type { DrawFunction, SpecialFunction } from '../lower/scalar-op.js';
import { specialImplementations } from '../special/special-functions.js';
import { elementwise, type ElementFunction } from './elementwise.js';

export type SpecialOp = ReturnType<typeof elementwise>;

/** A special function of floats; integers become floatX. */
export function special(name: SpecialFunction | DrawFunction, pullback: Op['pullback']): SpecialOp {
  const evaluate: ElementFunction = (...values: number[]) =>
    specialImplementations()[name](...values);
  return elementwise(name, { scalar: name, evaluate, result: 'float', pullback });
}

/** A special function of one variable; `derivative(x, y, g)` is g·f'(x), with y = f(x) at hand. */
export function special1(
  name: SpecialFunction,
  derivative: (x: TensorVariable, y: TensorVariable, g: TensorVariable) => TensorVariable,
): SpecialOp {
  return special(name, ({ inputs: [x], outputs: [y] }, [g]) => [g && derivative(x, y, g)]);
}
