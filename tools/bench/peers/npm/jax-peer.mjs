// A participant: jax-js on WebAssembly, its functions compiled with jit.

import { load } from './packages.mjs';
import { layersOf, servePeer } from './serve.mjs';

const jax = await load('@jax-js/jax');
const { numpy: np } = jax;
await jax.init('wasm');
jax.defaultDevice('wasm');

/** @param {Float32Array} values @param {number[]} shape */
const arrayOf = (values, shape) => np.array(values, { shape, dtype: np.float32 });

/** @param {() => any} compute gives an array @returns {import('./serve.mjs').Call} */
function callOf(compute) {
  return {
    run: async () => (await jax.blockUntilReady(compute())).dispose(),
    read: () => Float32Array.from(compute().dataSync()),
  };
}

// An array is used up by what takes it; `ref` is one more use.
const formulas = {
  poly: (/** @type {any} */ a, /** @type {any} */ b) => a.mul(2).add(np.power(b, 10)),
  trans: (/** @type {any} */ a, /** @type {any} */ b) =>
    np
      .tanh(a.ref)
      .mul(np.exp(b.ref.mul(b).neg()))
      .add(np.log1p(a.ref.mul(a))),
};

/** @param {import('../../workloads.mjs').Training} workload @param {import('./serve.mjs').Reader} read */
function training(workload, read) {
  const { batch, inputs, classes, rate, decay } = workload;
  const layers = layersOf(workload);
  const x = arrayOf(read.floats('x'), [batch, inputs]);
  const hot = new Float32Array(batch * classes);
  read.labels().forEach((label, i) => (hot[i * classes + label] = 1));
  const y = arrayOf(hot, [batch, classes]);

  const cost = (
    /** @type {any[]} */ parameters,
    /** @type {any} */ v,
    /** @type {any} */ wanted,
  ) => {
    let squares;
    let scores = v;
    for (let i = 0; i < layers.length; i++) {
      const [W, b] = parameters.slice(2 * i);
      if (decay !== 0) {
        const sum = np.sum(np.square(W.ref));
        squares = squares === undefined ? sum : squares.add(sum);
      }
      const sums = np.matmul(scores, W).add(b);
      scores = i < layers.length - 1 ? np.tanh(sums) : sums;
    }
    const likelihood = np.sum(jax.nn.logSoftmax(scores).mul(wanted)).mul(-1 / batch);
    return squares === undefined ? likelihood : likelihood.add(squares.mul(decay));
  };
  const step = jax.jit(
    (/** @type {any[]} */ parameters, /** @type {any} */ v, /** @type {any} */ wanted) => {
      const held = parameters.map((parameter) => parameter.ref);
      const [value, gradients] = jax.valueAndGrad(cost)(parameters, v, wanted);
      return [value, held.map((p, i) => p.sub(gradients[i].mul(rate)))];
    },
  );
  /** @type {any[]} */
  let parameters = layers.flatMap(({ W, b, from, to }) => [
    arrayOf(read.floats(W), [from, to]),
    arrayOf(read.floats(b), [to]),
  ]);
  const compute = () => {
    const [value, next] = step(parameters, x.ref, y.ref);
    parameters = next;
    return value;
  };
  const names = layers.flatMap(({ W, b }) => [W, b]);
  return {
    ...callOf(compute),
    parameters: Object.fromEntries(
      names.map((name, i) => [name, () => Float32Array.from(parameters[i].ref.dataSync())]),
    ),
  };
}

/** @type {Parameters<typeof servePeer>[0]} */
const open = (workload, read) => {
  switch (workload.kind) {
    case 'training':
      return { calls: { jit: training(workload, read) } };
    case 'chain': {
      const [a, b] = ['a', 'b'].map((name) => arrayOf(read.floats(name), [workload.length]));
      const compiled = jax.jit(formulas[workload.formula]);
      return {
        calls: { jit: callOf(() => compiled(a.ref, b.ref)) },
        close: () => [a, b].forEach((one) => one.dispose()),
      };
    }
    case 'product': {
      const { m, n, k } = workload;
      const a = arrayOf(read.floats('a'), [m, k]);
      const b = arrayOf(read.floats('b'), [k, n]);
      const compiled = jax.jit(np.matmul);
      return { calls: { jit: callOf(() => compiled(a.ref, b.ref)) } };
    }
    case 'scalar': {
      const x = arrayOf(read.floats('x'), []);
      const compiled = jax.jit((/** @type {any} */ value) => value.add(1));
      return { calls: { jit: callOf(() => compiled(x.ref)), eager: callOf(() => x.ref.add(1)) } };
    }
  }
};

await servePeer(open);
