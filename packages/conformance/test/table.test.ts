/** Every case of the table on the reference device; TNO_FAMILY names one family. */
import { createReferenceDevice } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { runFamily } from '../src/run-table.js';
import { families } from '../src/table/index.js';

const wanted = process.env['TNO_FAMILY'];
const chosen = families.filter(({ name }) => wanted === undefined || wanted === name);

describe('the table', () => {
  const device = createReferenceDevice();
  it.each(chosen)('$name on the reference device', { timeout: 300_000 }, (family) => {
    const { mismatches } = runFamily(family, device);
    expect(mismatches.map(({ id, what }) => `${id}: ${what}`)).toEqual([]);
  });
});
