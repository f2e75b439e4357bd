/** Differentiable functions with points to check their gradients at: one table for all tests of gradients. */
import { scalarConstant } from '../../src/graph/constant.js';
import type { TensorVariable } from '../../src/graph/variable.js';
import { at, incSubtensor, setSubtensor } from '../../src/ops/advanced-index.js';
import { take } from '../../src/ops/take.js';
import { broadcastTo } from '../../src/ops/alloc.js';
import * as N from '../../src/ops/activations.js';
import * as A from '../../src/ops/arithmetic.js';
import { gt, switchOp } from '../../src/ops/compare.js';
import { dimshuffle, transpose } from '../../src/ops/dimshuffle.js';
import { dot, dot21, dot22, expandDot, gemm, gemv, ger, outer } from '../../src/ops/dot.js';
import { logsumexp } from '../../src/ops/logsumexp.js';
import { round } from '../../src/ops/rounding.js';
import { prod } from '../../src/ops/prod.js';
import { argmax, max, mean, min, sum, variance } from '../../src/ops/reduce.js';
import { flatten, reshape } from '../../src/ops/reshape.js';
import { makeVector, specifyShape } from '../../src/ops/shape.js';
import { logSoftmax, softmax } from '../../src/ops/softmax.js';
import { slice } from '../../src/ops/subtensor.js';
import * as T from '../../src/ops/transcendental.js';
import { NDArray, ndarray } from '../../src/types/ndarray.js';
import { randomStream } from './kernel-cases.js';

export interface GradCase {
  readonly name: string;
  readonly f: (...inputs: TensorVariable[]) => TensorVariable;
  readonly points: readonly NDArray[];
  readonly tolerance?: number;
}

type Range = readonly [low: number, high: number];

let seed = 1;

/** Numbers within the range, no two closer than what finite differences would notice. */
function within([low, high]: Range, shape: readonly number[]): NDArray {
  const random = randomStream(seed++);
  const out = NDArray.zeros(shape);
  for (let i = 0; i < out.size; i++) out.data[i] = low + (high - low) * random();
  return out;
}

/** A permutation of numbers a good step apart: no ties near. */
function distinct(shape: readonly number[]): NDArray {
  const random = randomStream(seed++);
  const out = NDArray.zeros(shape);
  const order = Array.from({ length: out.size }, (_, i) => [random(), i]).sort(([a], [b]) => a - b);
  order.forEach(([, i], k) => (out.data[i] = 0.3 * k - 1));
  return out;
}

type Unary = (x: TensorVariable) => TensorVariable;
type Binary = (x: TensorVariable, y: TensorVariable) => TensorVariable;

function unary(name: string, f: Unary, range: Range): GradCase[] {
  return [[], [3], [2, 3], [1], [0], [0, 2]].map((shape) => ({
    name: `${name} of (${shape.join(', ')})`,
    f,
    points: [within(range, shape)],
  }));
}

const pairs: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
  [[3], [3]],
  [[2, 3], [3]],
  [[], [2, 3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[1], [3]],
  [
    [1, 1],
    [2, 2],
  ],
  [[0, 3], [3]],
  [
    [0, 1],
    [1, 3],
  ],
];

function binary(name: string, f: Binary, a: Range, b: Range): GradCase[] {
  return pairs.map(([p, q]) => ({
    name: `${name} of (${p.join(', ')}) and (${q.join(', ')})`,
    f,
    points: [within(a, p), within(b, q)],
  }));
}

const elementwise: GradCase[] = [
  ...unary('neg', A.neg, [-2, 2]),
  ...unary('abs', A.abs, [0.1, 2]),
  ...unary('abs of negatives', A.abs, [-2, -0.1]),
  ...unary('sgn', A.sgn, [0.1, 2]),
  ...unary('sqr', A.sqr, [-2, 2]),
  ...unary('sqrt', A.sqrt, [0.1, 3]),
  ...unary('reciprocal', A.reciprocal, [0.5, 2]),
  ...unary('floor', A.floor, [1.1, 1.9]),
  ...unary('ceil', A.ceil, [1.1, 1.9]),
  ...unary('trunc', A.trunc, [-1.9, -1.1]),
  ...unary('round', A.round, [1.6, 2.4]),
  ...unary('relu', A.relu, [0.1, 2]),
  ...unary('relu of negatives', A.relu, [-2, -0.1]),
  ...unary('clip', (x) => A.clip(x, -0.5, 0.5), [-0.4, 0.4]),
  ...unary('clip outside', (x) => A.clip(x, -0.5, 0.5), [0.6, 2]),
  ...unary('exp', T.exp, [-2, 2]),
  ...unary('exp2', T.exp2, [-2, 2]),
  ...unary('expm1', T.expm1, [-2, 2]),
  ...unary('log', T.log, [0.3, 3]),
  ...unary('log2', T.log2, [0.3, 3]),
  ...unary('log10', T.log10, [0.3, 3]),
  ...unary('log1p', T.log1p, [-0.5, 2]),
  ...unary('sigmoid', T.sigmoid, [-4, 4]),
  ...unary('softplus', T.softplus, [-4, 4]),
  ...unary('tanh', T.tanh, [-2, 2]),
  ...unary('sin', T.sin, [-3, 3]),
  ...unary('cos', T.cos, [-3, 3]),
  ...unary('tan', T.tan, [-1, 1]),
  ...unary('arcsin', T.arcsin, [-0.9, 0.9]),
  ...unary('arccos', T.arccos, [-0.9, 0.9]),
  ...unary('arctan', T.arctan, [-3, 3]),
  ...unary('sinh', T.sinh, [-2, 2]),
  ...unary('cosh', T.cosh, [-2, 2]),
  ...unary('arcsinh', T.arcsinh, [-2, 2]),
  ...unary('arccosh', T.arccosh, [1.2, 3]),
  ...unary('arctanh', T.arctanh, [-0.9, 0.9]),
  ...unary('leakyRelu', (x) => N.leakyRelu(x, 0.1), [-2, -0.1]),
  ...unary('elu', N.elu, [-2, -0.1]),
  ...unary('elu of positives', (x) => N.elu(x, 0.7), [0.1, 900]),
  ...unary('selu', N.selu, [-2, -0.1]),
  ...unary('softsign', N.softsign, [0.1, 3]),
  ...unary('swish', (x) => N.swish(x, 1.5), [-3, 3]),
  ...unary('gelu', N.gelu, [-3, 3]),
  ...unary('gelu by tanh', (x) => N.gelu(x, { approximate: true }), [-3, 3]),
  ...unary('hardSigmoid', N.hardSigmoid, [-2, 2]),
  ...unary('ultraFastSigmoid', N.ultraFastSigmoid, [-3, -0.1]),
  ...unary('rounding away', (x) => round(x, 'half_away_from_zero'), [1.6, 2.4]),
  ...unary('x²', (x) => A.pow(x, 2), [-2, 2]),
  ...unary('x⁻¹', (x) => A.pow(x, -1), [0.5, 2]),
  ...unary('2ˣ', (x) => A.pow(2, x), [-2, 2]),
  ...unary('log of sigmoid', (x) => T.log(T.sigmoid(x)), [-4, 4]),
  ...unary('log of 1 - sigmoid', (x) => T.log(A.sub(1, T.sigmoid(x))), [-4, 4]),
  ...binary('add', A.add, [-2, 2], [-2, 2]),
  ...binary('sub', A.sub, [-2, 2], [-2, 2]),
  ...binary('mul', A.mul, [-2, 2], [-2, 2]),
  ...binary('true_div', A.trueDiv, [-2, 2], [0.5, 2]),
  ...binary('int_div', A.intDiv, [1.1, 1.9], [0.9, 1.05]),
  ...binary('mod', A.mod, [2.2, 2.8], [0.95, 1.05]),
  ...binary('pow', A.pow, [0.5, 2], [-2, 2]),
  ...binary('maximum', A.maximum, [-2, -0.5], [-0.4, 2]),
  ...binary('minimum', A.minimum, [-2, -0.5], [-0.4, 2]),
  ...binary('arctan2', T.arctan2, [-2, 2], [0.5, 2]),
  ...binary('logaddexp', T.logaddexp, [-2, 2], [2.1, 4]),
  ...binary('switch', (x, y) => switchOp(gt(x, 0), x, A.sqr(y)), [0.1, 2], [-2, 2]),
  ...binary('switch, other branch', (x, y) => switchOp(gt(x, 0), x, A.sqr(y)), [-2, -0.1], [-2, 2]),
];

function reduction(
  name: string,
  f: (x: TensorVariable, axes: number[] | null, keepdims: boolean) => TensorVariable,
  sizes: readonly (readonly number[])[],
): GradCase[] {
  return sizes.flatMap((shape) =>
    [null, ...(shape.length === 2 ? [[0], [1], [0, 1], []] : [])].flatMap((axes) =>
      [false, true].map((keepdims) => ({
        name: `${name} of (${shape.join(', ')}) over ${axes === null ? 'all' : `(${axes.join(', ')})`}${keepdims ? ', kept' : ''}`,
        f: (x: TensorVariable) => f(x, axes, keepdims),
        points: [distinct(shape)],
      })),
    ),
  );
}

const some = [[], [3], [2, 3], [1, 3], [2, 1], [1]];
const none = [[0], [0, 2]];

const reductions: GradCase[] = [
  ...reduction('sum', (x, axes, keepdims) => sum(x, axes, { keepdims }), [...some, ...none]),
  ...reduction('prod', (x, axes, keepdims) => prod(A.add(x, 0.05), axes, { keepdims }), [
    ...some,
    ...none,
  ]),
  ...reduction('max', (x, axes, keepdims) => max(x, axes, { keepdims }), some),
  ...reduction('min', (x, axes, keepdims) => min(x, axes, { keepdims }), some),
  ...reduction('mean', (x, axes, keepdims) => mean(x, axes, { keepdims }), some),
  ...reduction('variance', (x, axes, keepdims) => variance(x, axes, { keepdims }), some),
  ...reduction('logsumexp', (x, axes, keepdims) => logsumexp(x, axes, { keepdims }), some),
  ...reduction(
    'argmax',
    (x, axes, keepdims) =>
      A.add(A.mul(argmax(x, axes, { keepdims }), 1.5), sum(x, axes, { keepdims })),
    some,
  ),
  {
    name: 'variance with a degree of freedom',
    f: (x) => variance(x, 1, { ddof: 1 }),
    points: [distinct([2, 3])],
  },
  { name: 'softmax', f: (x) => softmax(x), points: [distinct([2, 3])] },
  { name: 'softmax along axis 0', f: (x) => softmax(x, 0), points: [distinct([2, 3])] },
  { name: 'softmax of one', f: (x) => softmax(x), points: [distinct([3, 1])] },
  { name: 'softmax of nothing', f: (x) => softmax(x), points: [NDArray.zeros([0, 3])] },
  { name: 'logSoftmax', f: (x) => logSoftmax(x), points: [distinct([2, 3])] },
  { name: 'logSoftmax of rank 3', f: (x) => logSoftmax(x, 1), points: [distinct([2, 2, 2])] },
  { name: 'log(softmax)', f: (x) => T.log(softmax(x)), points: [distinct([2, 3])] },
  {
    name: 'manual softmax',
    f: (x) => A.trueDiv(T.exp(x), sum(T.exp(x), 1, { keepdims: true })),
    points: [distinct([2, 3])],
  },
];

const plain: Range = [-2, 2];
const product = (
  name: string,
  f: Binary,
  a: readonly number[],
  b: readonly number[],
): GradCase => ({
  name: `${name} of (${a.join(', ')}) and (${b.join(', ')})`,
  f,
  points: [within(plain, a), within(plain, b)],
});

const products: GradCase[] = [
  ...(
    [
      [[3], [3]],
      [[2, 3], [3]],
      [[3], [3, 2]],
      [
        [2, 3],
        [3, 4],
      ],
      [
        [2, 1],
        [1, 3],
      ],
      [
        [1, 3],
        [3, 1],
      ],
      [
        [2, 0],
        [0, 3],
      ],
      [[0], [0]],
      [
        [0, 3],
        [3, 2],
      ],
      [[], [2]],
    ] as const
  ).map(([a, b]) => product('dot', dot, a, b)),
  product('expanded dot', expandDot, [2, 3], [3, 4]),
  product('dot22', dot22, [2, 3], [3, 4]),
  product('dot21', dot21, [2, 3], [3]),
  product('outer', outer, [2], [3]),
  product('dot of a transpose', (x, y) => dot(transpose(x), y), [3, 2], [3, 4]),
  {
    name: 'gemm',
    f: (...v) => gemm(v[0], v[1], v[2], v[3], v[4]),
    points: [[2, 3], [3, 2], [2, 2], [], []].map((shape) => within(plain, shape)),
  },
  {
    name: 'gemm onto a row',
    f: (...v) => gemm(v[0], v[1], v[2], v[3], v[4]),
    points: [[2, 3], [3, 2], [1, 2], [], []].map((shape) => within(plain, shape)),
  },
  {
    name: 'gemv',
    f: (...v) => gemv(v[0], v[1], v[2], v[3], v[4]),
    points: [[2, 3], [3], [2], [], []].map((shape) => within(plain, shape)),
  },
  {
    name: 'ger',
    f: (...v) => ger(v[0], v[1], v[2], v[3]),
    points: [[2, 3], [2], [3], []].map((shape) => within(plain, shape)),
  },
];

const one = (name: string, f: Unary, shape: readonly number[]): GradCase => ({
  name,
  f,
  points: [within(plain, shape)],
});
const repeated = ndarray([0n, 0n, 1n]);
const mask = ndarray([true, false, true]);

const moves: GradCase[] = [
  one('dimshuffle', (x) => dimshuffle(x, [1, 'x', 0]), [2, 3]),
  one('dimshuffle that drops', (x) => dimshuffle(x, [1]), [1, 3]),
  one('dimshuffle of a scalar', (x) => dimshuffle(x, ['x', 'x']), []),
  one('reshape', (x) => reshape(x, [3, -1]), [2, 3]),
  one('reshape to a scalar', (x) => reshape(x, []), [1, 1]),
  one('flatten', (x) => flatten(x), [2, 3]),
  one('flatten of nothing', (x) => flatten(x), [0, 3]),
  one('specifyShape', (x) => specifyShape(x, [2, null]), [2, 3]),
  one('broadcastTo', (x) => broadcastTo(x, [4, 2, 3]), [2, 3]),
  one('broadcastTo along a static one', (x) => broadcastTo(x, [2, 3]), [2, 1]),
  one('broadcastTo of nothing', (x) => broadcastTo(x, [0, 3]), [3]),
  one('makeVector', (x) => makeVector([A.sqr(at(x, 0)), at(x, 1), at(x, 0)]), [2]),
  one('an element', (x) => at(x, 1), [3]),
  one('a row', (x) => at(x, -1), [2, 3]),
  one('a column', (x) => at(x, null, 0), [2, 3]),
  one('a slice', (x) => at(x, slice(1, null), { step: -2 }), [3, 4]),
  one('an empty slice', (x) => at(x, slice(2, 1)), [3]),
  one('a symbolic slice', (x) => at(x, slice(scalarConstant(1, 'int64'), null)), [3]),
  one('repeated rows', (x) => at(x, repeated), [2, 3]),
  one('pairs of indices', (x) => at(x, repeated, ndarray([2n, 2n, -1n])), [2, 3]),
  one('indices after a slice', (x) => at(x, slice(null), repeated), [3, 2]),
  one('masked rows', (x) => at(x, mask), [3, 2]),
  one('masked pairs with a slice', (x) => at(x, { step: -1 }, mask, 0), [2, 3, 2]),
  one('a new axis and an ellipsis', (x) => at(x, 'x', '...', 0), [2, 3]),
  one('no rows', (x) => at(x, NDArray.zeros([0], 'int64')), [2, 3]),
  one(
    'take',
    (x) =>
      take(
        x,
        [
          [0, 1],
          [1, 1],
        ],
        1,
      ),
    [2, 3],
  ),
  ...(['setSubtensor', 'incSubtensor'] as const).flatMap((name): GradCase[] => {
    const change = name === 'setSubtensor' ? setSubtensor : incSubtensor;
    const two = (about: string, f: Binary, a: readonly number[], b: readonly number[]): GradCase =>
      product(`${name}, ${about},`, f, a, b);
    return [
      two('an element', (x, y) => change(x, [1], y), [3], []),
      two('a slice', (x, y) => change(x, [slice(1, null)], y), [3, 2], [2, 2]),
      two('a slice from a row', (x, y) => change(x, [slice(1, null)], y), [3, 2], [2]),
      two('a slice from a static one', (x, y) => change(x, [], y), [3, 2], [3, 1]),
      two('backwards', (x, y) => change(x, [{ step: -2 }], y), [4], [2]),
      two('nothing', (x, y) => change(x, [slice(2, 1)], y), [3], [0]),
      two('rows', (x, y) => change(x, [ndarray([2n, 0n])], y), [3, 2], [2, 2]),
      two('repeated rows', (x, y) => change(x, [repeated], y), [3, 2], [3, 2]),
      two('repeated rows from a scalar', (x, y) => change(x, [repeated], y), [3, 2], []),
      two('repeated pairs', (x, y) => change(x, [repeated, ndarray([1n, 1n, 0n])], y), [2, 2], [3]),
      two('masked rows', (x, y) => change(x, [mask], y), [3, 2], [2, 2]),
      two('a mask from a scalar', (x, y) => change(x, [null, mask], y), [2, 3], []),
      two('a new axis', (x, y) => change(x, [0, 'x'], y), [2, 3], [1, 3]),
      two('columns', (x, y) => change(x, [slice(1, null), repeated], y), [3, 2], [2, 3]),
    ];
  }),
];

export const gradCases: readonly GradCase[] = [
  ...elementwise,
  ...reductions,
  ...products,
  ...moves,
];
