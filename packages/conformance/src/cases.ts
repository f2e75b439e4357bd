/** The matrix op × call × dtype × cell: a case each, with operands that are always the same. */
import * as tno from '@tno/core';
import type { DType, NDArray, TensorVariable } from '@tno/core';
import {
  cells,
  type Call,
  type Cell,
  type Family,
  type Input,
  type Result,
  type Row,
} from './row.js';
import { isFloat, isSigned, randomOf, specials } from './values.js';

export interface Case {
  readonly id: string;
  readonly row: Row;
  readonly call: Call;
  readonly cell: Cell;
  readonly dtype: DType;
  /** What the oracle gets. */
  readonly operands: readonly NDArray[];
  /** Dtypes of the results. */
  readonly results: readonly DType[];
  /** The message that the call has to fail with, instead of a result. */
  readonly throws: RegExp | null;
}

/** A case as a graph: its leaves, values for them, and its outputs, of rank 1 at least. */
export interface CaseGraph {
  readonly leaves: readonly TensorVariable[];
  readonly values: readonly NDArray[];
  readonly outputs: readonly TensorVariable[];
}

/** A cell that has no case. */
export interface Blank {
  readonly id: string;
  readonly why: string;
}

/** All cases of a family, those of every dtype that a row takes. */
export function casesOf(family: Family): { cases: Case[]; blanks: Blank[] } {
  const cases: Case[] = [];
  const blanks: Blank[] = [];
  for (const row of family.rows) {
    for (const call of row.calls) {
      for (const dtype of row.dtypes) {
        for (const cell of cells) {
          const id = [row.op, call.about, dtype, cell].filter((word) => word !== '').join(' ');
          const why = call.blank?.[cell];
          if (why !== undefined) blanks.push({ id, why });
          else cases.push(makeCase(id, row, call, dtype, cell));
        }
      }
    }
  }
  return { cases, blanks };
}

function makeCase(id: string, row: Row, call: Call, dtype: DType, cell: Cell): Case {
  const shapes = call.shapes?.[cell] ?? usualShapes(call.inputs, cell);
  const operands = call.inputs.map((input, k) => {
    const value = operand(id, input, shapes[k], dtype, cell, k);
    return cell === 'broadcast' && isStretched(call, value)
      ? firstRow(value).broadcastTo(value.shape).copy()
      : value;
  });
  return {
    id,
    row,
    call,
    cell,
    dtype,
    operands,
    results: resultDTypes(row, call, dtype),
    throws: call.throws?.[cell] ?? null,
  };
}

function usualShapes(inputs: readonly Input[], cell: Cell): readonly (readonly number[])[] {
  const shapes = inputs.map(({ shape }) => shape);
  if (cell === 'empty') return shapes.map((shape) => shape.map((n, axis) => (axis === 0 ? 0 : n)));
  if (cell === 'one') return shapes.map((shape) => shape.map(() => 1));
  return shapes;
}

/** An operand of a case: always the same. */
export function operand(
  id: string,
  input: Input,
  shape: readonly number[],
  rowDType: DType,
  cell: Cell,
  index: number,
): NDArray {
  const dtype = input.dtype ?? rowDType;
  const size = shape.reduce((a, b) => a * b, 1);
  const random = randomOf(`${id} ${index}`);
  const edges = specials(dtype);
  const isSpecial = cell === 'special' && input.dtype === undefined;
  const elements = Array.from({ length: size }, (_, position) => {
    const ordinary = input.values(random, dtype, position, size);
    // Every other element where there are more than the edges alone would fill, so that sums stay telling.
    if (!isSpecial || (size > 2 * edges.length && position % 2 === 1)) return ordinary;
    return edges[(size > 2 * edges.length ? position / 2 : position + index) % edges.length];
  });
  return tno
    .ndarray(
      elements.map((x) => cellValue(x, dtype)),
      dtype,
    )
    .reshape(shape);
}

/** A number as elements of the dtype are given. */
export function cellValue(x: number | bigint, dtype: DType): number | bigint | boolean {
  return dtype === 'bool' ? x !== 0 && x !== 0n : x;
}

/** Dtypes of a call's results. */
export function resultDTypes(row: Row, call: Call, dtype: DType): readonly DType[] {
  const results = [call.result ?? row.result].flat() as readonly Result[];
  return results.map((result) => resultDType(result, dtype));
}

function resultDType(result: Result, dtype: DType): DType {
  if (typeof result === 'function') return result(dtype);
  if (result === 'same') return dtype;
  if (result === 'float') return isFloat(dtype) ? dtype : 'float32';
  if (result !== 'sum') return result;
  if (isFloat(dtype)) return dtype;
  return isSigned(dtype) || dtype === 'bool' ? 'int64' : 'uint64';
}

/**
 * The graph of a case. Axes of size 1 are known to be 1, and so broadcast, but in the cell `one`. In the cell
 * `broadcast` operands of rank 1 and up are one row that is stretched; in `strided` they are views.
 * @throws TnoError where building fails
 */
export function graphOf({ call, cell, operands }: Case): CaseGraph {
  const leaves: TensorVariable[] = [];
  const values: NDArray[] = [];
  const leaf = (value: NDArray, name: string): TensorVariable => {
    const sizes = value.shape.map((n) => (n === 1 && cell !== 'one' ? 1 : null));
    const variable = tno.tensor(value.dtype, sizes, name);
    leaves.push(variable);
    values.push(value);
    return variable;
  };
  const inputs = operands.map((value, k) => {
    const name = 'abcdefgh'[k];
    if (cell === 'broadcast' && isStretched(call, value)) {
      return tno.broadcastTo(leaf(firstRow(value), name), value.shape);
    }
    if (cell === 'strided') return stridedView(value, (v) => leaf(v, name));
    return leaf(value, name);
  });
  const outputs = outputsOf(call, inputs);
  // Results of rank 0 come as JavaScript numbers, which do not tell their dtype.
  return {
    leaves,
    values,
    outputs: outputs.map((v) => (v.rank === 0 ? tno.dimshuffle(v, ['x']) : v)),
  };
}

/** What the call gives for these inputs, as a list. */
export function outputsOf(
  { build }: Pick<Call, 'build'>,
  inputs: readonly TensorVariable[],
): readonly TensorVariable[] {
  const made = build(...inputs);
  return made instanceof tno.TensorVariable ? [made] : made;
}

/** Leaves of a call's inputs, of open sizes. */
export function openLeaves({ inputs }: Call, rowDType: DType): TensorVariable[] {
  return inputs.map(({ shape, dtype }, k) =>
    tno.tensor(
      dtype ?? rowDType,
      shape.map(() => null),
      'abcdefgh'[k],
    ),
  );
}

/** Whether the cell `broadcast` stretches the operand; calls with shapes of their own broadcast by themselves. */
const isStretched = (call: Call, value: NDArray): boolean =>
  call.shapes?.broadcast === undefined && value.rank > 0 && value.size > 0;

const firstRow = (value: NDArray): NDArray => value.slice([0, 1]).copy();

/** The operand as a view of a leaf whose value is a view too. */
function stridedView(value: NDArray, leaf: (value: NDArray) => TensorVariable): TensorVariable {
  if (value.rank === 0) {
    return tno.at(leaf(value.broadcastTo([3]).copy()), 1);
  }
  const backwards = (x: NDArray): NDArray =>
    x.slice(...x.shape.map(() => [null, null, -1] as const));
  if (value.rank === 1) return tno.at(leaf(backwards(value)), tno.slice(null, null, -1));
  // Reversed twice, it lies in memory from its end; transposed, its axes are the other way round too.
  return tno.transpose(leaf(backwards(backwards(value).copy()).transpose()));
}
