/** What broadcasts, and what indices out of range, repeated and cast do: decided once, the same on every device. */
import { describe, expect, it } from 'vitest';
import * as tno from '../src/index.js';

const device = tno.createReferenceDevice();
const call = (
  inputs: readonly tno.TensorVariable[],
  output: tno.TensorVariable,
): ((...values: readonly unknown[]) => tno.NDArray) =>
  tno.function(inputs, output, { device }) as never;

describe('broadcasting follows the static pattern', () => {
  it('sizes 1 found at run time do not stretch', () => {
    const [x, y] = [tno.dmatrix('x'), tno.dmatrix('y')];
    const add = call([x, y], x.add(y));
    expect(() => add(tno.NDArray.ones([1, 3]), tno.NDArray.ones([2, 3]))).toThrow(tno.ShapeError);
    const [u, v] = [tno.dvector('u'), tno.dvector('v')];
    expect(() => call([u, v], u.add(v))([1], [1, 2, 3])).toThrow(tno.ShapeError);
  });

  it('rows and columns do', () => {
    const [r, c] = [tno.drow('r'), tno.dcol('c')];
    expect(call([r, c], r.add(c))([[1, 2, 3]], [[0.5], [1.5]]).toNested()).toEqual([
      [1.5, 2.5, 3.5],
      [2.5, 3.5, 4.5],
    ]);
    expect(() => call([r], r.add(1))(tno.NDArray.ones([2, 3]))).toThrow(/r.*expected.*1.*got/s);
  });

  it('is known of constants, kept axes and reshapes, not of shared values and slices', () => {
    const m = tno.matrix();
    const pattern = (v: tno.TensorVariable): boolean[] => v.type.shape.map((n) => n === 1);
    expect(pattern(tno.constant(tno.NDArray.ones([1, 3])))).toEqual([true, false]);
    expect(pattern(tno.shared(tno.NDArray.ones([1, 3])))).toEqual([false, false]);
    expect(pattern(m.at(tno.slice(0, 1)))).toEqual([false, false]);
    expect(pattern(m.sum(1, { keepdims: true }))).toEqual([false, true]);
    expect(pattern(m.reshape([1, -1]))).toEqual([true, false]);
    expect(pattern(m.at(null, 'x'))).toEqual([false, true, false]);
  });

  it('an axis that may be larger than 1 cannot be dropped', () => {
    expect(() => tno.dimshuffle(tno.matrix('m'), [0])).toThrow('to be statically 1 to drop it');
  });
});

describe('indices', () => {
  it('out of range fail at build where sizes are known, else at run, with the op and the size', () => {
    expect(() => tno.tensor('float64', [5]).at(5)).toThrow(
      '[subtensor] expected an index within [-5, 4] for axis 0, got 5',
    );
    const [x, i] = [tno.dvector('x'), tno.lscalar('i')];
    const at = call([x, i], x.at(i));
    expect(() => at([1, 2, 3], 3)).toThrow(/expected an index of at most 2 for axis 0, got 3/);
    expect(() => at([1, 2, 3], -4)).toThrow(tno.IndexRangeError);
    const picks = tno.lvector('picks');
    expect(() => call([x, picks], x.at(picks))([1, 2, 3], [0, 7])).toThrow(
      /expected an index within \[-3, 2\], got 7/,
    );
  });

  it('the error names the line of the user', () => {
    const [x, i] = [tno.dvector('x'), tno.lscalar('i')];
    const at = call([x, i], tno.exp(x).at(i).add(1));
    expect(() => at([1, 2, 3], 3)).toThrow('shape-semantics.test.ts');
  });

  it('that repeat: increments and gradients add up, the last value set stands', () => {
    const x = tno.dvector('x');
    const picks = tno.constant(tno.ndarray([0n, 0n, 1n]));
    const zeros = [0, 0, 0];
    expect(call([x], tno.grad(x.at(picks).sum(), x))(zeros).toNested()).toEqual([2, 1, 0]);
    expect(call([x], x.incAt([picks], 1))(zeros).toNested()).toEqual([2, 1, 0]);
    expect(call([x], x.setAt([picks], [1, 2, 3]))(zeros).toNested()).toEqual([2, 3, 0]);
  });
});

it('casts truncate to integers, ask for 0 to bool, and cut the gradient at integers', () => {
  const x = tno.dvector('x');
  expect(call([x], x.cast('int32'))([1.9, -1.9]).toNested()).toEqual([1, -1]);
  expect(call([x], x.cast('bool'))([0.5, 0]).toNested()).toEqual([true, false]);
  const cost = x.cast('int64').cast('float64').sum();
  expect(call([x], tno.grad(cost, x))([1.5, 2.5]).toNested()).toEqual([0, 0]);
});
