/** Holds elementwise ops to NumPy's tables, in every layout and pattern of shapes. */
import { expect, it } from 'vitest';
import type { TensorVariable } from '../../src/graph/variable.js';
import type { DType } from '../../src/types/dtype.js';
import { dtypes, isFloat } from '../../src/types/dtype.js';
import { NDArray } from '../../src/types/ndarray.js';
import { run } from './checked-evaluate.js';
import { expectValues } from './expect-values.js';
import { layoutsOf } from './layouts.js';
import { decode, numpyOps } from './numpy-ops.js';
import type { Recorded } from './numpy-ops.js';

type Op1 = (x: TensorVariable) => TensorVariable;
type Op2 = (x: TensorVariable, y: TensorVariable) => TensorVariable;

/** Inputs of the unary table: floats have hard cases beside the samples, integers the samples alone. */
function unaryInput(dtype: DType): NDArray {
  return decode(numpyOps.inputs[dtype], dtype);
}

function recordedDTypes(table: Partial<Record<DType, Recorded>>): [DType, Recorded][] {
  return dtypes.flatMap((dtype): [DType, Recorded][] => {
    const recorded = table[dtype];
    return recorded === undefined ? [] : [[dtype, recorded]];
  });
}

/** Tests of a function of one operand; `ulps` is how far a float result may be off. */
export function unaryTests(name: string, op: Op1, ulps = 0): void {
  it.each(recordedDTypes(numpyOps.unary[name]))(`${name} of %s`, (dtype, recorded) => {
    const x = unaryInput(dtype);
    const expected = decode(recorded.values, recorded.dtype);
    const n = x.size;
    const check = (input: NDArray, wanted: NDArray, about: string): void => {
      for (const laid of layoutsOf(input))
        expectValues(run(op, [laid]), wanted, ulps, `${name} of ${dtype}, ${about}`);
    };
    check(x, expected, 'vector');
    check(x.reshape([1, n, 1]), expected.reshape([1, n, 1]), 'tensor');
    check(x.slice([0, 0]), expected.slice([0, 0]), 'empty');
    check(NDArray.zeros([2, 0], dtype), NDArray.zeros([2, 0], recorded.dtype), 'empty matrix');
    for (let i = 0; i < n; i++) check(x.slice(i), expected.slice(i), 'scalar');
    expectValues(
      run(op, [x.slice([0, 1])], [[1]]),
      expected.slice([0, 1]),
      ulps,
      `${name} of ${dtype}, size 1`,
    );
  });
}

/** Tests of a function of two operands of one dtype. */
export function binaryTests(name: string, op: Op2, ulps = 0): void {
  it.each(recordedDTypes(numpyOps.binary[name]))(`${name} of %s`, (dtype, recorded) => {
    const x = decode(numpyOps.samples[dtype], dtype);
    const n = x.size;
    const table = decode(recorded.values, recorded.dtype, [n, n]);
    const slow = x.reshape([n, 1]).broadcastTo([n, n]).copy();
    const fast = x.broadcastTo([n, n]).copy();
    const check = (
      a: NDArray,
      b: NDArray,
      wanted: NDArray,
      statics: (1 | null)[][],
      about: string,
    ): void => {
      for (const p of layoutsOf(a)) {
        for (const q of layoutsOf(b))
          expectValues(run(op, [p, q], statics), wanted, ulps, `${name} of ${dtype}, ${about}`);
      }
    };
    check(slow, fast, table, [], 'matrices');
    check(fast, slow, table.transpose().copy(), [], 'transposed');
    check(
      x.reshape([n, 1]),
      x.reshape([1, n]),
      table,
      [
        [null, 1],
        [1, null],
      ],
      'col and row',
    );
    check(slow, x, table, [], 'matrix and vector');
    check(x, slow, table.transpose().copy(), [], 'vector and matrix');
    check(x.slice(n - 1), x, table.slice(n - 1), [], 'scalar and vector');
    check(x, x.slice(n - 1), table.slice(null, n - 1), [], 'vector and scalar');
    check(x.slice(0), x.slice(0), table.slice(0, 0), [], 'scalars');
    check(x.slice([0, 1]), x.slice([0, 1]), table.slice(0, [0, 1]), [], 'size 1');
    check(x.slice([0, 0]), x.slice([0, 0]), table.slice(0, [0, 0]), [], 'empty');
    check(
      slow.slice([0, 0]),
      x.reshape([1, n]),
      table.slice([0, 0]),
      [
        [null, null],
        [1, null],
      ],
      'empty and row',
    );
    check(
      x.slice([0, 0]).reshape([0, 1]),
      x.reshape([1, n]),
      table.slice([0, 0]),
      [
        [null, 1],
        [1, null],
      ],
      'empty col and row',
    );
  });
}

/** Steps that a result of a library function may be from the exact one: one function rounds, the other too. */
export function libraryUlps(dtype: DType): number {
  return isFloat(dtype) && dtype === 'float64' ? 2 : 1;
}

/** Every exported function of a module that is an elementwise op is in a table. */
export function expectAllRecorded(functions: Readonly<Record<string, unknown>>): void {
  const names = Object.values(functions).flatMap((f) =>
    typeof f === 'function' && 'op' in f ? [(f.op as { name: string }).name] : [],
  );
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !(name in numpyOps.unary) && !(name in numpyOps.binary))).toEqual(
    [],
  );
}
