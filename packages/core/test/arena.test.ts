/** The arena holds little more than what is alive at the same time. */
import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../src/device/reference-device.js';
import * as tno from '../src/index.js';

/** Bytes of the arena after a call, and of the temps that live at the same time, at most. */
function memoryOf(
  inputs: readonly { readonly variable: tno.TensorVariable; readonly value: tno.NDArray }[],
  outputs: readonly tno.TensorVariable[],
  updates: [tno.SharedVariable, tno.TensorVariable][] = [],
): { arena: number; live: number } {
  const f = tno.function(
    inputs.map(({ variable }) => variable),
    [...outputs],
    { device: createReferenceDevice(), onUnusedInput: 'ignore', profile: true, updates },
  );
  (f as (...values: tno.NDArray[]) => unknown)(...inputs.map(({ value }) => value));
  return f.profile().memory;
}

describe('the arena', () => {
  const { matrix, ftensor4, lvector, shared, tanh, conv2d, pool2d } = tno;
  const zeros = (...shape: number[]): tno.SharedVariable =>
    shared(tno.NDArray.zeros(shape, 'float32'));

  /** Of a step that moves the parameters to lower the cost of scores of 100 examples. */
  function memoryOfTraining(
    x: tno.TensorVariable,
    value: tno.NDArray,
    scores: tno.TensorVariable,
    parameters: readonly tno.SharedVariable[],
  ): { arena: number; live: number } {
    const y = lvector('y');
    const likelihood = tno.log(tno.softmax(scores)).at(tno.arange(y.shape.at(0)), y);
    const cost = likelihood.mean().neg();
    const gradients = tno.grad(cost, [...parameters]);
    return memoryOf(
      [
        { variable: x, value },
        { variable: y, value: tno.NDArray.zeros([value.shape[0]], 'int64') },
      ],
      [cost],
      parameters.map((W, i) => [W, W.sub(gradients[i].mul(0.1))]),
    );
  }

  it('of a perceptron takes at most 1.2 of the live bytes', () => {
    const x = matrix('x', 'float32');
    const layers = [zeros(784, 500), zeros(500, 300), zeros(300, 10)];
    const scores = layers.reduce((h: tno.TensorVariable, W) => tanh(h.dot(W)), x);
    const value = tno.NDArray.zeros([100, 784], 'float32');
    const { arena, live } = memoryOfTraining(x, value, scores, layers);
    expect(live).toBeGreaterThan(0);
    expect(arena / live).toBeLessThanOrEqual(1.2);
  });

  it('of a convolutional network takes at most 1.2 of the live bytes: parameters tell their sizes', () => {
    const x = ftensor4('x');
    const parameters = [zeros(4, 1, 5, 5), zeros(6, 4, 5, 5), zeros(96, 20), zeros(20, 10)];
    const [k1, k2, w1, w2] = parameters;
    const maps = [k1, k2].reduce((h: tno.TensorVariable, k) => tanh(pool2d(conv2d(h, k), 2)), x);
    const scores = tanh(tno.flatten(maps, 2).dot(w1)).dot(w2);
    const value = tno.NDArray.zeros([8, 1, 28, 28], 'float32');
    const { arena, live } = memoryOfTraining(x, value, scores, parameters);
    expect(arena / live).toBeLessThanOrEqual(1.2);
  });
});
