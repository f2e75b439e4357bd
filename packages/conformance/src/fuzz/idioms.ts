/** Formulas that rewrites look for, and that random choices of single ops seldom make. */
import * as tno from '@tno/core';
import type { TensorVariable } from '@tno/core';
import {
  isExact,
  isFilledMatrix,
  isFilledTensor,
  isFloatMade,
  one,
  two,
  type Step,
} from './structure-steps.js';

type Idiom = (x: TensorVariable) => TensorVariable;
type Idiom2 = (x: TensorVariable, y: TensorVariable) => TensorVariable;

const { add, sub, mul, div, exp, log, sum, sqr, neg } = tno;
const last = (x: TensorVariable): TensorVariable => sum(x, -1, { keepdims: true });

const ofOne: readonly Idiom[] = [
  (x) => log(add(1, exp(x))),
  (x) => log(sub(1, tno.sigmoid(x))),
  (x) => log(tno.sigmoid(x)),
  (x) => div(1, add(1, exp(neg(x)))),
  (x) => neg(tno.softplus(neg(x))),
  (x) => log(add(exp(x), 1)),
  (x) => sub(exp(x), 1),
  (x) => tno.log1p(neg(tno.sigmoid(x))),
  (x) => exp(log(add(sqr(x), 1))),
  (x) => log(exp(x)),
  (x) => tno.sqrt(sqr(x)),
  (x) => mul(x, x),
  (x) => mul(mul(x, 2), mul(x, 3)),
  (x) => div(mul(x, 6), 3),
  (x) => neg(neg(x)),
  (x) => tno.reciprocal(tno.reciprocal(add(sqr(x), 1))),
  (x) => tno.pow(add(sqr(x), 1), -0.5),
  (x) => tno.maximum(tno.maximum(x, 0), 1),
  (x) => tno.abs(tno.abs(x)),
  (x) => sub(add(x, 1), x),
  (x) => div(exp(x), exp(mul(x, 0.5))),
  (x) => sub(1, tno.erf(x)),
  (x) => add(1, tno.erf(x)),
  (x) => log(sub(1, tno.ndtr(x))),
  (x) => tno.cast(tno.cast(x, 'float64'), x.dtype),
  (x) => mul(tno.pow(x, 0), x),
];

/** These take at least one axis. */
const ofAxes: readonly Idiom[] = [
  (x) => div(exp(x), last(exp(x))),
  (x) => log(tno.softmax(x)),
  (x) => log(div(exp(x), last(exp(x)))),
  (x) => log(last(exp(x))),
  (x) => sub(x, log(last(exp(x)))),
  (x) => sub(x, tno.logsumexp(x, -1, { keepdims: true })),
  (x) => exp(sub(x, tno.max(x, -1, { keepdims: true }))),
  (x) => sum(mul(x, 3)),
  (x) => sum(neg(x), 0),
  (x) => sum(sum(x, -1), null),
  (x) => tno.transpose(tno.transpose(x)),
  (x) => tno.reshape(tno.reshape(x, [-1]), [1, -1]),
  (x) => sum(tno.zerosLike(x)),
  (x) => tno.max(neg(x), -1),
  (x) => tno.prod(mul(x, 0.5), -1),
  (x) => neg(tno.max(neg(x), -1)),
  (x) => tno.softmax(sub(x, last(x))),
  (x) => tno.logSoftmax(tno.logSoftmax(x)),
  (x) => shiftedBack(x, tno.max(x, -1, { keepdims: true })),
  (x) => exp(tno.logSoftmax(x)),
  (x) => mul(sum(x, null, { keepdims: true }), tno.mean(x, null, { keepdims: true })),
  (x) => mul(x, tno.at(tno.shape(x), 0)),
  (x) => tno.incSubtensor(tno.zerosLike(x), [tno.arange(tno.shapeOf(x, 0))], x),
  (x) => sum(scattered(tno.flatten(x)), 0),
];

/** logsumexp(x - m) + m */
const shiftedBack: Idiom2 = (x, m) => add(tno.logsumexp(sub(x, m), -1, { keepdims: true }), m);

/** A vector's elements, added into places of a matrix. */
function scattered(v: TensorVariable): TensorVariable {
  const places = tno.arange(tno.shapeOf(v, 0));
  return tno.incSubtensor(tno.zeros([3, 4], v.dtype), [tno.mod(places, 3), tno.mod(places, 4)], v);
}

const square: Idiom = (m) => tno.dot(m, tno.transpose(m));
const bounded: Idiom = (m) => tno.tanh(mul(last(m), tno.transpose(last(m))));

const ofMatrices: readonly Idiom[] = [
  (m) => add(square(m), bounded(m)),
  (m) => sub(bounded(m), mul(square(m), 0.25)),
  (m) => mul(square(m), 0.5),
  (m) => neg(square(m)),
  (m) => add(tno.tanh(m), tno.outer(sum(m, 1), sum(m, 0))),
  (m) => sub(tno.tanh(m), mul(tno.outer(sum(m, 1), sum(m, 0)), 0.5)),
  (m) => tno.dot(m, sum(m, 0)),
  (m) => tno.dot(sum(m, 1), m),
  (m) => mul(tno.flatten(square(m)), 0.5),
  (m) => sub(tno.flatten(bounded(m)), tno.flatten(square(m))),
  (m) => tno.convolve2d(mul(bounded(m), 0.5), neg(m), { borderMode: 'full' }),
];

const ofTwo: readonly Idiom2[] = [
  (x, y) => sub(mul(x, 0.25), mul(y, 0.25)),
  (x, y) => add(mul(x, y), mul(x, 2)),
  (x, y) => tno.maximum(sub(x, y), 0),
  (x, y) => log(add(exp(x), exp(y))),
  (x, y) => tno.switch(tno.gt(tno.zerosLike(x), 1), x, y),
  (x, y) => mul(exp(x), exp(y)),
  (x, y) => div(exp(x), add(exp(x), exp(y))),
  (x, y) => div(div(x, add(sqr(y), 1)), add(sqr(y), 2)),
];

export const idiomSteps: readonly Step[] = [
  ...ofOne.map((idiom) => one(isFloatMade, idiom)),
  ...ofAxes.map((idiom) => one(isFilledTensor, idiom)),
  ...ofMatrices.map((idiom) => one(isFilledMatrix, idiom)),
  one(
    (made) => isFilledTensor(made) && isExact(made),
    (x) => tno.argmax(tno.softmax(x), -1),
  ),
  // Of one dtype: within a formula nobody sees what a narrower one has rounded.
  ...ofTwo.map((idiom) => two(isFloatMade, idiom, false)),
];
