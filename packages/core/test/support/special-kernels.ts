/** Every special function on every float dtype, at the arguments whose values are recorded. */
import { KernelBuilder } from '../../src/lower/kernel-builder.js';
import { specialFunctions, type SpecialFunction } from '../../src/lower/scalar-op.js';
import { dtypes, isFloat } from '../../src/types/dtype.js';
import type { DType } from '../../src/types/dtype.js';
import type { KernelCase } from './kernel-cases.js';
import { specialValues } from './special-values.js';

export interface SpecialKernel extends KernelCase {
  readonly name: SpecialFunction;
}

function specialKernel(name: SpecialFunction, dtype: DType): SpecialKernel {
  const values = specialValues(name);
  const length = values.length;
  const k = new KernelBuilder(`${name} ${dtype}`, [{ param: 0 }]);
  const loads = values[0].args.map(() => k.load(k.operand(dtype, [1])));
  k.store(k.operand(dtype, [1]), k.scalar(name, ...loads));
  const inputs = values[0].args.map((_, place) => ({
    dtype,
    length,
    fill: (i: number) => values[i].args[place],
  }));
  return {
    name,
    kernel: k.build(),
    dims: [length],
    operands: [...inputs, { dtype, length, fill: null }],
    range: length,
    exact: false,
  };
}

export const specialKernels: readonly SpecialKernel[] = specialFunctions.flatMap((name) =>
  dtypes.filter(isFloat).map((dtype) => specialKernel(name, dtype)),
);
