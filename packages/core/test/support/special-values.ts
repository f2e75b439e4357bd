/** Values of the special functions by mpmath (fixtures/special/special.py), and how near they must be met. */
import { readFileSync } from 'node:fs';
import type { SpecialFunction } from '../../src/lower/scalar-op.js';

export interface SpecialValue {
  readonly args: readonly number[];
  readonly value: number;
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/special/special.json', import.meta.url), 'utf8'),
) as Readonly<Record<SpecialFunction, readonly (readonly (number | string)[])[]>>;

const number = (value: number | string): number => Number(String(value).replace('inf', 'Infinity'));

export function specialValues(name: SpecialFunction): SpecialValue[] {
  return fixture[name].map((row) => ({
    args: row.slice(0, -1).map(number),
    value: number(row[row.length - 1]),
  }));
}

interface Tolerance {
  readonly relative: number;
  /** Where values are subnormal. */
  readonly absolute?: number;
}

const usual: Tolerance = { relative: 1e-13 };

// Powers of numbers near 1e-10 to the 30th, and differences of ψ that nearly cancel.
const tolerances: Partial<Record<SpecialFunction, Tolerance>> = {
  betainc: { relative: 2e-13 },
  betainc_da: { relative: 2e-13, absolute: 1e-310 },
  betainc_db: { relative: 3e-12, absolute: 1e-310 },
};

/** What `name` may be off by where its value is `value`, in float64. */
export function allowedError(name: SpecialFunction, value: number): number {
  const { relative, absolute = 0 } = tolerances[name] ?? usual;
  return Math.max(absolute, relative * Math.abs(value));
}
