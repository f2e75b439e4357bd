/** Several functions compiled as one unit, on any device. */
import { describe, expect, it } from 'vitest';
import { compileMany } from '../../src/compile/compile-many.js';
import { shared } from '../../src/compile/shared.js';
import { TnoError } from '../../src/errors.js';
import type { Device } from '../../src/device/target.js';
import { dvector } from '../../src/tensor/create.js';
import { add, exp, mul, sum } from '../../src/tensor/functions.js';
import { ndarray } from '../../src/types/ndarray.js';

/** @param makeDevice a device whose counters start at 0 */
export function manyCases(about: string, makeDevice: () => Device): void {
  describe(`compileMany on ${about}`, () => {
    it('gives functions of their own, each with its inputs and outputs', () => {
      const [x, y] = [dvector('x'), dvector('y')];
      const [twice, product, none] = compileMany(
        [
          { inputs: [x], outputs: mul(x, 2) },
          { inputs: { x, y }, outputs: { total: sum(mul(x, y)), sum: add(x, y) } },
          { inputs: [], outputs: [] },
        ],
        { device: makeDevice() },
      );
      expect(twice(ndarray([1, 2])).toNested()).toEqual([2, 4]);
      const { total, sum: both } = product({ x: ndarray([1, 2]), y: ndarray([3, 4]) });
      expect([total, both.toNested()]).toEqual([11, [4, 6]]);
      expect(none()).toEqual([]);
    });

    it('makes kernels that are alike once', () => {
      const device = makeDevice();
      const [x, y] = [dvector('x'), dvector('y')];
      const functions = compileMany(
        [x, y].map((v) => ({ inputs: [v], outputs: exp(v) })),
        { device },
      );
      const symbols = functions.map(({ source }) => source.symbols);
      expect(symbols[0]).toHaveLength(1);
      expect(symbols[1]).toEqual(symbols[0]);
      functions.forEach((f) => expect(f(ndarray([0])).toNested()).toEqual([1]));
    });

    it('copies and updates work as those of a function alone', () => {
      const device = makeDevice();
      const count = shared(ndarray([0]), 'count', { device });
      const other = shared(ndarray([10]), 'other', { device });
      const x = dvector('x');
      const [, step] = compileMany(
        [
          { inputs: [x], outputs: exp(x) },
          { inputs: [x], outputs: add(x, count), updates: [[count, add(count, 1)]] },
        ],
        { device },
      );
      step(ndarray([1]));
      const onOther = step.copy({ swap: [[count, other]] });
      expect(String(onOther(ndarray([1])))).toBe('array([11.])');
      expect([count.getValue(), other.getValue()].map(String)).toEqual([
        'array([1.])',
        'array([11.])',
      ]);
    });

    it('fails as compiling the first that cannot be compiled does', () => {
      const [x, y] = [dvector('x'), dvector('y')];
      const requests = [
        { inputs: [x], outputs: exp(x) },
        { inputs: [x], outputs: exp(y) },
      ];
      expect(() => compileMany(requests, { device: makeDevice() })).toThrow(TnoError);
      expect(() => compileMany(requests, { device: makeDevice() })).toThrow(/ y/);
    });
  });
}
