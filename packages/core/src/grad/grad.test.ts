import { describe, expect, it } from 'vitest';
import { checkedEvaluate } from '../../test/support/checked-evaluate.js';
import { compile } from '../compile/function.js';
import { createReferenceDevice } from '../device/reference-device.js';
import { DisconnectedInputError, GradError } from '../errors.js';
import { Constant } from '../graph/constant.js';
import { toposort } from '../graph/traverse.js';
import type { TensorVariable } from '../graph/variable.js';
import { at } from '../ops/advanced-index.js';
import { zerosLike } from '../ops/alloc.js';
import {
  abs,
  add,
  clip,
  floor,
  maximum,
  minimum,
  mul,
  pow,
  relu,
  sgn,
  sqr,
  sqrt,
  sub,
  trueDiv,
} from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { gt, le, switchOp } from '../ops/compare.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { dot } from '../ops/dot.js';
import { logsumexp } from '../ops/logsumexp.js';
import { argmax, max, mean, min, prod, sum } from '../ops/reduce.js';
import { reshape } from '../ops/reshape.js';
import { shapeOf } from '../ops/shape.js';
import { slice } from '../ops/subtensor.js';
import { logSoftmax, softmax } from '../ops/softmax.js';
import { exp, log, log1p, sigmoid, softplus, tanh } from '../ops/transcendental.js';
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
import type { NDArray } from '../types/ndarray.js';
import { ndarray } from '../types/ndarray.js';
import { grad } from './grad.js';

type Unary = (x: TensorVariable) => TensorVariable;
type Values = readonly (readonly [TensorVariable, NDArray])[];

function valuesOf(outputs: readonly TensorVariable[], values: Values): unknown[] {
  return checkedEvaluate(outputs, new Map(values)).map((x) => x.toNested());
}

/** Gradient of the sum of `f` at a vector or scalar of float64. */
function gradientAt(f: Unary, at: number | number[]): unknown {
  const x = Array.isArray(at) ? dvector('x') : dscalar('x');
  return valuesOf([grad(sum(f(x)), x)], [[x, ndarray(at)]])[0];
}

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
    const [gx, gy] = grad(sum(sqr(x)), [x, y], { disconnected: 'ignore' });
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
    for (const mode of ['NONE', 'FAST_COMPILE', 'FAST_RUN'] as const) {
      const compiled = compile([x], g, { device: createReferenceDevice(), mode });
      expect(
        compiled([-1, 0, 2]).allClose(ndarray(expected as number[]), { rtol: 1e-12 }),
        mode,
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
