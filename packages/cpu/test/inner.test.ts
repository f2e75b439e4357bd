import * as tno from '@tno/core';
import { expect, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import {
  branchCases,
  graphOpCases,
  rowCases,
  watchCases,
} from '../../core/test/support/inner-cases.js';
import { loopCases, solverCases } from '../../core/test/support/solver-cases.js';
import { whileLoop } from '../../core/src/inner/while-loop.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { createCpuDevice } from '../src/index.js';

for (const cases of [rowCases, branchCases, graphOpCases, watchCases, loopCases, solverCases]) {
  cases('the cpu device', createCpuDevice);
  cases('the cpu device, interpreting', () => createCpuDevice({ kernels: 'interpreted' }));
}

it('a loop without an end is left when its call is cancelled, and changes nothing', async () => {
  const device = createCpuDevice();
  const w = tno.shared(tno.ndarray([1, 2], 'float64'), 'w', { device, shape: [null] });
  const { state } = whileLoop([w], 1e12, ([v]) => ({
    state: [tno.add(v, 1)],
    until: tno.any(tno.isnan(v)),
  }));
  const f = tno.function([], state[0], { device, updates: [[w, state[0]]] });
  const controller = new AbortController();
  const call = f.async({ signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await expect(call).rejects.toThrow(/abort/);
  expect(w.getValue().toNested()).toEqual([1, 2]);
});
