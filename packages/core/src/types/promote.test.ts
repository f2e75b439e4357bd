import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DTypeError } from '../errors.js';
import { dtypes, isFloat } from './dtype.js';
import type { DType } from './dtype.js';
import { literalDType, promote, promoteAll, toFloatDType } from './promote.js';
import type { Promote, PromoteTable } from './promote.js';

const numpy = JSON.parse(
  readFileSync(new URL('../../test/fixtures/numpy/promotion.json', import.meta.url), 'utf8'),
) as Record<DType, Record<DType, DType>>;

/**
 * The type-level table as a value. The compiler accepts each entry only when it is exactly the type
 * in the table, so comparing it with `promote` at run time compares the two for every pair.
 */
const table: { [A in DType]: { [B in DType]: PromoteTable[A][B] } } = {
  bool: {
    bool: 'bool',
    int8: 'int8',
    int16: 'int16',
    int32: 'int32',
    int64: 'int64',
    uint8: 'uint8',
    uint16: 'uint16',
    uint32: 'uint32',
    uint64: 'uint64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  int8: {
    bool: 'int8',
    int8: 'int8',
    int16: 'int16',
    int32: 'int32',
    int64: 'int64',
    uint8: 'int16',
    uint16: 'int32',
    uint32: 'int64',
    uint64: 'float64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  int16: {
    bool: 'int16',
    int8: 'int16',
    int16: 'int16',
    int32: 'int32',
    int64: 'int64',
    uint8: 'int16',
    uint16: 'int32',
    uint32: 'int64',
    uint64: 'float64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  int32: {
    bool: 'int32',
    int8: 'int32',
    int16: 'int32',
    int32: 'int32',
    int64: 'int64',
    uint8: 'int32',
    uint16: 'int32',
    uint32: 'int64',
    uint64: 'float64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  int64: {
    bool: 'int64',
    int8: 'int64',
    int16: 'int64',
    int32: 'int64',
    int64: 'int64',
    uint8: 'int64',
    uint16: 'int64',
    uint32: 'int64',
    uint64: 'float64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  uint8: {
    bool: 'uint8',
    int8: 'int16',
    int16: 'int16',
    int32: 'int32',
    int64: 'int64',
    uint8: 'uint8',
    uint16: 'uint16',
    uint32: 'uint32',
    uint64: 'uint64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  uint16: {
    bool: 'uint16',
    int8: 'int32',
    int16: 'int32',
    int32: 'int32',
    int64: 'int64',
    uint8: 'uint16',
    uint16: 'uint16',
    uint32: 'uint32',
    uint64: 'uint64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  uint32: {
    bool: 'uint32',
    int8: 'int64',
    int16: 'int64',
    int32: 'int64',
    int64: 'int64',
    uint8: 'uint32',
    uint16: 'uint32',
    uint32: 'uint32',
    uint64: 'uint64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  uint64: {
    bool: 'uint64',
    int8: 'float64',
    int16: 'float64',
    int32: 'float64',
    int64: 'float64',
    uint8: 'uint64',
    uint16: 'uint64',
    uint32: 'uint64',
    uint64: 'uint64',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  float16: {
    bool: 'float16',
    int8: 'float16',
    int16: 'float16',
    int32: 'float16',
    int64: 'float16',
    uint8: 'float16',
    uint16: 'float16',
    uint32: 'float16',
    uint64: 'float16',
    float16: 'float16',
    float32: 'float32',
    float64: 'float64',
  },
  float32: {
    bool: 'float32',
    int8: 'float32',
    int16: 'float32',
    int32: 'float32',
    int64: 'float32',
    uint8: 'float32',
    uint16: 'float32',
    uint32: 'float32',
    uint64: 'float32',
    float16: 'float32',
    float32: 'float32',
    float64: 'float64',
  },
  float64: {
    bool: 'float64',
    int8: 'float64',
    int16: 'float64',
    int32: 'float64',
    int64: 'float64',
    uint8: 'float64',
    uint16: 'float64',
    uint32: 'float64',
    uint64: 'float64',
    float16: 'float64',
    float32: 'float64',
    float64: 'float64',
  },
};

describe('promote', () => {
  it('agrees with its type for every pair', () => {
    for (const a of dtypes) {
      for (const b of dtypes) expect([a, b, promote(a, b)]).toEqual([a, b, table[a][b]]);
    }
  });

  it('is NumPy’s rule, except that an integer takes a float’s width', () => {
    for (const a of dtypes) {
      for (const b of dtypes) {
        const expected = isFloat(a) !== isFloat(b) ? (isFloat(a) ? a : b) : numpy[a][b];
        expect([a, b, promote(a, b)]).toEqual([a, b, expected]);
      }
    }
  });

  it('is symmetric and idempotent', () => {
    for (const a of dtypes) {
      expect(promote(a, a)).toBe(a);
      for (const b of dtypes) expect(promote(a, b)).toBe(promote(b, a));
    }
  });

  it('knows its result type', () => {
    expectTypeOf(promote('int32', 'float32')).toEqualTypeOf<'float32'>();
    expectTypeOf<Promote<'int64', 'float16'>>().toEqualTypeOf<'float16'>();
    expectTypeOf<Promote<'uint64', 'int8'>>().toEqualTypeOf<'float64'>();
    expectTypeOf<Promote<'float32' | 'float64', 'float32'>>().toEqualTypeOf<
      'float32' | 'float64'
    >();
    expectTypeOf<Promote<DType, DType>>().toEqualTypeOf<DType>();
  });

  it('folds lists', () => {
    expect(promoteAll([])).toBeUndefined();
    expect(promoteAll(['bool', 'uint8', 'int8'])).toBe('int16');
  });

  it('makes floatX of what is no float', () => {
    expect(toFloatDType('int64', 'float32')).toBe('float32');
    expect(toFloatDType('bool', 'float64')).toBe('float64');
    expect(toFloatDType('float16', 'float64')).toBe('float16');
  });
});

describe('literalDType', () => {
  it.each([
    ['float32', 0.5, 'float32'],
    ['float32', 2, 'float32'],
    ['float32', 2 ** 40, 'float32'],
    ['float16', 2n ** 70n, 'float16'],
    ['float64', NaN, 'float64'],
    ['int8', 100, 'int8'],
    ['int8', 300, 'int16'],
    ['int8', -129, 'int16'],
    ['int32', 2 ** 31, 'int64'],
    ['int64', 1n, 'int64'],
    ['uint8', 255, 'uint8'],
    ['uint8', 256, 'uint16'],
    ['uint8', -1, 'int16'],
    ['uint8', -40000, 'int32'],
    ['uint32', -1, 'int64'],
    ['uint64', 2n ** 64n - 1n, 'uint64'],
    ['uint64', -1, 'float64'],
    ['int8', 2n ** 63n, 'float64'],
    ['int8', 0.5, 'float32'],
    ['int64', Infinity, 'float32'],
    ['int64', 1e30, 'float32'],
    ['bool', 1, 'int8'],
    ['bool', -200, 'int16'],
    ['bool', 2 ** 40, 'int64'],
    ['bool', 2n ** 63n, 'uint64'],
    ['bool', 0.5, 'float32'],
    ['int16', true, 'int16'],
    ['bool', false, 'bool'],
    ['float16', true, 'float16'],
  ] as [DType, number | bigint | boolean, DType][])(
    'makes %s with the literal %s %s',
    (tensor, value, expected) => {
      expect(literalDType(tensor, value, 'float32')).toBe(expected);
    },
  );

  it('refuses a bigint beyond 64 bits beside integers', () => {
    expect(() => literalDType('int8', 2n ** 64n, 'float32')).toThrow(DTypeError);
  });
});
