/** Types of compiled functions: what a call takes and gives, from the variables it was compiled with. */
import type { TensorVariable } from '../graph/variable.js';
import type { DType, StorageOf } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';

/** A JavaScript scalar of a dtype. */
export type ScalarOf<D extends DType> = D extends 'bool' ? boolean : number;

/** Numbers in nested lists. */
export type NestedNumbers = number | bigint | boolean | readonly NestedNumbers[];

/** What can be passed for a variable: an array of its dtype, its typed array (rank 1), nested lists, a number for a scalar. */
export type ValueFor<V> =
  V extends TensorVariable<infer D, number> ? NDArray<D> | StorageOf<D> | NestedNumbers : never;

/** What a variable's value comes back as: a JavaScript scalar for rank 0, else an array. */
export type ResultOf<V> =
  V extends TensorVariable<infer D, infer R>
    ? number extends R
      ? NDArray<D> | ScalarOf<D>
      : R extends 0
        ? ScalarOf<D>
        : NDArray<D>
    : never;

export type InputList = readonly TensorVariable[];
export type InputRecord = Readonly<Record<string, TensorVariable>>;
export type OutputSpec =
  TensorVariable | readonly TensorVariable[] | Readonly<Record<string, TensorVariable>> | null;

export type Arguments<I> = I extends readonly TensorVariable[]
  ? { [K in keyof I]: ValueFor<I[K]> }
  : [{ readonly [K in keyof I]: ValueFor<I[K]> }];

/** Parameters of a call: none that fit where the inputs are not known. */
export type ArgumentList<I> = Arguments<I> extends readonly unknown[] ? Arguments<I> : never;

/** Memory that an output can go to: an array of its dtype, or its typed array. */
export type DestinationOf<V> =
  V extends TensorVariable<infer D, number> ? NDArray<D> | StorageOf<D> : never;

/** Memory for outputs, in their structure; null for one that comes back as a fresh array. */
export type Destinations<O> = O extends null
  ? never
  : O extends TensorVariable
    ? DestinationOf<O>
    : O extends readonly TensorVariable[]
      ? { readonly [K in keyof O]: DestinationOf<O[K]> | null }
      : { readonly [K in keyof O]?: DestinationOf<O[K]> | null };

export type Results<O> = O extends null
  ? undefined
  : O extends TensorVariable
    ? ResultOf<O>
    : { -readonly [K in keyof O]: ResultOf<O[K]> };
