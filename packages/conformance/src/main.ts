/**
 * `npm run conformance -- FAMILY...`: the whole table on every device, what has to fail, and all gradients.
 * `--device reference|interpreted|compiled` runs one device only. The last line counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { parseArgs } from 'node:util';
import { createReferenceDevice, type Device } from '@tno/core';
import { createCpuDevice } from '@tno/cpu';
import { casesOf } from './cases.js';
import { runFailures } from './failures.js';
import { runGradients } from './gradients.js';
import type { Outcome } from './outcome.js';
import { runFamily } from './run-table.js';
import { families } from './table/index.js';

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  options: { device: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !families.some((family) => family.name === name));
if (unknown.length > 0) throw new Error(`no such family: ${unknown.join(', ')}`);
const chosen = families.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);

const cacheDir = mkdtempSync(join(tmpdir(), 'tno-conformance-'));
const devices: Readonly<Record<string, () => Device>> = {
  reference: createReferenceDevice,
  interpreted: () => createCpuDevice({ kernels: 'interpreted' }),
  compiled: () => createCpuDevice({ kernels: 'compiled', cacheDir }),
};

let passed = 0;
let failed = 0;

function report(about: string, run: () => Outcome): void {
  const start = performance.now();
  const { cases, mismatches } = run();
  for (const { id, what } of mismatches) console.log(`  ${about}, ${id}: ${what}`);
  failed += mismatches.length;
  passed += cases - mismatches.length;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${about}: ${cases - mismatches.length} of ${cases} in ${seconds} s`);
}

for (const [name, make] of Object.entries(devices)) {
  if (values.device !== undefined && values.device !== name) continue;
  const device = make();
  for (const family of chosen) {
    report(`${family.name} on ${name}`, () => runFamily(family, device));
    report(`failures of ${family.name} on ${name}`, () => runFailures(family, device));
  }
}
if (values.device === undefined) {
  for (const family of chosen) report(`gradients of ${family.name}`, () => runGradients(family));
}
rmSync(cacheDir, { recursive: true });
const all = chosen.map(casesOf);
const [cases, blanks] = [all.flatMap((one) => one.cases).length, all.flatMap((one) => one.blanks)];
for (const { id, why } of blanks) console.log(`no case ${id}: ${why}`);
console.log(
  `${cases} cells, ${blanks.length} blank (${((100 * blanks.length) / (cases + blanks.length)).toFixed(1)} %)`,
);
console.log(`${passed} passed, ${failed} failed`);
exit(failed === 0 ? 0 : 1);
