import { describe, expect, it } from 'vitest';
import {
  describeRules,
  formula,
  graphOf,
  leaves,
  optimized,
} from '../../../test/support/rule-cases.js';
import { constant } from '../../graph/constant.js';
import { broadcastTo, full, zerosLike } from '../../ops/alloc.js';
import { add, mul, neg, sub } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { eq, gt, le, lt, neq, switchOp } from '../../ops/compare.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { at } from '../../ops/advanced-index.js';
import { gather } from '../../ops/gather.js';
import { nonzero } from '../../ops/nonzero.js';
import { shapeOf } from '../../ops/shape.js';
import { slice } from '../../ops/subtensor.js';
import { exp, log } from '../../ops/transcendental.js';
import { ndarray } from '../../types/ndarray.js';
import { asWritten } from '../mode.js';

const { x, y, m, r, c, s, b, j, k } = leaves;
const sizes = [shapeOf(m, 0), shapeOf(m, 1)];
const numbers = constant(ndarray([1, 2, 3], 'float64'));
const many = constant(ndarray([1, 0, 3], 'int64'));

describeRules({
  'fold constants': {
    tags: ['canonicalize', 'elemwise'],
    cases: {
      'arithmetic of scalars': {
        from: add(x, neg(cast(constant(ndarray([2], 'int8')), 'float64'))),
        to: 'add(x, [-2])',
      },
      'a vector': { from: add(numbers, 1), to: '[2,3,4]' },
      'a size': { from: mul(shapeOf(full([3, 4], 1), 0), 2), to: '6' },
      'not what depends on an input': { from: add(x, y) },
      'not a large filling': { from: full([300, 300], 1, 'float64') },
      'not what has a size known only when it runs': { from: nonzero(many)[0] },
      'not an index out of range: the call says so': {
        from: x,
        beside: [gather(numbers, [constant(ndarray([7n]))])],
      },
    },
  },
  'drop a branch that is never taken': {
    tags: ['canonicalize', 'elemwise'],
    cases: {
      'a true condition': { from: switchOp(true, x, y), to: 'alloc(x, shape_i0(y))' },
      'a false condition': { from: switchOp(false, x, s), to: 'alloc(s, shape_i0(x))' },
      'equal branches': { from: switchOp(gt(x, 0), x, x), to: 'x' },
      'a stretched condition': {
        from: switchOp(full([shapeOf(x, 0)], false), x, exp(x)),
        to: 'exp(x)',
      },
      'not an open condition': { from: switchOp(b, x, y) },
    },
  },
  'what is compared with itself is known': {
    tags: ['canonicalize', 'elemwise'],
    cases: {
      equal: { from: eq(j, j), to: 'alloc(1, shape_i0(j))' },
      'at most': { from: le(k, k), to: '1' },
      different: { from: neq(j, j), to: 'alloc(0, shape_i0(j))' },
      below: { from: lt(k, k), to: '0' },
      'not floats: NaN is not itself': { from: eq(x, x) },
      'not with another': { from: eq(j, k) },
    },
  },
  'leave stretching to broadcasting': {
    tags: ['canonicalize', 'elemwise'],
    cases: {
      'a stretched scalar': {
        from: add(m, broadcastTo(s, sizes)),
        to: 'add(m, dimshuffle[x,x](s))',
      },
      'a stretched row': { from: mul(broadcastTo(r, sizes), m), to: 'mul(r, m)' },
      'in a choice': { from: switchOp(b, x, zerosLike(x)), to: 'switch(b, x, dimshuffle[x](0))' },
      'not where the others do not have the size': { from: add(r, broadcastTo(c, sizes)) },
      'not an axis that is of size 1 by promise only': {
        from: add(dimshuffle(x, ['x', 0]), broadcastTo(at(y, slice(1)), [1, 1])),
      },
      'not where another size is wanted': { from: add(x, full([3], 1, 'float64')) },
    },
  },
  'work before stretching': {
    tags: ['canonicalize', 'elemwise'],
    cases: {
      'of a scalar': {
        from: exp(broadcastTo(s, sizes)),
        to: 'alloc(exp(s), shape_i0(m), shape_i1(m))',
      },
      'of a cast': {
        from: cast(broadcastTo(r, sizes), 'float32'),
        to: 'alloc(castfloat32(r), shape_i0(m), shape_i1(m))',
      },
      'not of what is not stretched': { from: exp(m) },
      'not of two operands': { from: add(m, broadcastTo(s, sizes)) },
    },
  },
});

describe('constants', () => {
  it('are folded through as many ops as there are', () => {
    expect(optimized(mul(x, exp(log(add(numbers, 1)))))).toMatch(
      /^mul\(x, \[2(\.0+\d)?,(3|2\.9+\d*),/,
    );
  });

  it('are not folded where the mode leaves canonical forms out', () => {
    expect(optimized(sub(x, add(numbers, 1)), 'expand', asWritten)).toContain('add([1,2,3]');
  });

  it('are merged by their bits: 0 and -0 are two', () => {
    const outputs = [0, 0, -0].map((value) => mul(x, constant(ndarray([value], 'float64'))));
    const graph = graphOf(outputs);
    expect(graph.outputs[0]).toBe(graph.outputs[1]);
    expect(graph.outputs[0]).not.toBe(graph.outputs[2]);
    expect(formula(dimshuffle(s, ['x']))).toBe('dimshuffle[x](s)');
  });
});
