/** Gradients where a function has none, or has one that must not be looked at. */
import { describe, expect, it } from 'vitest';
import { gradientAt, valuesOf } from '../../test/support/gradient-at.js';
import type { Unary, Values } from '../../test/support/gradient-at.js';
import { compile } from '../compile/function.js';
import { createReferenceDevice } from '../device/reference-device.js';
import { toposort } from '../graph/traverse.js';
import type { TensorVariable } from '../graph/variable.js';
import { at } from '../ops/advanced-index.js';
import {
  abs,
  add,
  clip,
  maximum,
  minimum,
  mul,
  pow,
  relu,
  sqr,
  sqrt,
  trueDiv,
} from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { gt, le, switchOp } from '../ops/compare.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { dot } from '../ops/dot.js';
import { logsumexp } from '../ops/logsumexp.js';
import { prod } from '../ops/prod.js';
import { max, min, sum } from '../ops/reduce.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/subtensor.js';
import { log, sigmoid, softplus } from '../ops/transcendental.js';
import { asWritten, modes } from '../optimizer/mode.js';
import { dvector } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { grad } from './grad.js';

describe('gradients at ties and corners', () => {
  it('share a maximum or minimum evenly among those that attain it', () => {
    expect(gradientAt((x) => max(x), [1, 2, 2])).toEqual([0, 0.5, 0.5]);
    expect(gradientAt((x) => min(x), [1, 1, 1, 3])).toEqual([1 / 3, 1 / 3, 1 / 3, 0]);
    expect(gradientAt((x) => max(reshape(x, [2, 2]), 1), [5, 5, 1, 2])).toEqual([0.5, 0.5, 0, 1]);
  });

  it('halve at a tie of two operands', () => {
    const [x, y] = [dvector('x'), dvector('y')];
    const values: Values = [
      [x, ndarray([1, 2, 3])],
      [y, ndarray([2, 2, 2])],
    ];
    expect(valuesOf(grad(sum(maximum(x, y)), [x, y]), values)).toEqual([
      [0, 0.5, 1],
      [1, 0.5, 0],
    ]);
    expect(valuesOf(grad(sum(minimum(x, y)), [x, y]), values)).toEqual([
      [1, 0.5, 0],
      [0, 0.5, 1],
    ]);
    expect(gradientAt((v) => maximum(v, 0), [0, -1, 1])).toEqual([0.5, 0, 1]);
  });

  it.each([
    ['relu at 0', relu, 0, 0],
    ['relu at -Infinity', relu, -Infinity, 0],
    ['abs at 0', abs, 0, 0],
    ['clip at its lower bound', (x: TensorVariable) => clip(x, 0, 1), 0, 1],
    ['clip at its upper bound', (x: TensorVariable) => clip(x, 0, 1), 1, 1],
    ['clip below', (x: TensorVariable) => clip(x, 0, 1), -0.5, 0],
    ['sqrt at 0', sqrt, 0, Infinity],
    ['x² at 0', (x: TensorVariable) => pow(x, 2), 0, 0],
    ['x⁰ at 0', (x: TensorVariable) => pow(x, 0), 0, 0],
    ['0ˣ at 1', (x: TensorVariable) => pow(0, x), 1, 0],
    ['x¹ at 0', (x: TensorVariable) => pow(x, 1), 0, 1],
    ['sigmoid far out', sigmoid, -800, 0],
    ['softplus far out', softplus, 800, 1],
  ] as const)('%s', (_name, f, x, expected) => {
    expect(gradientAt(f, x)).toBe(expected);
  });

  it('x^y by y at x = 0 is 0, and by x at y = 0', () => {
    const [x, y] = [dvector('x'), dvector('y')];
    const values: Values = [
      [x, ndarray([0, 0, 2])],
      [y, ndarray([2, 0, 0])],
    ];
    expect(valuesOf(grad(sum(pow(x, y)), [x, y]), values)).toEqual([
      [0, 0, 0],
      [0, 0, Math.LN2],
    ]);
  });

  it('of a product are right among zeros', () => {
    expect(gradientAt((x) => prod(x), [0, 2, 3])).toEqual([6, 0, 0]);
    expect(gradientAt((x) => prod(x), [0, 2, 0])).toEqual([0, 0, 0]);
    expect(gradientAt((x) => prod(x), [1, 2, 3])).toEqual([6, 3, 2]);
  });

  it('of logsumexp are the shares of the sum', () => {
    expect(gradientAt((x) => logsumexp(x), [0, 0])).toEqual([0.5, 0.5]);
    expect(gradientAt((x) => logsumexp(x), [-Infinity, 0])).toEqual([0, 1]);
    expect(gradientAt((x) => logsumexp(x), [-Infinity, -Infinity])).toEqual([0, 0]);
  });

  it('of repeated indices add up', () => {
    expect(gradientAt((x) => at(x, ndarray([0n, 0n, 1n])), [5, 6, 7])).toEqual([2, 1, 0]);
  });
});

describe('switch masks the branch that is not taken', () => {
  it('before a NaN or infinity can come of it', () => {
    const x = [-1, 0, 2];
    expect(gradientAt((v) => switchOp(gt(v, 0), log(v), 0), x)).toEqual([0, 0, 0.5]);
    expect(gradientAt((v) => switchOp(gt(v, 0), sqrt(v), 0), x)).toEqual([
      0,
      0,
      0.5 / Math.sqrt(2),
    ]);
    expect(gradientAt((v) => switchOp(gt(v, 0), trueDiv(1, v), v), x)).toEqual([1, 1, -0.25]);
  });

  const masked: readonly (readonly [string, Unary])[] = [
    [
      'through views',
      (v) => switchOp(gt(reshape(v, [3, 1]), 0), dimshuffle(reshape(log(v), [1, 3]), [1, 0]), 0),
    ],
    [
      'through slices',
      (v) => switchOp(gt(at(v, slice(1, null)), 0), at(log(v), slice(1, null)), 0),
    ],
    ['through picks', (v) => switchOp(gt(at(v, picks), 0), at(log(v), picks), 0)],
    [
      'through chains and casts',
      (v) => switchOp(gt(v, 0), mul(2, cast(cast(log(v), 'float64'), 'float64')), 0),
    ],
    ['in the second branch', (v) => switchOp(le(v, 0), 0, log(v))],
    ['of nested choices', (v) => switchOp(gt(v, -5), switchOp(gt(v, 0), log(v), 0), sqrt(v))],
    ['of two choices', (v) => logarithmTwice(v)],
    ['under relu and maximum', (v) => add(relu(log(v)), maximum(log(v), 0))],
    ['of a sum', (v) => switchOp(gt(sum(v), 100), sum(log(v)), 0)],
    ['of a whole product', (v) => switchOp(gt(sum(v), 100), dot(log(v), log(v)), 0)],
    [
      'stretched over rows',
      (v) => switchOp(gt(dimshuffle(v, ['x', 0]), ndarray([[0], [1]])), log(v), 0),
    ],
  ];
  const picks = ndarray([1n, 1n]);
  const logarithmTwice: Unary = (v) => {
    const y = log(v);
    return add(switchOp(gt(v, 0), y, 0), switchOp(gt(v, 1), y, 0));
  };

  it.each(masked)('%s', (_name, f) => {
    const [, zero] = gradientAt(f, [-1, 0, 2]) as number[];
    expect(Math.abs(zero)).toBe(0);
    const atOne = gradientAt(f, [3, 4, 5]) as number[];
    expect(atOne.every(Number.isFinite)).toBe(true);
  });

  it.each(masked)('%s, compiled in every mode', (_name, f) => {
    const x = dvector('x');
    const g = grad(sum(f(x)), x);
    const [expected] = valuesOf([g], [[x, ndarray([-1, 0, 2])]]);
    for (const mode of [asWritten, modes.NONE, modes.FAST_COMPILE, modes.FAST_RUN]) {
      const compiled = compile([x], g, { device: createReferenceDevice(), mode });
      expect(
        compiled([-1, 0, 2]).allClose(ndarray(expected as number[]), { rtol: 1e-12 }),
        mode.name,
      ).toBe(true);
    }
  });

  it('in second derivatives', () => {
    const x = dvector('x');
    const g = grad(sum(switchOp(gt(x, 0), log(x), 0)), x);
    expect(valuesOf([grad(sum(g), x)], [[x, ndarray([-1, 0, 2])]])).toEqual([[0, 0, -0.25]]);
  });

  it('without a trace where nothing is chosen', () => {
    const x = dvector('x');
    const names = toposort([grad(sum(log(x)), x)]).map((node) => node.op.name);
    expect(names).not.toContain('switch');
  });

  it('in a norm that has a 0', () => {
    const norm = (v: TensorVariable): TensorVariable => {
      const square = sum(sqr(v));
      return switchOp(gt(square, 0), sqrt(square), 0);
    };
    expect(gradientAt(norm, [0, 0])).toEqual([0, 0]);
    expect(gradientAt(norm, [0, 5])).toEqual([0, 1]);
  });
});
