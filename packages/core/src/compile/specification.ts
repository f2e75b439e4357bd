/**
 * What `function()` was asked for: inputs, outputs, updates and givens, each checked, and the givens
 * applied. Invariant: every leaf of `roots` is an input, a constant or a shared variable.
 */
import {
  GivensError,
  InputError,
  MissingInputError,
  TypeInferenceError,
  UnusedInputError,
  UpdateError,
} from '../errors.js';
import { cloneReplace } from '../graph/clone.js';
import { Constant, constant } from '../graph/constant.js';
import { SharedVariable } from '../graph/shared.js';
import { userFrames } from '../graph/trace.js';
import { leavesOf, toposort } from '../graph/traverse.js';
import { TensorVariable } from '../graph/variable.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import { ndarray, type NDArrayInput } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';
import type { InputList, InputRecord, OutputSpec } from './types.js';

/** New values of shared variables, assigned together after everything has been computed from the old ones. */
export type Updates = Iterable<readonly [SharedVariable, TensorLike]>;
/** Replacements made before anything else, all at once. */
export type Givens = Iterable<readonly [TensorVariable, TensorLike]>;

export interface SpecificationOptions {
  readonly updates?: Updates;
  readonly givens?: Givens;
  /** What to do about an input that nothing uses: an error (default), a warning, or nothing. */
  readonly onUnusedInput?: 'raise' | 'warn' | 'ignore';
}

/** A function as asked for: the graph after the givens, before the optimizer. */
export interface Specification {
  readonly inputs: readonly TensorVariable[];
  /** Keys of the record that the inputs were given in. */
  readonly inputNames: readonly string[] | null;
  /** How errors call the inputs. */
  readonly labels: readonly string[];
  readonly outputs: readonly TensorVariable[];
  readonly shape: 'none' | 'one' | 'list' | readonly string[];
  readonly targets: readonly SharedVariable[];
  /** New values of the targets. */
  readonly values: readonly TensorVariable[];
  /** Outputs, then values. */
  readonly roots: readonly TensorVariable[];
}

function isList(value: unknown): value is readonly TensorVariable[] {
  return Array.isArray(value);
}

/** @throws InputError, UnusedInputError, MissingInputError, TypeInferenceError, UpdateError, GivensError */
export function specify(
  inputs: InputList | InputRecord,
  outputs: OutputSpec,
  options: SpecificationOptions,
): Specification {
  checkGroup(inputs);
  const inputNames = isList(inputs) ? null : Object.keys(inputs);
  const inputList = isList(inputs) ? [...inputs] : Object.values(inputs);
  checkInputs(inputList);
  const { list, shape } = listOutputs(outputs);
  const { targets, values } = listUpdates(options.updates ?? []);
  const replaced = applyGivens([...list, ...values], inputList, options.givens ?? []);
  const labels = inputList.map((input, k) => inputNames?.[k] ?? input.name ?? `input ${k}`);
  const found: Specification = {
    inputs: inputList,
    inputNames,
    labels,
    outputs: replaced.slice(0, list.length),
    shape,
    targets,
    values: replaced.slice(list.length),
    roots: replaced,
  };
  checkLeaves(found, options.onUnusedInput ?? 'raise');
  return found;
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

function listOutputs(outputs: OutputSpec): {
  list: readonly TensorVariable[];
  shape: Specification['shape'];
} {
  const found = outputs === null ? { list: [], shape: 'none' as const } : listed(outputs);
  for (const output of found.list) {
    if (!(output instanceof TensorVariable))
      throw new TypeInferenceError(
        `[function] expected variables as outputs, got ${String(output)}`,
      );
  }
  return found;
}

function listed(outputs: Exclude<OutputSpec, null>): {
  list: readonly TensorVariable[];
  shape: Specification['shape'];
} {
  if (outputs instanceof TensorVariable || typeof outputs !== 'object')
    return { list: [outputs], shape: 'one' };
  if (isList(outputs)) return { list: outputs, shape: 'list' };
  return { list: Object.values(outputs), shape: Object.keys(outputs) };
}

function listUpdates(updates: Updates): { targets: SharedVariable[]; values: TensorVariable[] } {
  const targets: SharedVariable[] = [];
  const values: TensorVariable[] = [];
  for (const [target, expression] of updates) {
    if (!(target instanceof SharedVariable))
      throw new UpdateError(
        `[updates] expected a shared variable to update, got ${String(target)}`,
      );
    if (targets.includes(target))
      throw new UpdateError(`[updates] expected one update for ${target.toString()}, got two`);
    targets.push(target);
    values.push(standIn(expression, target, 'updates', UpdateError));
  }
  return { targets, values };
}

/** A variable for `value` whose type fits that of `variable`; lists of numbers take its dtype. */
function standIn(
  value: TensorLike,
  variable: TensorVariable,
  where: string,
  Mismatch: typeof UpdateError,
): TensorVariable {
  const { type } = variable;
  const found = Array.isArray(value)
    ? constantFor(value as NDArrayInput, type.dtype)
    : asVariable(value, type.dtype);
  if (type.accepts(found.type)) return found;
  throw new Mismatch(
    `[${where}] expected ${type.key} for ${variable.toString()}, got ${found.type.key}`,
    {
      trace: userFrames(found.trace, 1)
        .map((frame) => `made at ${frame}`)
        .join(''),
      hint: adviceFor(type, found.type),
    },
  );
}

function constantFor(list: NDArrayInput, dtype: DType): Constant {
  const array = ndarray(list);
  const fits =
    array.dtype === 'float64' &&
    (isFloat(dtype) || array.equals(array.astype(dtype).astype('float64')));
  return constant(fits ? array.astype(dtype) : array);
}

function adviceFor(wanted: TensorType, got: TensorType): string {
  if (wanted.dtype !== got.dtype) return `convert with .cast('${wanted.dtype}')`;
  if (wanted.rank !== got.rank)
    return 'reduce, reshape or dimshuffle it to the rank of what it stands for';
  return `promise its sizes with specifyShape(..., [${wanted.shape.map(String).join(', ')}])`;
}

function applyGivens(
  roots: readonly TensorVariable[],
  inputs: readonly TensorVariable[],
  givens: Givens,
): TensorVariable[] {
  const map = new Map<TensorVariable, TensorVariable>();
  for (const [variable, replacement] of givens) {
    if (!(variable instanceof TensorVariable))
      throw new GivensError(`[givens] expected a variable to replace, got ${String(variable)}`);
    if (map.has(variable))
      throw new GivensError(
        `[givens] expected one replacement for ${variable.toString()}, got two`,
      );
    if (inputs.includes(variable))
      throw new GivensError(
        `[givens] expected a variable that is not an input, got ${variable.toString()}`,
      );
    map.set(variable, standIn(replacement, variable, 'givens', GivensError));
  }
  if (map.size === 0) return [...roots];
  // What computes an input is not looked at, so that nothing is replaced there.
  for (const input of inputs) map.set(input, input);
  return cloneReplace(roots, map).outputs;
}

function checkLeaves(
  { inputs, roots }: Specification,
  onUnused: 'raise' | 'warn' | 'ignore',
): void {
  const declared = new Set(inputs);
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
  for (const input of inputs) {
    if (used.has(input)) continue;
    const message = `[function] expected every input to be used, but no output or update depends on ${input.toString()}`;
    if (onUnused === 'raise')
      throw new UnusedInputError(message, {
        hint: "leave it out, or pass {onUnusedInput: 'ignore'}",
      });
    console.warn(`tno: ${message}`);
  }
}
