/** Where two arrays differ by more than rounding. */
import { isFloat, type FloatDType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import { shapeText } from '../types/shape.js';

export interface Difference {
  readonly place: string;
  readonly found: string;
  readonly expected: string;
}

/** Relative and absolute, by dtype. */
const tolerances: Readonly<Record<FloatDType, readonly [number, number]>> = {
  float64: [1e-7, 1e-8],
  float32: [1e-4, 1e-5],
  float16: [1e-2, 1e-3],
};

/**
 * How much arrays may differ: not by a bit, by rounding, or as rewrites may change values: by rounding,
 * and in any way where the expected number is not finite, since they are allowed to do better.
 */
export type Closeness = 'exact' | 'rounding' | 'rewriting';

/** The first difference, null where there is none. */
export function firstDifference(
  found: NDArray,
  expected: NDArray,
  closeness: Closeness,
): Difference | null {
  if (found.dtype !== expected.dtype || found.shape.join() !== expected.shape.join()) {
    const text = (x: NDArray): string => `${x.dtype}${shapeText(x.shape)}`;
    return { place: 'all', found: text(found), expected: text(expected) };
  }
  const [a, b] = [found.contiguous(), expected.contiguous()];
  for (let i = 0; i < a.size; i++) {
    const [p, q] = [a.data[a.offset + i], b.data[b.offset + i]];
    if (Object.is(p, q) || isClose(found, i, expected, closeness)) continue;
    const [place, text] = [`element ${i}`, elementText];
    return { place, found: text(found, i), expected: text(expected, i) };
  }
  return null;
}

function elementText(x: NDArray, i: number): string {
  return String(x.reshape([x.size]).get(i));
}

function isClose(found: NDArray, i: number, expected: NDArray, closeness: Closeness): boolean {
  const { dtype } = found;
  if (closeness === 'exact' || !isFloat(dtype)) return false;
  const [p, q] = [found, expected].map((x) => Number(x.reshape([x.size]).get(i)));
  if (!Number.isFinite(q)) return closeness === 'rewriting';
  const [relative, absolute] = tolerances[dtype];
  return Math.abs(p - q) <= absolute + relative * Math.abs(q);
}
