/** Whether an op rounds: told by what it is made of. Results tell nothing: in float32 erf(9) is 1 to the bit. */
import { isFloat, toposort, type Apply, type NDArray, type Op, type ScalarOp } from '@tno/core';
import { isGrid } from './elements.js';

/**
 * - `never`: results are elements of operands, or whole numbers.
 * - `offGrid`: arithmetic, which is exact where operands and results have few bits.
 * - `always`: functions, whose values are hardly ever floats, and loops.
 * - `routine`: algorithms of many steps, each device with one of its own, and loops until something holds.
 */
const kinds = ['never', 'offGrid', 'always', 'routine'] as const;
export type Rounding = (typeof kinds)[number];

const scalarsThatChoose: readonly ScalarOp[] = [
  'neg', 'abs', 'sgn', 'min', 'max', 'floor', 'ceil', 'trunc', 'round', 'select',
  'eq', 'neq', 'lt', 'le', 'gt', 'ge', 'isnan', 'isinf', 'and', 'or', 'xor', 'not',
]; // prettier-ignore
const arithmetic: readonly ScalarOp[] = [
  'add', 'sub', 'mul', 'div', 'intdiv', 'mod', 'pow', 'fma', 'sqr', 'sqrt', 'reciprocal', 'cast',
]; // prettier-ignore
const routinesThatChoose: readonly string[] = ['sort', 'argsort', 'searchsorted', 'cumargmax'];

const worst = (all: readonly Rounding[]): Rounding =>
  kinds[Math.max(0, ...all.map((kind) => kinds.indexOf(kind)))];

function ofScalar(fn: ScalarOp): Rounding {
  if (scalarsThatChoose.includes(fn)) return 'never';
  return arithmetic.includes(fn) ? 'offGrid' : 'always';
}

function ofLowering(lower: Op['lower'], node: Apply): Rounding {
  switch (lower.kind) {
    case 'scalar':
      return ofScalar(lower.fn);
    case 'index':
    case 'reshape':
      return 'never';
    case 'reduce':
      return lower.op === 'sum' || lower.op === 'prod' ? 'offGrid' : 'never';
    case 'scatter':
      return lower.mode === 'add' ? 'offGrid' : 'never';
    case 'expression':
    case 'call':
      return 'offGrid';
    case 'routine':
      return routinesThatChoose.includes(lower.routine) ? 'never' : 'routine';
    case 'composite':
      return worst(toposort(lower.expand(node), new Set(node.inputs)).map(roundingOf));
    case 'steps':
      return node.op.name === 'while_loop' ? 'routine' : 'always';
    case 'host':
      return 'always';
  }
}

const known = new Map<string, Rounding>();

export function roundingOf(node: Apply): Rounding {
  const { key, lower } = node.op;
  const found = known.get(key) ?? ofLowering(lower, node);
  known.set(key, found);
  return found;
}

/** Whether the result may be rounded, of these operands. */
export function rounds(node: Apply, operands: readonly NDArray[], result: NDArray): boolean {
  if (!isFloat(result.dtype)) return false;
  const rounding = roundingOf(node);
  return rounding === 'offGrid' ? ![...operands, result].every(isGrid) : rounding !== 'never';
}
