/** From what the addon says of a failed call to errors. */
import { AsyncInFlightError, DeviceError } from '@tno/core';
import type { RunFailure } from '@tno/core';
import { ASYNC_IN_FLIGHT, failureKinds } from './native.js';

/** A failure by its kind and words; not that of an output or a host step. */
export function failureOf(kind: number, id: number, a: number, b: number): RunFailure {
  if (kind === failureKinds.check) return { kind: 'check', check: id, a, b };
  if (kind === failureKinds.routine) return { kind: 'routine', site: id, value: a };
  if (kind === failureKinds.index) return { kind: 'index', site: id, value: a, size: b };
  return { kind: 'memory', site: id, bytes: a, limit: b };
}

/** Why a call could not run. */
export function refusedCall(text: string): DeviceError {
  return text === ASYNC_IN_FLIGHT ? new AsyncInFlightError() : new DeviceError(text);
}
