/**
 * `nd`: the functions of graphs on NDArrays, at once. Those of eager.ts, and all others of the typed surface
 * (`nd.sort`, `nd.einsum`, `nd.linalg.solve`, `nd.fft.rfft`, …), which are made from it here.
 */
import * as basic from './eager.js';
import type { ArrayLike } from './eager.js';
import { constant } from './graph/constant.js';
import { evaluate } from './graph/evaluate.js';
import { TensorVariable } from './graph/variable.js';
import * as fourier from './tensor/fft.js';
import * as elements from './tensor/functions.js';
import * as images from './tensor/images.js';
import * as algebra from './tensor/linalg.js';
import * as networks from './tensor/networks.js';
import * as order from './tensor/order-functions.js';
import * as products from './tensor/products.js';
import * as shapes from './tensor/shape-functions.js';
import * as special from './tensor/special-functions.js';
import { NDArray } from './types/ndarray.js';

/** An argument: arrays where a graph takes tensors, everything else as it is. */
type EagerArgument<T> = [TensorVariable] extends [T]
  ? ArrayLike
  : [readonly TensorVariable[]] extends [T]
    ? readonly ArrayLike[]
    : T;
/** A result: arrays where a graph gives tensors. */
type EagerResult<T> = T extends TensorVariable
  ? NDArray
  : T extends object
    ? { [K in keyof T]: EagerResult<T[K]> }
    : T;
type Function = (...args: never[]) => unknown;
type EagerFunction<F> = F extends (...args: infer A) => infer R
  ? (...args: { [K in keyof A]: EagerArgument<A[K]> }) => EagerResult<R>
  : never;
/** The functions of a module, on arrays. */
export type Eager<M> = {
  [K in keyof M as M[K] extends Function ? K : never]: EagerFunction<M[K]>;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** `value` with `to` of each part that is one, in lists and records too. */
function mapParts<T>(value: unknown, isPart: (value: unknown) => value is T, to: (part: T) => unknown): unknown {
  if (isPart(value)) return to(value);
  if (Array.isArray(value)) return value.map((item) => mapParts(item, isPart, to));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapParts(item, isPart, to)]),
  );
} // prettier-ignore

const isArray = (value: unknown): value is NDArray => value instanceof NDArray;
const isVariable = (value: unknown): value is TensorVariable => value instanceof TensorVariable;

function eagerly<M extends object>(module: M): Eager<M> {
  const functions = Object.entries(module as Readonly<Record<string, unknown>>).filter(
    (entry): entry is [string, (...args: unknown[]) => unknown] => typeof entry[1] === 'function',
  );
  return Object.fromEntries(
    functions.map(([name, f]) => [
      name,
      (...args: unknown[]): unknown => {
        const result = f(...args.map((arg) => mapParts(arg, isArray, constant)));
        return mapParts(result, isVariable, (v) => evaluate([v], new Map())[0]);
      },
    ]),
  ) as Eager<M>;
}

export const nd = {
  ...eagerly(elements),
  ...eagerly(special),
  ...eagerly(order),
  ...eagerly(shapes),
  ...eagerly(products),
  ...eagerly(networks),
  ...eagerly(images),
  ...basic,
  linalg: eagerly(algebra),
  fft: eagerly(fourier),
};
