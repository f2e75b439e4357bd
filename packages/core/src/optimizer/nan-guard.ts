/** Looks at what each node gives for numbers that should not be there. */
import { NanGuardError } from '../errors.js';
import { userFrames } from '../graph/trace.js';
import type { Apply } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import { shapeText } from '../types/shape.js';
import type { NodeRun, Watch } from './mode.js';

export interface NanGuardOptions {
  /** Whether NaN is refused; true by default. */
  readonly nan?: boolean;
  /** Whether infinities are refused; true by default. */
  readonly inf?: boolean;
  /** The largest magnitude of a number that is not refused; 1e10 by default, Infinity for any. */
  readonly big?: number;
  /** An error (default) or a warning. */
  readonly action?: 'raise' | 'warn';
}

/** @throws NanGuardError, in a run */
export function nanGuard(options: NanGuardOptions = {}): Watch {
  const { nan = true, inf = true, big = 1e10, action = 'raise' } = options;
  const refused = (x: number): boolean => {
    if (Number.isNaN(x)) return nan;
    return Math.abs(x) === Infinity ? inf : Math.abs(x) > big;
  };
  const after = ({ node, inputs, outputs }: NodeRun): void => {
    outputs.forEach((output) => {
      const found = isFloat(output.dtype) ? firstWhere(output, refused) : null;
      if (found === null) return;
      const error = errorOf(node, inputs, found);
      if (action === 'raise') throw error;
      console.warn(`tno: ${error.message}`);
    });
  };
  return { after };
}

interface Found {
  readonly value: number;
  readonly place: string;
}

function firstWhere(x: NDArray, test: (value: number) => boolean): Found | null {
  const flat = x.astype('float64').contiguous();
  for (let i = 0; i < flat.size; i++) {
    const value = Number(flat.data[flat.offset + i]);
    if (!test(value)) continue;
    const place: number[] = [];
    let rest = i;
    for (const n of [...x.shape].reverse()) {
      place.unshift(rest % n);
      rest = Math.floor(rest / n);
    }
    return { value, place: shapeText(place) };
  }
  return null;
}

function errorOf(node: Apply, inputs: readonly NDArray[], { value, place }: Found): NanGuardError {
  const of = inputs.map((x, k) => `${node.inputs[k].toString()}: ${x.dtype}${shapeText(x.shape)}`);
  const frames = userFrames(node.trace).map(
    (frame, k) => `${k === 0 ? 'made at' : '     at'} ${frame}`,
  );
  return new NanGuardError(
    `[${node.op.name}] expected finite numbers of ordinary size, got ${value} at ${place}`,
    { trace: [`in ${node.op.name}(${of.join(', ')})`, ...frames].join('\n') },
  );
}
