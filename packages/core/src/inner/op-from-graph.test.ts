import { describe, expect, it } from 'vitest';
import { valuesOf, type Values } from '../../test/support/gradient-at.js';
import { DisconnectedInputError, MissingInputError, TypeInferenceError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { Rop } from '../grad/rop.js';
import { verifyGrad } from '../grad/verify-grad.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, sqr } from '../ops/arithmetic.js';
import { at } from '../ops/advanced-index.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { sum } from '../ops/reduce.js';
import { softmax } from '../ops/softmax.js';
import { exp, log, tanh } from '../ops/transcendental.js';
import { dmatrix, dscalar, dvector, fvector } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { opFromGraph, type OpFromGraphOptions } from './op-from-graph.js';

const [a, b] = [dvector('a'), dvector('b')];
const [x, y] = [dvector('x'), dvector('y')];
const values: Values = [
  [x, ndarray([1, 2])],
  [y, ndarray([3, 4])],
];
const product = (options: OpFromGraphOptions): TensorVariable =>
  opFromGraph([a, b], mul(sqr(a), b), options)(x, y);
const slopes = (options: OpFromGraphOptions): unknown[] =>
  valuesOf(grad(sum(product(options)), [x, y]), values);

describe('an op made of a graph', () => {
  it('is the graph, of one output or several', () => {
    expect(valuesOf([product({})], values)).toEqual([[3, 16]]);
    const two = opFromGraph([a, b], [add(a, b), mul(a, 2)]);
    expect(valuesOf(two(x, y), values)).toEqual([
      [4, 6],
      [2, 4],
    ]);
    expect(valuesOf([two(x, y)[1]], values)).toEqual([[2, 4]]);
  });

  it.each([true, false])('has its derivatives, to any order (inline: %s)', (inline) => {
    expect(slopes({ inline })).toEqual([
      [6, 16],
      [1, 4],
    ]);
    const op = opFromGraph([a, b], mul(tanh(a), exp(b)), { inline });
    verifyGrad((p, q) => op(p, mul(q, p)), [ndarray([0.5, -1]), ndarray([0.1, 0.2])], { order: 3 });
  });

  it('of which gradients see the inside: they are stable', () => {
    const m = dmatrix('m');
    const shares = opFromGraph([m], softmax(m))(dimshuffle(x, ['x', 0]));
    const g = grad(log(at(shares, 0, 1)), x);
    expect(valuesOf([g], [[x, ndarray([1000, 0])]])).toEqual([[-1, 1]]);
  });

  it('refuses what does not fit', () => {
    const op = opFromGraph([a, b], add(a, b), { name: 'both' });
    expect(() => op(x)).toThrow('[both] expected 2 inputs, got 1');
    expect(() => op(x, fvector())).toThrow(TypeInferenceError);
    expect(() => op(x, fvector())).toThrow('expected float64(?) for input 1, got float32(?)');
    expect(() => opFromGraph([a], add(a, b))).toThrow(MissingInputError);
  });
});

describe('an overridden gradient', () => {
  const forced = (inputs: readonly TensorVariable[], factor: number): TensorVariable =>
    mul(inputs[0], factor);

  it('may be anything', () => {
    expect(slopes({ lopOverrides: (inputs) => [forced(inputs, 10), forced(inputs, 20)] })).toEqual([
      [10, 20],
      [20, 40],
    ]);
  });

  it('is one of a list: the graph’s own, a function, another op, or zero', () => {
    expect(slopes({ lopOverrides: ['default', (inputs) => forced(inputs, 5)] })).toEqual([
      [6, 16],
      [5, 10],
    ]);
    const [p, q, out, g] = [dvector(), dvector(), dvector(), dvector()];
    const byOp = opFromGraph([p, q, out, g], mul(add(p, out), add(g, mul(q, 0))));
    expect(slopes({ lopOverrides: [byOp, null] })).toEqual([
      [4, 18],
      [0, 0],
    ]);
    expect(slopes({ lopOverrides: null })).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('gets the outputs and all cotangents', () => {
    const op = opFromGraph([a], [exp(a), sqr(a)], {
      lopOverrides: (_inputs, [e], [g, h]) => [add(mul(e, g), mul(h, 100))],
    });
    const [e] = op(x);
    expect(valuesOf([grad(sum(e), x)], values)).toEqual([[Math.E, Math.exp(2)]]);
    expect(valuesOf([grad(sum(op(x)[1]), x)], values)).toEqual([[100, 100]]);
  });

  it('does not merge with the graph’s own', () => {
    const plain = product({});
    const zero = product({ lopOverrides: null });
    expect(valuesOf([grad(sum(add(plain, zero)), x)], values)).toEqual([[6, 16]]);
  });

  it('of forward mode is its own', () => {
    const t = (options: OpFromGraphOptions): unknown[] =>
      valuesOf([Rop(product(options), [x, y], [[1, 1], [1, 1]])], values); // prettier-ignore
    expect(t({})).toEqual([[7, 20]]);
    expect(t({ ropOverrides: (_inputs, [p, q]) => [add(mul(p, 10), q)] })).toEqual([[11, 11]]);
    expect(t({ ropOverrides: ['default'] })).toEqual([[7, 20]]);
    expect(t({ ropOverrides: null })).toEqual([[0, 0]]);
    // Derived from an overridden pullback where it has none of its own.
    expect(t({ lopOverrides: (_i, _o, [g]) => [mul(g, 2), mul(g, 3)] })).toEqual([[5, 5]]);
  });

  it('is disconnected where the pattern says so', () => {
    const z = product({ connectionPattern: [[true], [false]] });
    expect(() => grad(sum(z), y)).toThrow(DisconnectedInputError);
    expect(valuesOf([grad(sum(z), x)], values)).toEqual([[6, 16]]);
    const constant = opFromGraph([dscalar('c')], asOne(), { connectionPattern: [[true]] });
    const c = dscalar('v');
    expect(valuesOf([grad(constant(c), c)], [[c, ndarray(2)]])).toEqual([0]);
  });
});

function asOne(): TensorVariable {
  return mul(ndarray(1), ndarray(1));
}
