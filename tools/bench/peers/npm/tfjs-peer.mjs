// A participant: TensorFlow.js on WebAssembly. Usage: node tfjs-peer.mjs THREADS

import { fileOf, load } from './packages.mjs';
import { layersOf, servePeer } from './serve.mjs';

const [, , threads] = process.argv;
const { default: tf } = await load('@tensorflow/tfjs');
const { default: wasm } = await load('@tensorflow/tfjs-backend-wasm');
wasm.setWasmPaths(`${fileOf('@tensorflow/tfjs-backend-wasm/dist')}/`);
wasm.setThreadsCount(Number(threads));
await tf.setBackend('wasm');

/** @param {() => any} compute gives a tensor @returns {import('./serve.mjs').Call} */
function callOf(compute) {
  const run = () => tf.tidy(compute);
  return { run: () => run().dispose(), read: () => Float32Array.from(run().dataSync()) };
}

/** @param {import('../../workloads.mjs').Training} workload @param {import('./serve.mjs').Reader} read */
function training(workload, read) {
  const { batch, inputs, classes, rate, decay } = workload;
  const x = tf.tensor2d(read.floats('x'), [batch, inputs]);
  const y = tf.oneHot(tf.tensor1d(read.labels(), 'int32'), classes).toFloat();
  const layers = layersOf(workload).map(({ W, b, from, to }) => ({
    ...{ nameW: W, nameB: b },
    W: tf.variable(tf.tensor2d(read.floats(W), [from, to])),
    b: tf.variable(tf.tensor1d(read.floats(b))),
  }));
  const cost = () => {
    const last = layers.length - 1;
    const scores = layers.reduce((v, { W, b }, i) => {
      const sums = tf.add(tf.matMul(v, W), b);
      return i < last ? tf.tanh(sums) : sums;
    }, x);
    const likelihood = tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(scores)), 1)));
    if (decay === 0) return likelihood;
    const squares = layers.map(({ W }) => tf.sum(tf.square(W)));
    return tf.add(likelihood, tf.mul(decay, tf.addN(squares)));
  };
  const variables = layers.flatMap(({ W, b }) => [W, b]);
  const step = () => {
    const { value, grads } = tf.variableGrads(cost, variables);
    for (const variable of variables) {
      variable.assign(tf.sub(variable, tf.mul(rate, grads[variable.name])));
    }
    return value;
  };
  const parameters = Object.fromEntries(
    layers.flatMap(({ nameW, nameB, W, b }) => [
      [nameW, () => W.dataSync()],
      [nameB, () => b.dataSync()],
    ]),
  );
  return { calls: { plain: { ...callOf(step), parameters } }, close: () => tf.disposeVariables() };
}

await servePeer((workload, read) => {
  switch (workload.kind) {
    case 'training':
      return training(workload, read);
    case 'chain': {
      const [a, b] = ['a', 'b'].map((name) => tf.tensor1d(read.floats(name)));
      const compute =
        workload.formula === 'poly'
          ? () => tf.add(tf.mul(2, a), tf.pow(b, 10))
          : () => tf.add(tf.mul(tf.tanh(a), tf.exp(tf.neg(tf.mul(b, b)))), tf.log1p(tf.mul(a, a)));
      return { calls: { plain: callOf(compute) }, close: () => tf.dispose([a, b]) };
    }
    case 'product': {
      const { m, n, k } = workload;
      const a = tf.tensor2d(read.floats('a'), [m, k]);
      const b = tf.tensor2d(read.floats('b'), [k, n]);
      const calls = { plain: callOf(() => tf.matMul(a, b)) };
      return { calls, close: () => tf.dispose([a, b]) };
    }
    case 'scalar': {
      const x = tf.scalar(read.floats('x')[0]);
      return { calls: { plain: callOf(() => tf.add(x, 1)) }, close: () => x.dispose() };
    }
  }
});
