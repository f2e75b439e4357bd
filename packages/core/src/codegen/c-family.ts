/**
 * Emits all kernels of a Program as one translation unit of a C-family language. Pure text from
 * pure data: equal Programs give equal bytes. What differs between languages is in the Dialect;
 * which loop nest a kernel gets is decided here.
 */
import { buildId } from '../build-id.js';
import type { LoopKernel, Program } from '../lower/program.js';
import type { SourceUnit } from '../device/target.js';
import { columnOrder, emitColumns, prefersColumns } from './c-columns.js';
import { emitGridKernel } from './c-grid.js';
import { emitNest } from './c-nest.js';
import { emitRows } from './c-rows.js';
import type { Dialect } from './dialect.js';
import { KernelText, operandPointers } from './kernel-text.js';
import type { EmitTools, GatherPolicy } from './kernel-text.js';
import { LoopPlan } from './loop-plan.js';
import { Writer } from './writer.js';

/** With fewer kernels than this, starting a second compiler costs more than it saves. */
const KERNELS_FOR_TWO_PARTS = 4;

/** The unit of a Program's kernels; its text is written when it is first read. */
export function emitUnit({ kernels }: Pick<Program, 'kernels'>, dialect: Dialect): SourceUnit {
  const symbols = kernels.map(kernelSymbol);
  const parts = dialect.launch === 'range' && kernels.length >= KERNELS_FOR_TWO_PARTS ? 2 : 1;
  let text: string | undefined;
  return {
    language: dialect.language,
    symbols,
    parts,
    get text() {
      return (text ??= unitText(kernels, symbols, parts, dialect));
    },
    get identity() {
      return buildId === null ? undefined : `${buildId} ${JSON.stringify(kernels)}`;
    },
  };
}

function unitText(
  kernels: readonly LoopKernel[],
  symbols: readonly string[],
  parts: 1 | 2,
  dialect: Dialect,
): string {
  const helpers = new HelperSet(dialect);
  const texts = kernels.map((kernel, id) => {
    const own = new HelperSet(dialect);
    const use = (name: string): string => (own.use(name), helpers.use(name));
    const text =
      dialect.launch === 'range'
        ? emitRangeKernel(kernel, symbols[id], { dialect, use })
        : emitGridKernel(kernel, symbols[id], { dialect, use });
    return { text, work: text.length + own.texts().join('').length };
  });
  const all = texts.map(({ text }) => text);
  const bodies = parts === 1 ? all : inTwoParts(all, secondHalf(texts.map(({ work }) => work)));
  return [dialect.prologue, ...helpers.texts(), ...bodies].join('\n');
}

/** Where the second of two consecutive halves begins, of work as equal as can be. */
export function secondHalf(work: readonly number[]): number {
  const all = work.reduce((sum, n) => sum + n, 0);
  const largerHalf = (start: number): number => {
    const first = work.slice(0, start).reduce((sum, n) => sum + n, 0);
    return Math.max(first, all - first);
  };
  const starts = work.map((_, start) => start);
  return starts.reduce((best, start) => (largerHalf(start) < largerHalf(best) ? start : best), 0);
}

/** See `SourceUnit.parts`. */
function inTwoParts(texts: readonly string[], second: number): string[] {
  const part = (id: number, kernels: readonly string[]): string[] => [
    `#if !defined(TNO_PART) || TNO_PART == ${id}`,
    ...kernels,
    '#endif',
  ];
  return [...part(0, texts.slice(0, second)), ...part(1, texts.slice(second))];
}

/** A C identifier, unique by the kernel's number. */
export function kernelSymbol(kernel: LoopKernel, id: number): string {
  const words = kernel.name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return words === '' ? `k${id}` : `k${id}_${words.slice(0, 48)}`;
}

/** Helper functions in order of need, each after those it calls. */
export class HelperSet {
  private readonly found = new Map<string, string>();

  constructor(private readonly dialect: Dialect) {}

  use(name: string): string {
    if (!this.found.has(name)) {
      const { text, needs } = this.dialect.helper(name);
      for (const need of needs) this.use(need);
      this.found.set(name, `${text}\n`);
    }
    return name;
  }

  texts(): string[] {
    return [...this.found.values()];
  }
}

/** A failing index is recorded once a run; the kernel then stops, since the call fails anyway. */
const stopAtFailure: GatherPolicy = {
  goesOn: false,
  fail: (gather, value, size) =>
    `return tno_fail(a->status, ${gather}, (int64_t)${value}, ${size});`,
};

function emitRangeKernel(kernel: LoopKernel, symbol: string, tools: EmitTools): string {
  const columns = kernel.reduceRank > 0 && prefersColumns(kernel);
  const order = columns ? columnOrder(kernel) : [...kernel.axes.keys()];
  const plan = new LoopPlan(kernel, order);
  const w = new Writer();
  const text = new KernelText(kernel, plan, w, tools, stopAtFailure);
  w.open(`void ${symbol}(const tno_args *a, int64_t begin, int64_t end)`);
  const body = w.capture(() => {
    if (kernel.reduceRank === 0) emitNest(text);
    else if (columns) emitColumns(text);
    else emitRows(text);
  });
  operandPointers(text, (operand) => `a->buf[${operand}]`);
  for (const param of [...text.usedParams].sort((x, y) => x - y)) {
    w.line(`const int64_t d${param} = a->dim[${param}];`);
  }
  if (plan.outer === 0 && kernel.reduceRank === 0) w.line('(void)begin, (void)end;');
  w.append(body);
  w.close();
  return w.text();
}
