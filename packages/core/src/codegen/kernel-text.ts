/**
 * Writes the statements of one kernel in a C-family language: pointers, loads, scalar operations,
 * index checks and stores, each at the loop position its LoopPlan gives. The loops themselves are
 * the business of the nests (c-nest.ts, c-rows.ts, c-columns.ts, c-grid.ts), which call `enter`
 * as they open each loop.
 * Names: `p2` operand, `p2_0` operand advanced to a point of axis 0, `i0` coordinate, `d0`
 * parameter, `v5` value, `g1` gathered index.
 */
import type { KernelDim, LoopKernel } from '../lower/program.js';
import type { DType } from '../types/dtype.js';
import type { Dialect, UseHelper } from './dialect.js';
import { isOne, isZero, POST } from './loop-plan.js';
import type { Gather, LoopPlan } from './loop-plan.js';
import type { Writer } from './writer.js';

/** What an emitter of kernels works with. */
export interface EmitTools {
  readonly dialect: Dialect;
  readonly use: UseHelper;
}

/** What happens to a point whose index is out of range. */
export interface GatherPolicy {
  /** Statement that records failure number `gather` of `value` for `size`, and leaves if it may. */
  fail(gather: number, value: string, size: string): string;
  /** Whether the point goes on, so that loads and stores must be guarded. */
  readonly goesOn: boolean;
}

export class KernelText {
  readonly dialect: Dialect;
  readonly use: UseHelper;
  /** Parameters that the text mentions. */
  readonly usedParams = new Set<number>();
  private readonly pointers: string[];
  private readonly checked = new Set<number>();
  private readonly texts: string[] = [];

  constructor(
    readonly kernel: LoopKernel,
    readonly plan: LoopPlan,
    readonly w: Writer,
    tools: EmitTools,
    private readonly policy: GatherPolicy,
  ) {
    this.dialect = tools.dialect;
    this.use = tools.use;
    this.pointers = kernel.operands.map((_, operand) => `p${operand}`);
  }

  get int64(): string {
    return this.dialect.types.int64.value;
  }

  valueType(dtype: DType): string {
    return this.dialect.types[dtype].value;
  }

  dim(dim: KernelDim): string {
    if ('lit' in dim) return `${dim.lit}`;
    this.usedParams.add(dim.param);
    return `d${dim.param}`;
  }

  extent(axis: number): string {
    return this.dim(this.kernel.axes[axis]);
  }

  /** The text of a value that has been computed. */
  value(id: number): string {
    return this.texts[id];
  }

  setValue(id: number, text: string): void {
    this.texts[id] = text;
  }

  /** Writes what is known once the loops up to `position` are open. */
  enter(position: number): void {
    if (position >= 0 && position !== POST) this.advance(this.plan.order[position]);
    for (const id of this.plan.at(position)) this.instruction(id);
    // An index is checked where it is computed, so that no inner loop has to.
    for (const gather of this.plan.gathers()) {
      if (this.plan.positions[gather.value] === position) this.check(gather);
    }
  }

  /** Writes the stores; `placeOf` an operand is where its element goes, if not to the operand. */
  stores(placeOf?: (operand: number) => string): void {
    this.kernel.stores.forEach((store, i) => {
      const { dtype } = this.kernel.operands[store.operand];
      const gathers = this.plan.storeGathers[i];
      gathers.forEach((gather) => this.check(gather));
      const place = placeOf?.(store.operand) ?? this.element(store.operand, gathers);
      const value = this.value(store.value);
      const sum = (): string =>
        this.dialect.ops.add(
          [this.dialect.load(dtype, place, this.use), value],
          dtype,
          this.use,
          dtype,
        );
      const stored = this.dialect.stored(dtype, store.mode === 'add' ? sum() : value, this.use);
      this.w.line(`${this.guard(gathers)}${place} = ${stored};`);
    });
  }

  /** The element of an operand at the current point. */
  element(operand: number, gathers: readonly Gather[] = []): string {
    const terms = gathers.map(({ number, stride }) => this.product(`g${number}`, stride));
    const last = this.lastAxis(operand);
    if (last !== null) {
      terms.unshift(this.product(`i${last}`, this.kernel.operands[operand].strides[last]));
    }
    return `${this.pointers[operand]}[${terms.length === 0 ? '0' : terms.join(' + ')}]`;
  }

  /** The pointer to an operand where its last axis begins. */
  rowPointer(operand: number): string {
    return this.pointers[operand];
  }

  private lastAxis(operand: number): number | null {
    return this.plan.movingAxes(operand).at(-1) ?? null;
  }

  private advance(axis: number): void {
    const { loaded, stored } = this.plan.usedOperands();
    this.kernel.operands.forEach(({ dtype, strides }, operand) => {
      if (!loaded.has(operand) && !stored.has(operand)) return;
      if (isZero(strides[axis]) || this.lastAxis(operand) === axis) return;
      const name = `p${operand}_${axis}`;
      const type = `${stored.has(operand) ? '' : 'const '}${this.dialect.types[dtype].storage}`;
      const step = this.product(`i${axis}`, strides[axis]);
      this.w.line(`${type} *const ${name} = ${this.pointers[operand]} + ${step};`);
      this.pointers[operand] = name;
    });
  }

  private instruction(id: number): void {
    const instr = this.plan.instr(id);
    if (instr === null) return;
    switch (instr.op) {
      case 'const':
        this.setValue(id, this.dialect.literal(instr.dtype, instr.lo, instr.hi));
        return;
      case 'axis':
        this.setValue(id, `i${instr.axis}`);
        return;
      case 'dim':
        this.setValue(id, this.dim(instr.dim));
        return;
      case 'load': {
        const gathers = this.plan.loadGathers[id];
        gathers.forEach((gather) => this.check(gather));
        const place = this.element(instr.operand, gathers);
        const loaded = this.dialect.load(instr.dtype, place, this.use);
        const guarded = this.policy.goesOn && gathers.length > 0;
        const found = gathers.map(({ number }) => `g${number} >= 0`).join(' && ');
        this.declare(id, instr.dtype, guarded ? `${found} ? ${loaded} : 0` : loaded);
        return;
      }
      case 'scalar': {
        const args = instr.args.map((arg) => this.value(arg));
        const from = this.dtypeOf(instr.args[0]);
        // Comparisons give bool, but what they compute on is their arguments' dtype.
        const compares = instr.dtype === 'bool' && instr.fn !== 'cast' && instr.fn !== 'select';
        const dtype = compares ? from : instr.dtype;
        this.declare(id, instr.dtype, this.dialect.ops[instr.fn](args, dtype, this.use, from));
      }
    }
  }

  dtypeOf(id: number): DType {
    const instr = this.plan.instr(id);
    return instr === null
      ? this.kernel.reductions[id - this.kernel.body.length].dtype
      : instr.dtype;
  }

  private declare(id: number, dtype: DType, text: string): void {
    this.w.line(`const ${this.valueType(dtype)} v${id} = ${text};`);
    this.setValue(id, `v${id}`);
  }

  private check({ number, value, size }: Gather): void {
    if (this.checked.has(number)) return;
    this.checked.add(number);
    const text = this.value(value);
    const extent = this.dim(size);
    // A uint64 beyond int64 must not turn into an index from the end.
    const index =
      this.dtypeOf(value) === 'uint64'
        ? `${text} > 9223372036854775807ULL ? 9223372036854775807LL : (${this.int64})${text}`
        : text;
    this.w.line(`const ${this.int64} g${number} = ${this.use('tno_index')}(${index}, ${extent});`);
    this.w.line(`if (g${number} < 0) ${this.policy.fail(number, text, extent)}`);
  }

  private guard(gathers: readonly Gather[]): string {
    if (!this.policy.goesOn || gathers.length === 0) return '';
    return `if (${gathers.map(({ number }) => `g${number} >= 0`).join(' && ')}) `;
  }

  private product(index: string, stride: KernelDim): string {
    return isOne(stride) ? index : `${index} * ${this.dim(stride)}`;
  }
}

/** Declares the pointers of operands that the kernel uses. */
export function operandPointers(text: KernelText, source: (operand: number) => string): void {
  const { loaded, stored } = text.plan.usedOperands();
  text.kernel.operands.forEach(({ dtype }, operand) => {
    if (!loaded.has(operand) && !stored.has(operand)) return;
    const type = `${stored.has(operand) ? '' : 'const '}${text.dialect.types[dtype].storage}`;
    text.w.line(`${type} *const p${operand} = (${type} *)${source(operand)};`);
  });
}
