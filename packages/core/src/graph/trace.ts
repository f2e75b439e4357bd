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
const internal: RegExp[] = [
  /node_modules\/@tno\//,
  /packages\/(core|cpu|cuda|scan|layers|fuel)\/dist\//,
  /^node:/,
];

/** A place in a text that runs. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** This module's place, and that of the package's last one (see `endPackage`): what lies between is the package. */
const start = placeOfCaller(0);
let end: Place | null = null;
/** The folder of this module's folder, as the host prints it: that of the sources where it maps to them. */
const sourceRoot = (start?.file ?? import.meta.url).replace(/[^/]+\/[^/]+$/, '');

/** Where the function that calls this one, or the one `above` it, stands. */
function placeOfCaller(above: number): Place | null {
  const frames = (new Error().stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return placeOf(frames[1 + above] ?? '');
}

let inherited: { trace: Trace | null } | null = null;

/** Captures the caller's stack, or gives the trace in force (see `withTrace`). */
export function captureTrace(): Trace | null {
  if (inherited !== null) return inherited.trace;
  if (typeof Error.captureStackTrace !== 'function') return new Error(); // not V8
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, captureTrace);
  Error.stackTraceLimit = limit;
  return holder;
}

/** Whether nodes made now stand for others: a rewrite or a pullback makes them, not the user. */
export function isTraceInherited(): boolean {
  return inherited !== null;
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

/**
 * Called by the last module of the package. A bundler puts modules one after the other in the order in
 * which they run, so where the first and the last are in one file, a frame's position tells whose it is.
 */
export function endPackage(): void {
  end = placeOfCaller(1);
}

const isBefore = (a: Place, b: Place): boolean =>
  a.line < b.line || (a.line === b.line && a.column < b.column);

/** The place that a line of a stack names, as V8 prints it. */
function placeOf(frame: string): Place | null {
  const found = /\(?((?:file:\/\/|https?:\/\/|blob:|\/|node:|[A-Za-z]:\\).*?):(\d+):(\d+)\)?$/.exec(
    frame,
  );
  if (found === null) return null;
  const [, file, line, column] = found;
  return { file: file.startsWith('/') ? `file://${file}` : file, line: +line, column: +column };
}

function isInternal(frame: string): boolean {
  const place = placeOf(frame);
  if (place === null) return true;
  const { file } = place;
  if (/\.test(-d)?\.[cm]?ts$/.test(file)) return false;
  if (internal.some((pattern) => pattern.test(file))) return true;
  if (start !== null && end !== null && start.file === end.file) {
    return file === start.file && !isBefore(place, start) && !isBefore(end, place);
  }
  return file.startsWith(sourceRoot);
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
