import { describe, expect, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { scalarCases } from '../../core/test/support/scalar-cases.js';
import { caseMemory, firstDifference, runJsCases } from '../../core/test/support/run-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { runCompiled } from './compile-c.js';

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
});
