/**
 * Arrays as text, the way NumPy prints them: aligned columns, at most 8 digits after the point, lines
 * of 75 characters, and the middle of long axes left out above 1000 elements. The text depends on
 * dtype, shape and shown values only.
 */
import { readElement } from './convert.js';
import { isFloat } from './dtype.js';
import type { DType } from './dtype.js';
import type { StridedSource } from './gather.js';
import { floatFormatter } from './print-float.js';
import { shapeText, sizeOf } from './shape.js';

const LINE_WIDTH = 75;
const SUMMARY_THRESHOLD = 1000;
const EDGE_ITEMS = 3;
const PREFIX = 'array(';

/** Dtypes that are not named, being those of plain JavaScript values. */
const UNNAMED: ReadonlySet<DType> = new Set<DType>(['float64', 'int64', 'bool']);

/** Stands for the elements left out of an axis. */
const GAP = -1;

function shownIndices(length: number, summarise: boolean): number[] {
  const all = Array.from({ length }, (_, i) => i);
  if (!summarise || length <= 2 * EDGE_ITEMS) return all;
  return [...all.slice(0, EDGE_ITEMS), GAP, ...all.slice(-EDGE_ITEMS)];
}

type Formatter = (value: number | bigint) => string;

function formatterFor(dtype: DType, rank: number, values: readonly (number | bigint)[]): Formatter {
  if (isFloat(dtype)) return floatFormatter(dtype, values as readonly number[]);
  if (dtype === 'bool') {
    const width = rank === 0 ? 0 : 5;
    return (value) => (value === 0 ? 'False' : 'True').padStart(width);
  }
  const width = Math.max(0, ...values.map((value) => String(value).length));
  return (value) => String(value).padStart(width);
}

class Printer {
  readonly #source: StridedSource;
  readonly #indices: readonly (readonly number[])[];
  readonly #format: Formatter;

  constructor(source: StridedSource, summarise: boolean) {
    this.#source = source;
    this.#indices = source.shape.map((length) => shownIndices(length, summarise));
    const values: (number | bigint)[] = [];
    this.#collect(0, source.offset, values);
    this.#format = formatterFor(source.dtype, source.shape.length, values);
  }

  #collect(axis: number, position: number, into: (number | bigint)[]): void {
    if (axis === this.#source.shape.length) {
      into.push(readElement(this.#source.dtype, this.#source.data, position));
      return;
    }
    for (const i of this.#indices[axis]) {
      if (i !== GAP) this.#collect(axis + 1, position + i * this.#source.strides[axis], into);
    }
  }

  #element(position: number): string {
    return this.#format(readElement(this.#source.dtype, this.#source.data, position));
  }

  /** The text from `axis` inward; lines after the first are indented below the first element. */
  text(axis = 0, position = this.#source.offset): string {
    const rank = this.#source.shape.length;
    if (rank === 0) return this.#element(position);
    const indent = ' '.repeat(PREFIX.length + axis + 1);
    const stride = this.#source.strides[axis];
    if (axis === rank - 1) return `[${this.#row(axis, position, indent)}]`;
    const parts = this.#indices[axis].map((i) =>
      i === GAP ? '...' : this.text(axis + 1, position + i * stride),
    );
    return `[${parts.join(`,${'\n'.repeat(rank - 1 - axis)}${indent}`)}]`;
  }

  #row(axis: number, position: number, indent: string): string {
    // Room for the brackets that close after this row, the one of array() and a comma.
    const width = LINE_WIDTH - 2 - axis;
    const lines: string[] = [];
    let line = indent;
    const words = this.#indices[axis].map((i) =>
      i === GAP ? '...' : this.#element(position + i * this.#source.strides[axis]),
    );
    words.forEach((word, i) => {
      if (line.length > indent.length && line.length + word.length > width) {
        lines.push(line.trimEnd());
        line = indent;
      }
      line += i === words.length - 1 ? word : `${word}, `;
    });
    return [...lines, line].join('\n').slice(indent.length);
  }
}

/** The array as NumPy's `repr` writes it. */
export function formatArray(source: StridedSource): string {
  const { dtype, shape } = source;
  const size = sizeOf(shape);
  const summarise = size > SUMMARY_THRESHOLD;
  const body = size === 0 ? '[]' : new Printer(source, summarise).text();
  const extras: string[] = [];
  if (summarise || (size === 0 && shape.length > 1)) extras.push(`shape=${shapeText(shape)}`);
  if (size === 0 || !UNNAMED.has(dtype)) extras.push(`dtype=${dtype}`);
  if (extras.length === 0) return `${PREFIX}${body})`;
  const head = `${PREFIX}${body},`;
  const tail = `${extras.join(', ')})`;
  const lastLine = head.length - (head.lastIndexOf('\n') + 1);
  const gap = lastLine + tail.length + 1 > LINE_WIDTH ? `\n${' '.repeat(PREFIX.length)}` : ' ';
  return head + gap + tail;
}
