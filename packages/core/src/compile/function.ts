/** `function()`: compiles a graph to a callable. */
import { config } from '../config/config.js';
import { currentDevice } from '../device/registry.js';
import type { Device, Executable, SourceUnit } from '../device/target.js';
import { InputError, UnsafeIntegerError } from '../errors.js';
import { FunctionGraph } from '../graph/function-graph.js';
import type { SharedVariable } from '../graph/shared.js';
import type { TensorVariable } from '../graph/variable.js';
import { lower, type Lowered } from '../lower/lower.js';
import type { Program } from '../lower/program.js';
import type { OptimizerProfile } from '../optimizer/engine.js';
import { modeOf, type Mode, type ModeName } from '../optimizer/mode.js';
import { optimize, type PhaseProfile } from '../optimizer/phases.js';
import type { NDArray } from '../types/ndarray.js';
import { toInput, type InputSlot } from './arguments.js';
import { translateRunError } from './run-errors.js';
import { specify, type Specification, type SpecificationOptions } from './specification.js';
import type { Arguments, InputList, InputRecord, OutputSpec, Results } from './types.js';

export interface FunctionOptions extends SpecificationOptions {
  /** Which rewrites run: a Mode or the name of one; `config.mode` by default. */
  readonly mode?: Mode | ModeName;
  readonly name?: string;
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

/**
 * Compiles `outputs` as a function of `inputs`.
 *
 * Inputs are any variables (leaves or intermediate ones), as a list or a record; outputs are one
 * variable, a list, a record, or null. Shared variables are read where the graph uses them and set by
 * `updates`. The result is called with values in the inputs' order (or a record of them) and returns the
 * outputs' values in the shape they were given; rank-0 results are JavaScript scalars.
 * @throws MissingInputError, UnusedInputError, InputError, UpdateError, GivensError while compiling;
 * a call throws ShapeError, DTypeError, IndexRangeError or InputError and then leaves every shared variable as it was.
 * UnsafeIntegerError says that a rank-0 result, computed and with its updates made, has no exact JavaScript number
 */
export function compile<const I extends InputList | InputRecord, const O extends OutputSpec = null>(
  inputs: I,
  outputs?: O,
  options: FunctionOptions = {},
): CompiledFunction<I, O> {
  const device = options.device ?? currentDevice();
  const mode = modeOf(options.mode ?? config.mode);
  const spec = specify(inputs, outputs ?? null, options);
  const graph = new FunctionGraph(spec.inputs, spec.roots);
  const rules: OptimizerProfile = new Map();
  const times: number[] = [performance.now()];
  const phases = optimize(graph, device.target, mode, {
    profile: rules,
    verbose: config.optimizerVerbose,
    verify: config.verify,
  });
  times.push(performance.now());
  const { outputs: wanted, targets, roots } = spec;
  const lowered = lower(graph, wanted.length, targets, device.target, mode, roots);
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
  const { inputs, inputNames, labels, roots } = spec;
  const name = options.name ?? null;
  const allowDowncast = options.allowInputDowncast === true;
  const slots = inputs.map((variable, k): InputSlot => ({
    variable,
    label: labels[k],
    allowDowncast,
  }));
  const call = (...args: unknown[]): unknown => {
    const values = inputNames === null ? args : fromRecord(inputNames, args, name);
    if (values.length !== inputs.length) {
      throw new InputError(
        `[${name ?? 'function'}] expected ${inputs.length} arguments (${labels.join(', ')}), got ${values.length}`,
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
    outputs[k].type.rank === 0 ? scalarOf(array, outputs[k]) : array,
  );
  if (shape === 'none') return undefined;
  if (shape === 'one') return values[0];
  return shape === 'list' ? values : Object.fromEntries(shape.map((key, k) => [key, values[k]]));
}

function scalarOf(array: NDArray, output: TensorVariable): number | boolean {
  try {
    return array.item();
  } catch (error) {
    if (!(error instanceof UnsafeIntegerError)) throw error;
    throw new UnsafeIntegerError(
      `[function] expected ${output.toString()} to be an integer that a number holds exactly, ` +
        `got ${String(array.item({ bigint: true }))}; as an array, .reshape([1]), it has every value`,
    );
  }
}
