/**
 * What differs between the C-family languages, as data: types, text of scalar operations, literals,
 * how points are mapped to threads. The emitter (c-family.ts) holds everything else.
 */
import type { DType } from '../types/dtype.js';
import type { ScalarOp } from '../lower/scalar-op.js';

/** Asks for a helper function by name and gives the name back, for use in an expression. */
export type UseHelper = (name: string) => string;

/** Text of one operation on `dtype`; arguments are names or literals. For `cast`, `from` is the argument's dtype. */
export type ScalarText = (
  args: readonly string[],
  dtype: DType,
  use: UseHelper,
  from: DType,
) => string;

export interface TypeNames {
  /** The type of an element in memory. */
  readonly storage: string;
  /** The type in which values are computed: `float` for float16. */
  readonly value: string;
}

/** A helper function's text and the helpers it calls. */
export interface Helper {
  readonly text: string;
  readonly needs: readonly string[];
}

/** Two-part names of scalar types in helpers' names: `f32`, `i64`, `u8`. */
export const typeSuffix: Readonly<Record<DType, string>> = {
  bool: 'b8',
  int8: 'i8',
  int16: 'i16',
  int32: 'i32',
  int64: 'i64',
  uint8: 'u8',
  uint16: 'u16',
  uint32: 'u32',
  uint64: 'u64',
  float16: 'f16',
  float32: 'f32',
  float64: 'f64',
};

export interface Dialect {
  readonly language: 'c' | 'cuda';
  /**
   * `range`: a kernel gets a range of its outermost axis, one thread runs it. `grid`: one launch
   * covers all outer points, each thread finds its own.
   */
  readonly launch: 'range' | 'grid';
  readonly types: Readonly<Record<DType, TypeNames>>;
  readonly ops: Readonly<Record<ScalarOp, ScalarText>>;
  /** Text at the head of every unit. */
  readonly prologue: string;
  /** The value of the element at `place`. */
  load(dtype: DType, place: string, use: UseHelper): string;
  /** What is written to an element for `value`. */
  stored(dtype: DType, value: string, use: UseHelper): string;
  /** `value`, computed in the value type (in double if `wide`), rounded to `dtype`. */
  round(dtype: DType, value: string, use: UseHelper, wide?: boolean): string;
  literal(dtype: DType, lo: number, hi: number): string;
  helper(name: string): Helper;
}
