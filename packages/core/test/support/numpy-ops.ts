/** The values that NumPy gave for every op; see fixtures/numpy/ops.py. */
import { readFileSync } from 'node:fs';
import type { DType } from '../../src/types/dtype.js';
import { ndarray } from '../../src/types/ndarray.js';
import type { NDArray } from '../../src/types/ndarray.js';
import type { Nested } from '../../src/types/nested.js';

/** Numbers and booleans; `"nan"`, `"inf"`, `"-inf"`, `"-0"`, and integers beyond 2^53, as text. */
export type Encoded = number | boolean | string;

export interface Recorded {
  readonly dtype: DType;
  readonly values: readonly Encoded[];
}

export interface RecordedTensor extends Recorded {
  readonly shape: readonly number[];
}

/** One index: an integer, `[start, stop, step]`, an integer array, a mask, a new axis, an ellipsis, or null for all. */
export type RecordedIndex =
  | number
  | readonly (number | null)[]
  | { readonly array: Nested<number> }
  | { readonly mask: Nested<boolean> }
  | 'x'
  | '...'
  | null;

/** What an index names, and what setting it and adding to it gives. */
export type RecordedIndexing = readonly [
  x: RecordedTensor,
  index: readonly RecordedIndex[],
  part: RecordedTensor,
  values?: RecordedTensor,
  set?: readonly Encoded[],
  increased?: readonly Encoded[],
];

type ByDType<T> = Readonly<Record<DType, T>>;
type Table = Readonly<Record<string, Partial<ByDType<Recorded>>>>;

interface Fixture {
  readonly samples: ByDType<readonly Encoded[]>;
  readonly inputs: ByDType<readonly Encoded[]>;
  readonly unary: Table;
  /** Of every two samples, the first operand slower. */
  readonly binary: Table;
  readonly mixed: ByDType<ByDType<DType>>;
  readonly casts: ByDType<ByDType<Recorded>>;
  readonly reductions: {
    readonly arrays: Readonly<Record<string, RecordedTensor>>;
    readonly cases: readonly (readonly [
      array: string,
      op: string,
      axes: readonly number[],
      result: RecordedTensor | null,
    ])[];
  };
  readonly dots: readonly (readonly [
    a: RecordedTensor,
    b: RecordedTensor,
    product: RecordedTensor,
  ])[];
  readonly softmaxes: readonly (readonly [
    x: RecordedTensor,
    axis: number,
    softmax: RecordedTensor,
    log: RecordedTensor,
  ])[];
  readonly indexing: readonly RecordedIndexing[];
  readonly shuffles: readonly (readonly [
    x: RecordedTensor,
    order: readonly (number | 'x')[],
    result: RecordedTensor,
  ])[];
  readonly reshapes: readonly (readonly [
    x: RecordedTensor,
    sizes: readonly number[],
    result: RecordedTensor,
  ])[];
  readonly aranges: readonly (readonly [
    bounds: readonly [number, number, number],
    result: RecordedTensor,
  ])[];
  readonly nonzeros: readonly (readonly [
    x: RecordedTensor,
    flat: readonly number[],
    axes: readonly (readonly number[])[],
  ])[];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/numpy/${name}`, import.meta.url), 'utf8'));
}

export const numpyOps = read('ops.json') as Fixture;
/** Indices of every kind, mixed; see fixtures/numpy/indexing.py. */
export const mixedIndexing = read('indexing.json') as readonly RecordedIndexing[];

const named: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '-inf': -Infinity,
  '-0': -0,
};

function decodeElement(value: Encoded): number | bigint | boolean {
  if (typeof value !== 'string') return value;
  return value in named ? named[value] : BigInt(value);
}

export function decode(
  values: readonly Encoded[],
  dtype: DType,
  shape: readonly number[] = [values.length],
): NDArray {
  return ndarray(values.map(decodeElement), dtype).reshape(shape);
}

export function decodeTensor({ dtype, shape, values }: RecordedTensor): NDArray {
  return decode(values, dtype, shape);
}
