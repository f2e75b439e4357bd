/** Turns a failed run into the error a user can act on: op, both sizes, the user's line, the arguments. */
import { config } from '../config/config.js';
import { debugPrint } from '../debug/debug-print.js';
import { RunError, type RunFailure } from '../device/target.js';
import {
  AssertError,
  AsyncInFlightError,
  DeviceError,
  IndexRangeError,
  NumericalError,
  ShapeError,
  type TnoError,
} from '../errors.js';
import { userFrames } from '../graph/trace.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { Lowered } from '../lower/lower.js';
import { routineFailure } from '../routines/reference.js';
import type { NDArray } from '../types/ndarray.js';
import { shapeText } from '../types/shape.js';
import { findClash, originalGather, type Clash } from './diagnose.js';
import type { Specification } from './specification.js';

/** A call that failed. */
export interface FailedCall {
  readonly lowered: Lowered;
  readonly spec: Specification;
  /** Of the inputs. */
  readonly values: readonly NDArray[];
}

/** What is no RunError is given back. */
export function translateRunError(error: unknown, call: FailedCall): unknown {
  if (!(error instanceof RunError)) return error;
  const { failure } = error;
  switch (failure.kind) {
    case 'check':
      return checkError(clashOf(failure, call), call);
    case 'index':
      return indexError(failure, call);
    case 'routine':
      return routineError(failure, call);
    case 'output': {
      const { label } = call.spec.results[failure.output];
      return new ShapeError(
        `[into] expected an array of shape ${shapeText(failure.shape)} for ${label}, got one of another`,
        { trace: traceOf(undefined, call) },
      );
    }
    case 'memory': {
      const node = call.lowered.sites[failure.site] as Apply | undefined;
      const limit =
        (failure.limit ?? 0) === 0 ? '' : ` within the memory limit of ${failure.limit} bytes`;
      const message = `[${node?.op.name ?? 'call'}] expected ${failure.bytes} bytes of memory${limit}, got none`;
      return new DeviceError(message, { trace: traceOf(node, call) });
    }
  }
}

type FailureOf<K extends RunFailure['kind']> = Extract<RunFailure, { kind: K }>;

/** In terms of the user's own graph where its shape rules find it, else of the Program. */
function clashOf(failure: FailureOf<'check'>, { lowered, spec, values }: FailedCall): Clash {
  const inputs = new Map(spec.inputs.map(({ variable }, k) => [variable, values[k]]));
  const { site, text, error } = lowered.program.checks[failure.check];
  const { a, b } = failure;
  return foundClash(spec, inputs) ?? { node: lowered.sites[site], text, error, a, b };
}

/** None where a shared variable is in use by calls in flight. */
function foundClash(
  { roots }: Specification,
  inputs: ReadonlyMap<TensorVariable, NDArray>,
): Clash | null {
  try {
    return findClash(roots, inputs);
  } catch (error) {
    if (error instanceof AsyncInFlightError) return null;
    throw error;
  }
}

const errorOf = { shape: ShapeError, index: IndexRangeError, assert: AssertError } as const;

function checkError({ node, text, a, b, error }: Clash, call: FailedCall): TnoError {
  const message = text.replaceAll('{a}', String(a)).replaceAll('{b}', String(b));
  return new errorOf[error](message, { trace: traceOf(node, call) });
}

function indexError({ site, value, size }: FailureOf<'index'>, call: FailedCall): TnoError {
  const node = originalGather(call.spec.roots, call.lowered.sites[site]);
  const message = `[at] expected an index within [${-size}, ${size - 1}], got ${value}`;
  return new IndexRangeError(message, { trace: traceOf(node, call) });
}

function routineError({ site, value }: FailureOf<'routine'>, call: FailedCall): TnoError {
  const node = call.lowered.sites[site];
  const { lower } = node.op;
  const message = lower.kind === 'routine' ? routineFailure(lower.routine, value) : node.op.name;
  return new NumericalError(message, { trace: traceOf(node, call) });
}

function traceOf(node: Apply | undefined, { spec, values }: FailedCall): string {
  const args = spec.inputs.map(({ label }, k) => `${label}: ${describeValue(values[k])}`);
  return [
    ...(node === undefined ? [] : [`in ${describeNode(node)}`]),
    ...userFrames(node?.trace ?? null).map(
      (frame, k) => `${k === 0 ? 'made at' : '     at'} ${frame}`,
    ),
    `called with ${args.length === 0 ? 'no arguments' : args.join(', ')}`,
    ...(node !== undefined && config.exceptionVerbosity === 'high'
      ? [debugPrint(node.outputs)]
      : []),
  ].join('\n');
}

function describeNode(node: Apply): string {
  const inputs = node.inputs.map((input) => `${input.toString()}: ${input.type.key}`);
  return `${node.op.name}(${inputs.join(', ')})`;
}

function describeValue(value: NDArray): string {
  if (value.rank === 0) return `${value.dtype} ${String(value.item({ bigint: true }))}`;
  return `${value.dtype}(${value.shape.join(', ')})`;
}
