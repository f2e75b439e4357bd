// Graphs of any size, for measuring how compile time grows with nodes.

import * as tno from '@tno/core';
import { NDArray } from '@tno/core';

/** @typedef {{ inputs: tno.TensorVariable[], outputs: tno.TensorVariable[], updates: [tno.SharedVariable, tno.TensorVariable][] }} Graph */

/** A chain of elementwise operations. @param {number} count @returns {Graph} */
export function chain(count) {
  const x = tno.fvector('x');
  let y = x;
  for (let i = 0; i < count; i++) {
    y = i % 3 === 0 ? tno.tanh(y) : i % 3 === 1 ? y.mul(1 + i / count) : y.add(x);
  }
  return { inputs: [x], outputs: [y], updates: [] };
}

/** Costs that share nothing but their input, each with its gradient step. @param {number} count @returns {Graph} */
export function separateCosts(count) {
  const x = tno.fvector('x');
  const parameters = Array.from({ length: count }, (_, i) =>
    tno.shared(new NDArray('float32', Float32Array.of(i), []), `w${i}`),
  );
  const costs = parameters.map((w) => tno.sqr(x.mul(w).sub(1)).mean());
  /** @type {Graph['updates']} */
  const updates = costs.map((cost, i) => [
    parameters[i],
    parameters[i].sub(tno.grad(cost, parameters[i]).mul(0.1)),
  ]);
  return { inputs: [x], outputs: costs, updates };
}

/**
 * The training step of a residual network of bottleneck blocks (He et al. 2015): 3·blocks + 2 layers, with
 * batch normalisation. Its parameters are tiny: only the graph counts.
 *
 * @param {readonly number[]} stages blocks of each stage: [3, 8, 36, 3] is the network of 152 layers
 * @returns {Graph}
 */
export function residualNetwork(stages) {
  /** @type {tno.SharedVariable[]} */
  const parameters = [];
  const parameter = (/** @type {number[]} */ ...shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from(
      { length: size },
      (_, i) => Math.sin(i + parameters.length) / 4,
    );
    const variable = tno.shared(new NDArray('float32', values, shape), `p${parameters.length}`);
    parameters.push(variable);
    return variable;
  };
  const layer = (
    /** @type {tno.TensorVariable} */ x,
    /** @type {number} */ from,
    /** @type {number} */ to,
    /** @type {number} */ size,
    subsample = 1,
  ) => {
    const y = tno.conv2d(x, parameter(to, from, size, size), {
      borderMode: 'half',
      subsample,
      filterFlip: false,
    });
    return tno.batchNormalizationTrain(y, parameter(to), parameter(to), 'spatial').output;
  };
  const images = tno.ftensor4('images');
  const labels = tno.lvector('labels');
  let width = 2;
  let y = tno.relu(layer(images, 3, width, 3));
  stages.forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block++) {
      const first = block === 0;
      const step = first && stage > 0 ? 2 : 1;
      const inner = tno.relu(layer(y, width, 1, 1));
      const seen = tno.relu(layer(inner, 1, 1, 3, step));
      const wide = first ? width + 1 : width;
      const out = layer(seen, 1, wide, 1);
      y = tno.relu(out.add(first ? layer(y, width, wide, 1, step) : y));
      width = wide;
    }
  });
  const pooled = y.mean([2, 3]);
  const scores = pooled.dot(parameter(width, 10)).add(parameter(10));
  const cost = tno
    .softmax(scores)
    .log()
    .at(tno.arange(labels.shape.at(0)), labels)
    .mean()
    .neg();
  const gradients = tno.grad(cost, parameters);
  /** @type {Graph['updates']} */
  const updates = parameters.map((p, i) => [p, p.sub(gradients[i].mul(0.1))]);
  return { inputs: [images, labels], outputs: [cost], updates };
}
