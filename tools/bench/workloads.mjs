// What is measured: training steps, described as data. training-step.mjs builds them with TNO,
// pytorch_step.py with PyTorch, floor.c does what any program has to do for them.

/**
 * @typedef {{ do: 'product', transposeA?: boolean, transposeB?: boolean, m: number, n: number,
 *     k: number, accumulate?: boolean }
 *   | { do: 'scale' | 'dot' | 'axpy', n: number }} FloorPart
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {'logistic' | 'perceptron'} model
 * @property {number} batch
 * @property {number} inputs
 * @property {number} hidden 0 where the model has no hidden layer
 * @property {number} classes
 * @property {number} rate of stochastic gradient descent
 * @property {number} decay factor of the sum of squared weights in the cost
 * @property {number} group steps that are timed as one, where a step is short beside the clock
 * @property {FloorPart[]} floor the products and the passes over memory that no step can do without
 */

/** @type {Omit<Workload, 'name' | 'batch' | 'group' | 'floor'>} */
const logistic = { model: 'logistic', inputs: 784, hidden: 0, classes: 10, rate: 0.13, decay: 0 };

/** @type {readonly Workload[]} */
export const workloads = [
  {
    ...logistic,
    name: 'logreg-600',
    batch: 600,
    group: 1,
    floor: [
      { do: 'product', m: 600, n: 10, k: 784 },
      { do: 'product', transposeA: true, m: 784, n: 10, k: 600, accumulate: true },
    ],
  },
  {
    ...logistic,
    name: 'logreg-1',
    batch: 1,
    rate: 0.01,
    group: 20,
    // A library's call would cost more than the arithmetic.
    floor: [
      { do: 'dot', n: 7840 },
      { do: 'axpy', n: 7840 },
    ],
  },
  {
    name: 'mlp-20',
    model: 'perceptron',
    batch: 20,
    inputs: 784,
    hidden: 500,
    classes: 10,
    rate: 0.01,
    decay: 1e-4,
    group: 1,
    floor: [
      { do: 'product', m: 20, n: 500, k: 784 },
      { do: 'product', m: 20, n: 10, k: 500 },
      { do: 'product', transposeB: true, m: 20, n: 500, k: 10 },
      { do: 'product', transposeA: true, m: 500, n: 10, k: 20, accumulate: true },
      { do: 'product', transposeA: true, m: 784, n: 500, k: 20, accumulate: true },
      { do: 'scale', n: 784 * 500 },
    ],
  },
];

/** @param {string} name */
export function workloadNamed(name) {
  const found = workloads.find((workload) => workload.name === name);
  if (found === undefined) {
    throw new Error(
      `[bench] expected one of ${workloads.map((w) => w.name).join(', ')}, got ${name}`,
    );
  }
  return found;
}
