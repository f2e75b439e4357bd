/** Arithmetic on sizes in graphs: constants stay constants, so that types know the results. */
import { Constant, scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, intDiv, maximum, mul, sub } from './arithmetic.js';

type Binary = (a: TensorVariable, b: TensorVariable) => TensorVariable;

/** The value of a size that is known. */
export function knownSize(size: TensorVariable): number | null {
  return size instanceof Constant && size.scalar !== null ? Number(size.scalar) : null;
}

const folding =
  (graph: Binary, numbers: (a: number, b: number) => number) =>
  (a: TensorVariable, b: TensorVariable | number): TensorVariable => {
    const other = typeof b === 'number' ? scalarConstant(b, 'int64') : b;
    const [p, q] = [knownSize(a), knownSize(other)];
    return p === null || q === null ? graph(a, other) : scalarConstant(numbers(p, q), 'int64');
  };

export const addSizes = folding(add, (a, b) => a + b);
export const subtractSizes = folding(sub, (a, b) => a - b);
export const multiplySizes = folding(mul, (a, b) => a * b);
export const divideSizes = folding(intDiv, (a, b) => (b === 0 ? 0 : Math.floor(a / b)));
export const maximumSize = folding(maximum, Math.max);
