/** What a pullback gives in place of a gradient that it cannot give. */
import { NullGradientError } from '../errors.js';
import type { TensorVariable } from './variable.js';

export class MissingGradient {
  constructor(
    /** `undefined`: mathematics has none; `not implemented`: it has one, the op does not. */
    readonly kind: 'undefined' | 'not implemented',
    readonly reason: string,
  ) {}
}

/** Returned by a pullback for an input by which the op has no derivative. Asking for a gradient through it is an error. */
export function gradUndefined(reason: string): MissingGradient {
  return new MissingGradient('undefined', reason);
}

/** Returned by a pullback for an input whose derivative it does not know. Asking for a gradient through it is an error. */
export function gradNotImplemented(reason: string): MissingGradient {
  return new MissingGradient('not implemented', reason);
}

/** The error of asking for a derivative by `v` that is missing. */
export function nullGradientError(
  op: string,
  v: TensorVariable,
  { kind, reason }: MissingGradient,
): NullGradientError {
  return new NullGradientError(
    `[${op}] expected a derivative by ${v.toString()}, got one that is ${kind}: ${reason}`,
  );
}

/** Whether a gradient is there: neither disconnected (null) nor missing. */
export function isGradient(g: TensorVariable | MissingGradient | null): g is TensorVariable {
  return g !== null && !(g instanceof MissingGradient);
}
