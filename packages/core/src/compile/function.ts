/** `function()`: compiles a graph to a callable. */
import { config } from '../config/config.js';
import { currentDevice } from '../device/registry.js';
import type { Device, Executable, SourceUnit } from '../device/target.js';
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
import { FunctionGraph } from '../graph/function-graph.js';
import { SharedVariable } from '../graph/shared.js';
import { userFrames } from '../graph/trace.js';
import { leavesOf, toposort } from '../graph/traverse.js';
import { TensorVariable } from '../graph/variable.js';
import { lower, type Lowered } from '../lower/lower.js';
import type { Program } from '../lower/program.js';
import type { OptimizerProfile } from '../optimizer/engine.js';
import { modeOf, type Mode, type ModeName } from '../optimizer/mode.js';
import { optimize, type PhaseProfile } from '../optimizer/phases.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import { ndarray, type NDArray, type NDArrayInput } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';
import { toInput, type InputSlot } from './arguments.js';
import { translateRunError } from './run-errors.js';
import type { Arguments, InputList, InputRecord, OutputSpec, Results } from './types.js';

/** New values of shared variables, assigned together after everything has been computed from the old ones. */
export type Updates = Iterable<readonly [SharedVariable, TensorLike]>;
/** Replacements made before anything else, all at once. */
export type Givens = Iterable<readonly [TensorVariable, TensorLike]>;

export interface FunctionOptions {
  readonly updates?: Updates;
  readonly givens?: Givens;
  /** Which rewrites run: a Mode or the name of one; `config.mode` by default. */
  readonly mode?: Mode | ModeName;
  readonly name?: string;
  /** What to do about an input that nothing uses: an error (default), a warning, or nothing. */
  readonly onUnusedInput?: 'raise' | 'warn' | 'ignore';
  /** Convert arguments that an input's dtype may not hold, as `NDArray.astype` does, instead of refusing them. */
  readonly allowInputDowncast?: boolean;
  /** Device to run on; the process' device by default. Shared variables must live there. */
  readonly device?: Device;
}

/** What compiling took, in milliseconds. */
export interface CompileProfile {
  readonly phases: readonly PhaseProfile[];
  readonly rules: OptimizerProfile;
  readonly optimize: number;
  readonly lower: number;
  readonly emit: number;
  readonly load: number;
}

/** A compiled function: call it. */
export interface CompiledFunction<I, O> {
  (...args: Arguments<I> extends readonly unknown[] ? Arguments<I> : never): Results<O>;
  readonly functionName: string | null;
  /** The optimized graph: the outputs, then the values of `updated`. */
  readonly graph: FunctionGraph;
  /** The shared variables that a call sets. */
  readonly updated: readonly SharedVariable[];
  readonly program: Program;
  readonly source: SourceUnit;
  readonly compileProfile: CompileProfile;
}

interface Specification {
  readonly inputs: readonly TensorVariable[];
  readonly inputNames: readonly string[] | null;
  readonly outputs: readonly TensorVariable[];
  readonly shape: 'none' | 'one' | 'list' | readonly string[];
  readonly targets: readonly SharedVariable[];
  readonly values: readonly TensorVariable[];
}

/**
 * Compiles `outputs` as a function of `inputs`.
 *
 * Inputs are any variables (leaves or intermediate ones), as a list or a record; outputs are one
 * variable, a list, a record, or null. Shared variables are read where the graph uses them and set by
 * `updates`. The result is called with values in the inputs' order (or a record of them) and returns the
 * outputs' values in the shape they were given; rank-0 results are JavaScript scalars.
 * @throws MissingInputError, UnusedInputError, InputError, UpdateError, GivensError while compiling;
 * a call throws ShapeError, DTypeError, IndexRangeError or InputError and then leaves every shared variable as it was
 */
export function compile<const I extends InputList | InputRecord, const O extends OutputSpec = null>(
  inputs: I,
  outputs?: O,
  options: FunctionOptions = {},
): CompiledFunction<I, O> {
  const device = options.device ?? currentDevice();
  const mode = modeOf(options.mode ?? config.mode);
  const spec = specify(inputs, outputs ?? null, options);
  const graph = new FunctionGraph(spec.inputs, [...spec.outputs, ...spec.values]);
  checkLeaves(graph, spec, options.onUnusedInput ?? 'raise');
  const rules: OptimizerProfile = new Map();
  const times: number[] = [performance.now()];
  const phases = optimize(graph, device.target, mode, {
    profile: rules,
    verbose: config.optimizerVerbose,
    verify: config.verify,
  });
  times.push(performance.now());
  const lowered = lower(graph, spec.outputs.length, spec.targets, device.target, mode, [
    ...spec.outputs,
    ...spec.values,
  ]);
  times.push(performance.now());
  const source = device.target.emit(lowered.program);
  times.push(performance.now());
  const hosts = lowered.hosts.map(
    (node) =>
      (values: readonly NDArray[]): readonly NDArray[] =>
        node.op.perform(values, node),
  );
  const executable = device.load(
    lowered.program,
    source,
    lowered.shared.map((s) => s.storage),
    hosts,
  );
  times.push(performance.now());
  const [a, b, c, d] = times.slice(1).map((t, k) => t - times[k]);
  const profile: CompileProfile = { phases, rules, optimize: a, lower: b, emit: c, load: d };
  return callable<I, O>(spec, lowered, executable, options, { graph, source, profile });
}

function callable<I, O>(
  spec: Specification,
  lowered: Lowered,
  executable: Executable,
  options: FunctionOptions,
  about: { graph: FunctionGraph; source: SourceUnit; profile: CompileProfile },
): CompiledFunction<I, O> {
  const { inputs, inputNames } = spec;
  const name = options.name ?? null;
  const roots = [...spec.outputs, ...spec.values];
  const slots = inputs.map((variable, k): InputSlot => {
    const label = inputNames?.[k] ?? variable.name ?? `input ${k}`;
    return { variable, label, allowDowncast: options.allowInputDowncast === true };
  });
  const call = (...args: unknown[]): unknown => {
    const values = inputNames === null ? args : fromRecord(inputNames, args, name);
    if (values.length !== inputs.length) {
      throw new InputError(
        `[${name ?? 'function'}] expected ${inputs.length} arguments (${inputs.map(String).join(', ')}), got ${values.length}`,
      );
    }
    const arrays = slots.map((slot, k) => toInput(slot, values[k]));
    let results: NDArray[];
    try {
      results = executable.run(arrays);
    } catch (error) {
      throw translateRunError(error, { lowered, roots, slots, values: arrays });
    }
    return shapeResults(spec, results);
  };
  return Object.assign(call, {
    functionName: name,
    updated: spec.targets,
    graph: about.graph,
    program: lowered.program,
    source: about.source,
    compileProfile: about.profile,
  }) as CompiledFunction<I, O>;
}

function fromRecord(
  names: readonly string[],
  args: readonly unknown[],
  name: string | null,
): unknown[] {
  const [record] = args;
  if (args.length !== 1 || typeof record !== 'object' || record === null) {
    const got =
      args.length === 1
        ? `${record === null ? 'null' : typeof record}`
        : `${args.length} arguments`;
    throw new InputError(
      `[${name ?? 'function'}] expected one record with ${names.join(', ')}, got ${got}`,
    );
  }
  const unknown = Object.keys(record).find((key) => !names.includes(key));
  if (unknown !== undefined)
    throw new InputError(`[${name ?? 'function'}] expected ${names.join(', ')}, got ${unknown}`);
  return names.map((key) => (record as Record<string, unknown>)[key]);
}

function shapeResults({ shape, outputs }: Specification, results: readonly NDArray[]): unknown {
  const values = results.map((array, k): unknown =>
    outputs[k].type.rank === 0 ? array.item() : array,
  );
  if (shape === 'none') return undefined;
  if (shape === 'one') return values[0];
  return shape === 'list' ? values : Object.fromEntries(shape.map((key, k) => [key, values[k]]));
}

// --- what was asked for ---

function isList(value: unknown): value is readonly TensorVariable[] {
  return Array.isArray(value);
}

function specify(
  inputs: InputList | InputRecord,
  outputs: OutputSpec,
  options: FunctionOptions,
): Specification {
  checkGroup(inputs);
  const inputNames = isList(inputs) ? null : Object.keys(inputs);
  const inputList = isList(inputs) ? [...inputs] : Object.values(inputs);
  checkInputs(inputList);
  const { list, shape } = listOutputs(outputs);
  const { targets, values } = listUpdates(options.updates ?? []);
  const replaced = applyGivens([...list, ...values], inputList, options.givens ?? []);
  return {
    inputs: inputList,
    inputNames,
    outputs: replaced.slice(0, list.length),
    shape,
    targets,
    values: replaced.slice(list.length),
  };
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
  graph: FunctionGraph,
  spec: Specification,
  onUnused: 'raise' | 'warn' | 'ignore',
): void {
  const declared = new Set(spec.inputs);
  const leaves = leavesOf(graph.outputs, declared);
  for (const leaf of leaves) {
    if (declared.has(leaf) || leaf instanceof Constant || leaf instanceof SharedVariable) continue;
    const consumer = toposort(graph.outputs, declared).find((node) => node.inputs.includes(leaf));
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
  for (const input of spec.inputs) {
    if (used.has(input)) continue;
    const message = `[function] expected every input to be used, but no output or update depends on ${input.toString()}`;
    if (onUnused === 'raise')
      throw new UnusedInputError(message, {
        hint: "leave it out, or pass {onUnusedInput: 'ignore'}",
      });
    console.warn(`tno: ${message}`);
  }
}
