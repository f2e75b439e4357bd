/**
 * Graphs and compiled functions as text: a tree for each output, one line a variable. A variable that
 * several others use is written out once; later places refer to it by its letter.
 */
import type { CompiledFunction } from '../compile/function.js';
import { isConstant } from '../graph/constant.js';
import { isShared } from '../graph/shared.js';
import { TensorVariable } from '../graph/variable.js';
import { printProgram } from '../lower/print-program.js';

export interface DebugPrintOptions {
  /** How many levels to show; 500 by default, below which a line would be all indentation. */
  readonly depth?: number;
  /** Show each variable's type. */
  readonly types?: boolean;
  /** Show each variable's number, the one that counts variables in order of creation. */
  readonly ids?: boolean;
}

const MOST_LEVELS = 500;

type Printable =
  | TensorVariable
  | readonly TensorVariable[]
  | Pick<CompiledFunction<never, never>, 'graph' | 'program' | 'updated'>;

/**
 * The graph of a variable or of several; of a compiled function the optimized graph, with the shared
 * variable that each update sets, followed by its Program.
 */
export function debugPrint(what: Printable, options: DebugPrintOptions = {}): string {
  const printer = new TreePrinter(options);
  if (what instanceof TensorVariable) return printer.print([what]);
  if (isList(what)) return printer.print(what);
  const { outputs } = what.graph;
  const plain = outputs.length - what.updated.length;
  const labels = outputs.map((_, k) =>
    k < plain ? '' : ` -> ${what.updated[k - plain].toString()}`,
  );
  return `${printer.print(outputs, labels)}\n${printProgram(what.program)}`;
}

function isList(what: Printable): what is readonly TensorVariable[] {
  return Array.isArray(what);
}

class TreePrinter {
  private readonly letters = new Map<TensorVariable, string>();
  private readonly written = new Set<TensorVariable>();
  private readonly lines: string[] = [];

  constructor(private readonly options: DebugPrintOptions) {}

  print(outputs: readonly TensorVariable[], labels: readonly string[] = []): string {
    outputs.forEach((output, k) => this.write(output, '', '', labels[k] ?? '', 0));
    return `${this.lines.join('\n')}\n`;
  }

  /** `head` is what stands before this line, `indent` before the lines below it. */
  private write(
    v: TensorVariable,
    head: string,
    indent: string,
    label: string,
    level: number,
  ): void {
    const known = this.written.has(v) && v.owner !== null;
    this.lines.push(`${head}${this.describe(v)}${known ? ' ...' : ''}${label}`);
    if (known || v.owner === null || level + 1 >= (this.options.depth ?? MOST_LEVELS)) return;
    this.written.add(v);
    const { inputs } = v.owner;
    inputs.forEach((input, k) => {
      const last = k === inputs.length - 1;
      this.write(
        input,
        `${indent}${last ? ' └─ ' : ' ├─ '}`,
        `${indent}${last ? '    ' : ' │  '}`,
        '',
        level + 1,
      );
    });
  }

  private describe(v: TensorVariable): string {
    const id = this.options.ids === true ? ` #${v.id}` : '';
    const type = `${id}${this.options.types === true ? ` <${v.type.key}>` : ''}`;
    if (v.owner === null) {
      const kind = isConstant(v) ? '' : isShared(v) ? ' (shared)' : ' (input)';
      return `${v.toString()}${kind}${type}`;
    }
    const output = v.owner.outputs.length > 1 ? `.${v.index}` : '';
    const name = v.name === null ? '' : ` '${v.name}'`;
    return `${v.owner.op.key}${output} [${this.letter(v)}]${name}${type}`;
  }

  /** A, B, … Z, AA, AB, … in order of appearance. */
  private letter(v: TensorVariable): string {
    const known = this.letters.get(v);
    if (known !== undefined) return known;
    let text = '';
    for (let n = this.letters.size; n >= 0; n = Math.floor(n / 26) - 1) {
      text = String.fromCharCode(65 + (n % 26)) + text;
    }
    this.letters.set(v, text);
    return text;
  }
}
