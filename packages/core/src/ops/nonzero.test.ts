import { describe, expect, it } from 'vitest';
import { checkedEvaluate, leavesFor, run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decodeTensor, numpyOps } from '../../test/support/numpy-ops.js';
import { fvector } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { flatNonzero, nonzero } from './nonzero.js';

describe('nonzero', () => {
  it.each(numpyOps.nonzeros)('case %# as NumPy has it', (recorded, flat, axes) => {
    for (const x of layoutsOf(decodeTensor(recorded))) {
      expectValues(run(flatNonzero, [x]), ndarray(flat, 'int64'));
      const [leaf] = leavesFor([x]);
      const found = checkedEvaluate(nonzero(leaf), new Map([[leaf, x]]));
      expect(found.map((v) => v.toNested())).toEqual(axes);
    }
  });

  it('has a size that only its run tells', () => {
    const found = flatNonzero(fvector());
    expect(found.type.key).toBe('int64(?)');
    expect(found.owner?.op.shapes({} as never, [[]], found.owner)).toEqual([null]);
  });
});
