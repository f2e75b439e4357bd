/** Several functions whose kernels are one unit of code: the C compiler is started once for all of them. */
import type { SourceUnit } from '../device/target.js';
import type { LoopKernel } from '../lower/program.js';
import { finish, prepare, type CompiledFunction, type FunctionOptions } from './function.js';
import type { InputList, InputRecord, OutputSpec } from './types.js';

/** What `compile` takes, for one function of many; the device is that of all. */
export interface FunctionRequest extends Omit<FunctionOptions, 'device'> {
  readonly inputs: InputList | InputRecord;
  readonly outputs?: OutputSpec;
}

export type CompiledFunctions<F extends readonly FunctionRequest[]> = {
  -readonly [K in keyof F]: CompiledFunction<
    F[K]['inputs'],
    F[K]['outputs'] extends OutputSpec ? F[K]['outputs'] : null
  >;
};

/** Functions a unit: a larger one takes a compiler longer than its parts would. */
const MOST_IN_A_UNIT = 100;

/**
 * Compiles many functions, up to 100 in one unit of code. Each is a function of its own; what it gives
 * does not depend on the others.
 * @throws what `compile` throws, for the first function that cannot be compiled
 */
export function compileMany<const F extends readonly FunctionRequest[]>(
  functions: F,
  options: Pick<FunctionOptions, 'device' | 'mode'> = {},
): CompiledFunctions<F> {
  const made: CompiledFunction<unknown, unknown>[] = [];
  for (let from = 0; from < functions.length; from += MOST_IN_A_UNIT) {
    made.push(...compileUnit(functions.slice(from, from + MOST_IN_A_UNIT), options));
  }
  return made as unknown as CompiledFunctions<F>;
}

function compileUnit(
  functions: readonly FunctionRequest[],
  common: Pick<FunctionOptions, 'device' | 'mode'>,
): CompiledFunction<unknown, unknown>[] {
  const prepared = functions.map(({ inputs, outputs, ...options }) =>
    prepare(inputs, outputs ?? null, { ...common, ...options }),
  );
  if (prepared.length === 0) return [];
  const [{ device, lowered }] = prepared;
  const start = performance.now();
  // Functions alike have kernels alike: each is compiled once.
  const numbers = new Map<string, number>();
  const kernels: LoopKernel[] = [];
  const places = prepared.map((one) =>
    one.lowered.program.kernels.map((kernel) => {
      const key = JSON.stringify(kernel);
      const known = numbers.get(key) ?? kernels.push(kernel) - 1;
      numbers.set(key, known);
      return known;
    }),
  );
  const unit = device.target.emit({ ...lowered.program, kernels });
  const emit = (performance.now() - start) / prepared.length;
  return prepared.map((one, k) => finish(one, partOf(unit, places[k]), emit));
}

/** The unit as that of some of its kernels: the same code, other symbols. */
function partOf(unit: SourceUnit, kernels: readonly number[]): SourceUnit {
  return {
    language: unit.language,
    parts: unit.parts,
    symbols: kernels.map((kernel) => unit.symbols[kernel]),
    get text() {
      return unit.text;
    },
    get identity() {
      return unit.identity;
    },
  };
}
