import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { fmatrix, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { pad } from './pad.js';

const x = ndarray([3, 5, 9]);

/** Sums of halves are exact: these are NumPy's numbers. */
describe('pad', () => {
  it('ramps to a value, and rounds down for integers', () => {
    expect(run((v) => pad(v, [2, 3], 'linear_ramp'), [x]).toNested()).toEqual([
      0, 1.5, 3, 5, 9, 6, 3, 0,
    ]);
    const ints = ndarray([3, 9], 'int32');
    expect(run((v) => pad(v, [2, 4], 'linear_ramp'), [ints]).toNested()).toEqual([
      0, 1, 3, 9, 6, 4, 2, 0,
    ]);
    const toEnd = run((v) => pad(v, [2, 0], 'linear_ramp', { endValue: 1 }), [x]);
    expect(toEnd.toNested()).toEqual([1, 2, 3, 5, 9]);
  });

  it('takes the mean, rounded to even for integers', () => {
    expect(run((v) => pad(v, 1, 'mean'), [ndarray([1, 4])]).toNested()).toEqual([2.5, 1, 4, 2.5]);
    expect(run((v) => pad(v, [1, 0], 'mean'), [ndarray([1, 4], 'int8')]).toNested()).toEqual([
      2, 1, 4,
    ]);
  });

  it('takes widths of all axes or of each, symbolic ones too', () => {
    const width = ndarray(2n);
    expect(run((v, n) => pad(v, [n, 0], 'edge'), [x, width]).toNested()).toEqual([3, 3, 3, 5, 9]);
    expect(pad(tensor('int8', [2, 3]), [1, 2]).type.shape).toEqual([5, 6]);
    expect(() => pad(fmatrix(), [[1, 1]])).toThrow('[pad] expected widths for 2 axes, got 1');
  });

  it('refuses a border value that the dtype does not hold', () => {
    expect(() => pad(tensor('int8', [2]), 1, 'constant', { constantValue: 0.5 })).toThrow(
      '[pad] expected values for int8',
    );
  });
});
