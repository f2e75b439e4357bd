/** The invariants of one loop kernel that need no Program around it. */
import { VerifyError } from '../errors.js';
import { isInt } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import type {
  KernelDim,
  KernelIndex,
  KernelInstr,
  KernelReduction,
  LoopKernel,
} from './program.js';
import { scalarProblem } from './scalar-signature.js';

/** @throws VerifyError (E_VERIFY) naming the kernel. */
export function verifyKernel(kernel: LoopKernel): void {
  new KernelVerifier(kernel).verify();
}

/** Whether an outer axis is known to have no points, so that nothing is stored. */
export function isEmptyKernel({ axes, reduceRank }: LoopKernel): boolean {
  return axes.slice(0, axes.length - reduceRank).some((axis) => 'lit' in axis && axis.lit === 0);
}

/** Dtype of every value of a kernel: body, reductions, epilogue. */
export function kernelDTypes(
  kernel: Pick<LoopKernel, 'body' | 'reductions' | 'epilogue'>,
): DType[] {
  return [...kernel.body, ...kernel.reductions, ...kernel.epilogue].map((value) => value.dtype);
}

/** The indices of a kernel in order of appearance: loads of body and epilogue, then stores. */
export function kernelIndices(kernel: LoopKernel): KernelIndex[] {
  const loads = [...kernel.body, ...kernel.epilogue].flatMap((i) =>
    i.op === 'load' ? i.index : [],
  );
  return [...loads, ...kernel.stores.flatMap((store) => store.index)];
}

class KernelVerifier {
  private readonly dtypes: readonly DType[];
  private readonly outer: number;

  constructor(private readonly kernel: LoopKernel) {
    this.dtypes = kernelDTypes(kernel);
    this.outer = kernel.axes.length - kernel.reduceRank;
  }

  verify(): void {
    const { kernel } = this;
    const { body, reductions, epilogue, stores } = kernel;
    this.shape();
    kernel.axes.forEach((dim) => this.dim(dim));
    kernel.operands.forEach((operand, i) => {
      this.expect(
        operand.strides.length === kernel.axes.length,
        `operand ${i} to have ${kernel.axes.length} strides, got ${operand.strides.length}`,
      );
      operand.strides.forEach((dim) => this.dim(dim));
    });
    body.forEach((instr, i) => this.instr(instr, 0, i, kernel.axes.length));
    reductions.forEach((reduction) => this.reduction(reduction));
    const first = body.length;
    const start = first + reductions.length;
    epilogue.forEach((instr, i) => this.instr(instr, first, start + i, this.outer));
    stores.forEach((_, i) => this.store(i));
  }

  private shape(): void {
    const { axes, reduceRank, reductions, epilogue, stores } = this.kernel;
    const reduces = reductions.length > 0;
    this.expect(
      reduceRank >= 0 && reduceRank <= axes.length,
      `reduceRank between 0 and ${axes.length}, got ${reduceRank}`,
    );
    this.expect(
      reduces === reduceRank > 0,
      `reductions and reduce axes to come together, got ${reductions.length} and ${reduceRank}`,
    );
    this.expect(reduces || epilogue.length === 0, 'no epilogue without a reduction, got one');
    this.expect(stores.length > 0, 'at least one store, got none');
  }

  private instr(instr: KernelInstr, from: number, to: number, axes: number): void {
    switch (instr.op) {
      case 'load': {
        const { operand, dtype, index } = instr;
        this.operand(operand, dtype);
        this.indices(index, from, to);
        if (axes < this.kernel.axes.length) this.outerStrides(operand);
        return;
      }
      case 'axis':
        this.expect(
          instr.axis >= 0 && instr.axis < axes,
          `an axis below ${axes}, got ${instr.axis}`,
        );
        return;
      case 'dim':
        this.dim(instr.dim);
        return;
      case 'scalar': {
        instr.args.forEach((id) => this.value(id, from, to));
        const args = instr.args.map((id) => this.dtypes[id]);
        const problem = scalarProblem(instr.fn, args, instr.dtype);
        if (problem !== null) this.fail(problem);
        return;
      }
      case 'const':
        return;
    }
  }

  private reduction({ op, dtype, value }: KernelReduction): void {
    this.value(value, 0, this.kernel.body.length);
    const of = this.dtypes[value];
    if (op === 'argmax' || op === 'argmin') {
      this.expect(dtype === 'int64', `${op} to give int64, got ${dtype}`);
      return;
    }
    this.expect(dtype === of, `${op} of ${of} to give ${of}, got ${dtype}`);
    if (op === 'and' || op === 'or') {
      this.expect(of === 'bool', `${op} to reduce bool, got ${of}`);
    } else if (op === 'sum' || op === 'prod') {
      this.expect(of !== 'bool', `${op} to reduce numbers, got bool`);
    }
  }

  private store(i: number): void {
    const { body, reductions, epilogue, stores, serial } = this.kernel;
    const { operand, value, index, mode } = stores[i];
    const from = reductions.length > 0 ? body.length : 0;
    const to = body.length + reductions.length + epilogue.length;
    this.value(value, from, to);
    this.operand(operand, this.dtypes[value]);
    this.indices(index, from, to);
    this.outerStrides(operand);
    this.expect(mode === 'set' || this.dtypes[value] !== 'bool', 'numbers to be added, got bool');
    const repeats = index.length > 0 || this.repeatsElements(operand);
    this.expect(serial || !repeats, `a serial kernel for store ${i}, which may repeat elements`);
  }

  private repeatsElements(operand: number): boolean {
    const { axes, operands } = this.kernel;
    if (isEmptyKernel(this.kernel)) return false;
    const isLit = (dim: KernelDim, lit: number): boolean => 'lit' in dim && dim.lit === lit;
    return axes
      .slice(0, this.outer)
      .some((axis, a) => isLit(operands[operand].strides[a], 0) && !isLit(axis, 1));
  }

  /** What is touched once a point of the outer axes does not move along reduced ones. */
  private outerStrides(operand: number): void {
    const inner = this.kernel.operands[operand].strides.slice(this.outer);
    this.expect(
      inner.every((dim) => 'lit' in dim && dim.lit === 0),
      `strides 0 along reduced axes for operand ${operand}, used outside the reduction`,
    );
  }

  private operand(operand: number, dtype: DType): void {
    const { operands } = this.kernel;
    this.expect(
      operand >= 0 && operand < operands.length,
      `an operand below ${operands.length}, got ${operand}`,
    );
    const due = operands[operand].dtype;
    this.expect(dtype === due, `${due} for operand ${operand}, got ${dtype}`);
  }

  private indices(index: readonly KernelIndex[], from: number, to: number): void {
    for (const { value, size, stride } of index) {
      this.value(value, from, to);
      const dtype = this.dtypes[value];
      this.expect(isInt(dtype), `an integer index, got ${dtype}`);
      this.dim(size);
      this.dim(stride);
    }
  }

  private value(id: number, from: number, to: number): void {
    this.expect(id >= from && id < to, `a value from ${from} to ${to - 1}, got ${id}`);
  }

  private dim(dim: KernelDim): void {
    if ('lit' in dim) return;
    const { params } = this.kernel;
    this.expect(
      dim.param >= 0 && dim.param < params,
      `a parameter below ${params}, got ${dim.param}`,
    );
  }

  private expect(holds: boolean, what: string): void {
    if (!holds) this.fail(`expected ${what}`);
  }

  private fail(problem: string): never {
    throw new VerifyError(`[kernel ${this.kernel.name}] ${problem}`);
  }
}
