import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import {
  createReferenceDevice,
  ndarray,
  NDArray,
  type DType,
  type TensorVariable,
} from '../index.js';

const device = createReferenceDevice();

/** The identity on an input, taking whatever is passed. */
function take(
  input: TensorVariable,
  options: tno.FunctionOptions = {},
): (value: unknown) => NDArray {
  const f = tno.function([input], input, { device, ...options }) as unknown as (
    value: unknown,
  ) => unknown;
  return (value) => {
    const result = f(value);
    return result instanceof NDArray ? result : ndarray(result as number, input.dtype);
  };
}

describe('values of an input', () => {
  it('are arrays, typed arrays, nested lists and numbers', () => {
    expect(take(tno.fvector())(ndarray([1, 2], 'float32')).toNested()).toEqual([1, 2]);
    expect(take(tno.fvector())(new Float32Array([1, 2])).toNested()).toEqual([1, 2]);
    expect(take(tno.fvector())([1, 2]).toNested()).toEqual([1, 2]);
    expect(take(tno.fmatrix())([[1], [2]]).toNested()).toEqual([[1], [2]]);
    expect(take(tno.fmatrix())([new Float32Array([1, 2])]).toNested()).toEqual([[1, 2]]);
    expect(take(tno.fscalar())(1.5).item()).toBe(1.5);
    expect(take(tno.lscalar())(3n).item()).toBe(3);
    expect(take(tno.scalar('x', 'bool'))(true).item()).toBe(true);
  });

  it('may be views: slices, transposes, broadcasts, and windows of a buffer', () => {
    const matrix = ndarray(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'float32',
    );
    expect(take(tno.fmatrix())(matrix.transpose()).toNested()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(take(tno.fvector())(matrix.slice(1)).toNested()).toEqual([4, 5, 6]);
    expect(take(tno.fvector())(matrix.slice(null, 1)).toNested()).toEqual([2, 5]);
    expect(take(tno.fvector())(matrix.slice(0, [null, null, -1])).toNested()).toEqual([3, 2, 1]);
    expect(take(tno.fmatrix())(ndarray([7, 8], 'float32').broadcastTo([2, 2])).toNested()).toEqual([
      [7, 8],
      [7, 8],
    ]);
    expect(take(tno.fvector())(new Float32Array([1, 2, 3]).subarray(1)).toNested()).toEqual([2, 3]);
  });

  it('read uint8 and uint16 storage as bool and float16 where the input is that', () => {
    expect(take(tno.vector('x', 'bool'))(new Uint8Array([0, 1])).toNested()).toEqual([false, true]);
    expect(() => take(tno.vector('x', 'bool'))(new Uint8Array([2]))).toThrow(/\[x\].*0 or 1/);
    expect(take(tno.vector('x', 'float16'))(new Uint16Array([0x3c00])).toNested()).toEqual([1]);
  });
});

describe('dtypes', () => {
  it('widen where every value fits', () => {
    const pairs: [DType, DType][] = [
      ['float32', 'float64'],
      ['int32', 'int64'],
      ['uint8', 'int16'],
      ['int16', 'float32'],
      ['int32', 'float64'],
      ['bool', 'float32'],
    ];
    for (const [from, to] of pairs) {
      const got = take(tno.vector('x', to))(ndarray([1, 0], from));
      expect(got.dtype).toBe(to);
      expect(got.allClose(ndarray([1, 0], 'float64'))).toBe(true);
    }
  });

  it('refuse where a value may not fit, whatever the values are', () => {
    const pairs: [DType, DType][] = [
      ['float64', 'float32'],
      ['int64', 'int32'],
      ['int64', 'float32'],
      ['int32', 'float32'],
      ['float32', 'int64'],
      ['int8', 'uint8'],
      ['uint8', 'bool'],
    ];
    for (const [from, to] of pairs) {
      const call = (): unknown => take(tno.vector('x', to))(ndarray([1, 0], from));
      expect(call).toThrow(tno.DTypeError);
      expect(call).toThrow(
        new RegExp(
          `^\\[x\\] expected ${to}, got ${from}[^]*made at .*arguments\\.test\\.ts:\\d+[^]*astype\\('${to}'\\)`,
        ),
      );
    }
    expect(() => take(tno.fvector('x'))(new Float64Array([1]))).toThrow(tno.DTypeError);
  });

  it("of lists of numbers are the input's: floats round, integers must be exact", () => {
    expect(take(tno.fvector())([0.1]).get(0)).toBe(Math.fround(0.1));
    expect(take(tno.fscalar())(0.1).item()).toBe(Math.fround(0.1));
    expect(take(tno.lvector())([1.0, 2]).toNested()).toEqual([1, 2]);
    for (const bad of [[1.5], [Number.NaN], [1, 'a'], [null]]) {
      expect(() => take(tno.lvector('y'))(bad)).toThrow(tno.DTypeError);
      expect(() => take(tno.lvector('y'))(bad)).toThrow(
        /^\[y\] expected[^]*made at .*arguments\.test\.ts:\d+/,
      );
    }
    expect(() => take(tno.lscalar('n'))(0.5)).toThrow(/^\[n\] expected an integer.*got 0\.5/);
    expect(() => take(tno.bvector('b'))([128])).toThrow(
      /^\[b\] expected an integer from -128 to 127 for int8, got 128/,
    );
    expect(() => take(tno.lscalar('n'))(2n ** 63n)).toThrow(tno.DTypeError);
  });

  it('are converted as astype does with allowInputDowncast', () => {
    const lenient = { allowInputDowncast: true };
    expect(take(tno.fvector(), lenient)(ndarray([0.1], 'float64')).get(0)).toBe(Math.fround(0.1));
    expect(take(tno.fvector(), lenient)(new Float64Array([0.1])).get(0)).toBe(Math.fround(0.1));
    expect(take(tno.fvector(), lenient)(ndarray([2 ** 24 + 1], 'int64')).toNested()).toEqual([
      2 ** 24,
    ]);
    expect(take(tno.ivector(), lenient)(ndarray([7], 'int64')).toNested()).toEqual([7]);
    expect(take(tno.lvector(), lenient)([1.5, -1.5]).toNested()).toEqual([1, -1]);
    expect(take(tno.lscalar(), lenient)(1.5).item()).toBe(1);
  });
});

describe('ranks and static sizes', () => {
  it('are checked, and the input is named with its line', () => {
    const call = (): unknown => take(tno.fmatrix('x'))(ndarray([1, 2], 'float32'));
    expect(call).toThrow(tno.ShapeError);
    expect(call).toThrow(
      /^\[x\] expected rank 2, got shape \(2\)\nthe input was made at .*arguments\.test\.ts:\d+:\d+/,
    );
    expect(() => take(tno.fscalar('s'))([1])).toThrow(/^\[s\] expected rank 0, got shape \(1\)/);
    expect(() => take(tno.fvector())(1)).toThrow(/^\[input 0\] expected rank 1, got shape \(\)/);
  });

  it('of a row and a column are 1 where they broadcast', () => {
    expect(take(tno.frow('r'))([[1, 2]]).toNested()).toEqual([[1, 2]]);
    expect(() => take(tno.frow('r'))([[1], [2]])).toThrow(tno.ShapeError);
    expect(() => take(tno.frow('r'))([[1], [2]])).toThrow(
      /^\[r\] expected float32\(1,\?\), got shape \(2, 1\)[^]*arguments\.test\.ts/,
    );
    expect(() => take(tno.fcol('c'))([[1, 2]])).toThrow(
      /^\[c\] expected float32\(\?,1\), got shape \(1, 2\)/,
    );
    expect(() => take(tno.tensor('float32', [null, 3], 'z'))([[1, 2]])).toThrow(
      /^\[z\] expected float32\(\?,3\)/,
    );
  });

  it('are not those of a ragged list', () => {
    expect(() => take(tno.fmatrix('x'))([[1, 2], [3]])).toThrow(tno.ShapeError);
    expect(() => take(tno.fmatrix('x'))([[1, 2], [3]])).toThrow(
      /^\[x\] expected 2 elements at \[1\], got 1/,
    );
  });
});

describe('what is no value', () => {
  it.each([
    undefined,
    null,
    'text',
    () => 1,
    {},
    Symbol('s'),
    new DataView(new ArrayBuffer(8)),
    new Date(),
  ])('%s is refused', (value) => {
    expect(() => take(tno.fvector('x'))(value)).toThrow(tno.InputError);
    expect(() => take(tno.fvector('x'))(value)).toThrow(
      /^\[x\] expected an array or number for float32\(\?\)[^]*made at .*arguments\.test\.ts/,
    );
  });

  it('is a symbolic variable', () => {
    const y = tno.fvector('y');
    expect(() => take(tno.fvector('x'))(y)).toThrow(tno.InputError);
    expect(() => take(tno.fvector('x'))(y)).toThrow(
      /^\[x\] expected an array or number for float32\(\?\), got the symbolic variable y/,
    );
  });
});

it("an argument's key names it where the variable has no name", () => {
  const f = tno.function({ left: tno.fvector() }, null, { onUnusedInput: 'ignore', device });
  expect(() => (f as unknown as (r: unknown) => void)({ left: 1 })).toThrow(
    /^\[left\] expected rank 1/,
  );
});
