/** The runtime's estimate of a kernel's cost goes by core's numbering of scalar operations. */
import { readFileSync } from 'node:fs';
import { scalarOps } from '@tno/core';
import { expect, it } from 'vitest';

it('has a cost for each scalar operation, in their order', () => {
  const source = readFileSync(
    new URL('../../../native/runtime/kernel_cost.cc', import.meta.url),
    'utf8',
  );
  const names = [...source.matchAll(/OpCost\{"(\w+)"/g)].map(([, name]) => name);
  expect(names).toEqual(scalarOps);
});
