/** Parts of arrays that are written, read, joined and split, as rewrites look for them. */
import * as tno from '@tno/core';
import type { TensorVariable } from '@tno/core';
import { isFilledMatrix, isFilledTensor, one, type Step } from './structure-steps.js';

type Idiom = (x: TensorVariable) => TensorVariable;

const { at, exp, incSubtensor, setSubtensor, slice, sum, tanh, zerosLike } = tno;
const size = (x: TensorVariable): TensorVariable => tno.shapeOf(x, 0);
const rows = (x: TensorVariable): TensorVariable => tno.arange(size(x));
const twice: Idiom = (x) => tno.concatenate([x, tanh(x)]);

const ofAxes: readonly Idiom[] = [
  (x) => setSubtensor(setSubtensor(x, [0], 1), [0], 2),
  (x) => incSubtensor(incSubtensor(x, [slice(1, null)], 2), [slice(1, null)], 0.5),
  (x) => incSubtensor(setSubtensor(x, [-1], 2), [-1], 0.5),
  (x) => setSubtensor(setSubtensor(x, [rows(x)], 1), [rows(x)], tanh(x)),
  (x) => incSubtensor(incSubtensor(x, [rows(x)], x), [rows(x)], tanh(x)),
  (x) => incSubtensor(x, [0], 0),
  (x) => setSubtensor(x, [slice(null)], tanh(x)),
  (x) => incSubtensor(x, [], tanh(x)),
  (x) => incSubtensor(zerosLike(x), [0], at(x, -1)),
  (x) => tno.add(tanh(x), incSubtensor(zerosLike(x), [0], 0.5)),
  (x) => at(setSubtensor(x, [0], 1), 0),
  (x) => at(setSubtensor(tanh(x), [0], at(x, -1)), slice(1, null)),
  (x) => at(incSubtensor(tanh(x), [0], 2), 0),
  (x) => at(x, slice(0, size(x))),
  (x) => at(at(x, slice(0, 2)), 0),
  (x) => at(at(x, slice(null, null, 2)), slice(0, 1)),
  (x) => at(tno.fullLike(x, 3), slice(0, 1)),
  (x) => at(x, rows(x)),
  (x) => at(exp(tanh(x)), 0),
  (x) => tno.split(x, 1)[0],
  (x) => at(twice(x), slice(size(x))),
  (x) => at(twice(x), slice(size(x), null)),
  (x) => sum(twice(x)),
  (x) => tno.prod(twice(tno.mul(tanh(x), 0.5)), 0),
  (x) => at(tno.transpose(x), slice(0, 2)),
  (x) => tno.switch(tno.lt(size(x), 0), 0, x),
  (x) => tno.switch(tno.eq(rows(tno.flatten(x)), rows(tno.flatten(x))), tno.flatten(x), 0),
  (x) => at(tno.stack([sum(x), tno.mean(x)]), 1),
];

const ofMatrices: readonly Idiom[] = [
  (m) => at(tno.dot(m, tno.transpose(m)), 0),
  (m) => at(tno.dot(tno.transpose(m), m), slice(0, 1), slice(null)),
  (m) => tno.linalg.trace(tno.dot(m, tno.transpose(tanh(m)))),
];

export const indexSteps: readonly Step[] = [
  ...ofAxes.map((idiom) => one(isFilledTensor, idiom)),
  ...ofMatrices.map((idiom) => one(isFilledMatrix, idiom)),
];
