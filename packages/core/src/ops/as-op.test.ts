import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../test/support/gradient-at.js';
import { compile } from '../compile/function.js';
import { createReferenceDevice } from '../device/reference-device.js';
import { NullGradientError, TypeInferenceError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { Rop } from '../grad/rop.js';
import { verifyGrad } from '../grad/verify-grad.js';
import { dvector, fvector } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { mapElements } from '../types/strided.js';
import { tensorType } from '../types/tensor-type.js';
import { mul } from './arithmetic.js';
import { asOp, type AsOpDefinition } from './as-op.js';
import { sum } from './reduce.js';

const vector = tensorType('float64', 1);
type Definition = AsOpDefinition<typeof vector>;
const cube = (more: Partial<Definition> = {}): ReturnType<typeof asOp<typeof vector>> =>
  asOp({
    name: 'cube',
    inputs: [vector],
    outputs: vector,
    shapes: (_algebra, [x]) => [x],
    perform: (x) => mapElements('float64', [x], x.shape, (v: number) => v ** 3),
    ...more,
  });
const x = dvector('x');

describe('asOp', () => {
  it('makes an op of a function, compiled too', () => {
    expect(valuesOf([cube()(x)], [[x, ndarray([1, 2])]])).toEqual([[1, 8]]);
    const f = compile([x], mul(cube()(x), 2), { device: createReferenceDevice() });
    expect((f([1, 2]) as NDArray).toNested()).toEqual([2, 16]);
    expect(() => f([1, 2, 3])).not.toThrow();
  });

  it('with a gradient can be differentiated in both modes', () => {
    const f = cube({ grad: ([v], [g]) => [g && mul(g, mul(mul(v, v), 3))] });
    verifyGrad((v) => f(v), [ndarray([0.5, -2])], { order: 3 });
  });

  it('without a gradient refuses one', () => {
    expect(() => grad(sum(cube()(x)), x)).toThrow(NullGradientError);
    expect(() => grad(sum(cube()(x)), x)).toThrow('not implemented: cube has no grad');
    expect(() => Rop(cube()(x), x, [1])).toThrow(NullGradientError);
  });

  it('keeps ops of one name apart', () => {
    const other = cube({ perform: (v) => v });
    expect(valuesOf([cube()(x), other(x)], [[x, ndarray([2])]])).toEqual([[8], [2]]);
    const f = compile([x], [cube()(x), other(x)], { device: createReferenceDevice() });
    expect(f([2]).map((v) => (v as NDArray).toNested())).toEqual([[8], [2]]);
  });

  it('may leave out shapes that types know', () => {
    const norm = asOp({
      name: 'norm',
      inputs: [vector],
      outputs: tensorType('float64', 0),
      perform: (v) => NDArray.full([], Math.hypot(...(v.toNested() as number[])), 'float64'),
    });
    const f = compile([x], norm(x), { device: createReferenceDevice() });
    expect(f([3, 4])).toBe(5);
    expect(() => cube({ shapes: undefined as never })).toThrow(TypeInferenceError);
    expect(() => cube({ shapes: undefined as never })).toThrow(
      '[cube] expected shapes, since output 0',
    );
  });

  it('refuses inputs and results of other types', () => {
    expect(() => cube()(fvector('n'))).toThrow(
      '[cube] expected float64(?) for input 0, got float32(?)',
    );
    expect(() => cube()(x, x)).toThrow('[cube] expected 1 inputs, got 2');
    const wrong = cube({ perform: () => ndarray([1], 'float32') });
    expect(() => valuesOf([wrong(x)], [[x, ndarray([1])]])).toThrow(
      '[cube] expected float64(?) for result 0 of perform, got float32(1)',
    );
    const none = cube({ perform: () => [] });
    const f = compile([x], none(x), { device: createReferenceDevice() });
    expect(() => f([1])).toThrow('[cube] expected 1 results of perform, got 0');
  });
});
