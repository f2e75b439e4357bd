/** A compiled function's way from arguments to results. */
import type { OutputMemory } from '../device/output-memory.js';
import type { Executable } from '../device/target.js';
import { InputError } from '../errors.js';
import type { Lowered } from '../lower/lower.js';
import type { NDArray } from '../types/ndarray.js';
import { toInput, type InputSlot } from './arguments.js';
import { shieldInputs, toDestinations, type OutputSlot } from './destinations.js';
import { shapeResults } from './results.js';
import { translateRunError } from './run-errors.js';
import type { Specification } from './specification.js';

export interface CallerParts {
  readonly spec: Specification;
  readonly lowered: Lowered;
  readonly executable: Executable;
  readonly name?: string;
  readonly allowInputDowncast?: boolean;
}

export class Caller {
  readonly spec: Specification;
  readonly name: string | null;
  private readonly slots: readonly InputSlot[];
  private readonly outputs: readonly OutputSlot[];

  constructor(private readonly parts: CallerParts) {
    this.spec = parts.spec;
    this.name = parts.name ?? null;
    const { inputs, labels, outputs, shape } = parts.spec;
    const allowDowncast = parts.allowInputDowncast === true;
    this.slots = inputs.map((variable, k) => ({ variable, label: labels[k], allowDowncast }));
    this.outputs = outputs.map((variable, k) => {
      const key = typeof shape === 'string' ? null : shape[k];
      return { variable, label: key ?? variable.name ?? `output ${k}` };
    });
  }

  call(args: readonly unknown[]): unknown {
    const inputs = this.bind(args);
    return shapeResults(this.spec, this.run(inputs));
  }

  into(destination: unknown, args: readonly unknown[]): unknown {
    const memory = toDestinations(this.outputs, this.spec.shape, destination);
    const inputs = shieldInputs(this.bind(args), memory);
    return shapeResults(this.spec, this.run(inputs, memory));
  }

  private bind(args: readonly unknown[]): NDArray[] {
    const { inputNames, labels } = this.spec;
    const values = inputNames === null ? args : this.fromRecord(inputNames, args);
    if (values.length !== labels.length) {
      throw this.refusal(`${labels.length} arguments (${labels.join(', ')})`, `${values.length}`);
    }
    return this.slots.map((slot, k) => toInput(slot, values[k]));
  }

  private run(inputs: readonly NDArray[], memory?: readonly (OutputMemory | null)[]): NDArray[] {
    const { executable, lowered } = this.parts;
    try {
      return executable.run(inputs, memory);
    } catch (error) {
      const { slots, outputs } = this;
      const { roots } = this.spec;
      throw translateRunError(error, { lowered, roots, slots, outputs, values: inputs });
    }
  }

  private fromRecord(names: readonly string[], args: readonly unknown[]): unknown[] {
    const [record] = args;
    if (args.length !== 1 || typeof record !== 'object' || record === null) {
      const got = args.length === 1 ? kindOf(record) : `${args.length} arguments`;
      throw this.refusal(`one record with ${names.join(', ')}`, got);
    }
    const unknown = Object.keys(record).find((key) => !names.includes(key));
    if (unknown !== undefined) throw this.refusal(names.join(', '), unknown);
    return names.map((key) => (record as Record<string, unknown>)[key]);
  }

  private refusal(expected: string, got: string): InputError {
    return new InputError(`[${this.name ?? 'function'}] expected ${expected}, got ${got}`);
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
