import { describe, expect, it } from 'vitest';
import { GradError } from '../errors.js';
import { defineOp } from '../graph/op.js';
import type { Pullback } from '../graph/op.js';
import { apply1 } from '../graph/variable.js';
import type { TensorVariable } from '../graph/variable.js';
import { mul, sqr } from '../ops/arithmetic.js';
import { at } from '../ops/advanced-index.js';
import { slice } from '../ops/subtensor.js';
import { ndarray } from '../types/ndarray.js';
import { verifyGrad } from './verify-grad.js';

/** The identity with the given pullback. */
function identity(pullback: Pullback): (x: TensorVariable) => TensorVariable {
  const op = defineOp({
    name: 'identity',
    props: {},
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x]) => [x],
    pullback,
    lower: { kind: 'scalar', fn: 'abs' },
  });
  return (x) => apply1(op, [x]);
}

describe('verifyGrad', () => {
  const x = ndarray([1, 2, 3]);

  it('accepts gradients that are right', () => {
    verifyGrad(
      identity((_node, [g]) => [g]),
      [x],
    );
    verifyGrad((v, w) => mul(v, w), [x, ndarray(2)]);
  });

  it('names the input, the element and both numbers of one that is wrong', () => {
    const half = identity((_node, [g]) => [g && mul(g, 0.5)]);
    expect(() => verifyGrad(half, [x])).toThrow(GradError);
    expect(() => verifyGrad((v, w) => mul(v, half(w)), [x, ndarray([1, 1, 1])])).toThrow(
      /\[verifyGrad\] input 1, element 0: expected .* by finite differences, got/,
    );
  });

  it('finds a single wrong element', () => {
    const wrong = identity((_node, [g]) => [g && mul(g, ndarray([1, 1, 1.001]))]);
    expect(() => verifyGrad(wrong, [x])).toThrow('element 2');
    verifyGrad(wrong, [x], { tolerance: 0.01 });
  });

  it('finds a wrong shape and a gradient that is missing', () => {
    expect(() =>
      verifyGrad(
        identity((_node, [g]) => [g && at(g, slice(2))]),
        [x],
      ),
    ).toThrow('expected a gradient of shape (3), got (2)');
    expect(() =>
      verifyGrad(
        identity(() => [null]),
        [x],
      ),
    ).toThrow('got 0');
  });

  it('finds NaN', () => {
    expect(() =>
      verifyGrad(
        identity((_node, [g]) => [g && mul(g, NaN)]),
        [x],
      ),
    ).toThrow('got NaN');
  });

  it('holds everything constant that is not float64', () => {
    verifyGrad((v, i) => sqr(at(v, i)), [x, ndarray([0n, 2n])]);
    verifyGrad((v, w) => mul(v, w), [x, ndarray([1, 2, 3], 'float32')]);
    expect(() => verifyGrad((v) => sqr(v), [ndarray([1], 'float32')])).toThrow(
      '[verifyGrad] expected a float64 point, got none',
    );
  });
});
