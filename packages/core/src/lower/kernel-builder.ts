/**
 * Writes a LoopKernel instruction by instruction; dtypes of scalar operations follow from their
 * arguments. Order: body, then reductions, then epilogue; stores at any time after their value.
 */
import { VerifyError } from '../errors.js';
import type { DType } from '../types/dtype.js';
import type {
  KernelDim,
  KernelIndex,
  KernelInstr,
  KernelOperand,
  KernelReduction,
  KernelStore,
  LoopKernel,
} from './program.js';
import { scalarBits } from './scalar-bits.js';
import type { ReduceOp, ScalarOp } from './scalar-op.js';
import { scalarSignatures } from './scalar-signature.js';
import { kernelDTypes, verifyKernel } from './verify-kernel.js';

/** A size or stride: a number is a literal. */
export type DimLike = number | KernelDim;

/** An index as KernelIndex, with plain numbers for literals. */
export interface IndexLike {
  readonly value: number;
  readonly size: DimLike;
  readonly stride: DimLike;
}

const toDim = (dim: DimLike): KernelDim => (typeof dim === 'number' ? { lit: dim } : dim);
const toIndex = ({ value, size, stride }: IndexLike): KernelIndex => ({
  value,
  size: toDim(size),
  stride: toDim(stride),
});

export class KernelBuilder {
  private readonly axes: readonly KernelDim[];
  private readonly operands: KernelOperand[] = [];
  private readonly body: KernelInstr[] = [];
  private readonly reductions: KernelReduction[] = [];
  private readonly epilogue: KernelInstr[] = [];
  private readonly stores: KernelStore[] = [];
  private params = 0;

  constructor(
    private readonly name: string,
    axes: readonly DimLike[],
    private readonly reduceRank = 0,
  ) {
    this.axes = axes.map(toDim);
    for (const axis of this.axes) this.countParam(axis);
  }

  /** A new operand; `strides` has one entry an axis. */
  operand(dtype: DType, strides: readonly DimLike[]): number {
    const dims = strides.map(toDim);
    dims.forEach((dim) => this.countParam(dim));
    return this.operands.push({ dtype, strides: dims }) - 1;
  }

  /** Loads from an operand, at the point and the computed indices. */
  load(operand: number, index: readonly IndexLike[] = []): number {
    const { dtype } = this.operands[operand];
    return this.instr({ op: 'load', dtype, operand, index: this.indices(index) });
  }

  constant(dtype: DType, value: number | bigint | boolean): number {
    return this.instr({ op: 'const', dtype, ...scalarBits(dtype, value) });
  }

  /** The point's coordinate along an axis. */
  axis(axis: number): number {
    return this.instr({ op: 'axis', dtype: 'int64', axis });
  }

  dim(dim: DimLike): number {
    const known = toDim(dim);
    this.countParam(known);
    return this.instr({ op: 'dim', dtype: 'int64', dim: known });
  }

  scalar(fn: Exclude<ScalarOp, 'cast'>, ...args: number[]): number {
    const dtypes = this.dtypes();
    const same = dtypes[args[args.length - 1]];
    const dtype = scalarSignatures[fn].result === 'bool' ? 'bool' : same;
    return this.instr({ op: 'scalar', dtype, fn, args });
  }

  cast(dtype: DType, value: number): number {
    return this.instr({ op: 'scalar', dtype, fn: 'cast', args: [value] });
  }

  /** Reduces a body value over the last `reduceRank` axes. */
  reduce(op: ReduceOp, value: number): number {
    if (this.epilogue.length > 0) this.fail('reductions before the epilogue');
    const dtype = op === 'argmax' || op === 'argmin' ? 'int64' : this.dtypes()[value];
    return this.body.length + this.reductions.push({ op, dtype, value }) - 1;
  }

  store(
    operand: number,
    value: number,
    index: readonly IndexLike[] = [],
    mode: KernelStore['mode'] = 'set',
  ): void {
    this.stores.push({ operand, value, index: this.indices(index), mode });
  }

  /** @throws VerifyError (E_VERIFY) */
  build(options: { serial?: boolean } = {}): LoopKernel {
    const { name, axes, reduceRank, operands, body, reductions, epilogue, stores, params } = this;
    const serial = options.serial ?? stores.some((store) => store.index.length > 0);
    const kernel: LoopKernel = {
      ...{ name, axes, reduceRank, operands, body, reductions, epilogue, stores, serial, params },
    };
    verifyKernel(kernel);
    return kernel;
  }

  private instr(instr: KernelInstr): number {
    if (this.reductions.length === 0) return this.body.push(instr) - 1;
    return this.body.length + this.reductions.length + this.epilogue.push(instr) - 1;
  }

  private indices(index: readonly IndexLike[]): KernelIndex[] {
    return index.map((entry) => {
      const known = toIndex(entry);
      this.countParam(known.size);
      this.countParam(known.stride);
      return known;
    });
  }

  private dtypes(): DType[] {
    return kernelDTypes({
      body: this.body,
      reductions: this.reductions,
      epilogue: this.epilogue,
    });
  }

  private countParam(dim: KernelDim): void {
    if ('param' in dim) this.params = Math.max(this.params, dim.param + 1);
  }

  private fail(what: string): never {
    throw new VerifyError(`[kernel ${this.name}] expected ${what}`);
  }
}
