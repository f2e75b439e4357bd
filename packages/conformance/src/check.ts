/** Runs cases on a device and compares with what the oracles gave. */
import * as tno from '@tno/core';
import type { Device, ModeName, NDArray } from '@tno/core';
import { graphOf, type Case, type CaseGraph } from './cases.js';
import type { Mismatch } from './outcome.js';
import type { Tolerance } from './row.js';
import { stepsApart } from './steps-apart.js';
import { decode, digest, type Vectors } from './vectors.js';

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0];

type Ready = { readonly entry: Case } & (
  { readonly run: () => readonly NDArray[] } | { readonly failure: unknown }
);

/** Runs each case as a function of its own, on the device; many functions are one unit of code. */
export function runCases(cases: readonly Case[], vectors: Vectors, device: Device): Mismatch[] {
  return prepare(cases, device).flatMap((ready) => compare(ready, vectors));
}

type Caller = (...values: readonly NDArray[]) => NDArray[];

function prepare(cases: readonly Case[], device: Device): Ready[] {
  const made = cases.map((entry) => attempt(() => graphOf(entry)));
  const graphs = made.flatMap((one) => ('result' in one ? [one.result] : []));
  const functions = compileAll(graphs, device);
  let next = 0;
  return cases.map((entry, k): Ready => {
    const graph = made[k];
    if ('failure' in graph) return { entry, failure: graph.failure };
    const f = functions[next++];
    if ('failure' in f) return { entry, failure: f.failure };
    return { entry, run: () => f.result(...graph.result.values) };
  });
}

/** Where some cannot be compiled, each by itself, so that the others still are. */
export function compileAll(
  graphs: readonly CaseGraph[],
  device: Device,
  mode: ModeName = 'FAST_RUN',
): Attempt<Caller>[] {
  const compile = (some: readonly CaseGraph[]): Caller[] => {
    const requests = some.map(({ leaves, outputs }) => ({
      inputs: leaves,
      outputs,
      onUnusedInput: 'ignore' as const,
    }));
    return tno.compileMany(requests, { device, mode }) as unknown as Caller[];
  };
  const all = attempt(() => compile(graphs));
  if ('result' in all) return all.result.map((result) => ({ result }));
  return graphs.map((graph) => attempt(() => compile([graph])[0]));
}

export type Attempt<T> = { readonly result: T } | { readonly failure: unknown };

export function attempt<T>(make: () => T): Attempt<T> {
  try {
    return { result: make() };
  } catch (failure) {
    return { failure };
  }
}

function compare(ready: Ready, vectors: Vectors): Mismatch[] {
  const { entry } = ready;
  const differs = (what: string): Mismatch[] => [{ id: entry.id, what }];
  let results: readonly NDArray[];
  try {
    if ('failure' in ready) throw ready.failure;
    results = ready.run();
  } catch (error) {
    const expected =
      entry.throws !== null && error instanceof tno.TnoError && entry.throws.test(error.message);
    return expected ? [] : differs(`failed: ${messageOf(error)}`);
  }
  if (entry.throws !== null)
    return differs(`was to fail with ${String(entry.throws)}, and gave a result`);
  const recorded = vectors.get(entry.id);
  if (recorded?.asked !== digest(entry))
    return differs('has no recorded value: run the recorder of its family');
  if (recorded.results.length !== results.length) {
    return differs(`${recorded.results.length} results wanted, ${results.length} found`);
  }
  return recorded.results.flatMap((expected, k) => {
    const what = difference(results[k], decode(expected), entry.row.tolerance ?? {});
    return what === null ? [] : differs(what);
  });
}

/** What differs between a result and the value wanted: a text, or null. */
export function difference(result: NDArray, wanted: NDArray, tolerance: Tolerance): string | null {
  const typeOf = ({ dtype, shape }: NDArray): string => `${dtype} (${shape.join(', ')})`;
  if (typeOf(result) !== typeOf(wanted)) return `${typeOf(wanted)} wanted, ${typeOf(result)} found`;
  const [found, right] = [result, wanted].map(
    (x) => x.reshape([x.size]).toNested({ bigint: true }) as (number | bigint | boolean)[],
  );
  const { dtype } = wanted;
  if (dtype !== 'float16' && dtype !== 'float32' && dtype !== 'float64') {
    const wrong = right.findIndex((x, k) => x !== found[k]);
    return wrong < 0 ? null : `element ${wrong}: ${right[wrong]} wanted, ${found[wrong]} found`;
  }
  const allowed = tolerance[dtype] ?? 0;
  const [numbers, wantedNumbers] = [found, right] as unknown as [number[], number[]];
  const largest = wantedNumbers.reduce(
    (m, x) => (Math.abs(x) < Infinity ? Math.max(m, Math.abs(x)) : m),
    0,
  );
  const wrong = wantedNumbers.findIndex((x, k) => {
    const steps = stepsApart(dtype, x, numbers[k]);
    if (steps <= allowed) return false;
    const near = Math.abs(x - numbers[k]) <= allowed * epsilon[dtype] * largest;
    return !(tolerance.beside === 'array' && near);
  });
  if (wrong < 0) return null;
  const steps = stepsApart(dtype, wantedNumbers[wrong], numbers[wrong]);
  return `element ${wrong}: ${wantedNumbers[wrong]} wanted, ${numbers[wrong]} found, ${steps} steps apart`;
}

const epsilon = { float16: 2 ** -10, float32: 2 ** -23, float64: 2 ** -52 };
