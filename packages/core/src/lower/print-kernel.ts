/**
 * A loop kernel as formulas: `out[i, j] = exp(x[i, j] - m[i])`. Values that are used more than once
 * get a line of their own. Axes are i, j, k, …; an axis appears in an element's brackets when the
 * operand moves along it.
 */
import type { KernelDim, KernelIndex, KernelInstr, LoopKernel } from './program.js';
import { scalarValue } from './scalar-bits.js';
import type { ScalarOp } from './scalar-op.js';

/** Names of what the kernel refers to; the defaults serve for a kernel outside a Program. */
export interface KernelNames {
  operand(operand: number): string;
  dim(dim: KernelDim): string;
}

const ownNames: KernelNames = {
  operand: (operand) => `p${operand}`,
  dim: (dim) => ('lit' in dim ? `${dim.lit}` : `d${dim.param}`),
};

/** `[i:n, j:10 | k:m]`: outer axes, then reduced ones. */
export function kernelHead(kernel: LoopKernel, names: KernelNames = ownNames): string {
  const axes = kernel.axes.map((axis, i) => `${axisName(i)}:${names.dim(axis)}`);
  const outer = axes.length - kernel.reduceRank;
  const reduced = kernel.reduceRank > 0 ? ` | ${axes.slice(outer).join(', ')}` : '';
  return `[${axes.slice(0, outer).join(', ')}${reduced}]${kernel.serial ? ' serial' : ''}`;
}

/** One line a store, after those of values that are used more than once. */
export function kernelFormulas(kernel: LoopKernel, names: KernelNames = ownNames): string[] {
  return new FormulaPrinter(kernel, names).lines();
}

function axisName(axis: number): string {
  const letters = 'ijklmnopqr';
  return axis < letters.length ? letters[axis] : `i${axis}`;
}

/** Operators by how tightly they bind. */
const infix: Partial<Record<ScalarOp, readonly [symbol: string, level: number]>> = {
  or: ['|', 1],
  xor: ['^', 1],
  and: ['&', 2],
  eq: ['==', 3],
  neq: ['!=', 3],
  lt: ['<', 3],
  le: ['<=', 3],
  gt: ['>', 3],
  ge: ['>=', 3],
  add: ['+', 4],
  sub: ['-', 4],
  mul: ['*', 5],
  div: ['/', 5],
  intdiv: ['//', 5],
  mod: ['%', 5],
};
const ATOM = 9;

interface Text {
  readonly text: string;
  readonly level: number;
}

class FormulaPrinter {
  private readonly uses: number[];
  private readonly named = new Set<number>();
  private readonly out: string[] = [];

  constructor(
    private readonly kernel: LoopKernel,
    private readonly names: KernelNames,
  ) {
    this.uses = countUses(kernel);
  }

  lines(): string[] {
    for (const store of this.kernel.stores) {
      const value = this.value(store.value).text;
      const place = this.element(store.operand, store.index);
      this.out.push(`${place} ${store.mode === 'add' ? '+=' : '='} ${value}`);
    }
    return this.out;
  }

  private value(id: number): Text {
    const { body, reductions, epilogue } = this.kernel;
    if (this.named.has(id)) return { text: `v${id}`, level: ATOM };
    const reduction = reductions[id - body.length] as (typeof reductions)[number] | undefined;
    const instr = id < body.length ? body[id] : epilogue[id - body.length - reductions.length];
    const made: Text =
      id >= body.length && reduction !== undefined
        ? { text: `${reduction.op}(${this.value(reduction.value).text})`, level: ATOM }
        : this.instr(instr);
    const worthNaming = made.level < ATOM || /[(]/.test(made.text);
    if (this.uses[id] < 2 || !worthNaming) return made;
    this.out.push(`v${id} = ${made.text}`);
    this.named.add(id);
    return { text: `v${id}`, level: ATOM };
  }

  private instr(instr: KernelInstr): Text {
    switch (instr.op) {
      case 'load':
        return { text: this.element(instr.operand, instr.index), level: ATOM };
      case 'const': {
        const value = scalarValue(instr.dtype, instr);
        const text = instr.dtype === 'bool' ? (value === 0 ? 'false' : 'true') : number(value);
        return { text, level: text.startsWith('-') ? 6 : ATOM };
      }
      case 'axis':
        return { text: axisName(instr.axis), level: ATOM };
      case 'dim':
        return { text: this.names.dim(instr.dim), level: ATOM };
      case 'scalar':
        return this.scalar(instr.fn, instr.args, instr.dtype);
    }
  }

  private scalar(fn: ScalarOp, args: readonly number[], dtype: string): Text {
    const values = args.map((arg) => this.value(arg));
    const wrap = ({ text, level }: Text, least: number): string =>
      level < least ? `(${text})` : text;
    const operator = infix[fn];
    if (operator !== undefined) {
      const [symbol, level] = operator;
      // Right operands of equal level keep their parentheses: a - (b - c).
      const text = `${wrap(values[0], level)} ${symbol} ${wrap(values[1], level + 1)}`;
      return { text, level };
    }
    if (fn === 'neg') return { text: `-${wrap(values[0], 7)}`, level: 6 };
    if (fn === 'not') return { text: `!${wrap(values[0], 7)}`, level: 6 };
    const name = fn === 'cast' ? dtype : fn;
    return { text: `${name}(${values.map(({ text }) => text).join(', ')})`, level: ATOM };
  }

  private element(operand: number, index: readonly KernelIndex[]): string {
    const { strides } = this.kernel.operands[operand];
    const places = strides.flatMap((stride, axis) => {
      if ('lit' in stride && stride.lit === 0) return [];
      const scaled = 'lit' in stride && stride.lit !== 1;
      return [scaled ? `${stride.lit}*${axisName(axis)}` : axisName(axis)];
    });
    for (const { value } of index) places.push(`@${this.value(value).text}`);
    return `${this.names.operand(operand)}[${places.join(', ')}]`;
  }
}

function number(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

function countUses(kernel: LoopKernel): number[] {
  const { body, reductions, epilogue, stores } = kernel;
  const uses = new Array<number>(body.length + reductions.length + epilogue.length).fill(0);
  const use = (id: number): void => {
    uses[id]++;
  };
  for (const instr of [...body, ...epilogue]) {
    if (instr.op === 'scalar') instr.args.forEach(use);
    if (instr.op === 'load') instr.index.forEach(({ value }) => use(value));
  }
  for (const { value } of reductions) use(value);
  for (const { value, index } of stores) [value, ...index.map((i) => i.value)].forEach(use);
  return uses;
}
