/**
 * Dtypes and ranks at the type level. Everything is a lookup: no recursive types. A rank of `number` is
 * one that the type checker does not know; it is accepted wherever a rank is asked and checked when the
 * graph is built.
 */
import type { Literal } from '../ops/as-variable.js';
import type { DType, FloatDType, SignedIntDType } from '../types/dtype.js';
import type { PromoteTable } from '../types/promote.js';

/**
 * Augment this interface to pin what depends on configuration:
 * `declare module '@tno/core' { interface TnoConfig { floatX: 'float64' } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface TnoConfig {}

/** The dtype of unprefixed constructors: the pinned one, else any float. */
export type FloatX = TnoConfig extends { floatX: infer F extends FloatDType } ? F : FloatDType;

/** What an op that needs floats makes of a dtype. */
export type FloatOf<D extends DType> = D extends FloatDType ? D : FloatX;

/** The dtype that two promote to; any float, where it may be any, is shown by that name. */
export type Common<D extends DType, E extends DType> = [FloatDType] extends [PromoteTable[D][E]]
  ? [PromoteTable[D][E]] extends [FloatDType]
    ? FloatDType
    : PromoteTable[D][E]
  : PromoteTable[D][E];

/** What a sum accumulates in. */
export interface SumTable {
  bool: 'int64';
  int8: 'int64';
  int16: 'int64';
  int32: 'int64';
  int64: 'int64';
  uint8: 'uint64';
  uint16: 'uint64';
  uint32: 'uint64';
  uint64: 'uint64';
  float16: 'float16';
  float32: 'float32';
  float64: 'float64';
}

/**
 * What a literal makes of a tensor's dtype: floats stay; integers stay beside whole numbers (one that does
 * not fit widens them, which the type checker does not see) and become floatX beside fractions.
 */
export type WithLiteral<D extends DType, L extends Literal = number> = D extends FloatDType
  ? D
  : L extends boolean
    ? D
    : L extends bigint
      ? WithInteger<D>
      : number extends L
        ? WithInteger<D> | FloatX
        : `${L}` extends `${bigint}`
          ? WithInteger<D>
          : FloatX;

/** bool takes the smallest integer dtype that holds the literal. */
type WithInteger<D extends DType> = D extends 'bool' ? SignedIntDType : D;

/** Rank plus one. */
export interface NextRank {
  0: 1;
  1: 2;
  2: 3;
  3: 4;
  4: 5;
  5: 6;
  6: 7;
  7: 8;
  8: number;
  [rank: number]: number;
}

/** Rank minus one. */
export interface PreviousRank {
  0: never;
  1: 0;
  2: 1;
  3: 2;
  4: 3;
  5: 4;
  6: 5;
  7: 6;
  8: 7;
  [rank: number]: number;
}

/** The rank of two operands broadcast together. */
export interface MaxRank {
  0: { 0: 0; 1: 1; 2: 2; 3: 3; 4: 4; 5: 5; 6: 6; 7: 7; 8: 8; [rank: number]: number };
  1: { 0: 1; 1: 1; 2: 2; 3: 3; 4: 4; 5: 5; 6: 6; 7: 7; 8: 8; [rank: number]: number };
  2: { 0: 2; 1: 2; 2: 2; 3: 3; 4: 4; 5: 5; 6: 6; 7: 7; 8: 8; [rank: number]: number };
  3: { 0: 3; 1: 3; 2: 3; 3: 3; 4: 4; 5: 5; 6: 6; 7: 7; 8: 8; [rank: number]: number };
  4: { 0: 4; 1: 4; 2: 4; 3: 4; 4: 4; 5: 5; 6: 6; 7: 7; 8: 8; [rank: number]: number };
  5: { 0: 5; 1: 5; 2: 5; 3: 5; 4: 5; 5: 5; 6: 6; 7: 7; 8: 8; [rank: number]: number };
  6: { 0: 6; 1: 6; 2: 6; 3: 6; 4: 6; 5: 6; 6: 6; 7: 7; 8: 8; [rank: number]: number };
  7: { 0: 7; 1: 7; 2: 7; 3: 7; 4: 7; 5: 7; 6: 7; 7: 7; 8: 8; [rank: number]: number };
  8: { 0: 8; 1: 8; 2: 8; 3: 8; 4: 8; 5: 8; 6: 8; 7: 8; 8: 8; [rank: number]: number };
  [rank: number]: { [rank: number]: number };
}

/** The rank of a product. */
export interface DotRank {
  0: { 0: 0; 1: 1; 2: 2; [rank: number]: number };
  1: { 0: 1; 1: 0; 2: 1; [rank: number]: number };
  2: { 0: 2; 1: 1; 2: 2; [rank: number]: number };
  [rank: number]: { [rank: number]: number };
}

/** Rank with `N` more axes. */
export type AddRank<R extends number, N extends number> = N extends 0
  ? R
  : N extends 1
    ? NextRank[R]
    : N extends 2
      ? NextRank[NextRank[R]]
      : N extends 3
        ? NextRank[NextRank[NextRank[R]]]
        : number;

/** Rank without `N` axes. */
export type DropRank<R extends number, N extends number> = N extends 0
  ? R
  : N extends 1
    ? PreviousRank[R]
    : N extends 2
      ? PreviousRank[PreviousRank[R]]
      : N extends 3
        ? PreviousRank[PreviousRank[PreviousRank[R]]]
        : number;

/** The rank when one axis is replaced by `S` axes. */
export type TakeRank<R extends number, S extends number> = S extends 0
  ? PreviousRank[R]
  : S extends 1
    ? R
    : S extends 2
      ? NextRank[R]
      : number;
