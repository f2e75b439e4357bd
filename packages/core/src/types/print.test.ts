import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DType } from './dtype.js';
import { NDArray, ndarray } from './ndarray.js';
import type { Nested } from './nested.js';

interface Printed {
  readonly dtype: DType;
  readonly text: string;
  readonly value?: Nested<number | boolean | string>;
  readonly bigints?: string[];
  readonly shape?: number[];
  readonly arange?: number[];
}

const cases = JSON.parse(
  readFileSync(new URL('../../test/fixtures/numpy/printed.json', import.meta.url), 'utf8'),
) as Printed[];

const words: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

function toNumbers(value: Nested<number | boolean | string>): Nested<number | boolean> {
  if (typeof value === 'string') return words[value];
  return typeof value === 'object' ? value.map(toNumbers) : value;
}

function build(printed: Printed): NDArray {
  const { dtype } = printed;
  if (printed.arange !== undefined) {
    const size = printed.arange.reduce((a, b) => a * b, 1);
    const counted = Float64Array.from({ length: size }, (_, i) => i % 251);
    return ndarray(counted).reshape(printed.arange).astype(dtype);
  }
  if (printed.bigints !== undefined) {
    return ndarray(printed.bigints.map(BigInt), dtype).reshape(printed.shape ?? []);
  }
  return ndarray(toNumbers(printed.value ?? []), dtype);
}

describe('printing', () => {
  it.each(cases)('is NumPy’s: $text', (printed) => {
    expect(build(printed).toString()).toBe(printed.text);
  });

  it('is what console.log and template strings show', () => {
    const a = ndarray([[1, 2]], 'float32');
    expect(inspect(a)).toBe('array([[1., 2.]], dtype=float32)');
    expect(inspect({ a })).toContain('array([[1., 2.]], dtype=float32)');
    expect(String(a)).toBe('array([[1., 2.]], dtype=float32)');
  });

  it('does not depend on the layout', () => {
    const a = NDArray.arange(6).reshape([2, 3]).transpose();
    expect(String(a)).toBe(String(a.copy()));
    expect(String(a.slice([null, null, -1]))).toBe(
      'array([[2., 5.],\n       [1., 4.],\n       [0., 3.]])',
    );
  });

  it('stays short and quick for arrays of any size', () => {
    const text = String(ndarray([1]).broadcastTo([100000, 100000]));
    expect(text.length).toBeLessThan(700);
    expect(text).toContain('shape=(100000, 100000)');
  });
});
