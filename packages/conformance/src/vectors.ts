/** Recorded values: what the oracles gave for each case, one file a family, one line a case. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ndarray, type DType, type NDArray } from '@tno/core';
import type { Case } from './cases.js';

/** A number; `"nan"`, `"inf"`, `"-inf"`, `"-0"`, and integers beyond 2^53, as text. */
export type Encoded = number | boolean | string;

export interface EncodedArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly Encoded[];
}

/** What one case gave: the digest of what was asked, and the results. */
export interface Recorded {
  readonly asked: string;
  readonly results: readonly EncodedArray[];
}

/** By the case's id. */
export type Vectors = Map<string, Recorded>;

const pathOf = (family: string): string =>
  fileURLToPath(new URL(`../vectors/${family}.json`, import.meta.url));

type Line = readonly [id: string, asked: string, results: Recorded['results']];

export function readVectors(family: string): Vectors {
  const path = pathOf(family);
  const lines = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Line[]) : [];
  return new Map(lines.map(([id, asked, results]) => [id, { asked, results }]));
}

export function writeVectors(family: string, vectors: Vectors): void {
  const lines = [...vectors].map(([id, { asked, results }]) =>
    JSON.stringify([id, asked, results]),
  );
  writeFileSync(pathOf(family), `[\n${lines.join(',\n')}\n]\n`);
}

/** What the oracle is asked: a case whose question changes has to be recorded anew. */
export function question({ call, operands, results }: Case): {
  oracle: string;
  /** `fixed`: of a dtype that is not the row's. */
  operands: (EncodedArray & { fixed: boolean })[];
  results: readonly DType[];
} {
  return {
    oracle: call.oracle,
    operands: operands.map((x, k) => ({ ...encode(x), fixed: call.inputs[k].dtype !== undefined })),
    results,
  };
}

export function digest(asked: Case): string {
  return createHash('sha256')
    .update(JSON.stringify(question(asked)))
    .digest('hex')
    .slice(0, 12);
}

export function encode(array: NDArray): EncodedArray {
  const flat = array.reshape([array.size]).toNested({ bigint: true }) as (
    number | bigint | boolean
  )[];
  return { dtype: array.dtype, shape: array.shape, values: flat.map(encodeElement) };
}

function encodeElement(x: number | bigint | boolean): Encoded {
  if (typeof x === 'boolean') return x;
  if (typeof x === 'bigint') return Number.isSafeInteger(Number(x)) ? Number(x) : String(x);
  if (Number.isNaN(x)) return 'nan';
  if (Math.abs(x) === Infinity) return x > 0 ? 'inf' : '-inf';
  return Object.is(x, -0) ? '-0' : x;
}

const named: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '-inf': -Infinity,
  '-0': -0,
};

export function decode({ dtype, shape, values }: EncodedArray): NDArray {
  const elements = values.map((x) =>
    typeof x !== 'string' ? x : x in named ? named[x] : BigInt(x),
  );
  return ndarray(elements, dtype).reshape(shape);
}
