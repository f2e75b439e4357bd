/** The flag warnFloat64: tells where a program makes float64 variables. */
import { config } from '../config/config.js';
import { DTypeError } from '../errors.js';
import type { TensorType } from '../types/tensor-type.js';
import { isTraceInherited, userFrames, type Trace } from './trace.js';

/** @throws DTypeError where the flag says so; what rewrites and gradients make follows from what the user made */
export function warnFloat64(type: TensorType, trace: Trace | null): void {
  if (type.dtype !== 'float64' || config.warnFloat64 === 'ignore' || isTraceInherited()) return;
  const message = `[warnFloat64] expected no float64, got ${type.key}`;
  const [frame] = userFrames(trace, 1);
  const place = frame === undefined ? '' : `made at ${frame}`;
  if (config.warnFloat64 === 'raise') throw new DTypeError(message, { trace: place });
  console.warn(`tno: ${message}${place === '' ? '' : ` (${place})`}`);
}
