import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { binaryTests, expectAllRecorded, unaryTests } from '../../test/support/element-tables.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decode, numpyOps } from '../../test/support/numpy-ops.js';
import { DTypeError } from '../errors.js';
import { bvector, dvector, fmatrix, fvector, ivector, lvector, tensor } from '../tensor/create.js';
import { dtypes } from '../types/dtype.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import * as compare from './compare.js';
import {
  and,
  eq,
  ge,
  gt,
  invert,
  isinf,
  isnan,
  le,
  lt,
  neq,
  or,
  switchOp,
  xor,
} from './compare.js';

describe('comparison and logic give what NumPy gives', () => {
  binaryTests('eq', eq);
  binaryTests('neq', neq);
  binaryTests('lt', lt);
  binaryTests('le', le);
  binaryTests('gt', gt);
  binaryTests('ge', ge);
  binaryTests('and', and);
  binaryTests('or', or);
  binaryTests('xor', xor);
  unaryTests('isnan', isnan);
  unaryTests('isinf', isinf);
  unaryTests('invert', invert);

  it('has a table for every op', () => expectAllRecorded(compare));
});

describe('comparison and logic', () => {
  it("give bool for comparisons and the operands' dtype for logic", () => {
    expect(eq(bvector(), dvector()).dtype).toBe('bool');
    expect(and(bvector(), lvector()).dtype).toBe('int64');
  });

  it('refuse logic on floats', () => {
    for (const op of [and, or, xor]) expect(() => op(fvector(), fvector())).toThrow(DTypeError);
    expect(() => invert(fvector())).toThrow(
      '[invert] expected bool or an integer dtype, got float32',
    );
  });
});

describe('switch', () => {
  it.each(dtypes)('chooses elements of %s', (dtype) => {
    const a = decode(numpyOps.samples[dtype], dtype);
    const b = a.slice({ step: -1 }).copy();
    const cond = ndarray(Array.from({ length: a.size }, (_, i) => i % 3 === 0));
    const expected = a.copy();
    for (let i = 0; i < a.size; i++) if (i % 3 !== 0) expected.data[i] = b.data[i];
    for (const c of layoutsOf(cond)) {
      for (const p of layoutsOf(a)) expectValues(run(switchOp, [c, p, b]), expected);
    }
  });

  it('broadcasts all three operands along static ones', () => {
    const [cond, a, b] = [
      ndarray([[true], [false]]),
      ndarray([[1, 2, 3]]),
      ndarray([
        [10, 20, 30],
        [40, 50, 60],
      ]),
    ];
    const statics: (1 | null)[][] = [
      [null, 1],
      [1, null],
      [null, null],
    ];
    expect(run(switchOp, [cond, a, b], statics).toNested()).toEqual([
      [1, 2, 3],
      [40, 50, 60],
    ]);
  });

  it('takes a condition of any dtype, any nonzero value and NaN holding', () => {
    const cond = ndarray([0, -0, 2, NaN]);
    expect(run((c) => switchOp(c, 1, 0), [cond]).toNested()).toEqual([0, 0, 1, 1]);
  });

  it('promotes its branches as other operations do', () => {
    expect(switchOp(tensor('bool', [null]), 1, 0).dtype).toBe('int64');
    expect(switchOp(tensor('bool', [null]), ivector(), 0).dtype).toBe('int32');
    expect(switchOp(tensor('bool', [null]), ivector(), fvector()).dtype).toBe('float32');
    expect(switchOp(tensor('bool', [null]), fmatrix(), 0.5).dtype).toBe('float32');
    expect(switchOp(tensor('bool', [null]), fmatrix(), 0.5).rank).toBe(2);
  });

  it('is empty for empty operands', () => {
    const empty = NDArray.zeros([0], 'float32');
    expectValues(run(switchOp, [NDArray.zeros([0], 'bool'), empty, empty]), empty);
  });
});
