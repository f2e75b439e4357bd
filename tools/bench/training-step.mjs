// The training steps as a user of TNO would write them, public names only.

import * as tno from '@tno/core';
import { NDArray } from '@tno/core';

/** @typedef {import('./workloads.mjs').Workload} Workload */

/**
 * @param {Workload} workload
 * @param {ReturnType<typeof import('./data.mjs').makeData>} data
 */
export function trainingGraph(workload, { x: xs, y: ys, parameters }) {
  const { batch, inputs, model, rate, decay } = workload;
  const shared = Object.entries(parameters).map(([name, { shape, values }]) =>
    tno.shared(new NDArray('float32', values, shape), name),
  );
  const x = tno.matrix('x');
  const y = tno.lvector('y');
  const [first, ...rest] = shared;
  const scores =
    model === 'logistic'
      ? x.dot(first).add(rest[0])
      : tno.tanh(x.dot(first).add(rest[0])).dot(rest[1]).add(rest[2]);
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
  return {
    x,
    y,
    cost,
    shared,
    updates: shared.map(
      (variable, i) => /** @type {const} */ ([variable, variable.sub(gradients[i].mul(rate))]),
    ),
    arguments: {
      x: new NDArray('float32', xs, [batch, inputs]),
      y: new NDArray('int64', ys, [batch]),
    },
  };
}

/** @param {ReturnType<typeof trainingGraph>} graph */
export function compileStep({ x, y, cost, updates }) {
  return tno.function([x, y], cost, { updates });
}
