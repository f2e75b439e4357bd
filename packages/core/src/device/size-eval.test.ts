import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SizeBinary } from '../lower/program.js';
import { evalSizeBinary, SizeTable } from '../lower/size-table.js';
import { evalSizes } from './size-eval.js';
import type { SizeSource } from './size-eval.js';

const source = (dims: readonly number[]): SizeSource => ({
  dim: (buffer, axis) => dims[buffer + axis],
  value: (buffer) => 100 + buffer,
  counter: (loop) => -1 - loop,
});

const valued = (values: readonly number[]): SizeSource => ({
  ...source(values),
  value: (buffer) => values[buffer],
});

describe('evalSizes', () => {
  it('evaluates leaves and operations', () => {
    const table = new SizeTable();
    const [d, v, c] = [table.dim(0, 1), table.value(3), table.counter(2)];
    const ids = [
      table.select(table.binary('lt', c, d), v, d),
      table.binary('floordiv', c, table.const(2)),
      table.binary('mod', c, table.const(2)),
      table.ceilDiv(d, table.const(4)),
    ];
    const sizes: number[] = [];
    evalSizes(table.nodes, 0, table.nodes.length, sizes, source([5, 9]));
    expect(ids.map((id) => sizes[id])).toEqual([103, -2, 1, 3]);
  });

  it('evaluates a range and leaves the others', () => {
    const table = new SizeTable();
    table.dim(0, 0);
    table.dim(1, 0);
    const sizes = [7];
    evalSizes(table.nodes, 1, 2, sizes, source([5, 9]));
    expect(sizes).toEqual([7, 9]);
  });

  it('agrees with what the table folds and simplifies', () => {
    const ops: SizeBinary[] = ['add', 'sub', 'mul', 'floordiv', 'mod', 'min', 'max', 'eq', 'lt'];
    const step = fc.tuple(fc.constantFrom(...ops), fc.nat(20), fc.nat(20));
    const leaves = fc.tuple(
      fc.nat(9),
      fc.nat(3),
      fc.integer({ min: -4, max: 9 }),
      fc.integer({ min: -9, max: 2 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), leaves, (steps, values) => {
        const table = new SizeTable();
        const known = [0, 1, 2, 3].map((n) => table.const(n));
        // Axes are never negative, values may be.
        const leaf = values.map((_, i) => (i < 2 ? table.dim(i, 0) : table.value(i)));
        const ids = [...known, ...leaf];
        const expected = [0, 1, 2, 3, ...values];
        for (const [op, a, b] of steps) {
          const [i, j] = [a % ids.length, b % ids.length];
          ids.push(table.binary(op, ids[i], ids[j]));
          expected.push(evalSizeBinary(op, expected[i], expected[j]));
        }
        const sizes: number[] = [];
        evalSizes(table.nodes, 0, table.nodes.length, sizes, valued(values));
        expect(ids.map((id) => sizes[id] + 0)).toEqual(expected.map((value) => value + 0));
      }),
    );
  });
});
