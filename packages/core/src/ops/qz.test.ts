/** The generalised Schur form: what it is made of, cases that are singular, and SciPy's where signs leave no choice. */
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../test/support/kernel-cases.js';
import { NumericalError, ShapeError } from '../errors.js';
import * as tno from '../index.js';
import { ndarray, type NDArray } from '../types/ndarray.js';
import { qz } from './qz.js';

type Rows = readonly (readonly number[])[];

const next = randomStream(11);
const square = (n: number, at: (i: number, j: number) => number): Rows =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => at(i, j)));
const random = (n: number): Rows => square(n, () => 2 * next() - 1);
const array = (rows: Rows): NDArray<'float64'> =>
  ndarray(rows.flat(), 'float64').reshape([rows.length, rows.length]);
const product = (a: Rows, b: Rows): Rows =>
  square(a.length, (i, j) => a[i].reduce((sum, x, k) => sum + x * b[k][j], 0));
const transposed = (a: Rows): Rows => square(a.length, (i, j) => a[j][i]);
const identity = (n: number): Rows => square(n, (i, j) => Number(i === j));
const largest = (a: Rows): number => Math.max(0, ...a.flat().map(Math.abs));

function formsOf(a: Rows, b: Rows): Rows[] {
  return tno.evaluate(qz(array(a), array(b)), new Map()).map((form) => form.toNested() as Rows);
}

function expectClose(got: Rows, wanted: Rows, scale: number): void {
  const difference = square(got.length, (i, j) => got[i][j] - wanted[i][j]);
  expect(largest(difference)).toBeLessThanOrEqual(1e-14 * got.length ** 1.5 * scale);
}

/** T's blocks are diagonal and positive, and what S has there are complex pairs. */
function expectBlock(s: Rows, t: Rows, k: number): void {
  const [first, last] = [t[k][k], t[k + 1][k + 1]];
  expect(t[k][k + 1]).toBe(0);
  expect(last).toBeGreaterThan(0);
  expect(first).toBeGreaterThanOrEqual(last);
  const half = (s[k][k] / first - s[k + 1][k + 1] / last) / 2;
  const beside = (s[k][k + 1] / first) * (s[k + 1][k] / last);
  expect(half * half + beside).toBeLessThan(1e-12);
}

function expectForms(a: Rows, b: Rows): Rows[] {
  const n = a.length;
  const [s, t, q, z] = formsOf(a, b);
  expectClose(product(product(q, s), transposed(z)), a, largest(a));
  expectClose(product(product(q, t), transposed(z)), b, largest(b));
  for (const turns of [q, z]) expectClose(product(turns, transposed(turns)), identity(n), 1);
  for (let i = 0; i < n; i++) {
    expect(t[i].slice(0, i).every((x) => Object.is(x, 0))).toBe(true);
    expect(s[i].slice(0, Math.max(0, i - 1)).every((x) => Object.is(x, 0))).toBe(true);
    expect(Object.is(Math.abs(t[i][i]), t[i][i])).toBe(true);
    if (i === 0 || s[i][i - 1] === 0) continue;
    expect(i > 1 && s[i - 1][i - 2] !== 0).toBe(false);
    expectBlock(s, t, i - 1);
  }
  return [s, t, q, z];
}

describe('qz', () => {
  it('gives quasi-triangular and triangular forms back to the matrices', () => {
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 8, 20])
      for (let k = 0; k < 3; k++) expectForms(random(n), random(n));
  });

  it('takes matrices of any rank, of zeros, and that all lines between are singular', () => {
    const n = 4;
    const special = [
      identity(n),
      square(n, () => 0),
      square(n, () => 1),
      square(n, (i, j) => Number(i === j + 1)),
      square(n, (i, j) => Number(j === i + 1)),
      square(n, (i, j) => Number((i + 1) % n === j)),
      square(n, (i, j) => (i - j) * (i + 2 * j)),
      random(n),
    ];
    for (const a of special) for (const b of special) expectForms(a, b);
    // Here elements beside A's diagonal are as small as those on it, but for rounding.
    expectForms(
      [[-1, 1, 0, -1], [0, 0, 0, 0], [-1, 0, 1, 0], [0, 0, -1, -1]],
      [[0, -1, 0, 0], [-1, 0, 1, 0], [1, 1, -1, -1], [0, 1, -1, -1]],
    ); // prettier-ignore
    for (const column of [0, 1, 3]) {
      const [a, b] = [random(n), random(n)].map((m) =>
        m.map((row) => row.map((x, j) => (j === column ? 0 : x))),
      );
      expectForms(a, b);
      const turn = random(n);
      expectForms(product(a, turn), product(b, turn));
    }
  });

  it.each<[Rows, Rows]>([
    [[[1, 1, 0], [-1, -1, 0], [0, 0, 1]], [[-1, -1, -1], [0, 0, 1], [-1, 0, -1]]],
    [[[0, 1, -1, 1], [-1, 0, 0, -1], [1, -1, 1, -1], [1, 1, -1, 0]], [[-1, -1, 0, 1], [-1, 1, -1, -1], [-1, 1, 0, -1], [1, 0, -1, -1]]],
    [[[1, -1, -1], [-1, 1, 0], [0, 0, 0]], [[0, 0, 1], [-1, 0, 1], [1, -1, -1]]],
  ])('ends also where an eigenvalue has fewer vectors than it counts, %j', (a, b) => {
    expectForms(a, b);
  }); // prettier-ignore

  it('takes elements of any size', () => {
    for (const size of [1e-300, 1e-150, 1e150, 1e300]) {
      const [a, b] = [random(4), random(4)].map((m) => m.map((row) => row.map((x) => x * size)));
      expectForms(a, b);
    }
    const sizes = [1e-6, 1, 1e5, 1e-3];
    expectForms(
      random(4).map((row, i) => row.map((x) => x * sizes[i])),
      random(4).map((row) => row.map((x, j) => x * sizes[j])),
    );
  });

  it('a matrix b that is singular has zeros on its diagonal, exactly', () => {
    const b = product(
      product(
        random(5),
        square(5, (i, j) => Number(i === j && i < 3)),
      ),
      random(5),
    );
    const [, t] = expectForms(random(5), b);
    expect(t.filter((row, i) => row[i] === 0)).toHaveLength(2);
  });

  it('has the values of SciPy, but for signs and order', () => {
    const [s, t, q, z] = formsOf([[1, -4], [1, 1]], [[2, 1], [0.5, 3]]); // prettier-ignore
    const near = (form: Rows, wanted: Rows): void => {
      expect(form.flat().map(Math.abs)).toEqual(
        wanted.flat().map((x) => expect.closeTo(x, 13) as number),
      );
    };
    near(s, [[0.5017975488492741, 1.755046400208128], [3.4191469888838157, 1.9943533341642574]]); // prettier-ignore
    near(t, [[3.41385672414622, 0], [0, 1.6110810864142255]]); // prettier-ignore
    near(q, [[0.5151916022404921, 0.8570750334602419], [0.8570750334602417, 0.5151916022404919]]); // prettier-ignore
    near(z, [[0.4273526510038203, 0.9040850135247276], [0.9040850135247276, 0.4273526510038203]]); // prettier-ignore
    const [real, scale] = formsOf([[4, 1], [0.3, 2]], [[3, 0.3], [0.1, 1]]); // prettier-ignore
    const values = real.map((row, i) => row[i] / scale[i][i]).sort((x, y) => x - y);
    expect(values).toEqual([1.2842145891802685, 2.018815713850035].map((x) => expect.closeTo(x, 13) as number)); // prettier-ignore
  });

  it('takes stacks, whose leading axes broadcast, and keeps dtypes', () => {
    const [a, b, c] = [random(3), random(3), random(3)];
    const stack = ndarray([a, b] as number[][][], 'float64');
    const all = tno.evaluate(qz(stack, array(c)), new Map());
    for (const [k, one] of [a, b].entries()) {
      const alone = formsOf(one, c);
      all.forEach((form, part) => {
        expect(form.slice(k).toNested()).toEqual(alone[part]);
      });
    }
    const types = (v: tno.TensorVariable): string => qz(v, array(c)).map(({ dtype }) => dtype).join(); // prettier-ignore
    expect(types(tno.fmatrix('x'))).toBe('float64,float64,float64,float64');
    const half = qz(tno.matrix('x', 'float16'), tno.matrix('y', 'float16'));
    expect(half.map(({ dtype }) => dtype)).toEqual(['float16', 'float16', 'float16', 'float16']);
  });

  it('refuses what does not fit, and NaN', () => {
    const one = array(identity(2));
    expect(() => qz(tno.zeros([2, 3]), one)).toThrow(
      /^\[qz\] expected square matrices, got 2 rows/,
    );
    expect(() => qz(one, array(identity(3)))).toThrow(
      /^\[qz\] expected as many rows as the first matrix, 2 .*, got 3/,
    );
    expect(() => qz(tno.dvector('x'), one)).toThrow(ShapeError);
    const bad = [[1, 0], [0, NaN]]; // prettier-ignore
    expect(() => formsOf(bad, identity(2))).toThrow(NumericalError);
    expect(() => formsOf(identity(2), bad)).toThrow(/\[qz\] expected finite elements/);
  });
});
