import { describe, expect, it } from 'vitest';
import {
  describeRules,
  formula,
  graphOf,
  leaves,
  optimized,
} from '../../../test/support/rule-cases.js';
import { FunctionGraph } from '../../graph/function-graph.js';
import { at } from '../../ops/advanced-index.js';
import { broadcastTo, zerosLike } from '../../ops/alloc.js';
import { arange } from '../../ops/arange.js';
import { add, mul } from '../../ops/arithmetic.js';
import { eq, lt, switchOp } from '../../ops/compare.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { flatNonzero } from '../../ops/nonzero.js';
import { flatten, reshape } from '../../ops/reshape.js';
import { makeVector, shape, shapeOf } from '../../ops/shape.js';
import { slice } from '../../ops/subtensor.js';
import { sum } from '../../ops/reduce.js';
import { exp } from '../../ops/transcendental.js';
import { rewrite } from '../engine.js';
import { modes } from '../mode.js';
import { optimize } from '../phases.js';
import { anyTarget } from '../../../test/support/rule-cases.js';

const { x, m, q, r, c, t, s, k } = leaves;

describeRules({
  'shape without computing': {
    tags: ['canonicalize', 'shape'],
    cases: {
      'of an elementwise result': { from: shapeOf(exp(x), 0), to: 'shape_i0(x)' },
      'of a product': { from: shapeOf(dot(m, q), 1), to: 'shape_i1(q)' },
      'of a transpose': { from: shapeOf(transpose(m), 0), to: 'shape_i1(m)' },
      'of a range': { from: shapeOf(arange(k), 0), to: 'maximum(0, k)' },
      'of a joined shape': { from: shapeOf(flatten(m), 0), to: 'mul(shape_i0(m), shape_i1(m))' },
      'of a slice': {
        from: shapeOf(at(x, slice(1, null)), 0),
        to: 'maximum(0, sub(0, sub(minimum(shape_i0(x), 1), shape_i0(x))))',
      },
      'not of an input': { from: shapeOf(x, 0) },
      'not of a size known only when it runs': { from: shapeOf(flatNonzero(x), 0) },
    },
  },
  'sizes that are known are constants': {
    tags: ['canonicalize', 'shape'],
    cases: {
      'no size is below 0': { from: lt(shapeOf(x, 0), 0), to: '0' },
      'a size is itself': { from: eq(shapeOf(x, 0), shapeOf(exp(x), 0)), to: '1' },
      'a choice between sizes': { from: switchOp(lt(shapeOf(x, 0), 0), k, shapeOf(r, 0)), to: '1' },
      'not of another size': { from: eq(shapeOf(m, 0), shapeOf(m, 1)) },
      'not of values': { from: lt(k, 0) },
      'not of floats': { from: lt(s, 0) },
    },
  },
  'element of a made vector': {
    tags: ['canonicalize', 'shape'],
    cases: {
      'by a constant': { from: at(makeVector([shapeOf(m, 0), k]), 1), to: 'k' },
      'counted from the end': { from: at(shape(m), -2), to: 'shape_i0(m)' },
      'not by a variable': { from: at(shape(t), k) },
      'not a slice': { from: at(makeVector([k, k]), slice(1)) },
    },
  },
  'merge dimshuffles': {
    tags: ['canonicalize', 'shape'],
    cases: {
      'two transposes': { from: transpose(transpose(m)), to: 'm' },
      'a transpose and new axes': {
        from: dimshuffle(transpose(m), ['x', 0, 1]),
        to: 'dimshuffle[x,1,0](m)',
      },
      'an axis put in and taken out': { from: dimshuffle(dimshuffle(x, ['x', 0]), [1]), to: 'x' },
      'a unit axis taken out and put back': { from: dimshuffle(r, ['x', 1]), to: 'r' },
      'not one alone': { from: transpose(m) },
      'not a unit axis put elsewhere': { from: dimshuffle(r, [1, 'x']) },
    },
  },
  'merge reshapes': {
    tags: ['canonicalize', 'shape'],
    cases: {
      'two reshapes': { from: flatten(reshape(m, [3, 2])), to: 'reshape(m, mul(3, 2))' },
      'to the shape that is there': { from: reshape(m, [shapeOf(m, 0), shapeOf(m, 1)]), to: 'm' },
      'not one alone': { from: reshape(m, [3, 2]) },
    },
  },
  'drop stretching to the same shape': {
    tags: ['canonicalize', 'shape'],
    cases: {
      'the same sizes': { from: broadcastTo(x, [shapeOf(x, 0)]), to: 'x' },
      'the sizes of what is made of it': {
        from: broadcastTo(exp(x), [shapeOf(x, 0)]),
        to: 'exp(x)',
      },
      'not other sizes': { from: broadcastTo(x, [3]) },
      'not a stretched axis': { from: broadcastTo(r, [2, 3]) },
    },
  },
  'merge stretchings': {
    tags: ['canonicalize', 'shape'],
    cases: {
      'a scalar, then a row': {
        from: broadcastTo(broadcastTo(s, [1, 1]), [2, 3]),
        to: 'alloc(s, 2, 3)',
      },
      'with equal sizes': {
        from: broadcastTo(broadcastTo(s, [shapeOf(x, 0)]), [2, shapeOf(x, 0)]),
        to: 'alloc(s, 2, shape_i0(x))',
      },
      'a scalar placed in a matrix': {
        from: broadcastTo(dimshuffle(s, ['x', 'x']), [2, 3]),
        to: 'alloc(s, 2, 3)',
      },
      'not with sizes that have to be checked': {
        from: broadcastTo(broadcastTo(s, [shapeOf(x, 0)]), [2, 3]),
      },
      'not with an axis that was of size 1 by promise only': {
        from: broadcastTo(broadcastTo(at(x, slice(1)), [1, 1]), [2, 3]),
      },
      'not a stretched row': { from: broadcastTo(c, [2, 3]) },
    },
  },
});

describe('shapes of a graph', () => {
  it('a count of elements needs none of them', () => {
    const size = mul(shapeOf(exp(dot(m, q)), 0), shapeOf(add(m, 1), 1));
    expect(optimized(size)).toBe('mul(shape_i0(m), shape_i1(m))');
  });

  it('an input that other variables compute has a size of its own', () => {
    const product = dot(m, q);
    const graph = new FunctionGraph(
      [product, m],
      [add(shapeOf(product, 0), shapeOf(m, 0)), sum(product)],
    );
    optimize(graph, anyTarget, modes.FAST_RUN, { verify: true });
    expect(graph.outputs[0].owner?.inputs.map((v) => v.owner?.inputs[0])).toEqual([product, m]);
    const doubtful = new FunctionGraph(
      [product, m],
      [broadcastTo(product, [shapeOf(m, 0), shapeOf(q, 1)])],
    );
    rewrite(doubtful, [], { verify: true });
    optimize(doubtful, anyTarget, modes.FAST_RUN, { verify: true });
    expect(doubtful.outputs[0].owner?.op.name).toBe('alloc');
  });

  it('sizes of nodes that left the graph are not asked for', () => {
    const late = flatNonzero(x);
    const graph = graphOf([shapeOf(exp(zerosLike(late, 'float64')), 0), late]);
    optimize(graph, anyTarget, modes.FAST_RUN, { verify: true });
    expect(formula(graph.outputs[0])).toBe('shape_i0(flat_nonzero(x))');
    expect(t.rank).toBe(3);
  });
});
