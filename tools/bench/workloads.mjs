// What is measured, described as data. programs.mjs builds it with TNO, peers/ with others, floor/
// does what any program has to do for it.

/**
 * @typedef {{ do: 'product', transposeA?: boolean, transposeB?: boolean, m: number, n: number,
 *     k: number, accumulate?: boolean, fresh?: boolean }
 *   | { do: 'scale' | 'dot' | 'axpy' | 'poly' | 'trans' | 'triad', n: number }} FloorPart
 * @typedef {{ name: string, parts: FloorPart[] }} Floor
 *
 * @typedef {object} Common
 * @property {string} name
 * @property {number} group calls that are timed as one, where a call is short beside the clock
 * @property {Floor[]} floors what no program can do without, in one call from JavaScript; the fastest counts
 * @property {boolean} [into] the result goes into the caller's memory
 *
 * @typedef {Common & {
 *   kind: 'training', model: 'logistic' | 'perceptron' | 'lenet', batch: number, inputs: number, classes: number,
 *   hidden: number, rate: number, decay: number }} Training a step of stochastic gradient descent;
 *   `hidden` is 0 where there is no hidden layer, `decay` the factor of the squared weights in the cost
 * @typedef {Common & { kind: 'chain', formula: 'poly' | 'trans', length: number }} Chain
 * @typedef {Common & { kind: 'product', m: number, n: number, k: number }} Product
 * @typedef {Common & { kind: 'scalar' }} Scalar
 * @typedef {Training | Chain | Product | Scalar} Workload
 */

/** @type {Omit<Training, 'name' | 'batch' | 'group' | 'floors'>} */
const logistic = {
  kind: 'training',
  model: 'logistic',
  inputs: 784,
  hidden: 0,
  classes: 10,
  rate: 0.13,
  decay: 0,
};

/** @type {Training[]} */
const trainings = [
  {
    ...logistic,
    name: 'logreg-600',
    batch: 600,
    group: 1,
    floors: [
      {
        name: 'oneDNN and loops',
        parts: [
          { do: 'product', m: 600, n: 10, k: 784 },
          { do: 'product', transposeA: true, m: 784, n: 10, k: 600, accumulate: true },
        ],
      },
    ],
  },
  {
    ...logistic,
    name: 'logreg-1',
    batch: 1,
    rate: 0.01,
    group: 20,
    // A library's call would cost more than the arithmetic.
    floors: [
      {
        name: 'loops',
        parts: [
          { do: 'dot', n: 7840 },
          { do: 'axpy', n: 7840 },
        ],
      },
    ],
  },
  {
    kind: 'training',
    name: 'mlp-20',
    model: 'perceptron',
    batch: 20,
    inputs: 784,
    hidden: 500,
    classes: 10,
    rate: 0.01,
    decay: 1e-4,
    group: 1,
    floors: [
      {
        name: 'oneDNN and loops',
        parts: [
          { do: 'product', m: 20, n: 500, k: 784 },
          { do: 'product', m: 20, n: 10, k: 500 },
          { do: 'product', transposeB: true, m: 20, n: 500, k: 10 },
          { do: 'product', transposeA: true, m: 500, n: 10, k: 20, accumulate: true },
          { do: 'product', transposeA: true, m: 784, n: 500, k: 20, accumulate: true },
          { do: 'scale', n: 784 * 500 },
        ],
      },
    ],
  },
];

/**
 * The network of the tutorial: 20 and 50 maps of 5×5 filters, each followed by a pooling of 2×2 and tanh,
 * then 500 tanh and 10 classes. The floor is its products, images as matrices, by oneDNN's `sgemm`.
 *
 * @type {Training}
 */
const lenet = {
  kind: 'training',
  name: 'lenet-500',
  model: 'lenet',
  batch: 500,
  inputs: 784,
  hidden: 500,
  classes: 10,
  rate: 0.1,
  decay: 0,
  group: 1,
  floors: [
    {
      name: 'oneDNN products',
      parts: [
        { do: 'product', m: 20, n: 500 * 24 * 24, k: 25 },
        { do: 'product', m: 50, n: 500 * 8 * 8, k: 500 },
        { do: 'product', m: 500, n: 500, k: 800 },
        { do: 'product', m: 500, n: 10, k: 500 },
        { do: 'product', transposeB: true, m: 500, n: 500, k: 10 },
        { do: 'product', transposeA: true, m: 500, n: 10, k: 500, accumulate: true },
        { do: 'product', transposeB: true, m: 500, n: 800, k: 500 },
        { do: 'product', transposeA: true, m: 800, n: 500, k: 500, accumulate: true },
        { do: 'product', transposeA: true, m: 500, n: 500 * 8 * 8, k: 50 },
        { do: 'product', transposeB: true, m: 50, n: 500, k: 500 * 8 * 8, accumulate: true },
        { do: 'product', transposeB: true, m: 20, n: 25, k: 500 * 24 * 24, accumulate: true },
      ],
    },
  ],
};

/** From here on a chain's arrays lie in memory, not in caches. */
const large = 1e7;

/** @param {'poly' | 'trans'} formula @param {number} exponent @param {boolean} into @returns {Chain} */
function chain(formula, exponent, into) {
  const length = 10 ** exponent;
  const byHand = { name: 'by hand', parts: [{ do: formula, n: length }] };
  // Two arrays are read and one is written, whatever is computed.
  const memory = { name: 'memory', parts: [{ do: /** @type {const} */ ('triad'), n: length }] };
  return {
    kind: 'chain',
    name: `${formula}-1e${exponent}${into ? '-into' : ''}`,
    formula,
    length,
    into,
    group: length <= 1000 ? 50 : 1,
    floors: length >= large ? [byHand, memory] : [byHand],
  };
}

/** With a fresh result, and into the caller's memory; of the floor too. @param {string} name @param {number} m @param {number} n @param {number} k @returns {Product[]} */
function product(name, m, n, k) {
  return [false, true].map((into) => ({
    ...{ kind: 'product', name: `${name}${into ? '-into' : ''}`, m, n, k, into, group: 1 },
    floors: [
      { name: 'oneDNN', parts: [{ do: /** @type {const} */ ('product'), m, n, k, fresh: !into }] },
    ],
  }));
}

/** @type {readonly Workload[]} */
export const workloads = [
  { kind: 'scalar', name: 'call-scalar', group: 100, floors: [{ name: 'empty call', parts: [] }] },
  ...trainings,
  lenet,
  ...['poly', 'trans'].flatMap((formula) =>
    [3, 5, 7].flatMap((exponent) =>
      [false, true].map((into) => chain(/** @type {'poly' | 'trans'} */ (formula), exponent, into)),
    ),
  ),
  ...product('gemm-1024', 1024, 1024, 1024),
  ...product('gemm-128x512x512', 128, 512, 512),
];

/** What is compiled for a workload: the same for all sizes, and with `into`. @param {Workload} workload */
export function programName(workload) {
  switch (workload.kind) {
    case 'chain':
      return workload.formula;
    case 'product':
      return 'gemm';
    default:
      return workload.name;
  }
}

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
