// The same inputs and first parameters for everyone: made from a seed, kept as raw files.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {Record<string, { shape: number[], values: Float32Array }>} Arrays */

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

/** The parameters of a model, in order: name and shape. @param {Workload} workload */
export function parameterShapes({ model, inputs, hidden, classes }) {
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

/** @param {Workload} workload @returns {{ x: Float32Array, y: BigInt64Array, parameters: Arrays }} */
export function makeData(workload) {
  const random = randomNumbers(42);
  const { batch, inputs, classes, model } = workload;
  // Four of five pixels are black, as in handwritten digits.
  const pixel = () => (random() < 0.8 ? 0 : random());
  const x = Float32Array.from({ length: batch * inputs }, pixel);
  const y = BigInt64Array.from({ length: batch }, () => BigInt(Math.floor(random() * classes)));
  /** @type {Arrays} */
  const parameters = {};
  for (const [name, shape] of parameterShapes(workload)) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    // Logistic regression starts from zeros, as the tutorial's; a hidden layer would not learn so.
    if (model === 'perceptron' && shape.length === 2) {
      const reach = Math.sqrt(6 / (shape[0] + shape[1]));
      for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * reach;
    }
    parameters[name] = { shape, values };
  }
  return { x, y, parameters };
}

/** Writes `x`, `y` and each parameter, little-endian. @param {Workload} workload @param {string} folder */
export function writeData(workload, folder) {
  const { x, y, parameters } = makeData(workload);
  writeFileSync(join(folder, 'x'), x);
  writeFileSync(join(folder, 'y'), y);
  for (const [name, { values }] of Object.entries(parameters)) {
    writeFileSync(join(folder, name), values);
  }
}

/** @param {string} file */
export function readFloats(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
