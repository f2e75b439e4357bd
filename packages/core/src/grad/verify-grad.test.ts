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
import { mapElements } from '../types/strided.js';
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

  it('holds integers and bools constant', () => {
    verifyGrad((v, i) => sqr(at(v, i)), [x, ndarray([0n, 2n])]);
    expect(() => verifyGrad((v) => sqr(v), [ndarray([1n])])).toThrow(
      '[verifyGrad] expected a float point, got none',
    );
  });

  it.each(['float32', 'float16'] as const)('holds %s to its own rounding', (dtype) => {
    const point = ndarray([0.5, 1.25, 2], dtype);
    verifyGrad((v) => mul(sqr(v), v), [point], { order: 2 });
    const slightly = identity((_node, [g]) => [g && mul(g, 1.1)]);
    expect(() => verifyGrad(slightly, [point])).toThrow('input 0, element 0');
  });

  /** Σ x³, whose second derivative is wrong. */
  const wrongAtSecond = (v: TensorVariable): TensorVariable => {
    const slope = identity((_node, [g]) => [g && mul(g, 2)]);
    return cubic((w) => slope(w))(v);
  };

  it('checks second derivatives when asked', () => {
    verifyGrad(wrongAtSecond, [x]);
    expect(() => verifyGrad(wrongAtSecond, [x], { order: 2, forward: false })).toThrow(
      '[verifyGrad] order 2, input 0, element 0: expected',
    );
    expect(() => verifyGrad(wrongAtSecond, [x], { order: 2 })).toThrow(
      '[verifyGrad] order 2, forward mode, output 0, element 0: expected',
    );
  });

  it('checks forward mode, of an op that brings its own too', () => {
    const op = defineOp({
      name: 'twice',
      props: {},
      types: ([v]) => [v.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: ([v]) => [mapElements(v.dtype, [v], v.shape, (a: number) => 2 * a)],
      pullback: (_node, [g]) => [g && mul(g, 2)],
      pushforward: (_node, [t]) => [t && mul(t, 3)],
      lower: { kind: 'scalar', fn: 'abs' },
    });
    const f = (v: TensorVariable): TensorVariable => apply1(op, [v]);
    verifyGrad(f, [x], { forward: false });
    expect(() => verifyGrad(f, [x])).toThrow('[verifyGrad] forward mode, output 0, element 0');
  });
});

/** x³ with 3·of(x)² as its derivative. */
function cubic(of: (x: TensorVariable) => TensorVariable): (x: TensorVariable) => TensorVariable {
  const op = defineOp({
    name: 'cubic',
    props: {},
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x]) => [mapElements(x.dtype, [x], x.shape, (a: number) => a ** 3)],
    pullback: ({ inputs: [x] }, [g]) => [g && mul(g, mul(3, sqr(of(x))))],
    lower: { kind: 'scalar', fn: 'abs' },
  });
  return (x) => apply1(op, [x]);
}
