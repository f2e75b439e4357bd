import { describe, expect, it } from 'vitest';
import { gradientAt, valuesOf } from '../../test/support/gradient-at.js';
import type { Unary, Values } from '../../test/support/gradient-at.js';
import { checkedEvaluate } from '../../test/support/checked-evaluate.js';
import { DisconnectedInputError, GradError } from '../errors.js';
import { Constant } from '../graph/constant.js';
import { toposort } from '../graph/traverse.js';
import type { TensorVariable } from '../graph/variable.js';
import { at } from '../ops/advanced-index.js';
import { zerosLike } from '../ops/alloc.js';
import { add, floor, mul, pow, sgn, sqr, sub, trueDiv } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { gt } from '../ops/compare.js';
import { dot } from '../ops/dot.js';
import { argmax, max, mean, sum } from '../ops/reduce.js';
import { reshape } from '../ops/reshape.js';
import { shapeOf } from '../ops/shape.js';
import { logSoftmax, softmax } from '../ops/softmax.js';
import { exp, log, log1p, sigmoid, tanh } from '../ops/transcendental.js';
import {
  dmatrix,
  dscalar,
  dvector,
  fvector,
  iscalar,
  ivector,
  lvector,
  tensor,
} from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { grad } from './grad.js';

describe('grad', () => {
  it('adds up over uses, and gives a gradient for each variable', () => {
    const [x, y] = [dscalar('x'), dscalar('y')];
    const cost = add(mul(x, y), sqr(x));
    expect(
      valuesOf(grad(cost, [x, y]), [
        [x, ndarray(3)],
        [y, ndarray(5)],
      ]),
    ).toEqual([11, 3]);
    expect(
      valuesOf(
        [grad(cost, x)],
        [
          [x, ndarray(3)],
          [y, ndarray(5)],
        ],
      ),
    ).toEqual([11]);
    expect(grad(cost, [])).toEqual([]);
  });

  it('of a variable by itself is 1', () => {
    const x = dscalar('x');
    expect(valuesOf([grad(x, x)], [])).toEqual([1]);
    const y = exp(x);
    expect(valuesOf([grad(y, y)], [[x, ndarray(3)]])).toEqual([1]);
  });

  it('wants a scalar cost', () => {
    expect(() => grad(dvector('x'), dvector('x'))).toThrow(
      '[grad] expected a scalar cost, got x of type float64(?)',
    );
    expect(() => grad(dmatrix('m'), dmatrix('m'))).toThrow(GradError);
    expect(() => grad(null, dscalar())).toThrow(
      '[grad] expected a cost or knownGrads, got neither',
    );
  });

  it("by intermediate variables refers to the user's own graph", () => {
    const x = dvector('x');
    const hidden = tanh(x);
    const output = sqr(hidden);
    const [byHidden, byOutput, byX] = grad(sum(output), [hidden, output, x]);
    expect(valuesOf([byHidden, byOutput, byX], [[x, ndarray([0.5])]])).toEqual([
      [2 * Math.tanh(0.5)],
      [1],
      [2 * Math.tanh(0.5) * (1 - Math.tanh(0.5) ** 2)],
    ]);
    // Another value for the intermediate variable reaches its gradient.
    expect(valuesOf([byHidden], [[hidden, ndarray([3])]])).toEqual([[6]]);
    expect(toposort([byHidden]).some((node) => node.op.name === 'grad_barrier')).toBe(false);
  });

  it('by both an intermediate variable and one above it counts every path', () => {
    const x = dscalar('x');
    const y = sqr(x);
    const z = mul(y, x);
    expect(valuesOf(grad(z, [x, y]), [[x, ndarray(3)]])).toEqual([27, 3]);
  });

  it('keeps the dtype of each float and sums back over stretched axes', () => {
    const [x, y] = [tensor('float16', [null, 1], 'x'), fvector('y')];
    const [gx, gy] = grad(sum(mul(x, y)), [x, y]);
    expect([gx.dtype, gy.dtype]).toEqual(['float16', 'float32']);
    const values: Values = [
      [x, ndarray([[1], [2]], 'float16')],
      [y, ndarray([3, 4, 5], 'float32')],
    ];
    expect(valuesOf([gx, gy], values)).toEqual([
      [[12], [12]],
      [3, 3, 3],
    ]);
  });

  it('walks a graph too deep for recursion', () => {
    const x = dscalar('x');
    let y: TensorVariable = x;
    for (let i = 0; i < 4000; i++) y = mul(y, x);
    expect(valuesOf([grad(y, x)], [[x, ndarray(1)]])).toEqual([4001]);
  });

  it('names gradients when cost and variable have names', () => {
    const [x, unnamed] = [dscalar('x'), dscalar()];
    const cost = mul(x, unnamed).named('C');
    expect(grad(cost, [x, unnamed]).map((g) => g.name)).toEqual(['(dC/dx)', null]);
    expect(grad(mul(x, x), x).name).toBeNull();
  });

  it('does not rename gradients that were given', () => {
    const [x, z] = [dscalar('x'), dscalar('z')];
    const [y, g] = [sqr(x).named('y'), mul(z, 2)];
    const cost = mul(y, 3).named('C');
    expect(grad(cost, y, { knownGrads: [[y, g]] })).toBe(g);
    expect(g.name).toBeNull();
  });

  it('of gradients', () => {
    const x = dvector('x');
    const value: Values = [[x, ndarray([1, 2])]];
    const twice = (f: Unary): unknown => valuesOf([grad(sum(grad(sum(f(x)), x)), x)], value)[0];
    expect(twice((v) => pow(v, 3))).toEqual([6, 12]);
    expect(twice((v) => mul(v, mul(v, v)))).toEqual([6, 12]);
    expect(twice(exp)).toEqual([Math.E, Math.exp(2)]);
    expect(twice((v) => log(v))).toEqual([-1, -0.25]);
    const third = grad(sum(grad(sum(grad(sum(pow(x, 3)), x)), x)), x);
    expect(valuesOf([third], value)).toEqual([[6, 6]]);
  });

  it('gives the Hessian of a stable cost', () => {
    const x = dvector('x');
    const cost = at(log(softmax(reshape(x, [1, -1]))), 0, 0);
    const g = grad(cost, x);
    const rows = [0, 1].map((k) => grad(at(g, k), x));
    const p = 1 / (1 + Math.exp(1));
    const [first, second] = checkedEvaluate(rows, new Map([[x, ndarray([1, 2])]]));
    expect(first.allClose(ndarray([-p * (1 - p), p * (1 - p)]), { rtol: 1e-12 })).toBe(true);
    expect(second.allClose(ndarray([p * (1 - p), -p * (1 - p)]), { rtol: 1e-12 })).toBe(true);
  });
});

describe('disconnected variables', () => {
  const [x, y] = [dvector('x'), dvector('y')];
  const zeros: Values = [
    [x, ndarray([1, 2])],
    [y, ndarray([3, 4, 5])],
  ];

  it('are an error, also when only a shape or a filled tensor depends on them', () => {
    expect(() => grad(sum(x), y)).toThrow(DisconnectedInputError);
    expect(() => grad(sum(x), y)).toThrow('[grad] expected the cost to depend on y');
    expect(() => grad(cast(shapeOf(y, 0), 'float64'), y)).toThrow(DisconnectedInputError);
    expect(() => grad(sum(add(zerosLike(y), 1)), y)).toThrow(DisconnectedInputError);
    expect(() => grad(floor(cast(shapeOf(y, 0), 'float64')), y)).toThrow(DisconnectedInputError);
    expect(() => grad(dscalar('c'), y)).toThrow(DisconnectedInputError);
  });

  it('have zeros of their shape when asked', () => {
    const [gx, gy] = grad(sum(sqr(x)), [x, y], { disconnectedInputs: 'ignore' });
    expect(valuesOf([gx, gy], zeros)).toEqual([
      [2, 4],
      [0, 0, 0],
    ]);
  });

  it('are not those with a zero gradient', () => {
    expect(gradientAt((v) => floor(v), [1.5])).toEqual([0]);
    expect(gradientAt((v) => sgn(v), [1.5, -2])).toEqual([0, 0]);
    expect(gradientAt((v) => mul(argmax(v), 2.5), [1, 3])).toEqual([0, 0]);
    expect(gradientAt((v) => gt(v, 0), [1, -1])).toEqual([0, 0]);
    expect(gradientAt((v) => floor(mul(2.5, argmax(v))), [1, 3])).toEqual([0, 0]);
  });
});

describe('considerConstant', () => {
  const x = dscalar('x');

  it('stops the gradient', () => {
    const still = mul(x, 1);
    const cost = mul(x, still);
    expect(valuesOf([grad(cost, x, { considerConstant: [still] })], [[x, ndarray(3)]])).toEqual([
      3,
    ]);
    expect(valuesOf([grad(cost, x)], [[x, ndarray(3)]])).toEqual([6]);
  });

  it('disconnects what is only behind it', () => {
    const still = sqr(x);
    expect(() => grad(mul(still, 2), x, { considerConstant: [still] })).toThrow(
      DisconnectedInputError,
    );
  });
});

describe('knownGrads', () => {
  const x = dvector('x');
  const z = sqr(x);
  const value: Values = [[x, ndarray([1, 2])]];

  it('stand alone', () => {
    expect(valuesOf([grad(null, x, { knownGrads: [[z, [5, 5]]] })], value)).toEqual([[10, 20]]);
    expect(
      valuesOf(
        [
          grad(null, x, {
            knownGrads: [
              [z, [5, 5]],
              [exp(x), [0, 0]],
            ],
          }),
        ],
        value,
      ),
    ).toEqual([[10, 20]]);
  });

  it('are taken in place of what would be found', () => {
    const cost = sum(mul(z, 100));
    expect(valuesOf([grad(cost, x, { knownGrads: [[z, [5, 5]]] })], value)).toEqual([[10, 20]]);
    const other = sum(x);
    expect(valuesOf([grad(add(cost, other), x, { knownGrads: [[z, [5, 5]]] })], value)).toEqual([
      [11, 21],
    ]);
    const behind = mul(z, 2);
    expect(
      valuesOf(
        [
          grad(null, x, {
            knownGrads: [
              [z, [5, 5]],
              [behind, [7, 7]],
            ],
          }),
        ],
        value,
      ),
    ).toEqual([[10, 20]]);
  });

  it('give rows of a Jacobian', () => {
    const rows = [
      [1, 0],
      [0, 1],
    ].map((row) => grad(null, x, { knownGrads: [[z, row]] }));
    expect(valuesOf(rows, value)).toEqual([
      [2, 0],
      [0, 4],
    ]);
  });

  it('of what nothing depends on disconnect', () => {
    expect(() => grad(null, dvector('w'), { knownGrads: [[z, [1, 1]]] })).toThrow(
      DisconnectedInputError,
    );
  });
});

describe('integers', () => {
  it('that are inputs have float gradients, which need not be zero', () => {
    const i = lvector('i');
    const g = grad(sum(sqr(cast(i, 'float64'))), i);
    expect(g.dtype).toBe('float32');
    expect(valuesOf([g], [[i, ndarray([1n, 2n])]])).toEqual([[2, 4]]);
    const byFloat = grad(sum(mul(i, dvector('x'))), i);
    expect(byFloat.dtype).toBe('float32');
  });

  it('that are computed pass nothing on', () => {
    const i = ivector('i');
    const later = add(i, 1);
    const cost = sum(sqr(cast(later, 'float64')));
    expect(valuesOf(grad(cost, [i, later]), [[i, ndarray([1, 2], 'int32')]])).toEqual([
      [0, 0],
      [4, 6],
    ]);
  });

  it('as a cost give zeros', () => {
    const [i, x] = [iscalar('i'), dscalar('x')];
    expect(valuesOf([grad(mul(i, i), i)], [[i, ndarray(3, 'int32')]])).toEqual([0]);
    expect(valuesOf([grad(cast(x, 'int32'), x)], [[x, ndarray(1.5)]])).toEqual([0]);
  });

  it('that a float was cast to pass a zero back', () => {
    expect(gradientAt((x) => mul(cast(x, 'int32'), 2.5), [1.9, -1.9])).toEqual([0, 0]);
    expect(gradientAt((x) => mul(x, cast(x, 'bool')), [3, 0])).toEqual([1, 0]);
  });

  it('as floats of another width change nothing but the width', () => {
    const x = dvector('x');
    const g = grad(sum(mul(cast(x, 'float32'), 3)), x);
    expect(g.dtype).toBe('float64');
    expect(valuesOf([g], [[x, ndarray([1, 2])]])).toEqual([[3, 3]]);
  });
});

describe('the cost is made stable before its gradient is taken', () => {
  const m = dmatrix('m');
  const value: Values = [
    [
      m,
      ndarray([
        [1000, 0],
        [0, 1000],
      ]),
    ],
  ];
  const picks = [ndarray([0n, 1n]), ndarray([0n, 0n])] as const;

  it('through log(softmax), however it is spelled', () => {
    const manual = (v: TensorVariable): TensorVariable => {
      const powers = exp(sub(v, max(v, 1, { keepdims: true })));
      return trueDiv(powers, sum(powers, 1, { keepdims: true }));
    };
    for (const p of [softmax(m), manual(m)]) {
      const cost = mul(mean(at(log(p), ...picks)), -1);
      expect(valuesOf([grad(cost, m)], value)).toEqual([
        [
          [0, 0],
          [-0.5, 0.5],
        ],
      ]);
      const before = mul(mean(log(at(p, ...picks))), -1);
      expect(valuesOf([grad(before, m)], value)).toEqual([
        [
          [0, 0],
          [-0.5, 0.5],
        ],
      ]);
    }
    expect(valuesOf([grad(mul(mean(at(logSoftmax(m), ...picks)), -1), m)], value)).toEqual([
      [
        [0, 0],
        [-0.5, 0.5],
      ],
    ]);
  });

  it('through log(sigmoid) and log(1 - sigmoid)', () => {
    expect(gradientAt((x) => log(sigmoid(x)), [-1000, 1000])).toEqual([1, 0]);
    expect(gradientAt((x) => log(sub(1, sigmoid(x))), [-1000, 1000])).toEqual([-0, -1]);
    expect(gradientAt((x) => log(add(1, exp(x))), [-1000, 1000])).toEqual([0, 1]);
    expect(gradientAt((x) => log1p(exp(x)), [1000])).toEqual([1]);
  });

  it("leaves the user's cost as it was", () => {
    const cost = sum(log(softmax(m)));
    const nodes = toposort([cost]).map((node) => node.op.name);
    grad(cost, m);
    expect(toposort([cost]).map((node) => node.op.name)).toEqual(nodes);
  });
});

describe('graphs of gradients', () => {
  it('say where the user made what they stand for', () => {
    const x = dvector('x');
    const y = tanh(x);
    const g = grad(sum(y), x);
    const traces = toposort([g])
      .filter((node) => node.op.name === 'sqr' || node.op.name === 'sub')
      .map((node) => node.trace);
    expect(traces.length).toBeGreaterThan(0);
    expect(traces.every((trace) => trace === y.trace)).toBe(true);
  });

  it('of a linear model have no surprises', () => {
    const [x, W] = [dmatrix('x'), dmatrix('W')];
    const g = grad(sum(dot(x, W)), W);
    const values: Values = [
      [
        x,
        ndarray([
          [1, 2],
          [3, 4],
        ]),
      ],
      [
        W,
        ndarray([
          [1, 1, 1],
          [1, 1, 1],
        ]),
      ],
    ];
    expect(valuesOf([g], values)).toEqual([
      [
        [4, 4, 4],
        [6, 6, 6],
      ],
    ]);
    expect(g).not.toBeInstanceOf(Constant);
  });
});
