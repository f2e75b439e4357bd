/** Runs the cases of a family on a device. */
import type { Device } from '@tno/core';
import { casesOf, type Case } from './cases.js';
import { runCases } from './check.js';
import type { Outcome } from './outcome.js';
import type { Family } from './row.js';
import { readVectors } from './vectors.js';

/** @param wanted which of the family's cases; all unless given */
export function runFamily(
  family: Family,
  device: Device,
  wanted: (entry: Case) => boolean = () => true,
): Outcome {
  const cases = casesOf(family).cases.filter(wanted);
  return { cases: cases.length, mismatches: runCases(cases, readVectors(family.name), device) };
}
