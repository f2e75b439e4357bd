/** Types of compiled functions: what a call takes and gives, from the variables it was compiled with. */
import type { TensorVariable } from '../graph/variable.js';
import type { DType, StorageOf } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import type { In, Out } from './in-out.js';

/** A JavaScript scalar of a dtype. */
export type ScalarOf<D extends DType> = D extends 'bool' ? boolean : number;

/** Numbers in nested lists. */
export type NestedNumbers = number | bigint | boolean | readonly NestedNumbers[];

/** What can be passed for a variable: an array of its dtype, its typed array (rank 1), nested lists, a number for a scalar. */
export type ValueFor<V> =
  V extends TensorVariable<infer D, number> ? NDArray<D> | StorageOf<D> | NestedNumbers : never;

/** What a variable's value comes back as: a JavaScript scalar for rank 0, else an array. */
export type ResultOf<V> =
  V extends Out<infer U>
    ? ResultOf<U>
    : V extends TensorVariable<infer D, infer R>
      ? number extends R
        ? NDArray<D> | ScalarOf<D>
        : R extends 0
          ? ScalarOf<D>
          : NDArray<D>
      : never;

export type Input = TensorVariable | In;
export type InputList = readonly Input[];
export type InputRecord = Readonly<Record<string, Input>>;
export type Output = TensorVariable | Out;
export type OutputSpec = Output | readonly Output[] | Readonly<Record<string, Output>> | null;

type WithDefault = In<TensorVariable, true>;
/** What a call gives for an input. */
type ArgumentFor<S> =
  S extends In<infer V, infer H> ? ValueFor<V> | (H extends true ? undefined : never) : ValueFor<S>;

/** Those at the end that have defaults may be left out. */
type WithOptionalTail<
  I extends readonly unknown[],
  Tail extends readonly unknown[] = [],
> = I extends readonly [...infer Head, infer Last]
  ? Last extends WithDefault
    ? WithOptionalTail<Head, [ArgumentFor<Last>, ...Tail]>
    : [...{ [K in keyof I]: ArgumentFor<I[K]> }, ...Partial<Tail>]
  : Partial<Tail>;

type KeysWithDefault<I> = { [K in keyof I]: I[K] extends WithDefault ? K : never }[keyof I];
type ArgumentRecord<I> = {
  readonly [K in Exclude<keyof I, KeysWithDefault<I>>]: ArgumentFor<I[K]>;
} & { readonly [K in KeysWithDefault<I>]?: ArgumentFor<I[K]> };

export type Arguments<I> = I extends readonly unknown[]
  ? [Extract<I[number], WithDefault>] extends [never]
    ? { [K in keyof I]: ArgumentFor<I[K]> }
    : WithOptionalTail<I>
  : [Extract<I[keyof I], WithDefault>] extends [never]
    ? [{ readonly [K in keyof I]: ArgumentFor<I[K]> }]
    : [ArgumentRecord<I>];

/** Parameters of a call: none that fit where the inputs are not known. */
export type ArgumentList<I> = Arguments<I> extends readonly unknown[] ? Arguments<I> : never;

/** Memory that an output can go to: an array of its dtype, or its typed array. */
export type DestinationOf<V> =
  V extends Out<infer U>
    ? DestinationOf<U>
    : V extends TensorVariable<infer D, number>
      ? NDArray<D> | StorageOf<D>
      : never;

/** Memory for outputs, in their structure; null for one that comes back as a fresh array. */
export type Destinations<O> = O extends null
  ? never
  : O extends Output
    ? DestinationOf<O>
    : O extends readonly unknown[]
      ? { readonly [K in keyof O]: DestinationOf<O[K]> | null }
      : { readonly [K in keyof O]?: DestinationOf<O[K]> | null };

export type Results<O> = O extends null
  ? undefined
  : O extends Output
    ? ResultOf<O>
    : { -readonly [K in keyof O]: ResultOf<O[K]> };
