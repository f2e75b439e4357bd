import { describe, expect, it } from 'vitest';
import {
  createReferenceDevice,
  evaluate,
  fmatrix,
  function as compile,
  fvector,
  ndarray,
  setSubtensor,
  slice,
  type NDArray,
  type TensorVariable,
} from '../index.js';

/** The compiled value against the reference implementation of each op. */
function expectSame(input: TensorVariable, output: TensorVariable, value: NDArray): void {
  const f = compile([input], [output], { device: createReferenceDevice() });
  const [expected] = evaluate([output], new Map([[input, value]]));
  const [got] = f(value) as NDArray[];
  expect(got.allClose(expected)).toBe(true);
}

describe('a result takes over an operand only where nothing else reads it', () => {
  it('not the base of an assignment whose values come from other places of it', () => {
    const x = fvector('x');
    const base = x.mul(2).exp();
    expectSame(
      x,
      setSubtensor(base, [slice(1, null)], base.at(slice(null, -1))),
      ndarray([0, 1, 2, 3], 'float32'),
    );
  });

  it('not the addend of a product that is also a factor', () => {
    const x = fmatrix('x');
    const c = x.dot(x);
    expectSame(
      x,
      c.add(c.T.dot(x)),
      ndarray(
        [
          [1, 2],
          [3, 5],
        ],
        'float32',
      ),
    );
  });

  it('an operand that is read at the same points', () => {
    const x = fmatrix('x');
    const product = x.dot(x);
    const f = compile([x], product.sigmoid().mul(2), { device: createReferenceDevice() });
    const temps = f.program.buffers.filter((buffer) => buffer.role === 'temp');
    expect(temps).toHaveLength(0);
  });
});
