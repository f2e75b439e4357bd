/**
 * How reductions are carried out, in the same way by every emitter.
 *
 * THE TREE. Sums, products, maxima and minima of floats depend on the order of their operations, so
 * that order is fixed, whatever the vector width, the number of threads and the language:
 * - The innermost reduced axis is cut into blocks of 1024 elements.
 * - In a block, element i goes to lane i mod 16. Each lane starts with the identity (0, 1, -inf,
 *   +inf) and takes its elements in order. Then lanes are combined in halves: l with l + 8, l + 4,
 *   l + 2, l + 1. Lanes without an element hold the identity, so leaving them out changes nothing.
 * - Results of blocks are combined in order (all blocks of the innermost axis, then the next point of
 *   the outer reduced axes in lexicographic order): sums by compensated addition (the rounding
 *   error of each addition is kept and added at the end), the others plainly.
 * - float16 is reduced in float32 and rounded at the end.
 * A maximum takes the new element when it is greater or NaN; so NaN stays, and of equal zeros the
 * first stays. Integers and logical reductions have one result in any order. `argmax`/`argmin` go
 * through elements in order and keep the first extreme; the first NaN wins over all.
 */
import { isFloat, isSigned, isUnsigned } from '../types/dtype.js';
import { dtypeInfo } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import type { LoopKernel } from '../lower/program.js';
import { scalarBits } from '../lower/scalar-bits.js';
import type { ReduceOp } from '../lower/scalar-op.js';

/** Elements in a block of the tree. */
export const BLOCK = 1024;
/** Lanes of a block. */
export const LANES = 16;

/** Operations whose result depends on order, for floats. */
export type TreeOp = 'sum' | 'prod' | 'max' | 'min';

/** How one kind of reduction works. */
export interface ReductionForm {
  readonly op: ReduceOp;
  /** Of the reduced values. */
  readonly dtype: DType;
  /** Where partial results are kept: float32 for float16. */
  readonly accumulator: DType;
  /** `tree`: in lanes and blocks; `plain`: one accumulator; `arg`: a best value and its index. */
  readonly kind: 'tree' | 'plain' | 'arg';
}

/** A kernel's reduction with what an emitter needs to know about it. */
export interface ReductionPlan extends ReductionForm {
  /** Id of its result among the kernel's values. */
  readonly id: number;
  /** Id of the reduced value. */
  readonly value: number;
}

export function planReductions(kernel: LoopKernel): ReductionPlan[] {
  return kernel.reductions.map(({ op, value }, i) => ({
    id: kernel.body.length + i,
    value,
    ...reductionForm(op, kernel.body[value].dtype),
  }));
}

/** How values of `dtype` are reduced. */
export function reductionForm(op: ReduceOp, dtype: DType): ReductionForm {
  const accumulator = dtype === 'float16' ? 'float32' : dtype;
  return { op, dtype, accumulator, kind: kindOf(op, dtype) };
}

function kindOf(op: ReduceOp, dtype: DType): ReductionForm['kind'] {
  if (op === 'argmax' || op === 'argmin') return 'arg';
  return isFloat(dtype) ? 'tree' : 'plain';
}

export function treeOp(plan: ReductionForm): TreeOp {
  const { op } = plan;
  if (op === 'sum' || op === 'prod' || op === 'max' || op === 'min') return op;
  throw new RangeError(`[codegen] expected a reduction over a tree, got ${op}`);
}

/** The value that a reduction starts from, as a number or bigint of `dtype`. */
export function identityValue(op: ReduceOp, dtype: DType): number | bigint {
  switch (op) {
    case 'sum':
    case 'or':
      return 0;
    case 'prod':
    case 'and':
      return 1;
    case 'max':
    case 'argmax':
      return least(dtype);
    case 'min':
    case 'argmin':
      return greatest(dtype);
  }
}

export function identityBits(op: ReduceOp, dtype: DType): { lo: number; hi: number } {
  return scalarBits(dtype, identityValue(op, dtype));
}

function least(dtype: DType): number | bigint {
  if (isFloat(dtype)) return -Infinity;
  return isSigned(dtype) ? dtypeInfo[dtype].min : 0;
}

function greatest(dtype: DType): number | bigint {
  if (isFloat(dtype)) return Infinity;
  return isSigned(dtype) || isUnsigned(dtype) ? dtypeInfo[dtype].max : 1;
}
