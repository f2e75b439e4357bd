// The same inputs and first parameters for everyone: made from a seed, kept as raw files.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {import('./workloads.mjs').Training} Training */
/**
 * @typedef {{ shape: number[], values: Float32Array | BigInt64Array }} Filled
 * @typedef {{ shape: number[], values: Float32Array }} Floats
 * @typedef {{ inputs: Record<string, Filled>, parameters: Record<string, Floats> }} Data
 */

/** Numbers in [0, 1), the same on every machine. @param {number} seed */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The parameters of a model, in order: name and shape. @param {Training} workload @returns {[string, number[]][]} */
export function parameterShapes({ model, inputs, hidden, classes }) {
  if (model === 'lenet') {
    return [
      ['K1', [20, 1, 5, 5]],
      ['b1', [20]],
      ['K2', [50, 20, 5, 5]],
      ['b2', [50]],
      ['W3', [800, hidden]],
      ['b3', [hidden]],
      ['W4', [hidden, classes]],
      ['b4', [classes]],
    ];
  }
  /** @type {[string, number[]][]} */
  const shapes =
    model === 'logistic'
      ? [
          ['W', [inputs, classes]],
          ['b', [classes]],
        ]
      : [
          ['W1', [inputs, hidden]],
          ['b1', [hidden]],
          ['W2', [hidden, classes]],
          ['b2', [classes]],
        ];
  return shapes;
}

/** @param {number[]} shape @param {() => number} value @returns {Floats} */
function filled(shape, value) {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) values[i] = value();
  return { shape, values };
}

/** @param {Training} workload @param {() => number} random @returns {Data} */
function trainingData(workload, random) {
  const { batch, inputs, classes, model } = workload;
  // Four of five pixels are black, as in handwritten digits.
  const x = filled([batch, inputs], () => (random() < 0.8 ? 0 : random()));
  const label = () => BigInt(Math.floor(random() * classes));
  const y = { shape: [batch], values: BigInt64Array.from({ length: batch }, label) };
  const parameters = parameterShapes(workload).map(([name, shape]) => {
    // Logistic regression starts from zeros, as the tutorial's; a hidden layer would not learn so.
    const fans =
      shape.length === 4 ? shape[2] * shape[3] * (shape[0] + shape[1]) : shape[0] + shape[1];
    const reach = model !== 'logistic' && shape.length > 1 ? Math.sqrt(6 / fans) : 0;
    return [name, filled(shape, () => (reach === 0 ? 0 : (2 * random() - 1) * reach))];
  });
  return { inputs: { x, y }, parameters: Object.fromEntries(parameters) };
}

/** The inputs, in order, and the first parameters. @param {Workload} workload @returns {Data} */
export function makeData(workload) {
  const random = randomNumbers(42);
  const signed = () => 2 * random() - 1;
  switch (workload.kind) {
    case 'training':
      return trainingData(workload, random);
    case 'chain': {
      const shape = [workload.length];
      return { inputs: { a: filled(shape, signed), b: filled(shape, signed) }, parameters: {} };
    }
    case 'product': {
      const { m, n, k } = workload;
      return { inputs: { a: filled([m, k], signed), b: filled([k, n], signed) }, parameters: {} };
    }
    case 'scalar':
      return { inputs: { x: filled([], random) }, parameters: {} };
  }
}

/** Writes each input and parameter, little-endian. @param {Data} data @param {string} folder */
export function writeData({ inputs, parameters }, folder) {
  for (const [name, { values }] of Object.entries({ ...inputs, ...parameters })) {
    writeFileSync(join(folder, name), values);
  }
}

/** @param {string} file */
export function readFloats(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
