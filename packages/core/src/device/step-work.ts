/**
 * What one run of a step computes and moves, by its sizes alone. Rules of counting:
 * - an operation is a scalar operation with a float result, a transcendental one like an addition, `fma`
 *   two; comparisons, selections, casts and index arithmetic are none. A reduction of floats takes one for
 *   each element, a product two for each multiplication.
 * - bytes are those of the elements that operands span, each element once a step however often it is
 *   read; what is computed by an index counts once for each point. Written elements count once, added
 *   ones twice.
 * - a routine's operations are not counted.
 * native/runtime/step_work.cc counts the same.
 */
import type { BufferId, KernelDim, KernelInstr, Program, SizeId, Step } from '../lower/program.js';
import { scalarOps } from '../lower/scalar-op.js';
import { dtypeInfo, isFloat } from '../types/dtype.js';

export interface StepWork {
  readonly flops: number;
  readonly bytes: number;
}

const nothing: StepWork = { flops: 0, bytes: 0 };
const firstLogical = scalarOps.indexOf('eq');

/** `sizes`: the size table after the step has run. */
export function stepWork(program: Program, step: Step, sizes: readonly number[]): StepWork {
  switch (step.kind) {
    case 'kernel':
      return kernelWork(program, step, sizes);
    case 'call':
      return callWork(program, step, sizes);
    case 'copy':
      return { flops: 0, bytes: 2 * bytesOf(program, step.from, sizes) };
    case 'routine':
    case 'host':
      return { flops: 0, bytes: sumBytes(program, [...step.ins, ...step.outs], sizes) };
    default:
      return nothing;
  }
}

const length = (sizes: readonly number[], id: SizeId): number => Math.max(0, sizes[id]);

/** Bytes of a buffer's own elements; an axis that a view repeats counts once. */
export function bytesOf(program: Program, id: BufferId, sizes: readonly number[]): number {
  const decl = program.buffers[id];
  const elements = decl.shape.reduce((product, size, axis) => {
    const repeats = decl.role === 'view' && sizes[decl.strides[axis]] === 0;
    return product * (repeats ? Math.min(1, length(sizes, size)) : length(sizes, size));
  }, 1);
  return elements * dtypeInfo[decl.dtype].bytes;
}

function sumBytes(program: Program, ids: readonly BufferId[], sizes: readonly number[]): number {
  return ids.reduce((sum, id) => sum + bytesOf(program, id, sizes), 0);
}

function callWork(
  program: Program,
  { callee, ins, outs }: Extract<Step, { kind: 'call' }>,
  sizes: readonly number[],
): StepWork {
  // How many positions there are is known only later.
  if (callee === 'nonzero') {
    return { flops: 0, bytes: sumBytes(program, [...ins, outs[1]], sizes) };
  }
  const lengths = (id: BufferId): number[] =>
    program.buffers[id].shape.map((size) => length(sizes, size));
  const [m, k] = lengths(ins[0]);
  const n = callee === 'gemm' ? lengths(ins[1])[1] : 1;
  return { flops: 2 * m * k * n, bytes: sumBytes(program, [...ins, ...outs], sizes) };
}

function operations(instrs: readonly KernelInstr[]): number {
  return instrs.reduce((count, instr) => {
    if (instr.op !== 'scalar' || !isFloat(instr.dtype)) return count;
    if (scalarOps.indexOf(instr.fn) >= firstLogical) return count;
    return count + (instr.fn === 'fma' ? 2 : 1);
  }, 0);
}

function kernelWork(
  program: Program,
  step: Extract<Step, { kind: 'kernel' }>,
  sizes: readonly number[],
): StepWork {
  const kernel = program.kernels[step.kernel];
  const { axes, reduceRank, operands, body, reductions, epilogue, stores } = kernel;
  const value = (dim: KernelDim): number => ('lit' in dim ? dim.lit : sizes[step.dims[dim.param]]);
  const lengths = axes.map((axis) => Math.max(0, value(axis)));
  const outerRank = axes.length - reduceRank;
  const product = (rank: number): number => lengths.slice(0, rank).reduce((a, b) => a * b, 1);
  const [outer, all] = [product(outerRank), product(axes.length)];
  if (outer === 0) return nothing;

  const reduced = reductions.filter(({ value: id }) => isFloat(body[id].dtype)).length;
  const flops = (operations(body) + reduced) * all + operations(epilogue) * outer;

  /** Of the elements of an operand that a walk over the first `rank` axes touches. */
  const reach = (operand: number, rank: number, indexed: boolean): number => {
    const { dtype, strides } = operands[operand];
    const elements = lengths
      .slice(0, rank)
      .filter((_, axis) => indexed || value(strides[axis]) !== 0)
      .reduce((a, b) => a * b, 1);
    return elements * dtypeInfo[dtype].bytes;
  };
  let bytes = 0;
  const read = new Set<number>();
  const countLoads = (instrs: readonly KernelInstr[], rank: number): void => {
    for (const instr of instrs) {
      if (instr.op !== 'load') continue;
      const indexed = instr.index.length > 0;
      if (!indexed && read.has(instr.operand)) continue;
      if (!indexed) read.add(instr.operand);
      if (product(rank) > 0) bytes += reach(instr.operand, rank, indexed);
    }
  };
  countLoads(body, axes.length);
  countLoads(epilogue, outerRank);
  for (const { operand, index, mode } of stores) {
    bytes += (mode === 'add' ? 2 : 1) * reach(operand, outerRank, index.length > 0);
  }
  return { flops, bytes };
}
