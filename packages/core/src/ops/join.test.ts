import { describe, expect, it } from 'vitest';
import { fmatrix, frow, fvector, lscalar, tensor } from '../tensor/create.js';
import type { TensorVariable } from '../graph/variable.js';
import { compile } from '../compile/function.js';
import { createReferenceDevice } from '../device/reference-device.js';
import { ndarray } from '../types/ndarray.js';
import { sqr } from './arithmetic.js';
import { empty } from './empty.js';
import { concatenate, split, stack } from './join.js';
import { sizesOf } from './shape.js';
import { repeat, roll, tile } from './rearrange.js';

describe('types of what is joined', () => {
  it('know the sizes that the parts know', () => {
    const a = tensor('float32', [2, null]);
    expect(concatenate([a, tensor('float32', [3, 4])]).type.shape).toEqual([5, 4]);
    expect(concatenate([a, fmatrix()], 1).type.shape).toEqual([2, null]);
    expect(concatenate([frow(), frow()]).type.shape).toEqual([2, null]);
    expect(stack([fvector(), fvector()]).type.shape).toEqual([2, null]);
  });

  it('are what the parts promote to', () => {
    expect(concatenate([tensor('int8', [null]), tensor('float32', [null])]).dtype).toBe('float32');
    expect(concatenate([fvector(), [1.5]]).dtype).toBe('float32');
  });

  it('refuse known sizes that differ', () => {
    expect(() => concatenate([tensor('float32', [2, 3]), tensor('float32', [2, 4])])).toThrow(
      '[join] expected equal sizes on axis 1, got 3 and 4',
    );
    expect(() => concatenate([])).toThrow('[join] expected at least one tensor, got none');
    expect(() => split(fvector(), 0)).toThrow('[split] expected at least one part, got 0');
  });

  it('a part of size 1 stays an ordinary axis', () => {
    const [first, rest] = split(tensor('float32', [5]), [1, 4]);
    expect([first.type.shape, rest.type.shape]).toEqual([[null], [4]]);
    expect(roll(tensor('float32', [5]), lscalar(), 0).type.shape).toEqual([5]);
    expect(repeat(tensor('float32', [5]), 2, 0).type.shape).toEqual([10]);
    expect(tile(tensor('float32', [5]), [2, 1]).type.shape).toEqual([2, 5]);
  });
});

it('each part is computed straight into its place', () => {
  const [x, y] = [fvector('x'), fvector('y')];
  const joined = concatenate([sqr(x), sqr(y)]) as TensorVariable<'float32', 1>;
  const f = compile([x, y], joined, { device: createReferenceDevice() });
  expect(f(ndarray([1, 2], 'float32'), ndarray([3], 'float32')).toNested()).toEqual([1, 4, 9]);
  const kernels = f.program.steps.filter(({ kind }) => kind === 'kernel');
  expect(kernels).toHaveLength(2);
});

it('empty has its sizes', () => {
  expect(empty([2, lscalar()], 'int8').type.shape).toEqual([2, null]);
  expect(sizesOf(empty([2, 3]))).toHaveLength(2);
  expect(() => empty([1.5])).toThrow('[empty] expected integer scalars as sizes');
});
