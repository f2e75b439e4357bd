/**
 * Creation traces: where in the user's code a node was made.
 *
 * Capturing is cheap (V8 collects frames without formatting them); formatting, source-mapping by the
 * host and the search for the user's frame happen only when an error is built. Nodes made by a
 * rewrite or by a pullback inherit the trace of the node they stand for, see `withTrace`.
 */

/** A captured stack; its text is formatted by the host at first use. */
export interface Trace {
  readonly stack?: string;
}

const FRAMES = 16;
const packageRoot = new URL('..', import.meta.url).href;
const internal: RegExp[] = [
  /node_modules\/@tno\//,
  /packages\/(core|cpu|cuda|scan|layers|fuel)\/dist\//,
  /^node:/,
];

let inherited: { trace: Trace | null } | null = null;

/** Captures the caller's stack, or gives the trace in force (see `withTrace`). */
export function captureTrace(): Trace | null {
  if (inherited !== null) return inherited.trace;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, captureTrace);
  Error.stackTraceLimit = limit;
  return holder;
}

/** Runs `body`; nodes made inside get `trace` as theirs. */
export function withTrace<T>(trace: Trace | null, body: () => T): T {
  const before = inherited;
  inherited = { trace };
  try {
    return body();
  } finally {
    inherited = before;
  }
}

function isInternal(frame: string): boolean {
  const place = /\(?((?:file:\/\/|\/|node:|[A-Za-z]:\\).*?):\d+:\d+\)?$/.exec(frame)?.[1];
  if (place === undefined) return true;
  if (/\.test(-d)?\.[cm]?ts$/.test(place)) return false;
  const href = place.startsWith('/') ? `file://${place}` : place;
  return href.startsWith(packageRoot) || internal.some((pattern) => pattern.test(place));
}

/** The frames of `trace` from the first one outside TNO's packages on, innermost first, as the host prints them. */
export function userFrames(trace: Trace | null, most = 4): string[] {
  const lines = (trace?.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const frames = lines.map((line) => line.trim().replace(/^at /, ''));
  const first = frames.findIndex((frame) => !isInternal(frame));
  return first < 0
    ? []
    : frames.slice(first, first + most).filter((frame) => !/node:internal/.test(frame));
}
