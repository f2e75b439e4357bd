/** `function()`: compiles a graph to a callable. */
import { config } from '../config/config.js';
import { currentDevice } from '../device/registry.js';
import type { Device, SourceUnit } from '../device/target.js';
import { FunctionGraph } from '../graph/function-graph.js';
import type { SharedVariable } from '../graph/shared.js';
import { lower } from '../lower/lower.js';
import type { Program } from '../lower/program.js';
import type { OptimizerProfile } from '../optimizer/engine.js';
import { modeOf, type Mode, type ModeName } from '../optimizer/mode.js';
import { optimize, type PhaseProfile } from '../optimizer/phases.js';
import type { NDArray } from '../types/ndarray.js';
import { Caller } from './caller.js';
import { specify, type SpecificationOptions } from './specification.js';
import type {
  ArgumentList,
  Destinations,
  InputList,
  InputRecord,
  OutputSpec,
  Results,
} from './types.js';

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
  (...args: ArgumentList<I>): Results<O>;
  /**
   * A call whose results go to memory of the caller: an array of the output's dtype and shape, or a
   * typed array with as many elements, each for the output in the same place; outputs without one come
   * back fresh. Gives what a call gives, over that memory. The call reads what it was given also where
   * it writes there. A call that fails leaves shared variables as they were, the memory as it may be.
   * @throws InputError, DTypeError, ShapeError where an array does not fit, before anything is computed if the shape is known then
   */
  into(this: void, destination: Destinations<O>, ...args: ArgumentList<I>): Results<O>;
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
  const compileProfile: CompileProfile = { phases, rules, optimize: a, lower: b, emit: c, load: d };
  const caller = new Caller({ spec, lowered, executable, ...options });
  return callable<I, O>(caller, { graph, program: lowered.program, source, compileProfile });
}

type About = Pick<
  CompiledFunction<unknown, unknown>,
  'graph' | 'program' | 'source' | 'compileProfile'
>;

function callable<I, O>(caller: Caller, about: About): CompiledFunction<I, O> {
  const { spec } = caller;
  return Object.assign((...args: unknown[]): unknown => caller.call(args), {
    into: (destination: unknown, ...args: unknown[]): unknown => caller.into(destination, args),
    functionName: caller.name,
    updated: spec.targets,
    ...about,
  }) as CompiledFunction<I, O>;
}
