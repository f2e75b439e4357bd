import { describe, expect, it } from 'vitest';
import { fmatrix } from '../tensor/create.js';
import { ndarray, type NDArray } from '../index.js';
import * as tno from '../index.js';
import { argsort } from './sorting.js';

const values = ndarray([[3, NaN, 1], [2, 2, -Infinity]], 'float32'); // prettier-ignore

describe('argsort', () => {
  it('gives positions in ascending order, equal elements as they were, NaN last', () => {
    const x = fmatrix('x');
    const f = tno.function([x], [argsort(x), argsort(x, 0)]);
    const [rows, columns] = f(values) as NDArray[];
    expect(rows.toNested()).toEqual([[2, 0, 1], [2, 0, 1]]); // prettier-ignore
    expect(columns.toNested()).toEqual([[1, 1, 1], [0, 0, 0]]); // prettier-ignore
  });
});
