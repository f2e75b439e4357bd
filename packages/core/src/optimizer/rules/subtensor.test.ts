import { describe, expect, it } from 'vitest';
import { describeRules, leaves, optimized } from '../../../test/support/rule-cases.js';
import { at, incSubtensor, setSubtensor } from '../../ops/advanced-index.js';
import { broadcastTo } from '../../ops/alloc.js';
import { arange } from '../../ops/arange.js';
import { add, mul } from '../../ops/arithmetic.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { gather } from '../../ops/gather.js';
import { shapeOf, specifyShape } from '../../ops/shape.js';
import { slice } from '../../ops/subtensor.js';
import { exp } from '../../ops/transcendental.js';

const { x, y, m, n, q, r, s, t, k } = leaves;
const tags = ['canonicalize', 'subtensor'] as const;
const lifts = ['specialize', 'subtensor'] as const;
/** Three elements, known to be so. */
const x3 = specifyShape(x, [3]);

describeRules({
  'drop an index of everything': {
    tags: [...tags],
    cases: {
      'from the first to the size': { from: at(x, slice(0, shapeOf(x, 0))), to: 'x' },
      'of some axes': { from: at(m, slice(0, null), slice(shapeOf(m, 1))), to: 'm' },
      'not to another size': { from: at(x, slice(0, k)) },
      'not backward': { from: at(x, slice(null, null, -1)) },
      'not from the second on': { from: at(x, slice(1, null)) },
    },
  },
  'index before a dimshuffle': {
    tags: [...tags],
    cases: {
      'a row of a transpose': {
        from: at(transpose(m), 0),
        to: 'subtensor[[slice,false,false,1],at](m, 0)',
      },
      'a slice of columns of a transpose': {
        from: at(transpose(m), null, slice(1, null)),
        to: 'dimshuffle[1,0](subtensor[[slice,true,false,1],[slice,false,false,1]](m, 1))',
      },
      'beside an axis that was put in': {
        from: at(dimshuffle(x, [0, 'x']), slice(1)),
        to: 'dimshuffle[0,x](subtensor[[slice,false,true,1]](x, 1))',
      },
      'without an axis that was taken out': {
        from: at(dimshuffle(r, [1]), k),
        to: 'dimshuffle[](subtensor[[slice,false,false,1],at](r, k))',
      },
      'not of an axis that was put in': { from: at(dimshuffle(x, [0, 'x']), null, 0) },
      'not of anything else': { from: at(m, 0) },
    },
  },
  'merge indices of indices': {
    tags: [...tags],
    cases: {
      'an element of a row': { from: at(at(m, null, k), 0), to: 'subtensor[at,at](m, 0, k)' },
      'a column of rows': {
        from: at(at(m, slice(1, null)), null, 2),
        to: 'subtensor[[slice,true,false,1],at](m, 1, 2)',
      },
      'an element of a slice': { from: at(at(x, slice(1, null)), 1), to: 'subtensor[at](x, 2)' },
      'a slice of a slice with steps': {
        from: at(at(t, null, slice(0, 3, 2)), null, slice(1, 2)),
        to: 'subtensor[[slice,false,false,1],[slice,true,true,2],[slice,false,false,1]](t, 2, 3)',
      },
      'a slice of an open slice': {
        from: at(at(x, slice(1, null)), slice(1, null)),
        to: 'subtensor[[slice,true,false,1]](x, 2)',
      },
      'not an index counted from the end': { from: at(at(x, slice(1, null)), -1) },
      'not of a slice with open bounds': { from: at(at(x, slice(k)), 0) },
      'not an element that the slice leaves out': {
        from: x,
        beside: [at(at(specifyShape(y, [3]), slice(0, 2)), slice(2, 3))],
        other: true,
      },
    },
  },
  'index of a filling': {
    tags: [...tags],
    cases: {
      'a part': { from: at(broadcastTo(s, [4, 5]), slice(1, 3), 0), to: 'alloc(s, 2)' },
      'of open sizes': {
        from: at(broadcastTo(s, [shapeOf(x, 0)]), slice(1, null)),
        to: 'alloc(s, maximum(0, sub(0, sub(minimum(shape_i0(x), 1), shape_i0(x)))))',
      },
      'not of what varies': { from: at(broadcastTo(x, [4, 3]), 0) },
    },
  },
  'read what was written': {
    tags: [...tags],
    cases: {
      'an element': { from: at(setSubtensor(x, [k], s), k), to: 's' },
      'one value in a slice': { from: at(setSubtensor(m, [0], s), 0), to: 'alloc(s, shape_i1(m))' },
      'a row': { from: at(setSubtensor(m, [1], y), 1), to: 'alloc(y, shape_i1(m))' },
      'what was added': { from: at(incSubtensor(x, [0], s), 0), to: 'add(subtensor[at](x, 0), s)' },
      'beside an element': { from: at(setSubtensor(x, [0], s), 2), to: 'subtensor[at](x, 2)' },
      'beside a slice': {
        from: at(setSubtensor(x, [slice(0, 1)], s), slice(1, null)),
        to: 'subtensor[[slice,true,false,1]](x, 1)',
      },
      'not another element that may be the same': { from: at(setSubtensor(x, [k], s), 1) },
      'not from both ends': { from: at(setSubtensor(x, [0], s), -1) },
    },
  },
  'index by a range is a slice': {
    tags: [...tags],
    cases: {
      'of all rows': {
        from: at(m, arange(shapeOf(m, 0))),
        to: 'subtensor[[slice,true,true,1]](m, 0, shape_i0(m))',
      },
      'of some known ones': {
        from: at(x3, arange(0, 3, 2)),
        to: 'subtensor[[slice,true,true,2]](specify_shape[3](x), 0, 3)',
      },
      'not beyond what is known': { from: gather(x, [arange(2)]) },
      'not of another size': { from: gather(x, [arange(shapeOf(m, 0))]) },
      'not backward': { from: gather(x3, [arange(2, -1, -1)]) },
    },
  },
  'index of a product': {
    tags: [...lifts],
    cases: {
      'a row': { from: at(dot(q, m), k), to: 'dot(subtensor[at](q, k), m)' },
      'an element': {
        from: at(dot(m, q), 0, 1),
        to: 'dot(subtensor[at](m, 0), subtensor[[slice,false,false,1],at](q, 1))',
      },
      'a column': {
        from: at(dot(m, q), null, slice(1, null)),
        to: 'dot(m, subtensor[[slice,false,false,1],[slice,true,false,1]](q, 1))',
      },
      'of a matrix with a vector': {
        from: at(dot(m, x), slice(1)),
        to: 'dot(subtensor[[slice,false,true,1]](m, 1), x)',
      },
      'not where others need it': { from: at(dot(m, q), 0), beside: [dot(m, q)] },
    },
  },
  'index of an elementwise result': {
    tags: [...lifts],
    cases: {
      'of one operand': {
        from: at(exp(m), 0),
        to: 'exp(subtensor[at,[slice,false,false,1]](m, 0))',
      },
      'of several': {
        from: at(mul(m, n), slice(1), k),
        to: 'mul(subtensor[[slice,false,true,1],at](m, 1, k), subtensor[[slice,false,true,1],at](n, 1, k))',
      },
      'of one that stretches': {
        from: at(add(m, r), 1),
        to: 'add(subtensor[at,[slice,false,false,1]](m, 1), subtensor[at,[slice,false,false,1]](r, 0))',
      },
      'not where others need it': { from: at(exp(m), 0), beside: [exp(m)] },
      'not of a view': { from: at(dimshuffle(m, [1, 0]), 0) },
    },
  },
});

describe('indices', () => {
  it('a range on both axes is the diagonal', () => {
    const square = dot(m, dimshuffle(m, [1, 0]));
    const rows = arange(shapeOf(m, 0));
    expect(optimized(at(square, rows, rows), 'canonicalize')).toBe(
      'extract_diag(dot(m, dimshuffle[1,0](m)), 0)',
    );
    expect(optimized(at(dot(m, q), rows, rows), 'canonicalize')).toContain('advanced_subtensor');
  });
});
