/** The arena holds little more than what is alive at the same time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../src/device/reference-device.js';
import * as tno from '../src/index.js';
import { graphRecipe, makeGraph } from './support/random-graphs.js';

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
  it('of a training step takes at most 1.2 of the live bytes', () => {
    const [x, y] = [tno.matrix('x', 'float32'), tno.lvector('y')];
    const weights = [784, 500, 300, 10];
    const layers = weights
      .slice(1)
      .map((n, i) => tno.shared(tno.NDArray.zeros([weights[i], n], 'float32')));
    const hidden = layers.reduce((h: tno.TensorVariable, W) => tno.tanh(h.dot(W)), x);
    const cost = tno
      .log(tno.softmax(hidden))
      .at(tno.arange(y.shape.at(0)), y)
      .mean()
      .neg();
    const gradients = tno.grad(cost, layers);
    const { arena, live } = memoryOf(
      [
        { variable: x, value: tno.NDArray.zeros([100, 784], 'float32') },
        { variable: y, value: tno.NDArray.zeros([100], 'int64') },
      ],
      [cost],
      layers.map((W, i) => [W, W.sub(gradients[i].mul(0.1))]),
    );
    expect(live).toBeGreaterThan(0);
    expect(arena / live).toBeLessThanOrEqual(1.2);
  });

  it('of random graphs takes at most 1.2 of the live bytes, or a cache line more', () => {
    fc.assert(
      fc.property(graphRecipe, (recipe) => {
        const { inputs, outputs } = makeGraph(recipe);
        const { arena, live } = memoryOf(
          inputs,
          outputs.map(({ variable }) => variable),
        );
        expect(arena).toBeLessThanOrEqual(Math.max(1.2 * live, live + 64));
      }),
      { numRuns: 100 },
    );
  });
});
