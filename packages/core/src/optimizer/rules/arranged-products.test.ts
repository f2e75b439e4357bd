import { describe, expect, it } from 'vitest';
import { describeRules, leaves, optimized } from '../../../test/support/rule-cases.js';
import { add, mul, neg, sub, trueDiv } from '../../ops/arithmetic.js';
import { conv1d } from '../../ops/conv.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { dot22, gemm } from '../../ops/dot.js';
import { reshape } from '../../ops/reshape.js';
import { shapeOf } from '../../ops/shape.js';
import { slice, subtensor } from '../../ops/subtensor.js';
import { scalarConstant } from '../../graph/constant.js';
import { exp } from '../../ops/transcendental.js';

const { m, q, r, c, s, t, u, n } = leaves;
const product = dot22(c, r);
const sizes = [mul(shapeOf(c, 0), shapeOf(r, 1))];
const flat = reshape(product, sizes);
const addend = reshape(exp(add(c, r)), sizes);
const square = dot22(r, dimshuffle(r, [1, 0]));
const all = reshape(square, [1]);
const added = gemm(c, r, n, scalarConstant(1, 'float64'), scalarConstant(1, 'float64'));

describeRules({
  'scale a product before it is arranged': {
    tags: ['library', 'blas'],
    cases: {
      'of another shape': { from: mul(reshape(dot22(m, q), [4]), s), to: 'reshape(mul(dot22(m, q), dimshuffle[x,x](s)), 4)' },
      'of another order': { from: neg(dimshuffle(dot22(m, q), [1, 0])), to: 'dimshuffle[1,0](neg(dot22(m, q)))' },
      'a part of it': {
        from: trueDiv(subtensor(dot22(m, q), [slice(0, 1)]), 4),
        to: /^subtensor.*\(true_div\(dot22\(m, q\), /,
      },
      'of both': { from: mul(2, dimshuffle(flat, ['x', 0])), to: /^dimshuffle\[x,0\]\(reshape\(mul\(dot22/ },
      'not element by element': { from: mul(flat, reshape(m, sizes)) },
      'not what others read': { from: mul(flat, 2), beside: [flat] },
      'not what something is added to': { from: mul(reshape(added, [6]), 2) },
      'not what is no product': { from: mul(2, dimshuffle(exp(m), [1, 0])) },
    },
  },
  'add into a product before it is arranged': {
    tags: ['library', 'blas'],
    cases: {
      'on the left': { from: add(flat, addend), to: /^reshape\(add\(dot22\(c, r\), reshape\(/ },
      'on the right': { from: sub(addend, flat), to: /^reshape\(sub\(reshape\(.*dot22\(c, r\)\), / },
      'not what may be of another size': { from: add(reshape(dot22(m, q), [4]), reshape(subtensor(q, [slice(0, 2)]), [-1])) },
      'not what the sum stretches': { from: add(all, u) },
      'not in another order': { from: add(dimshuffle(dot22(m, q), [1, 0]), dot22(m, q)), beside: [dot22(m, q)] },
    },
  },
}); // prettier-ignore

describe('convolutions through all phases', () => {
  it('scale the product that they are made of', () => {
    const scaled = optimized(mul(conv1d(mul(t, 3), t), 2));
    expect(scaled).toMatch(/^dimshuffle\[1,0,2\]\(reshape\(gemm\(.*, 6, 0\)/);
    expect(optimized(conv1d(t, trueDiv(t, s)))).toMatch(/gemm\(.*, reciprocal\(s\), 0\)/);
  });

  it('which is added to what it is subtracted from', () => {
    const step = sub(addend, mul(reshape(dot22(c, r), sizes), 0.5));
    expect(optimized(step)).toMatch(/^reshape\(gemm\(c, r, .*, -0.5, 1\)/);
  });
});
