/**
 * Sizes that do not agree are refused where the user builds the graph, as far as they are known there: the
 * shape rule of each node runs over the static sizes of its inputs. What is not known is left to the call.
 */
import { IndexRangeError, ShapeError } from '../errors.js';
import type { SizeBinary } from '../lower/program.js';
import type { NDArray } from '../types/ndarray.js';
import type { SizeAlgebra } from './op.js';
import type { Apply, TensorVariable } from './variable.js';

/** Stands for a size that is not known; no null, which shape rules use themselves. */
const UNKNOWN = NaN;

export const sizeOperations: Readonly<Record<SizeBinary, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  floordiv: (a, b) => (b === 0 ? 0 : Math.floor(a / b)),
  mod: (a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b)),
  min: Math.min,
  max: Math.max,
  eq: (a, b) => Number(a === b),
  lt: (a, b) => Number(a < b),
};

const errors = { shape: ShapeError, index: IndexRangeError, assert: null } as const;

const algebra: SizeAlgebra<number> = {
  const: (value) => value,
  binary: (op, a, b) => (isNaN(a) || isNaN(b) ? UNKNOWN : sizeOperations[op](a, b)),
  select: (cond, a, b) => (isNaN(cond) ? UNKNOWN : cond !== 0 ? a : b),
  valueOf: (variable) => constantValue(variable),
  requireEqual(a, b, text) {
    if (!isNaN(a) && !isNaN(b) && a !== b) throw new ShapeError(withSizes(text, a, b));
    return isNaN(a) ? b : a;
  },
  requireAtMost(a, b, text, error = 'shape') {
    const Class = errors[error];
    if (a > b && Class !== null) throw new Class(withSizes(text, a, b));
  },
};

/** Constants are told by their data: their class extends that of variables, whose module needs this one. */
function constantValue(variable: TensorVariable): number {
  return 'data' in variable ? Number((variable.data as NDArray).item({ bigint: true })) : UNKNOWN;
}

/** A text with the sizes that it speaks of. */
export function withSizes(text: string, a: number, b: number): string {
  return text.replaceAll('{a}', String(a)).replaceAll('{b}', String(b));
}

/** @throws ShapeError, IndexRangeError where known sizes of the node's inputs do not fit together */
export function refuseKnownClash(node: Apply): void {
  const shapes = node.inputs.map(({ type }) => type.shape);
  if (shapes.some((shape) => shape.some((size) => size !== null))) {
    const sizes = shapes.map((shape) => shape.map((size) => size ?? UNKNOWN));
    node.op.shapes(algebra, sizes, node);
  }
}
