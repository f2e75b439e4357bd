/** Broadcasting and dtypes: what stretches, and what comes of operands of different kinds. */
import * as tno from '@tno/core';
import { describe, expect, it } from 'vitest';
import { f32, f64, gives, givesTheSameCompiled, of, refuses } from './every-way.js';

const row: tno.StaticShape = [1, null];
const col: tno.StaticShape = [null, 1];
const dtypeOf = (v: tno.TensorVariable): tno.DType => v.dtype;
const vector = (dtype: tno.DType): tno.TensorVariable => tno.tensor(dtype, [null]);

describe('broadcasting follows the static pattern, never sizes found at run time', () => {
  const ones = (...shape: number[]): tno.NDArray => tno.NDArray.ones(shape, 'float64');
  const clash = /^\[add\] expected equal sizes on axis 0, got 1 .* and [23] /;
  refuses(
    'matrices of (1, 3) and (2, 3)',
    [ones(1, 3), ones(2, 3)],
    tno.add,
    tno.ShapeError,
    clash,
  );
  refuses('vectors of 1 and 3', [ones(1), ones(3)], tno.add, tno.ShapeError, clash);
  gives(
    'a row and a column are stretched',
    [f64([[1, 2, 3]]), f64([[0.1], [0.2]])],
    tno.add,
    [
      [1.1, 2.1, 3.1],
      [1.2, 2.2, 3.2],
    ],
    { sizes: [row, col], tolerance: 1e-15 },
  );

  it('is known of constants, kept axes and reshapes, not of shared values and slices', () => {
    const m = tno.matrix();
    const pattern = (v: tno.TensorVariable): boolean[] => v.type.shape.map((n) => n === 1);
    expect(pattern(tno.constant(ones(1, 3)))).toEqual([true, false]);
    expect(pattern(tno.shared(ones(1, 3)))).toEqual([false, false]);
    expect(pattern(m.at(tno.slice(0, 1)))).toEqual([false, false]);
    expect(pattern(m.sum(1, { keepdims: true }))).toEqual([false, true]);
    expect(pattern(m.reshape([1, -1]))).toEqual([true, false]);
  });

  it('an axis that may be larger than 1 cannot be dropped', () => {
    expect(() => tno.dimshuffle(tno.matrix('m'), [0])).toThrow(
      /^\[dimshuffle\] expected axis 1 of m to be statically 1 to drop it/,
    );
  });
  gives('m[:, None] on a matrix takes the axes after it (an error in Theano)', [f64([[1, 2], [3, 4]])], (m) => m.at(null, tno.newAxis), [[[1, 2]], [[3, 4]]]); // prettier-ignore
  it('m[:, None] broadcasts along the new axis only', () => {
    expect(tno.matrix().at(null, tno.newAxis).type.shape).toEqual([null, 1, null]);
  });

  refuses(
    'a row given (2, 3) names the argument and the line that made it',
    [ones(2, 3)],
    (x) => x.add(1),
    tno.ShapeError,
    /\[x\] expected.*got.*every-way\.ts/s,
    { sizes: [row] },
  );
});

describe('dtypes of results', () => {
  gives('int8 + int8 is int8 and wraps', [of('int8', [127]), of('int8', [1])], tno.add, [-128], {
    dtype: 'int8',
  });
  gives('uint8 - uint8 is uint8 and wraps', [of('uint8', [0]), of('uint8', [1])], tno.sub, [255], {
    dtype: 'uint8',
  });
  gives('uint8 + int8 is int16', [of('uint8', [255]), of('int8', [-1])], tno.add, [254], {
    dtype: 'int16',
  });
  gives('int32 / int32 is floatX', [of('int32', [7]), of('int32', [2])], tno.div, [3.5], {
    dtype: 'float32',
  });

  it.each([
    ['int8', 'float32', 'float32'],
    ['int16', 'float32', 'float32'],
    ['int32', 'float32', 'float32'],
    ['int64', 'float32', 'float32'],
    ['float16', 'float32', 'float32'],
    ['int8', 'float16', 'float16'],
    ['int64', 'float64', 'float64'],
  ] as const)('%s · %s is %s: the float’s width', (a, b, result) => {
    expect([tno.mul(vector(a), vector(b)), tno.mul(vector(b), vector(a))].map(dtypeOf)).toEqual([result, result]); // prettier-ignore
  });

  it('of a literal are the tensor’s: float dtypes stay, an integer widens only what it does not fit', () => {
    const [x, b] = [tno.fvector(), tno.bvector()];
    const results = [x.mul(0.5), x.mul(2), x.add(2 ** 40), b.add(300), b.add(0.5), tno.ivector().add(0.5)]; // prettier-ignore
    expect(results.map(dtypeOf)).toEqual(['float32', 'float32', 'float32', 'int16', 'float32', 'float32']); // prettier-ignore
    expect(dtypeOf(x.mul(tno.ndarray(0.5, 'float64')))).toBe('float64');
    expect(dtypeOf(tno.arange(5))).toBe('int64');
    expect(dtypeOf(tno.arange(0, 5, 0.5))).toBe('float32');
  });

  it('of a literal alone: an integer is int64, another number floatX', () => {
    expect([1, true, 1.5].map((x) => dtypeOf(tno.constant(x)))).toEqual(['int64', 'bool', 'float32']); // prettier-ignore
  });

  it('of integers where a float is needed follow floatX', () => {
    tno.config.floatX = 'float64';
    try {
      const i = tno.ivector();
      expect([tno.div(i, i), tno.mean(i), tno.exp(i), i.add(0.5)].map(dtypeOf)).toEqual(['float64', 'float64', 'float64', 'float64']); // prettier-ignore
      expect(dtypeOf(tno.fvector().mul(i))).toBe('float32');
    } finally {
      tno.config.floatX = 'float32';
    }
  });

  it('of reductions: 64 bits for sums and products of integers, the operand’s for others', () => {
    const of = (dtype: tno.DType): tno.TensorVariable => vector(dtype);
    const results = {
      'sum int8': tno.sum(of('int8')),
      'sum uint8': tno.sum(of('uint8')),
      'sum bool': tno.sum(of('bool')),
      'sum float32': tno.sum(of('float32')),
      'sum float16': tno.sum(of('float16')),
      'mean int32': tno.mean(of('int32')),
      'prod int32': tno.prod(of('int32')),
      'cumsum int8': tno.cumsum(of('int8')),
      'argmax float32': tno.argmax(of('float32')),
      shape: tno.shape(of('int8')),
    };
    expect(Object.fromEntries(Object.entries(results).map(([k, v]) => [k, v.dtype]))).toEqual({
      'sum int8': 'int64',
      'sum uint8': 'uint64',
      'sum bool': 'int64',
      'sum float32': 'float32',
      'sum float16': 'float16',
      'mean int32': 'float32',
      'prod int32': 'int64',
      'cumsum int8': 'int8',
      'argmax float32': 'int64',
      shape: 'int64',
    });
  });

  it('of functions: floatX for integers, bool for comparisons, integer powers of integers', () => {
    const i = tno.lvector();
    const results = [tno.exp(tno.bvector()), tno.exp(i), tno.ceil(tno.ivector()), i.eq(1), i.pow(2), i.pow(0.5)]; // prettier-ignore
    expect(results.map(dtypeOf)).toEqual(['float32', 'float32', 'float32', 'bool', 'int64', 'float32']); // prettier-ignore
    const b = tno.tensor('bool', [null]);
    expect(dtypeOf(b.add(b))).toBe('bool');
    expect(() => tno.neg(b)).toThrow(/^\[neg\] expected another dtype than bool/);
    expect(dtypeOf(tno.switch(b, 1, 0))).toBe('int64');
  });

  gives(
    'a sum of float16 is taken in float32: 70000 ones are 70000 / 2 after halving',
    [tno.NDArray.full([70000], 0.5, 'float16')],
    (x) => tno.sum(x),
    35008,
    { dtype: 'float16' },
  );
  gives(
    'a sum of float32 in float64 on request',
    [f32([2 ** 24, 1, 1, -(2 ** 24)])],
    (x) => tno.sum(x, null, { accDtype: 'float64' }),
    2,
    { dtype: 'float32' },
  );
});

describe('division', () => {
  const [n, d] = [
    [-7, 7, -7, 7, 5],
    [2, -2, -2, 2, 0],
  ];
  gives('// goes toward minus infinity, and x // 0 is 0', [of('int64', n), of('int64', d)], tno.intDiv, [-4, -4, 3, 3, 0], { dtype: 'int64' }); // prettier-ignore
  gives('% has the sign of the divisor, and x % 0 is 0', [of('int32', n), of('int32', d)], tno.mod, [1, -1, -1, 1, 0], { dtype: 'int32' }); // prettier-ignore
  gives('so has % of floats', [f64([-7, 7, -7]), f64([2, -2, -2])], tno.mod, [1, -1, -1]);
  gives('the least integer // -1 wraps', [of('int8', [-128]), of('int8', [-1])], tno.intDiv, [-128]); // prettier-ignore
});

describe('rounding', () => {
  const halves = [f64([0.5, 1.5, 2.5])];
  gives('is half to even', halves, (x) => tno.round(x), [0, 2, 2]);
  gives('or half away from zero on request', halves, (x) => tno.round(x, 'half_away_from_zero'), [1, 2, 3]); // prettier-ignore
});

describe('64-bit integers', () => {
  gives('are exact beyond 2^53', [of('int64', [2n ** 53n])], (x) => x.add(1), [2n ** 53n + 1n]);
  for (const dtype of [
    'int8',
    'uint8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'uint64',
  ] as const)
    // prettier-ignore
    gives(`${dtype} is an index`, [f64([5, 6, 7]), of(dtype, [2, 0])], (x, i) => x.at(i), [7, 5]);
});

givesTheSameCompiled();
