// The workloads as a user of TNO would write them, public names only.

import * as tno from '@tno/core';
import { NDArray } from '@tno/core';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {import('./data.mjs').Data} Data */

/**
 * @typedef {object} Graph
 * @property {tno.TensorVariable[]} inputs
 * @property {tno.TensorVariable} output
 * @property {tno.SharedVariable[]} shared parameters that a call moves
 * @property {[tno.SharedVariable, tno.TensorVariable][]} updates
 */

/** @param {tno.TensorVariable} x @param {tno.SharedVariable[]} parameters */
function lenetScores(x, [k1, b1, k2, b2, w3, b3, w4, b4]) {
  const layer = (
    /** @type {tno.TensorVariable} */ images,
    /** @type {tno.SharedVariable} */ filters,
    /** @type {tno.SharedVariable} */ bias,
  ) => {
    const maps = tno.pool2d(tno.conv2d(images, filters, { filterFlip: false }), 2);
    return tno.tanh(maps.add(tno.dimshuffle(bias, ['x', 0, 'x', 'x'])));
  };
  const images = x.reshape([x.shape.at(0), 1, 28, 28]);
  const features = tno.flatten(layer(layer(images, k1, b1), k2, b2), 2);
  return tno.tanh(features.dot(w3).add(b3)).dot(w4).add(b4);
}

/** @param {import('./workloads.mjs').Training} workload @param {Data} data @returns {Graph} */
function trainingGraph({ model, rate, decay }, { parameters }) {
  const shared = Object.entries(parameters).map(([name, { shape, values }]) =>
    tno.shared(new NDArray('float32', values, shape), name),
  );
  const x = tno.fmatrix('x');
  const y = tno.lvector('y');
  const [first, ...rest] = shared;
  const scores = {
    logistic: () => x.dot(first).add(rest[0]),
    perceptron: () => tno.tanh(x.dot(first).add(rest[0])).dot(rest[1]).add(rest[2]),
    lenet: () => lenetScores(x, shared),
  }[model]();
  const likelihood = tno
    .softmax(scores)
    .log()
    .at(tno.arange(y.shape.at(0)), y)
    .mean()
    .neg();
  const cost =
    decay === 0
      ? likelihood
      : likelihood.add(tno.sqr(first).sum().add(tno.sqr(rest[1]).sum()).mul(decay));
  const gradients = tno.grad(cost, shared);
  /** @type {Graph['updates']} */
  const updates = shared.map((variable, i) => [variable, variable.sub(gradients[i].mul(rate))]);
  return { inputs: [x, y], output: cost, shared, updates };
}

/** @param {import('./workloads.mjs').Chain} workload @returns {Graph} */
function chainGraph({ formula }) {
  const a = tno.fvector('a');
  const b = tno.fvector('b');
  const output =
    formula === 'poly'
      ? a.mul(2).add(b.pow(10))
      : tno
          .tanh(a)
          .mul(tno.exp(b.mul(b).neg()))
          .add(tno.log1p(a.mul(a)));
  return { inputs: [a, b], output, shared: [], updates: [] };
}

/** @returns {Graph} */
function productGraph() {
  const a = tno.fmatrix('a');
  const b = tno.fmatrix('b');
  return { inputs: [a, b], output: a.dot(b), shared: [], updates: [] };
}

/** @returns {Graph} */
function scalarGraph() {
  const x = tno.fscalar('x');
  return { inputs: [x], output: x.add(1), shared: [], updates: [] };
}

/** @param {Workload} workload @param {Data} data */
export function graphOf(workload, data) {
  switch (workload.kind) {
    case 'training':
      return trainingGraph(workload, data);
    case 'chain':
      return chainGraph(workload);
    case 'product':
      return productGraph();
    case 'scalar':
      return scalarGraph();
  }
}

/** @param {Graph} graph @param {{ device?: tno.Device }} [options] @returns {any} */
export function compile({ inputs, output, updates }, options = {}) {
  return tno.function(inputs, output, { updates, ...options });
}

/** What a call is given: arrays, and a JavaScript number for a scalar. @param {Data} data */
export function argumentsOf({ inputs }) {
  return Object.values(inputs).map(({ shape, values }) =>
    shape.length === 0
      ? Number(values[0])
      : new NDArray(values instanceof Float32Array ? 'float32' : 'int64', values, shape),
  );
}

/** One call of the compiled function; its arguments are bound. @param {Workload} workload @param {any} f @param {Data} data */
export function callOf(workload, f, data) {
  const args = argumentsOf(data);
  if (workload.into !== true) {
    const [a, b] = args;
    return args.length === 1 ? () => f(a) : () => f(a, b);
  }
  const [a, b] = args;
  const { shape } = Object.values(data.inputs)[0];
  const like = workload.kind === 'product' ? [workload.m, workload.n] : shape;
  const result = NDArray.zeros(like, 'float32');
  return () => {
    f.into(result, a, b);
    return result;
  };
}
