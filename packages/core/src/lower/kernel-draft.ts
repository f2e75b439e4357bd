/**
 * A kernel that is being written: what its body, reductions, epilogue and stores say, in terms of sizes
 * and buffers, until `emit` makes a LoopKernel and its launch of it; adjacent axes are then joined where
 * every operand allows it.
 */
import type { DType } from '../types/dtype.js';
import type { ScalarValue } from './lowering.js';
import type {
  BufferId,
  KernelDim,
  KernelIndex,
  KernelInstr,
  LoopKernel,
  SiteId,
  SizeId,
} from './program.js';
import type { ProgramBuilder } from './program-builder.js';
import type { ReduceOp } from './scalar-op.js';

export interface DraftIndex {
  readonly value: ScalarValue;
  readonly size: SizeId;
  readonly stride: SizeId;
  readonly site: SiteId;
}

interface DraftOperand {
  readonly buffer: BufferId;
  readonly offset: SizeId;
  readonly dtype: DType;
  readonly strides: SizeId[];
}

export type DraftInstr =
  | Exclude<KernelInstr, { op: 'load' | 'dim' | 'axis' }>
  | {
      readonly op: 'load';
      readonly dtype: DType;
      readonly operand: number;
      readonly index: readonly DraftIndex[];
    }
  | { readonly op: 'dim'; readonly dtype: 'int64'; readonly size: SizeId }
  | { readonly op: 'axis'; readonly dtype: 'int64'; readonly axis: number };

interface DraftStore {
  readonly operand: number;
  readonly value: ScalarValue;
  readonly index: readonly DraftIndex[];
  readonly mode: 'set' | 'add';
}

export class KernelDraft {
  private readonly sizes: ProgramBuilder['sizes'];
  private readonly operands: DraftOperand[] = [];
  private readonly body: DraftInstr[] = [];
  private readonly epilogue: DraftInstr[] = [];
  private readonly reductions: { op: ReduceOp; dtype: DType; value: ScalarValue }[] = [];
  private readonly stores: DraftStore[] = [];
  private readonly ops: string[] = [];

  /** `axes`: extents, the last `reduceRank` of which are reduced. */
  constructor(
    private readonly builder: ProgramBuilder,
    private readonly axes: readonly SizeId[],
    private readonly reduceRank: number,
  ) {
    this.sizes = builder.sizes;
  }

  /** Number of the operand with these elements; the same elements are one operand. */
  operand(buffer: BufferId, offset: SizeId, dtype: DType, strides: SizeId[]): number {
    const found = this.operands.findIndex(
      (o) => o.buffer === buffer && o.offset === offset && o.strides.join() === strides.join(),
    );
    return found >= 0 ? found : this.operands.push({ buffer, offset, dtype, strides }) - 1;
  }

  /** Adds an instruction to the body, or, after a reduction, to the epilogue. */
  push(instr: DraftInstr): ScalarValue {
    if (this.reductions.length === 0) return this.body.push(instr) - 1;
    return this.body.length + this.reductions.length + this.epilogue.push(instr) - 1;
  }

  /** Ends the body: gives the reduction of `value`. */
  reduce(op: ReduceOp, dtype: DType, value: ScalarValue): ScalarValue {
    this.tell(op);
    return this.body.length + this.reductions.push({ op, dtype, value }) - 1;
  }

  store(store: DraftStore): void {
    this.stores.push(store);
  }

  /** Adds to what the kernel's name tells. */
  tell(op: string): void {
    this.ops.push(op);
  }

  /** Records the kernel and its launch. */
  emit(site: SiteId): void {
    const joined = this.joinAxes();
    const dims = new DimList(this.sizes);
    const sites: SiteId[] = [];
    const toIndex = (index: DraftIndex): KernelIndex => {
      sites.push(index.site);
      return { value: index.value, size: dims.of(index.size), stride: dims.of(index.stride) };
    };
    const toInstr = (instr: DraftInstr): KernelInstr => {
      switch (instr.op) {
        case 'load':
          return {
            op: 'load',
            dtype: instr.dtype,
            operand: instr.operand,
            index: instr.index.map(toIndex),
          };
        case 'dim':
          return { op: 'dim', dtype: 'int64', dim: dims.of(instr.size) };
        case 'axis':
          return { op: 'axis', dtype: 'int64', axis: joined.renamed[instr.axis] };
        default:
          return instr;
      }
    };
    const axes = joined.axes.map((size) => dims.of(size));
    const operands = this.operands.map((o, k) => ({
      dtype: o.dtype,
      strides: joined.strides[k].map((s): KernelDim => dims.of(s)),
    }));
    const body = this.body.map(toInstr);
    const epilogue = this.epilogue.map(toInstr);
    const stores = this.stores.map((s) => ({
      operand: s.operand,
      value: s.value,
      index: s.index.map(toIndex),
      mode: s.mode,
    }));
    const kernel: LoopKernel = {
      name: this.summary(),
      axes,
      reduceRank: joined.reduceRank,
      operands,
      body,
      reductions: this.reductions,
      epilogue,
      stores,
      serial: stores.some((store) => store.index.length > 0),
      params: dims.ids.length,
    };
    const buffers = this.operands.map((o, k) => this.view(o.buffer, o.offset, k));
    this.builder.kernel(kernel, buffers, dims.ids, site, sites);
  }

  /** A name that tells what a kernel does: its first few operations. */
  private summary(): string {
    const distinct = [...new Set(this.ops)].reverse().slice(0, 4);
    return distinct.length === 0 ? 'copy' : distinct.join('_').replace(/[^A-Za-z0-9_]/g, '');
  }

  private view(buffer: BufferId, offset: SizeId, operand: number): BufferId {
    const { builder } = this;
    if (this.sizes.constant(offset) === 0) return buffer;
    const shape = this.mayBeEmpty(operand)
      ? [this.sizes.binary('min', this.sizes.const(1), this.reducedPoints())]
      : [];
    const strides = shape.map(() => this.sizes.const(1));
    return builder.view(buffer, shape, offset, strides);
  }

  private reducedPoints(): SizeId {
    return this.sizes.product(this.axes.slice(this.axes.length - this.reduceRank));
  }

  /** Whether an operand is read for reduced points only, so that where there are none it need not exist. */
  private mayBeEmpty(operand: number): boolean {
    const reads = (i: DraftInstr): boolean => i.op === 'load' && i.operand === operand;
    if (this.epilogue.some(reads) || this.stores.some((store) => store.operand === operand))
      return false;
    const points = this.sizes.constant(this.reducedPoints());
    return this.reduceRank > 0 && (points === null || points === 0);
  }

  /** Joins neighbouring axes (outer with outer, reduced with reduced) that every operand walks as one. */
  private joinAxes(): {
    axes: SizeId[];
    strides: SizeId[][];
    reduceRank: number;
    renamed: number[];
  } {
    const { sizes } = this;
    const axes = [...this.axes];
    const strides = this.operands.map((o) => [...o.strides]);
    const renamed = axes.map((_, axis) => axis);
    const counted = new Set<number>();
    for (const i of [...this.body, ...this.epilogue]) if (i.op === 'axis') counted.add(i.axis);
    const outer = axes.length - this.reduceRank;
    let reduceRank = this.reduceRank;
    for (let axis = axes.length - 2; axis >= 0; axis--) {
      if (axis + 1 === outer || counted.has(axis) || counted.has(axis + 1)) continue;
      if (!strides.every((s) => s[axis] === sizes.mul(s[axis + 1], axes[axis + 1]))) continue;
      axes.splice(axis, 2, sizes.mul(axes[axis], axes[axis + 1]));
      for (const s of strides) s.splice(axis, 1);
      renamed.forEach((to, from) => {
        if (to > axis) renamed[from] = to - 1;
      });
      if (axis >= outer) reduceRank--;
    }
    return { axes, strides, reduceRank, renamed };
  }
}

/** The parameters of a launch: sizes that are not constants. */
class DimList {
  readonly ids: SizeId[] = [];

  constructor(private readonly sizes: ProgramBuilder['sizes']) {}

  of(id: SizeId): KernelDim {
    const known = this.sizes.constant(id);
    if (known !== null) return { lit: known };
    const found = this.ids.indexOf(id);
    return { param: found >= 0 ? found : this.ids.push(id) - 1 };
  }
}
