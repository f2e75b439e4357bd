import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decodeTensor, numpyOps } from '../../test/support/numpy-ops.js';
import { ShapeError } from '../errors.js';
import { bvector, fmatrix, fscalar, ftensor3, fvector, lmatrix, tensor } from '../tensor/create.js';
import type { NDArray } from '../types/ndarray.js';
import { ndarray } from '../types/ndarray.js';
import { dot, dot21, dot22, expandDot, gemm, gemv, ger, outer } from './dot.js';

describe('dot gives what NumPy gives', () => {
  it.each(numpyOps.dots)('case %#', (p, q, recorded) => {
    const expected = decodeTensor(recorded);
    for (const a of layoutsOf(decodeTensor(p))) {
      for (const b of layoutsOf(decodeTensor(q))) {
        const about = `${a.dtype} (${a.shape.join(', ')}) with (${b.shape.join(', ')})`;
        expectValues(run(dot, [a, b]), expected, 0, about);
        expectValues(run(expandDot, [a, b]), expected, 1, `${about}, expanded`);
        if (a.rank === 2 && b.rank === 2) expectValues(run(dot22, [a, b]), expected, 0, about);
        if (a.rank === 2 && b.rank === 1) expectValues(run(dot21, [a, b]), expected, 0, about);
      }
    }
  });
});

describe('dot', () => {
  it('multiplies by scalars', () => {
    expectValues(run(dot, [ndarray(2), ndarray([1, 2])]), ndarray([2, 4]));
  });

  it('promotes its operands', () => {
    expect(dot(bvector(), fvector()).dtype).toBe('float32');
    expect(dot(lmatrix(), bvector()).dtype).toBe('int64');
    expect(dot(bvector(), bvector()).dtype).toBe('int8');
  });

  it('refuses ranks above 2 and inner sizes that differ', () => {
    expect(() => dot(ftensor3('t'), fmatrix('m'))).toThrow(
      '[dot] expected ranks 1 or 2, got 3 (t) and 2 (m)',
    );
    expect(() => dot(tensor('float32', [2, 784], 'x'), tensor('float32', [785, 10], 'W'))).toThrow(
      '[dot] expected inner dimensions to match, got 784 (x, axis 1) and 785 (W, axis 0)',
    );
    expect(() => run(dot, [ndarray([1, 2]), ndarray([1, 2, 3])])).toThrow(ShapeError);
  });

  it('does not stretch an inner size that is statically 1', () => {
    const [a, b] = [
      ndarray([[1], [2]]),
      ndarray([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ];
    expect(() => run(dot, [a, b], [[null, 1], null])).toThrow(ShapeError);
    expect(() => run(expandDot, [a, b], [[null, 1], null])).toThrow(ShapeError);
    expect(() => run(expandDot, [b.transpose(), ndarray([1])], [null, [1]])).toThrow(ShapeError);
    expectValues(
      run(expandDot, [a, ndarray([[3, 4]])], [[null, 1], null]),
      ndarray([
        [3, 4],
        [6, 8],
      ]),
    );
  });

  it('outer is a column times a row', () => {
    expectValues(
      run(outer, [ndarray([1, 2]), ndarray([3, 4, 5])]),
      ndarray([
        [3, 4, 5],
        [6, 8, 10],
      ]),
    );
    expect(() => outer(fmatrix(), fvector())).toThrow(ShapeError);
    expect(() => outer(fscalar(), fvector())).toThrow(ShapeError);
  });
});

describe('the forms of the library', () => {
  const a = ndarray(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    'float32',
  );
  const b = ndarray(
    [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
    'float32',
  );
  const c = ndarray(
    [
      [10, 20],
      [30, 40],
    ],
    'float32',
  );
  const [half, two, zero] = [0.5, 2, 0].map((v) => ndarray(v, 'float32'));

  it('gemm is alpha·A·B + beta·C', () => {
    for (const input of layoutsOf(a)) {
      expectValues(
        run(gemm, [input, b, c, half, two]),
        ndarray(
          [
            [22, 42.5],
            [65, 85.5],
          ],
          'float32',
        ),
      );
    }
    const row = ndarray([[10, 20]], 'float32');
    expectValues(
      run(gemm, [a, b, row, half, two], [null, null, [1, null]]),
      ndarray(
        [
          [22, 42.5],
          [25, 45.5],
        ],
        'float32',
      ),
    );
  });

  it('gemv is alpha·A·x + beta·y', () => {
    const [x, y] = [ndarray([1, 1, 1], 'float32'), ndarray([1, 2], 'float32')];
    expectValues(run(gemv, [a, x, y, half, two]), ndarray([5, 11.5], 'float32'));
  });

  it('ger is A + alpha·x·yᵀ', () => {
    const [x, y] = [ndarray([1, 2], 'float32'), ndarray([1, 2, 3], 'float32')];
    expectValues(
      run(ger, [a, x, y, two]),
      ndarray(
        [
          [3, 6, 9],
          [8, 13, 18],
        ],
        'float32',
      ),
    );
  });

  it('a beta of 0 leaves what was there unread', () => {
    const odd: NDArray = ndarray(
      [
        [NaN, Infinity],
        [0, 0],
      ],
      'float32',
    );
    expectValues(
      run(gemm, [a, b, odd, two, zero]),
      ndarray(
        [
          [8, 10],
          [20, 22],
        ],
        'float32',
      ),
    );
  });

  it('refuse operands of other sizes', () => {
    expect(() => run(gemm, [a, a, c, half, two])).toThrow(ShapeError);
    expect(() => run(gemm, [a, b, a, half, two])).toThrow(ShapeError);
    expect(() =>
      run(ger, [a, ndarray([1, 2, 3], 'float32'), ndarray([1, 2, 3], 'float32'), two]),
    ).toThrow(ShapeError);
  });
});
