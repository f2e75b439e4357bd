import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { NDArray, type TensorVariable } from '../index.js';

describe('dropout', () => {
  const device = tno.createReferenceDevice();
  const x = tno.shared(NDArray.ones([40, 50], 'float64'), 'x', { device }) as TensorVariable;
  const values = (y: TensorVariable): number[] => {
    const result = tno.function([], y, { device })() as unknown as NDArray;
    return [...(result.data as Float64Array)];
  };

  it('drops a part of the elements and scales the others', () => {
    const found = values(tno.dropout(new tno.RandomStream(1, { device }), x, 0.25));
    expect(new Set(found)).toEqual(new Set([0, 4 / 3]));
    const dropped = found.filter((value) => value === 0).length;
    // Within five standard deviations of 500 of 2,000.
    expect(Math.abs(dropped - 500)).toBeLessThan(5 * Math.sqrt(2000 * 0.25 * 0.75));
  });

  it('chooses once along shared axes', () => {
    const stream = new tno.RandomStream(2, { device });
    const found = values(tno.dropout(stream, x, 0.5, { sharedAxes: [1] }));
    const rows = Array.from({ length: 40 }, (_, k) => new Set(found.slice(50 * k, 50 * k + 50)));
    expect(rows.every((row) => row.size === 1)).toBe(true);
    expect(new Set(rows.flatMap((row) => [...row]))).toEqual(new Set([0, 2]));
  });

  it('gives the gradient the same choice', () => {
    const y = tno.dropout(new tno.RandomStream(3, { device }), x, 0.5);
    const [value, g] = tno.function([], [y, tno.grad(y.sum(), x)], {
      device,
    })() as unknown as NDArray[];
    expect(g.toNested()).toEqual(value.toNested());
  });

  it('drops what is not a number, and refuses a p that would leave nothing', () => {
    const nans = tno.constant(NDArray.full([200], NaN, 'float64')) as TensorVariable;
    const found = values(tno.dropout(new tno.RandomStream(4, { device }), nans, 0.5));
    expect(found).toContain(0);
    expect(() => tno.dropout(new tno.RandomStream(4), x, 1)).toThrow(
      '[dropout] expected p within [0, 1), got 1',
    );
  });
});
