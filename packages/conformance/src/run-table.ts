/** Runs families on devices and counts. */
import type { Device } from '@tno/core';
import { casesOf } from './cases.js';
import { runCases, type Mismatch } from './check.js';
import type { Family } from './row.js';
import { readVectors } from './vectors.js';

export interface Outcome {
  readonly cases: number;
  readonly mismatches: readonly Mismatch[];
}

export function runFamily(family: Family, device: Device): Outcome {
  const { cases } = casesOf(family);
  return { cases: cases.length, mismatches: runCases(cases, readVectors(family.name), device) };
}
