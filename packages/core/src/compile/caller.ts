/** A compiled function's way from arguments to results. */
import type { OutputMemory } from '../device/output-memory.js';
import type { CancelSignal, Executable } from '../device/target.js';
import { InputError } from '../errors.js';
import type { SharedVariable } from '../graph/shared.js';
import type { Lowered } from '../lower/lower.js';
import { isNDArray, NDArray } from '../types/ndarray.js';
import { ownedInput, toInput } from './arguments.js';
import { shieldInputs, toDestinations } from './destinations.js';
import { shapeResults } from './results.js';
import { translateRunError } from './run-errors.js';
import type { Parameter, Specification } from './specification.js';

export interface CallerParts {
  readonly spec: Specification;
  readonly lowered: Lowered;
  readonly executable: Executable;
  readonly name: string | null;
}

export interface AsyncOptions {
  /** Ends the call, unless it has come to its updates: the promise rejects with the signal's reason. */
  readonly signal?: CancelSignal | undefined;
}

/** What a call gives to states. */
type States = readonly (readonly [SharedVariable, NDArray])[];
/** Memory for the outputs of a run. */
type Memory = readonly (OutputMemory | null)[];

export class Caller {
  trustInput = false;
  /** Least number of arguments of a positional call. */
  private readonly required: number;
  private readonly hasStates: boolean;
  /** Memory of borrowed results; null where no output is borrowed, or while a call uses it. */
  private kept: Memory | null;

  constructor(private readonly parts: CallerParts) {
    const { parameters } = parts.spec;
    this.required = parameters.findLastIndex(({ value }) => value === null) + 1;
    this.hasStates = parameters.some(({ state }) => state !== null);
    this.kept = this.noMemoryYet();
  }

  call(args: readonly unknown[]): unknown {
    const values = this.list(args);
    const results = this.hasStates
      ? this.withStates(values, () => this.runPlain(values))
      : this.runPlain(values);
    return shapeResults(this.parts.spec, results);
  }

  into(destination: unknown, args: readonly unknown[]): unknown {
    const { spec } = this.parts;
    const values = this.list(args);
    const memory = toDestinations(spec.results, spec.shape, destination);
    const results = this.withStates(values, () =>
      this.run(shieldInputs(this.bind(values), memory), memory),
    );
    return shapeResults(spec, results);
  }

  /** Rejects with what `call` throws. */
  async callAsync(args: readonly unknown[]): Promise<unknown> {
    const { spec, executable } = this.parts;
    const { values, signal } = this.splitSignal(args);
    if (spec.parameters.some(({ state }, k) => state !== null && values[k] !== undefined))
      throw this.refusal('a call in flight to take its states as they are', 'a value for one');
    signal?.throwIfAborted();
    const inputs = this.bind(values, true);
    let results;
    try {
      results = await executable.runAsync(inputs, signal);
    } catch (error) {
      throw this.translated(error, inputs);
    }
    return shapeResults(spec, results);
  }

  /** The options follow the arguments. */
  private splitSignal(args: readonly unknown[]): {
    values: readonly unknown[];
    signal: CancelSignal | undefined;
  } {
    const { inputNames } = this.parts.spec;
    const last = args.at(-1);
    const hasOptions = inputNames === null ? isOptions(last) : args.length > 1;
    if (!hasOptions) return { values: this.list(args), signal: undefined };
    if (!isOptions(last)) throw this.refusal('options {signal} after the arguments', kindOf(last));
    return { values: this.list(args.slice(0, -1)), signal: last.signal };
  }

  /** @throws AsyncInFlightError */
  free(): void {
    this.kept = this.noMemoryYet();
    this.parts.executable.free();
  }

  /** The arguments in the order of the parameters. */
  private list(args: readonly unknown[]): readonly unknown[] {
    const { inputNames, parameters } = this.parts.spec;
    if (inputNames !== null) return this.fromRecord(inputNames, args);
    if (args.length >= this.required && args.length <= parameters.length) return args;
    const labels = parameters.map(({ label }) => label).join(', ');
    const least = this.required < parameters.length ? `${this.required} to ` : '';
    throw this.refusal(`${least}${parameters.length} arguments (${labels})`, `${args.length}`);
  }

  private fromRecord(names: readonly string[], args: readonly unknown[]): unknown[] {
    const record = args.length === 0 && this.required === 0 ? {} : args[0];
    if (args.length > 1 || typeof record !== 'object' || record === null) {
      const got = args.length === 1 ? kindOf(record) : `${args.length} arguments`;
      throw this.refusal(`one record with ${names.join(', ')}`, got);
    }
    const unknown = Object.keys(record).find((key) => !names.includes(key));
    if (unknown !== undefined) throw this.refusal(names.join(', '), unknown);
    return names.map((key) => (record as Record<string, unknown>)[key]);
  }

  /** What the Program reads; a call in flight memory of its own, unless it may borrow. */
  private bind(values: readonly unknown[], inFlight = false): NDArray[] {
    const { parameters } = this.parts.spec;
    const inputs: NDArray[] = [];
    for (let k = 0; k < parameters.length; k++) {
      const parameter = parameters[k];
      if (parameter.state !== null) continue;
      const input = this.valueOf(parameter, values[k]);
      inputs.push(inFlight && !parameter.borrow ? ownedInput(parameter, input, values[k]) : input);
    }
    return inputs;
  }

  private valueOf(parameter: Parameter, given: unknown): NDArray {
    if (given === undefined && parameter.value !== null) return parameter.value;
    if (this.trustInput && isNDArray(given) && parameter.variable.type.holds(given)) return given;
    return toInput(parameter, given);
  }

  /** Runs with the states that the call gives; a failure takes them back. */
  private withStates(values: readonly unknown[], run: () => NDArray[]): NDArray[] {
    const given = this.statesIn(values);
    if (given.length === 0) return run();
    const old = given.map(([state]) => [state, state.getValue()] as const);
    const set = (states: States): void => states.forEach(([state, value]) => state.setValue(value));
    set(given);
    try {
      return run();
    } catch (error) {
      set(old);
      throw error;
    }
  }

  private statesIn(values: readonly unknown[]): States {
    return this.parts.spec.parameters.flatMap((parameter, k) =>
      parameter.state === null || values[k] === undefined
        ? []
        : [[parameter.state, toInput(parameter, values[k])] as const],
    );
  }

  private run(inputs: readonly NDArray[], memory?: Memory): NDArray[] {
    try {
      return this.parts.executable.run(inputs, memory);
    } catch (error) {
      throw this.translated(error, inputs);
    }
  }

  private translated(error: unknown, values: readonly NDArray[]): unknown {
    const { lowered, spec } = this.parts;
    return translateRunError(error, { lowered, spec, values });
  }

  private runPlain(values: readonly unknown[]): NDArray[] {
    const inputs = this.bind(values);
    return this.kept === null ? this.run(inputs) : this.runBorrowing(inputs, this.kept);
  }

  private runBorrowing(inputs: readonly NDArray[], memory: Memory): NDArray[] {
    this.kept = null;
    let next = this.noMemoryYet();
    try {
      const results = this.run(shieldInputs(inputs, memory), memory);
      next = this.keep(results);
      return results;
    } finally {
      this.kept = next;
    }
  }

  private noMemoryYet(): Memory | null {
    const { results } = this.parts.spec;
    return results.some(({ borrow }) => borrow) ? results.map(() => null) : null;
  }

  /** Memory of borrowed results, for the next call. */
  private keep(arrays: readonly NDArray[]): Memory {
    return this.parts.spec.results.map(({ borrow }, k) => {
      if (!borrow) return null;
      const { dtype, data } = arrays[k];
      return { array: new NDArray(dtype, data, [data.length]), takes: 'room' };
    });
  }

  private refusal(expected: string, got: string): InputError {
    return new InputError(`[${this.parts.name ?? 'function'}] expected ${expected}, got ${got}`);
  }
}

/** No value of an input is a plain object. */
function isOptions(value: unknown): value is AsyncOptions {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
