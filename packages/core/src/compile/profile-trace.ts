/** A profile in the Chrome trace event format, which chrome://tracing and Perfetto show. */
import type { StepEvent } from '../device/recording.js';
import type { ProfileData } from './profile.js';

/** A complete event (`X`) or metadata (`M`); times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, unknown>>;
}

const PROCESS = 1;
const threads = { compile: 1, 'last call': 2 };

export function chromeTrace(
  profile: ProfileData,
  events: readonly StepEvent[],
  lostEvents: number,
): ChromeTrace {
  const label = profile.name ?? 'function';
  const named = Object.entries(threads).map(([name, tid]): TraceEvent =>
    metadata('thread_name', tid, name),
  );
  return {
    traceEvents: [
      metadata('process_name', 0, `tno ${label} on ${profile.device}`),
      ...named,
      ...compileEvents(profile.compile),
      ...events.map((event) => stepEvent(profile, event)),
    ],
    displayTimeUnit: 'ms',
    otherData: { calls: profile.calls, eventsLeftOut: lostEvents },
  };
}

function metadata(name: string, tid: number, value: string): TraceEvent {
  return { name, ph: 'M', pid: PROCESS, tid, args: { name: value } };
}

function stepEvent({ steps }: ProfileData, { step, start, end }: StepEvent): TraceEvent {
  const { name, kind, op, madeAt, step: place, slow } = steps[step];
  return {
    name,
    ph: 'X',
    pid: PROCESS,
    tid: threads['last call'],
    cat: kind,
    ts: start / 1000,
    dur: (end - start) / 1000,
    args: { step: place, op, madeAt, slow },
  };
}

/** The parts of compilation, one after the other, with the optimizer's phases below theirs. */
function compileEvents({
  optimize,
  lower,
  emit,
  load,
  phases,
}: ProfileData['compile']): TraceEvent[] {
  const events: TraceEvent[] = [];
  const sequence = (parts: readonly (readonly [string, number])[]): void => {
    let at = 0;
    for (const [name, milliseconds] of parts) {
      const [ts, dur] = [1000 * at, 1000 * milliseconds];
      events.push({
        name,
        ph: 'X',
        pid: PROCESS,
        tid: threads.compile,
        cat: 'compile',
        ts,
        dur,
        args: {},
      });
      at += milliseconds;
    }
  };
  sequence([
    ['optimize', optimize],
    ['lower', lower],
    ['emit', emit],
    ['load', load],
  ]);
  sequence(phases.map(({ name, milliseconds }) => [name, milliseconds]));
  return events;
}
