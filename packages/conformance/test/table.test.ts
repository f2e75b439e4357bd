/**
 * A part of the table on the reference device and on interpreted kernels, all failures and all gradients;
 * `npm run conformance` runs everything, with compiled kernels too. TNO_FAMILY names one family, and then
 * all of its cases run.
 */
import { createReferenceDevice } from '@tno/core';
import { createCpuDevice } from '@tno/cpu';
import { describe, expect, it } from 'vitest';
import { axisArguments, saysAxis } from '../src/axis-arguments.js';
import { casesOf, type Case } from '../src/cases.js';
import { runFailures, saysHowItFails } from '../src/failures.js';
import { runGradients } from '../src/gradients.js';
import { namedBy } from '../src/named-by.js';
import type { Outcome } from '../src/outcome.js';
import { runFamily } from '../src/run-table.js';
import { signatures, signaturesOf, takesFloats } from '../src/signatures.js';
import { families } from '../src/table/index.js';

const wanted = process.env['TNO_FAMILY'];
const chosen = families.filter(({ name }) => wanted === undefined || wanted === name);
const timeout = 300_000;

/** Each dtype in some cells of each call, each cell with some dtypes: one in four. */
const dtypes = ['float32', 'int64', 'float64', 'bool', 'float16', 'uint8', 'int8', 'uint64'];
const isShort = ({ dtype, cell }: Case): boolean => {
  const at = dtypes.indexOf(dtype);
  const cell3 = { value: 0, empty: 3, one: 1, broadcast: 2, strided: 0, special: 1 }[cell];
  return wanted !== undefined || (at >= 0 && at % 4 === cell3);
};

function expectNone({ mismatches }: Outcome): void {
  expect(mismatches.map(({ id, what }) => `${id}: ${what}`)).toEqual([]);
}

describe.each(chosen)('$name', { timeout }, (family) => {
  const devices = {
    reference: createReferenceDevice,
    interpreted: () => createCpuDevice({ kernels: 'interpreted' }),
  };
  it.each(Object.entries(devices))('gives what the oracles give: %s', (_name, make) => {
    expectNone(runFamily(family, make(), isShort));
  });
  it('fails as its rows say', () => {
    expectNone(runFailures(family, createReferenceDevice()));
  });
  it('has the gradients that differences have', () => {
    expectNone(runGradients(family));
  });
});

describe('the table', () => {
  const rows = families.flatMap((family) => family.rows);

  it('has a signature of every op, and a call with an axis of every op that takes one', () => {
    const unsigned = rows.filter((row) => signaturesOf(row) === undefined);
    expect(unsigned.map(({ op }) => op)).toEqual([]);
    const withoutAxis = rows.filter(({ op }) => saysAxis(op) && !(op in axisArguments));
    expect(withoutAxis.map(({ op }) => op)).toEqual([]);
  });

  it('says nothing of ops that it does not have', () => {
    const ops = new Set(rows.map(({ op }) => op));
    const said = [signatures, takesFloats, axisArguments, namedBy].flatMap(Object.keys);
    expect(said.filter((op) => !ops.has(op))).toEqual([]);
  });

  it('says of every op how it fails, or why it cannot', () => {
    const silent = families.flatMap(({ name, rows }) =>
      rows.filter((row) => !saysHowItFails(row)).map(({ op }) => `${name}: ${op}`),
    );
    expect(silent).toEqual([]);
  });

  it('leaves at most 3 % of its cells blank', () => {
    const all = families.map(casesOf);
    const [cases, blanks] = [all.flatMap((one) => one.cases), all.flatMap((one) => one.blanks)];
    expect(cases.length).toBeGreaterThan(5000);
    expect(blanks.length).toBeLessThan(0.03 * (cases.length + blanks.length));
  });

  it('calls each case by a name of its own', () => {
    const ids = families.flatMap((family) => casesOf(family).cases.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
