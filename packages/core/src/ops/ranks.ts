import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';

/** @throws ShapeError unless each operand has `rank` axes: `[op] expected vectors, got …` */
export function requireRank(
  op: string,
  operands: readonly TensorVariable[],
  rank: number,
  what = `operands of rank ${rank}`,
): void {
  for (const v of operands) {
    if (v.type.rank === rank) continue;
    throw new ShapeError(`[${op}] expected ${what}, got ${v.type.key} (${v.toString()})`);
  }
}
