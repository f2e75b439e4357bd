/**
 * Emits the kernels of a Program as JavaScript, for the reference device: plain loops over typed
 * arrays, the same tree of reductions (reduction.ts) as the compiled kernels, so that sums have
 * equal bits. The unit's text is the body of a function of `h` (js-runtime.ts) that returns the
 * kernels by their symbols.
 */
import { isBig } from '../types/dtype.js';
import type { DType, Storage } from '../types/dtype.js';
import type { SourceUnit } from '../device/target.js';
import type { KernelDim, LoopKernel, Program } from '../lower/program.js';
import { kernelSymbol } from './c-family.js';
import { jsLiteral, jsScalarOps } from './js-scalar.js';
import { declareLanes, emitJsReduction } from './js-reduction.js';
import { isOne, isZero, LoopPlan } from './loop-plan.js';
import type { Gather } from './loop-plan.js';
import { Writer } from './writer.js';

/** Where an emitted kernel records an index that is out of range. */
export interface JsFailure {
  gather: number;
  value: number;
  size: number;
}

/** An emitted kernel: operands' arrays and offsets, parameters; false after a failing index. */
export type JsKernel = (
  buf: readonly Storage[],
  off: readonly number[],
  dim: readonly number[],
  fail: JsFailure,
) => boolean;

export function emitJsUnit(program: Pick<Program, 'kernels'>): SourceUnit {
  const symbols = program.kernels.map(kernelSymbol);
  const kernels = program.kernels.map((kernel, id) => emitJsKernel(kernel, symbols[id]));
  const text = ["'use strict';\n", ...kernels, `return { ${symbols.join(', ')} };\n`].join('\n');
  return { language: 'js', text, symbols };
}

function emitJsKernel(kernel: LoopKernel, symbol: string): string {
  const text = new JsText(kernel);
  const { w, plan } = text;
  w.open(`function ${symbol}(buf, off, dim, fail)`);
  const body = w.capture(() => {
    text.enter(-1);
    text.nest(plan.order.slice(0, plan.outer), 0, () => {
      if (kernel.reduceRank > 0) emitJsReduction(text);
      text.stores();
    });
  });
  const { loaded, stored } = plan.usedOperands();
  kernel.operands.forEach((_, operand) => {
    if (!loaded.has(operand) && !stored.has(operand)) return;
    w.line(`const p${operand} = buf[${operand}], o${operand} = off[${operand}];`);
  });
  for (const param of [...text.usedParams].sort((a, b) => a - b)) {
    w.line(`const d${param} = dim[${param}];`);
  }
  declareLanes(text);
  w.append(body);
  w.line('return true;');
  w.close();
  return w.text();
}

/** The statements of one kernel; names as in kernel-text.ts, with offsets `o` for pointers. */
export class JsText {
  readonly w = new Writer();
  readonly plan: LoopPlan;
  readonly usedParams = new Set<number>();
  private readonly texts: string[] = [];
  private readonly offsets: string[];
  private readonly checked = new Set<number>();

  constructor(readonly kernel: LoopKernel) {
    this.plan = new LoopPlan(kernel, [...kernel.axes.keys()]);
    this.offsets = kernel.operands.map((_, operand) => `o${operand}`);
  }

  dim(dim: KernelDim): string {
    if ('lit' in dim) return dim.lit < 0 ? `(${dim.lit})` : `${dim.lit}`;
    this.usedParams.add(dim.param);
    return `d${dim.param}`;
  }

  value(id: number): string {
    return this.texts[id];
  }

  setValue(id: number, text: string): void {
    this.texts[id] = text;
  }

  /** Opens the loops over `axes`, at positions from `first` on, around `inside`. */
  nest(axes: readonly number[], first: number, inside: () => void): void {
    if (axes.length === 0) return inside();
    const [axis, ...rest] = axes;
    const extent = this.dim(this.kernel.axes[axis]);
    this.w.block(`for (let i${axis} = 0; i${axis} < ${extent}; i${axis}++)`, () => {
      this.enter(first);
      this.nest(rest, first + 1, inside);
    });
  }

  enter(position: number): void {
    if (position >= 0 && position < this.plan.order.length) this.advance(this.plan.order[position]);
    for (const id of this.plan.at(position)) this.instruction(id);
    for (const gather of this.plan.gathers()) {
      if (this.plan.positions[gather.value] === position) this.check(gather);
    }
  }

  stores(): void {
    this.kernel.stores.forEach((store, i) => {
      const { dtype } = this.kernel.operands[store.operand];
      const gathers = this.plan.storeGathers[i];
      gathers.forEach((gather) => this.check(gather));
      const place = this.element(store.operand, gathers);
      const value = this.value(store.value);
      const sum = (): string => jsScalarOps.add([loaded(dtype, place), value], dtype, dtype);
      this.w.line(`${place} = ${stored(dtype, store.mode === 'add' ? sum() : value)};`);
    });
  }

  dtypeOf(id: number): DType {
    const instr = this.plan.instr(id);
    return instr === null
      ? this.kernel.reductions[id - this.kernel.body.length].dtype
      : instr.dtype;
  }

  private advance(axis: number): void {
    this.kernel.operands.forEach(({ strides }, operand) => {
      if (isZero(strides[axis]) || this.plan.movingAxes(operand).at(-1) === axis) return;
      const name = `o${operand}_${axis}`;
      const from = this.offsets[operand];
      this.w.line(`const ${name} = ${from} + ${this.product(`i${axis}`, strides[axis])};`);
      this.offsets[operand] = name;
    });
  }

  private element(operand: number, gathers: readonly Gather[]): string {
    const terms = [this.offsets[operand]];
    const last = this.plan.movingAxes(operand).at(-1);
    if (last !== undefined) {
      terms.push(this.product(`i${last}`, this.kernel.operands[operand].strides[last]));
    }
    for (const { number, stride } of gathers) terms.push(this.product(`g${number}`, stride));
    return `p${operand}[${terms.join(' + ')}]`;
  }

  private instruction(id: number): void {
    const instr = this.plan.instr(id);
    if (instr === null) return;
    switch (instr.op) {
      case 'const':
        this.setValue(id, jsLiteral(instr.dtype, instr.lo, instr.hi));
        return;
      case 'axis':
        return this.declare(id, `BigInt(i${instr.axis})`);
      case 'dim':
        return this.declare(id, `BigInt(${this.dim(instr.dim)})`);
      case 'load': {
        const gathers = this.plan.loadGathers[id];
        gathers.forEach((gather) => this.check(gather));
        return this.declare(id, loaded(instr.dtype, this.element(instr.operand, gathers)));
      }
      case 'scalar': {
        const args = instr.args.map((arg) => this.value(arg));
        const from = this.dtypeOf(instr.args[0]);
        const compares = instr.dtype === 'bool' && instr.fn !== 'cast' && instr.fn !== 'select';
        const dtype = compares ? from : instr.dtype;
        this.declare(id, jsScalarOps[instr.fn](args, dtype, from));
      }
    }
  }

  private declare(id: number, text: string): void {
    this.w.line(`const v${id} = ${text};`);
    this.setValue(id, `v${id}`);
  }

  private check({ number, value, size }: Gather): void {
    if (this.checked.has(number)) return;
    this.checked.add(number);
    const text = this.value(value);
    const index = isBig(this.dtypeOf(value)) ? `Number(${text})` : text;
    const extent = this.dim(size);
    const g = `g${number}`;
    this.w.line(`let ${g} = ${index};`);
    this.w.block(`if (${g} < -${extent} || ${g} >= ${extent})`, () => {
      this.w.line(`fail.gather = ${number}, fail.value = ${g}, fail.size = ${extent};`);
      this.w.line('return false;');
    });
    this.w.line(`if (${g} < 0) ${g} += ${extent};`);
  }

  private product(index: string, stride: KernelDim): string {
    return isOne(stride) ? index : `${index} * ${this.dim(stride)}`;
  }
}

function loaded(dtype: DType, place: string): string {
  if (dtype === 'bool') return `${place} !== 0`;
  return dtype === 'float16' ? `h.decode16(${place})` : place;
}

function stored(dtype: DType, value: string): string {
  if (dtype === 'bool') return `${value} ? 1 : 0`;
  return dtype === 'float16' ? `h.encode16(${value})` : value;
}
