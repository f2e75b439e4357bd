import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decode, numpyOps } from '../../test/support/numpy-ops.js';
import { Constant, scalarConstant } from '../graph/constant.js';
import { fvector } from '../tensor/create.js';
import { dtypes } from '../types/dtype.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { cast } from './cast.js';

const pairs = dtypes.flatMap((from) => dtypes.map((to) => [from, to] as const));

describe('cast', () => {
  it.each(pairs)('%s to %s', (from, to) => {
    const x = decode(numpyOps.inputs[from], from);
    const expected = decode(numpyOps.casts[from][to].values, to);
    for (const input of layoutsOf(x))
      expectValues(
        run((v) => cast(v, to), [input]),
        expected,
      );
    expectValues(
      run((v) => cast(v, to), [NDArray.zeros([0, 2], from)]),
      NDArray.zeros([0, 2], to),
    );
    expectValues(
      run((v) => cast(v, to), [x.slice(0)]),
      expected.slice(0),
    );
  });

  it('truncates floats toward zero and compares with 0 for bool', () => {
    const x = ndarray([1.9, -1.9, 0, NaN]);
    expect(run((v) => cast(v, 'int32'), [x]).toNested()).toEqual([1, -1, 0, 0]);
    expect(run((v) => cast(v, 'bool'), [x]).toNested()).toEqual([true, true, false, true]);
  });

  it('leaves a variable of that dtype alone and folds constants', () => {
    const x = fvector('x');
    expect(cast(x, 'float32')).toBe(x);
    const folded = cast(scalarConstant(1.9, 'float64'), 'int8');
    expect(folded).toBeInstanceOf(Constant);
    expect((folded as Constant).scalar).toBe(1);
  });
});
