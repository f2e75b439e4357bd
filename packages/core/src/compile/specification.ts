/**
 * What `function()` was asked for: inputs, outputs, updates and givens, each checked, and the givens
 * applied. Invariant: every leaf of `roots` is an input, a constant or a shared variable.
 */
import { config } from '../config/config.js';
import type { Device } from '../device/target.js';
import {
  InputError,
  MissingInputError,
  TypeInferenceError,
  UnusedInputError,
  UpdateError,
} from '../errors.js';
import { cloneReplace } from '../graph/clone.js';
import { Constant } from '../graph/constant.js';
import { SharedVariable } from '../graph/shared.js';
import { userFrames } from '../graph/trace.js';
import { leavesOf, toposort } from '../graph/traverse.js';
import { TensorVariable } from '../graph/variable.js';
import type { NDArray } from '../types/ndarray.js';
import { toInput, type InputSlot } from './arguments.js';
import { InputWithOptions, OutputWithOptions, type InOptions } from './in-out.js';
import type { Input, InputList, InputRecord, Output, OutputSpec } from './types.js';
import {
  defaultUpdates,
  listGivens,
  listUpdates,
  standIn,
  type Givens,
  type NoDefaultUpdates,
  type Update,
  type Updates,
} from './updates.js';

export interface SpecificationOptions {
  readonly updates?: Updates;
  readonly givens?: Givens;
  /** What to do about an input that nothing uses: an error, a warning, or nothing; the flag `onUnusedInput` (an error) by default. */
  readonly onUnusedInput?: 'raise' | 'warn' | 'ignore';
  /** Convert arguments that an input's dtype may not hold, as `NDArray.astype` does, instead of refusing them. */
  readonly allowInputDowncast?: boolean;
  /** Leaves out the `defaultUpdate` of all shared variables, or of these. */
  readonly noDefaultUpdates?: NoDefaultUpdates;
}

/** A declared input: an argument of a call, which may have a default or be a state. */
export interface Parameter extends InputSlot {
  /** Its value in calls that give none. */
  readonly value: NDArray | null;
  /** Where its value is kept from call to call; null for an ordinary input. */
  readonly state: SharedVariable | null;
  /** Whether calls in flight read the argument's own memory. */
  readonly borrow: boolean;
}

/** A declared output. */
export interface Result {
  readonly variable: TensorVariable;
  /** How errors call it. */
  readonly label: string;
  /** Whether its memory is the function's own, and overwritten by the next call. */
  readonly borrow: boolean;
}

/** A function as asked for: the graph after the givens, before the optimizer. */
export interface Specification {
  readonly parameters: readonly Parameter[];
  /** Keys of the record that the inputs were given in. */
  readonly inputNames: readonly string[] | null;
  /** Parameters that are no states: what the Program reads. */
  readonly inputs: readonly Parameter[];
  readonly results: readonly Result[];
  readonly shape: 'none' | 'one' | 'list' | readonly string[];
  /** Shared variables that a call sets. */
  readonly targets: readonly SharedVariable[];
  /** The outputs, then the new values of the targets. */
  readonly roots: readonly TensorVariable[];
}

function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value);
}

/** @throws InputError, UnusedInputError, MissingInputError, TypeInferenceError, UpdateError, GivensError */
export function specify(
  inputs: InputList | InputRecord,
  outputs: OutputSpec,
  options: SpecificationOptions,
  device: Device,
): Specification {
  checkGroup(inputs);
  const inputNames = isList(inputs) ? null : Object.keys(inputs);
  const declared = (isList<Input>(inputs) ? [...inputs] : Object.values(inputs)).map(withOptions);
  const variables = declared.map(({ variable }) => variable);
  checkInputs(variables);
  const parameters = declared.map((input, k) =>
    parameterOf(input, inputNames?.[k] ?? null, k, options.allowInputDowncast === true, device),
  );
  const { list, shape } = listOutputs(outputs);
  const updates = [...listUpdates(options.updates ?? []), ...stateUpdates(declared, parameters)];
  const givens = listGivens(options.givens ?? [], variables);
  const replaces = givens.size > 0 || parameters.some(({ state }) => state !== null);
  // What computes an input is not looked at, so that nothing is replaced there.
  for (const { variable, state } of parameters) givens.set(variable, state ?? variable);
  const replaced = (all: readonly TensorVariable[]): readonly TensorVariable[] =>
    replaces ? cloneReplace(all, givens).outputs : all;
  const written = replaced([
    ...list.map(({ variable }) => variable),
    ...updates.map(({ value }) => value),
  ]);
  const more = defaultUpdates(
    written,
    new Set(variables),
    updates.map(({ target }) => target),
    options.noDefaultUpdates ?? false,
    (variable) => replaced([variable])[0],
  );
  const labels = isList<string>(shape)
    ? shape
    : list.map(({ variable }, k) => labelOf(variable, k));
  const found: Specification = {
    parameters,
    inputNames,
    inputs: parameters.filter(({ state }) => state === null),
    results: list.map(({ borrow }, k) => ({ variable: written[k], label: labels[k], borrow })),
    shape,
    targets: [...updates, ...more].map(({ target }) => target),
    roots: [...written, ...more.map(({ value }) => value)],
  };
  checkLeaves(found, options.onUnusedInput ?? config.onUnusedInput);
  return found;
}

function withOptions(input: Input): InputWithOptions {
  return input instanceof InputWithOptions
    ? (input as InputWithOptions)
    : new InputWithOptions(input as TensorVariable, {});
}

function parameterOf(
  { variable, options }: InputWithOptions,
  key: string | null,
  position: number,
  allowInputDowncast: boolean,
  device: Device,
): Parameter {
  const slot: InputSlot = {
    variable,
    label: options.name ?? key ?? variable.name ?? `input ${position}`,
    allowDowncast: options.allowDowncast ?? allowInputDowncast,
    strict: options.strict === true,
  };
  const value = options.value === undefined ? null : toInput(slot, options.value);
  const state = stateOf(slot, options, value, device);
  return { ...slot, value, state, borrow: options.borrow === true };
}

function stateOf(
  { variable, label }: InputSlot,
  { update }: InOptions<TensorVariable>,
  value: NDArray | null,
  device: Device,
): SharedVariable | null {
  if (update === undefined) return null;
  if (value === null)
    throw new InputError(`[In] expected a value for ${label} to start from, got an update alone`);
  return new SharedVariable(variable.type, device.createShared(value), label);
}

function stateUpdates(
  declared: readonly InputWithOptions[],
  parameters: readonly Parameter[],
): Update[] {
  return parameters.flatMap(({ state }, k) => {
    const { update } = declared[k].options;
    if (state === null || update === undefined) return [];
    return [{ target: state, value: standIn(update, state, 'update', UpdateError) }];
  });
}

function labelOf(output: TensorVariable, position: number): string {
  return output.name ?? `output ${position}`;
}

function checkGroup(inputs: unknown): void {
  if (typeof inputs === 'object' && inputs !== null && !(inputs instanceof TensorVariable)) return;
  const got =
    inputs instanceof TensorVariable
      ? `the variable ${inputs.toString()}: write [${inputs.toString()}]`
      : String(inputs);
  throw new InputError(`[function] expected a list or record of variables, got ${got}`);
}

function checkInputs(inputs: readonly TensorVariable[]): void {
  inputs.forEach((input, k) => {
    if (!(input instanceof TensorVariable))
      throw new InputError(
        `[function] expected variables as inputs, got ${String(input)} at position ${k}`,
      );
    if (input instanceof SharedVariable) {
      throw new InputError(
        `[function] expected inputs without values, got the shared variable ${input.toString()}`,
        {
          hint: 'shared variables are implicit; to give one another value in this function use givens: [[shared, input]]',
        },
      );
    }
    if (input instanceof Constant)
      throw new InputError(
        `[function] expected variables as inputs, got the constant ${input.toString()}`,
      );
    if (inputs.indexOf(input) !== k)
      throw new UnusedInputError(
        `[function] expected each input once, got ${input.toString()} twice`,
      );
  });
}

interface Outputs {
  readonly list: readonly OutputWithOptions[];
  readonly shape: Specification['shape'];
}

function listOutputs(outputs: OutputSpec): Outputs {
  const found = outputs === null ? { list: [], shape: 'none' as const } : listed(outputs);
  for (const { variable } of found.list) {
    if (!(variable instanceof TensorVariable))
      throw new TypeInferenceError(
        `[function] expected variables as outputs, got ${String(variable)}`,
      );
  }
  return found;
}

function listed(outputs: Exclude<OutputSpec, null>): Outputs {
  const isOne =
    outputs instanceof TensorVariable ||
    outputs instanceof OutputWithOptions ||
    typeof outputs !== 'object';
  if (isOne) return { list: [outputWithOptions(outputs)], shape: 'one' };
  if (isList<Output>(outputs)) return { list: outputs.map(outputWithOptions), shape: 'list' };
  return {
    list: Object.values(outputs as Record<string, Output>).map(outputWithOptions),
    shape: Object.keys(outputs),
  };
}

function outputWithOptions(output: Output): OutputWithOptions {
  return output instanceof OutputWithOptions
    ? (output as OutputWithOptions)
    : new OutputWithOptions(output as TensorVariable, false);
}

function checkLeaves(
  { parameters, roots }: Specification,
  onUnused: 'raise' | 'warn' | 'ignore',
): void {
  const declared = new Set(parameters.map(({ variable, state }) => state ?? variable));
  const leaves = leavesOf(roots, declared);
  for (const leaf of leaves) {
    if (declared.has(leaf) || leaf instanceof Constant || leaf instanceof SharedVariable) continue;
    const consumer = toposort(roots, declared).find((node) => node.inputs.includes(leaf));
    const [frame] = userFrames(consumer?.trace ?? null, 1);
    throw new MissingInputError(
      `[function] expected ${leaf.toString()} among the inputs: ${consumer === undefined ? 'it is an output' : `${consumer.op.name} needs it`}`,
      {
        trace: frame === undefined ? '' : `made at ${frame}`,
        hint: 'add it to the inputs, or give it a value with givens',
      },
    );
  }
  if (onUnused === 'ignore') return;
  const used = new Set(leaves);
  for (const input of declared) {
    if (used.has(input)) continue;
    const message = `[function] expected every input to be used, but no output or update depends on ${input.toString()}`;
    if (onUnused === 'raise')
      throw new UnusedInputError(message, {
        hint: "leave it out, or pass {onUnusedInput: 'ignore'}",
      });
    console.warn(`tno: ${message}`);
  }
}
