/** `function()`: compiles a graph to a callable. */
import { config } from '../config/config.js';
import { currentDevice } from '../device/registry.js';
import type { Device, SourceUnit } from '../device/target.js';
import { FunctionGraph } from '../graph/function-graph.js';
import type { SharedVariable } from '../graph/shared.js';
import { lower } from '../lower/lower.js';
import type { Program } from '../lower/program.js';
import { verifyProgram } from '../lower/verify-program.js';
import type { OptimizerProfile } from '../optimizer/engine.js';
import { modeOf, type Mode, type ModeName } from '../optimizer/mode.js';
import { optimize, type PhaseProfile } from '../optimizer/phases.js';
import { Caller, type AsyncOptions } from './caller.js';
import { copyCompilation, sharedOf, type CopyOptions } from './copy.js';
import type { Compilation } from './compilation.js';
import { link } from './link.js';
import { lookAtHostSteps, profilerOf, type Profiler } from './profiler.js';
import { RewriteLog } from './rewrite-log.js';
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
  /** See `CompiledFunction.trustInput`. */
  readonly trustInput?: boolean;
  /** Record what its steps take, from the first call on, for `f.profile()`; the flag `profile` by default. */
  readonly profile?: boolean;
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
  /**
   * The same function on other shared variables or without its updates; nothing is compiled again. It
   * has states of its own, which start as they are here.
   * @throws InputError where a replacement is of another type, or two variables become one
   */
  copy(this: void, options?: CopyOptions): CompiledFunction<I, O>;
  /**
   * What compiling and the recorded calls took, step by step. `f.profile.start()` begins to record,
   * `stop()` ends it, `reset()` forgets; see also the option and the flag `profile`.
   */
  readonly profile: Profiler;
  /** The shared variables that it reads or sets, its states among them. */
  getShared(this: void): readonly SharedVariable[];
  /** Gives memory back that it keeps from call to call; the next call takes it anew. */
  free(this: void): void;
  /**
   * Whether arrays of an input's dtype and shape are taken for contiguous: their strides are not looked
   * at then. Other values are converted and checked as ever.
   */
  trustInput: boolean;
  /**
   * A call that does not wait: it runs apart from the event loop, after the calls in flight before it,
   * and gives its results fresh. Arrays passed are not to be written, nor transferred, until the promise
   * settles. A call that shares a shared variable with one in flight, one of them writing it, waits, as
   * `getValue` and `setValue` do, and throws AsyncInFlightError where that would never end. Rejects with
   * what a call throws, or with the reason of `signal`; then shared variables are as they were.
   */
  async(this: void, ...args: [...ArgumentList<I>, options?: AsyncOptions]): Promise<Results<O>>;
  readonly functionName: string | null;
  /** The optimized graph: the outputs, then the values of `updated`. */
  readonly graph: FunctionGraph;
  /** The shared variables that a call sets. */
  readonly updated: readonly SharedVariable[];
  readonly program: Program;
  readonly source: SourceUnit;
  readonly compileProfile: CompileProfile;
  /**
   * Resolves when calls run at full speed. A function can be called as soon as it is there; a device
   * may then still be compiling code, which takes over once it is ready, with the same results.
   */
  ready(): Promise<void>;
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
  const prepared = prepare(inputs, outputs ?? null, options);
  const start = performance.now();
  const source = prepared.device.target.emit(prepared.lowered.program);
  return finish<I, O>(prepared, source, performance.now() - start);
}

/** A function on its way, up to its Program. */
export interface Prepared extends Omit<Compilation, 'executable' | 'source' | 'compileProfile'> {
  readonly options: FunctionOptions;
  readonly profile: Pick<CompileProfile, 'phases' | 'rules' | 'optimize' | 'lower'>;
}

/** What the flag onRewriteError says of a rule that throws. */
function passOver(error: Error): void {
  if (config.onRewriteError === 'warn') console.warn(`tno: ${error.message}`);
}

export function prepare(
  inputs: InputList | InputRecord,
  outputs: OutputSpec,
  options: FunctionOptions,
): Prepared {
  const device = options.device ?? currentDevice();
  const mode = modeOf(options.mode ?? config.mode);
  const spec = specify(inputs, outputs, options, device);
  const graph = new FunctionGraph(
    spec.inputs.map(({ variable }) => variable),
    spec.roots,
  );
  const rules: OptimizerProfile = new Map();
  const times: number[] = [performance.now()];
  const verify = config.verify || mode.running === 'checked';
  const log = new RewriteLog(new Set(graph.inputs));
  const phases = optimize(graph, device.target, mode, {
    profile: rules,
    verbose: config.optimizerVerbose,
    verify,
    ...(config.onRewriteError !== 'raise' && { onError: passOver }),
    ...(mode.running === 'checked' && { record: log.record }),
  });
  times.push(performance.now());
  const { results, targets, roots } = spec;
  const lowered = lower(graph, results.length, targets, device.target, mode, roots);
  if (verify) verifyProgram(lowered.program);
  times.push(performance.now());
  const [optimizing, lowering] = times.slice(1).map((t, k) => t - times[k]);
  const profile = { phases, rules, optimize: optimizing, lower: lowering };
  const name = options.name ?? null;
  const { rewrites } = log;
  return { spec, lowered, name, graph, device, mode, rewrites, options, profile };
}

/** Loads a prepared function; `source` holds its kernels, `emit` is what writing it took. */
export function finish<I, O>(
  { options, profile, ...parts }: Prepared,
  source: SourceUnit,
  emit: number,
): CompiledFunction<I, O> {
  const start = performance.now();
  lookAtHostSteps(parts.lowered);
  const executable = link(parts, source);
  const compileProfile: CompileProfile = { ...profile, emit, load: performance.now() - start };
  const made: Compilation = { ...parts, executable, source, compileProfile };
  return callable<I, O>(made, options.trustInput === true, options.profile);
}

/** The callable of a compilation. */
function callable<I, O>(
  made: Compilation,
  trustInput: boolean,
  profile?: boolean,
): CompiledFunction<I, O> {
  const caller = new Caller(made);
  caller.trustInput = trustInput;
  const call = (...args: unknown[]): unknown => caller.call(args);
  Object.defineProperty(call, 'trustInput', {
    enumerable: true,
    get: () => caller.trustInput,
    set: (trust: boolean) => (caller.trustInput = trust),
  });
  return Object.assign(call, {
    into: (destination: unknown, ...args: unknown[]): unknown => caller.into(destination, args),
    async: (...args: unknown[]): Promise<unknown> => caller.callAsync(args),
    copy: (options: CopyOptions = {}) =>
      callable<I, O>(copyCompilation(made, options), caller.trustInput),
    profile: profilerOf(made, profile),
    getShared: () => sharedOf(made),
    free: () => caller.free(),
    ready: () => made.executable.ready(),
    functionName: made.name,
    graph: made.graph,
    updated: made.spec.targets,
    program: made.lowered.program,
    source: made.source,
    compileProfile: made.compileProfile,
  }) as unknown as CompiledFunction<I, O>;
}
