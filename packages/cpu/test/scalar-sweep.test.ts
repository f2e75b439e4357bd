import { describe, expect, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { specialKernels } from '../../core/test/support/special-kernels.js';
import { scalarCases } from '../../core/test/support/scalar-cases.js';
import { allowedError, specialValues } from '../../core/test/support/special-values.js';
import { caseMemory, firstDifference, runJsCases } from '../../core/test/support/run-cases.js';
import { decodeFloat16 } from '../../core/src/types/float16.js';
import { wrapScalar, type DType, type Storage } from '../../core/src/types/dtype.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { runCompiled } from './compile-c.js';

/** Elements as numbers. */
function fromStorage(dtype: DType, data: Storage): number[] {
  return Array.from(data as Float64Array, (x) => (dtype === 'float16' ? decodeFloat16(x) : x));
}

describe('scalar operations in C', () => {
  it('give what the reference gives, every operation on every dtype', () => {
    const [ours, reference] = [caseMemory(scalarCases), caseMemory(scalarCases)];
    runCompiled(scalarCases, ours);
    runJsCases(scalarCases, reference);
    const differences = scalarCases.flatMap(({ kernel, operands, exact }, i) => {
      const last = operands.length - 1;
      const { dtype } = operands[last];
      const problem = firstDifference(dtype, ours[i][last], reference[i][last], exact ? 0 : 4);
      return problem === null ? [] : [`${kernel.name}: ${problem}`];
    });
    expect(differences).toEqual([]);
    // The comparison means something: results are there and vary.
    const constant = scalarCases.filter((_, i) => new Set(ours[i].at(-1) as Float64Array).size < 2);
    expect(constant.map(({ kernel }) => kernel.name)).toEqual([]);
  });

  it('give the recorded values, every special function on every float dtype', () => {
    const memory = caseMemory(specialKernels);
    runCompiled(specialKernels, memory);
    // In float32 and float16 a few units in the last place, some functions being computed in float32.
    const steps: Partial<Record<DType, number>> = { float32: 2 ** -22, float16: 2 ** -10 };
    const smallest: Partial<Record<DType, number>> = { float32: 2 ** -149, float16: 2 ** -24 };
    const wrong = specialKernels.flatMap(({ kernel, name, operands }, i) => {
      const { dtype } = operands[0];
      const columns = memory[i].map((data) => fromStorage(dtype, data));
      return specialValues(name).flatMap(({ args, value }, k) => {
        const [got, due] = [columns[args.length][k], wrapScalar(dtype, value)];
        // Where rounding has moved the arguments, the recorded value is that of others.
        if (args.some((x, place) => x !== columns[place][k]) || Object.is(got, due)) return [];
        // Below the smallest normal number all that is asked for is a small result.
        const least = Math.max((steps[dtype] ?? 0) * Math.abs(value), smallest[dtype] ?? 0);
        const error = Math.abs(got - value);
        return error <= allowedError(name, value) + least
          ? []
          : [`${kernel.name}(${args.join(', ')}): expected ${value}, got ${got}`];
      });
    });
    expect(wrong).toEqual([]);
  });
});
