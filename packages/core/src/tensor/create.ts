/** Constructors of symbolic inputs, by rank and dtype: `matrix('x')`, `fmatrix`, `lvector`, … */
import { config } from '../config/config.js';
import { TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { TensorType, type StaticShape } from '../types/tensor-type.js';
import type { FloatX } from './dtype-types.js';

/** An input of the given dtype and static shape (null where the size is open, 1 where the axis broadcasts). */
export function tensor<D extends DType, S extends StaticShape>(
  dtype: D,
  shape: readonly [...S],
  name?: string,
): TensorVariable<D, S['length']> {
  return new TensorVariable<D, S['length']>(new TensorType(dtype, shape), null, 0, name ?? null);
}

type Pattern = readonly (null | 1)[];

/** A constructor whose dtype is floatX at the time of the call, or the given one. */
export interface Constructor<R extends number> {
  (name?: string): TensorVariable<FloatX, R>;
  <D extends DType>(name: string | undefined, dtype: D): TensorVariable<D, R>;
}

function unprefixed<R extends number>(pattern: Pattern): Constructor<R> {
  return ((name?: string, dtype?: DType) =>
    new TensorVariable(
      new TensorType(dtype ?? config.floatX, pattern),
      null,
      0,
      name ?? null,
    )) as Constructor<R>;
}

const patterns = {
  scalar: [],
  vector: [null],
  row: [1, null],
  col: [null, 1],
  matrix: [null, null],
  tensor3: [null, null, null],
  tensor4: [null, null, null, null],
  tensor5: [null, null, null, null, null],
  tensor6: [null, null, null, null, null, null],
  tensor7: [null, null, null, null, null, null, null],
} as const;

export const scalar = unprefixed<0>(patterns.scalar);
export const vector = unprefixed<1>(patterns.vector);
/** A matrix of one row, which broadcasts along axis 0. */
export const row = unprefixed<2>(patterns.row);
/** A matrix of one column, which broadcasts along axis 1. */
export const col = unprefixed<2>(patterns.col);
export const matrix = unprefixed<2>(patterns.matrix);
export const tensor3 = unprefixed<3>(patterns.tensor3);
export const tensor4 = unprefixed<4>(patterns.tensor4);
export const tensor5 = unprefixed<5>(patterns.tensor5);
export const tensor6 = unprefixed<6>(patterns.tensor6);
export const tensor7 = unprefixed<7>(patterns.tensor7);

/** A variable for each of the names, made by a constructor: `const [x, y] = several(matrix, 'x', 'y')`. */
export function several<V extends TensorVariable, const N extends readonly string[]>(
  constructor: (name: string) => V,
  ...names: N
): { [K in keyof N]: V } {
  return names.map((name) => constructor(name)) as { [K in keyof N]: V };
}

type Prefixed<D extends DType, R extends number> = (name?: string) => TensorVariable<D, R>;

function prefixed<D extends DType, R extends number>(dtype: D, pattern: Pattern): Prefixed<D, R> {
  return (name) => new TensorVariable<D, R>(new TensorType(dtype, pattern), null, 0, name ?? null);
}

export const bscalar: Prefixed<'int8', 0> = prefixed('int8', patterns.scalar);
export const bvector: Prefixed<'int8', 1> = prefixed('int8', patterns.vector);
export const brow: Prefixed<'int8', 2> = prefixed('int8', patterns.row);
export const bcol: Prefixed<'int8', 2> = prefixed('int8', patterns.col);
export const bmatrix: Prefixed<'int8', 2> = prefixed('int8', patterns.matrix);
export const btensor3: Prefixed<'int8', 3> = prefixed('int8', patterns.tensor3);
export const btensor4: Prefixed<'int8', 4> = prefixed('int8', patterns.tensor4);
export const btensor5: Prefixed<'int8', 5> = prefixed('int8', patterns.tensor5);
export const btensor6: Prefixed<'int8', 6> = prefixed('int8', patterns.tensor6);
export const btensor7: Prefixed<'int8', 7> = prefixed('int8', patterns.tensor7);
export const wscalar: Prefixed<'int16', 0> = prefixed('int16', patterns.scalar);
export const wvector: Prefixed<'int16', 1> = prefixed('int16', patterns.vector);
export const wrow: Prefixed<'int16', 2> = prefixed('int16', patterns.row);
export const wcol: Prefixed<'int16', 2> = prefixed('int16', patterns.col);
export const wmatrix: Prefixed<'int16', 2> = prefixed('int16', patterns.matrix);
export const wtensor3: Prefixed<'int16', 3> = prefixed('int16', patterns.tensor3);
export const wtensor4: Prefixed<'int16', 4> = prefixed('int16', patterns.tensor4);
export const wtensor5: Prefixed<'int16', 5> = prefixed('int16', patterns.tensor5);
export const wtensor6: Prefixed<'int16', 6> = prefixed('int16', patterns.tensor6);
export const wtensor7: Prefixed<'int16', 7> = prefixed('int16', patterns.tensor7);
export const iscalar: Prefixed<'int32', 0> = prefixed('int32', patterns.scalar);
export const ivector: Prefixed<'int32', 1> = prefixed('int32', patterns.vector);
export const irow: Prefixed<'int32', 2> = prefixed('int32', patterns.row);
export const icol: Prefixed<'int32', 2> = prefixed('int32', patterns.col);
export const imatrix: Prefixed<'int32', 2> = prefixed('int32', patterns.matrix);
export const itensor3: Prefixed<'int32', 3> = prefixed('int32', patterns.tensor3);
export const itensor4: Prefixed<'int32', 4> = prefixed('int32', patterns.tensor4);
export const itensor5: Prefixed<'int32', 5> = prefixed('int32', patterns.tensor5);
export const itensor6: Prefixed<'int32', 6> = prefixed('int32', patterns.tensor6);
export const itensor7: Prefixed<'int32', 7> = prefixed('int32', patterns.tensor7);
export const lscalar: Prefixed<'int64', 0> = prefixed('int64', patterns.scalar);
export const lvector: Prefixed<'int64', 1> = prefixed('int64', patterns.vector);
export const lrow: Prefixed<'int64', 2> = prefixed('int64', patterns.row);
export const lcol: Prefixed<'int64', 2> = prefixed('int64', patterns.col);
export const lmatrix: Prefixed<'int64', 2> = prefixed('int64', patterns.matrix);
export const ltensor3: Prefixed<'int64', 3> = prefixed('int64', patterns.tensor3);
export const ltensor4: Prefixed<'int64', 4> = prefixed('int64', patterns.tensor4);
export const ltensor5: Prefixed<'int64', 5> = prefixed('int64', patterns.tensor5);
export const ltensor6: Prefixed<'int64', 6> = prefixed('int64', patterns.tensor6);
export const ltensor7: Prefixed<'int64', 7> = prefixed('int64', patterns.tensor7);
export const fscalar: Prefixed<'float32', 0> = prefixed('float32', patterns.scalar);
export const fvector: Prefixed<'float32', 1> = prefixed('float32', patterns.vector);
export const frow: Prefixed<'float32', 2> = prefixed('float32', patterns.row);
export const fcol: Prefixed<'float32', 2> = prefixed('float32', patterns.col);
export const fmatrix: Prefixed<'float32', 2> = prefixed('float32', patterns.matrix);
export const ftensor3: Prefixed<'float32', 3> = prefixed('float32', patterns.tensor3);
export const ftensor4: Prefixed<'float32', 4> = prefixed('float32', patterns.tensor4);
export const ftensor5: Prefixed<'float32', 5> = prefixed('float32', patterns.tensor5);
export const ftensor6: Prefixed<'float32', 6> = prefixed('float32', patterns.tensor6);
export const ftensor7: Prefixed<'float32', 7> = prefixed('float32', patterns.tensor7);
export const dscalar: Prefixed<'float64', 0> = prefixed('float64', patterns.scalar);
export const dvector: Prefixed<'float64', 1> = prefixed('float64', patterns.vector);
export const drow: Prefixed<'float64', 2> = prefixed('float64', patterns.row);
export const dcol: Prefixed<'float64', 2> = prefixed('float64', patterns.col);
export const dmatrix: Prefixed<'float64', 2> = prefixed('float64', patterns.matrix);
export const dtensor3: Prefixed<'float64', 3> = prefixed('float64', patterns.tensor3);
export const dtensor4: Prefixed<'float64', 4> = prefixed('float64', patterns.tensor4);
export const dtensor5: Prefixed<'float64', 5> = prefixed('float64', patterns.tensor5);
export const dtensor6: Prefixed<'float64', 6> = prefixed('float64', patterns.tensor6);
export const dtensor7: Prefixed<'float64', 7> = prefixed('float64', patterns.tensor7);
