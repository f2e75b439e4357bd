/** Switching the recording of a function's calls on and off, and warnings of slow paths. */
import { config } from '../config/config.js';
import { CompileError } from '../errors.js';
import type { Lowered } from '../lower/lower.js';
import { Recording } from '../device/recording.js';
import { userFrames } from '../graph/trace.js';
import type { Compilation } from './compilation.js';
import { FunctionProfile } from './profile.js';

/** `f.profile`: call it for the figures so far. */
export interface Profiler {
  (this: void): FunctionProfile;
  /** Records calls from the next one on, beside those recorded before. */
  start(this: void): void;
  /** Records no further calls; what was recorded stays. */
  stop(this: void): void;
  /** Forgets what was recorded. */
  reset(this: void): void;
}

const flagged: Profiler[] = [];
let atExit: (report: () => void) => void = () => undefined;

/** Tells how to run something when the process ends: then functions compiled with the flag `profile` report. */
export function setExitHook(hook: typeof atExit): void {
  atExit = hook;
}

function keepForExit(profiler: Profiler): void {
  flagged.push(profiler);
  if (flagged.length > 1) return;
  atExit(() => {
    for (const profile of flagged) console.error(`${profile().toString()}\n`);
  });
}

/** @param on whether to record from the first call on; the flag `profile` unless given */
export function profilerOf(made: Compilation, on: boolean | undefined): Profiler {
  const { executable } = made;
  let recording: Recording | null = null;
  const start = (): void => {
    recording ??= new Recording(made.lowered.program);
    executable.record?.(recording);
  };
  const profile = (): FunctionProfile => {
    const figures = new FunctionProfile(made, recording);
    for (const { kind, name, slow, madeAt } of figures.steps) {
      if (kind === 'call' && slow !== null) warnOnce(name, slow, madeAt);
    }
    return figures;
  };
  const profiler = Object.assign(profile, {
    start,
    stop: () => executable.record?.(null),
    reset: () => recording?.reset(),
  });
  if (on ?? config.profile) start();
  if (on === undefined && config.profile) keepForExit(profiler);
  return profiler;
}

const warned = new Set<string>();

/** A slow path is not taken in silence: says once for each subject what is slow, and where it was made. */
function warnOnce(subject: string, text: string, madeAt: string | null): void {
  if (warned.has(subject)) return;
  warned.add(subject);
  console.warn(`tno: [${subject}] ${text}${madeAt === null ? '' : ` (made at ${madeAt})`}`);
}

/** Ops that are there to run in JavaScript. */
const looking: ReadonlySet<string> = new Set(['print', 'breakpoint']);

/** Does about ops that run in JavaScript what the flag onHostStep says. @throws CompileError */
export function lookAtHostSteps(lowered: Lowered): void {
  if (config.onHostStep === 'ignore') return;
  for (const { op, trace } of lowered.hosts) {
    if (looking.has(op.name)) continue;
    if (config.onHostStep === 'raise') {
      const [frame = 'a place not known'] = userFrames(trace, 1);
      throw new CompileError(
        `[${op.name}] expected compiled code (onHostStep=raise), got JavaScript`,
        {
          trace: `made at ${frame}`,
        },
      );
    }
    const text = 'runs in JavaScript inside compiled functions; f.profile() shows what that takes';
    warnOnce(op.name, text, userFrames(trace, 1)[0] ?? null);
  }
}
