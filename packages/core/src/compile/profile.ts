/** What a compiled function's calls and its compilation took: `f.profile()`. */
import { bytesOf } from '../device/step-work.js';
import { numberedSteps, type Recording, type StepEvent } from '../device/recording.js';
import type { MachinePeak } from '../device/target.js';
import { userFrames } from '../graph/trace.js';
import { lifetimes } from '../lower/lifetimes.js';
import type { Program, Step } from '../lower/program.js';
import { namedBlocks, stepLabel } from '../lower/step-access.js';
import { dtypeInfo } from '../types/dtype.js';
import type { Compilation } from './compilation.js';
import { chromeTrace, type ChromeTrace } from './profile-trace.js';
import { profileText } from './profile-text.js';

/** One step of the Program, over all recorded calls. */
export interface StepProfile {
  /** Its place in the Program: `steps[2].body[0]`. */
  readonly step: string;
  readonly kind: Step['kind'];
  /** Of a kernel its name, of a call its routine. */
  readonly name: string;
  /** The op that it comes from, where there is one. */
  readonly op: string | null;
  /** The user's line that made the op. */
  readonly madeAt: string | null;
  readonly runs: number;
  /** With the steps inside it. */
  readonly milliseconds: number;
  readonly ownMilliseconds: number;
  /** Operations on floats, and bytes of what operands span: see device/step-work.ts. */
  readonly flops: number;
  readonly bytes: number;
  /** Rates over its own time; 0 where that is too short to tell. */
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
  /** Why it is slower than it could be; null where it is not. */
  readonly slow: string | null;
}

export interface RuleUse {
  readonly rule: string;
  readonly tried: number;
  readonly applied: number;
  readonly milliseconds: number;
}

export interface ProfileData {
  readonly name: string | null;
  readonly device: string;
  /** Recorded calls, those that failed too. */
  readonly calls: number;
  /** In the Program, without the conversion of arguments and results. */
  readonly milliseconds: number;
  /** In the order of the Program. */
  readonly steps: readonly StepProfile[];
  /** Bytes of temps: what the arena has after the last call, and what of it was needed at once. */
  readonly memory: { readonly arena: number; readonly live: number };
  /** Milliseconds. */
  readonly compile: {
    readonly optimize: number;
    readonly lower: number;
    readonly emit: number;
    readonly load: number;
    readonly phases: readonly { readonly name: string; readonly milliseconds: number }[];
    /** Those that were tried, the one that took longest first. */
    readonly rules: readonly RuleUse[];
  };
  /** What the machine can do at most; null where the device cannot tell. */
  readonly peak: MachinePeak | null;
}

/** The figures of a function so far. Prints as a table. */
export class FunctionProfile implements ProfileData {
  readonly name: string | null;
  readonly device: string;
  readonly calls: number;
  readonly milliseconds: number;
  readonly steps: readonly StepProfile[];
  readonly memory: ProfileData['memory'];
  readonly compile: ProfileData['compile'];
  readonly peak: MachinePeak | null;
  private readonly events: readonly StepEvent[];
  private readonly lostEvents: number;

  /** @param recording null where nothing was recorded yet */
  constructor(made: Compilation, recording: Recording | null) {
    this.name = made.name;
    this.device = made.device.name;
    this.calls = recording?.calls ?? 0;
    this.milliseconds = (recording?.nanoseconds ?? 0) / 1e6;
    this.steps = stepProfiles(made, recording);
    this.memory = memoryOf(made.lowered.program, recording);
    this.compile = compileTimes(made);
    this.peak = this.calls === 0 ? null : (made.device.peak?.() ?? null);
    this.events = recording?.events() ?? [];
    this.lostEvents = recording?.lostEvents ?? 0;
  }

  /** A table: steps by their own time, memory, compilation, rules. */
  toString(): string {
    return profileText(this);
  }

  toJSON(): ProfileData {
    const { name, device, calls, milliseconds, steps, memory, compile, peak } = this;
    return { name, device, calls, milliseconds, steps, memory, compile, peak };
  }

  /** The steps of the last call, and the compilation, as events for chrome://tracing and Perfetto. */
  toChromeTrace(): ChromeTrace {
    return chromeTrace(this, this.events, this.lostEvents);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Every step with its path, in the order of their numbers. */
function paths(steps: readonly Step[], prefix = 'steps'): string[] {
  return steps.flatMap((step, i) => {
    const path = `${prefix}[${i}]`;
    return [path, ...namedBlocks(step, path).flatMap((block) => paths(block.steps, block.path))];
  });
}

function stepProfiles(made: Compilation, recording: Recording | null): StepProfile[] {
  const { program, sites } = made.lowered;
  const steps = numberedSteps(program);
  const places = paths(program.steps);
  const sums = steps.map(
    (_, k) => recording?.step(k) ?? { runs: 0, nanoseconds: 0, flops: 0, bytes: 0 },
  );
  const numbers = new Map(steps.map((step, k) => [step, k]));
  return steps.map((step, k) => {
    const { runs, nanoseconds, flops, bytes } = sums[k];
    const inner = namedBlocks(step, '')
      .flatMap((block) => block.steps)
      .reduce((sum, one) => sum + sums[numbers.get(one)!].nanoseconds, 0);
    const own = Math.max(0, nanoseconds - inner);
    const node = 'site' in step ? sites[step.site] : undefined;
    return {
      step: places[k],
      kind: step.kind,
      name: nameOf(program, step),
      op: node?.op.name ?? null,
      madeAt: userFrames(node?.trace ?? null, 1)[0] ?? null,
      runs,
      milliseconds: nanoseconds / 1e6,
      ownMilliseconds: own / 1e6,
      flops,
      bytes,
      gflops: own === 0 ? 0 : flops / own,
      gigabytesPerSecond: own === 0 ? 0 : bytes / own,
      slow: slowReason(made, step),
    };
  });
}

function nameOf(program: Program, step: Step): string {
  if (step.kind === 'kernel') return program.kernels[step.kernel].name;
  return stepLabel(step);
}

/** Why a step is slower than it could be; null where it is not. */
export function slowReason({ lowered, device }: Compilation, step: Step): string | null {
  if (step.kind === 'host') return 'it runs in JavaScript, on values copied there and back';
  if (step.kind !== 'call') return null;
  const { dtype } = lowered.program.buffers[step.outs[0]];
  return device.provider?.({ callee: step.callee, dtype }).slow ?? null;
}

function memoryOf(program: Program, recording: Recording | null): ProfileData['memory'] {
  if (recording === null || recording.calls === 0) return { arena: 0, live: 0 };
  const { sizes } = recording;
  const spans = lifetimes(program).map(({ temp, start, end }) => {
    const decl = program.buffers[temp];
    const capacity = decl.role === 'temp' ? decl.capacity : null;
    const bytes =
      capacity === null
        ? bytesOf(program, temp, sizes)
        : dtypeInfo[decl.dtype].bytes * sizes[capacity];
    return { start, end, bytes };
  });
  const needed = spans.map(({ start: at }) =>
    spans.reduce((sum, { start, end, bytes }) => (start <= at && at <= end ? sum + bytes : sum), 0),
  );
  return { arena: recording.arenaBytes, live: Math.max(0, ...needed) };
}

function compileTimes({ compileProfile }: Compilation): ProfileData['compile'] {
  const { optimize, lower, emit, load, phases, rules } = compileProfile;
  return {
    optimize,
    lower,
    emit,
    load,
    phases: phases.map(({ name, milliseconds }) => ({ name, milliseconds })),
    rules: [...rules]
      .map(([rule, { tried, applied, time }]) => ({ rule, tried, applied, milliseconds: time }))
      .sort((a, b) => b.milliseconds - a.milliseconds),
  };
}
