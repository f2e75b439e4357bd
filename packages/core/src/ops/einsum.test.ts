/** einsum and tensor products against NumPy's definition: a sum over all labels, element by element. */
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../test/support/kernel-cases.js';
import { createReferenceDevice } from '../device/reference-device.js';
import { ShapeError } from '../errors.js';
import { verifyGrad } from '../grad/verify-grad.js';
import type { TensorVariable } from '../graph/variable.js';
import * as tno from '../index.js';
import { dmatrix, dtensor3, imatrix } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { contractionPath } from './contraction-path.js';
import { batchedDot, batchedTensordot, einsum, inner, tensordot } from './einsum.js';

const sizes: Readonly<Record<string, number>> = { a: 2, b: 3, i: 2, j: 3, k: 4, l: 2, m: 3, n: 2 };

let seed = 1;
function random(shape: readonly number[]): NDArray {
  const next = randomStream(seed++);
  const out = NDArray.zeros([...shape]);
  for (let i = 0; i < out.size; i++) out.data[i] = 2 * next() - 1;
  return out;
}

/** The definition: for each value of all labels, the product of the elements. */
function bySum(inputs: readonly string[], output: string, arrays: readonly NDArray[]): NDArray {
  const labels = [...new Set(inputs.join('') + output)];
  const out = NDArray.zeros([...output].map((label) => sizes[label]));
  const total = labels.reduce((count, label) => count * sizes[label], 1);
  for (let number = 0; number < total; number++) {
    const index: Record<string, number> = {};
    let rest = number;
    for (const label of labels) {
      index[label] = rest % sizes[label];
      rest = Math.floor(rest / sizes[label]);
    }
    const at = (term: string): number[] => [...term].map((label) => index[label]);
    const product = arrays.reduce((p, x, k) => p * Number(x.get(...at(inputs[k]))), 1);
    const place = at(output);
    out.set(Number(out.get(...place)) + product, ...place);
  }
  return out;
}

function compiled(
  build: (...inputs: TensorVariable[]) => TensorVariable,
  arrays: readonly NDArray[],
): NDArray {
  const inputs = arrays.map((x) => new tno.TensorVariable(tno.tensorType('float64', x.rank)));
  const f = tno.function(inputs, build(...inputs), { device: createReferenceDevice() });
  const value = f(...(arrays as NDArray<'float64'>[])) as NDArray | number;
  return typeof value === 'number' ? ndarray(value, 'float64') : value;
}

const subscripts = [
  'ij,jk->ik', 'ij,kj->ik', 'ji,jk->ki', 'ij,j->i', 'j,jk->k', 'j,j->', 'i,j->ij', 'ij->ji', 'ij->', 'ij->j', 'ij,ij->ij', 'ij,ij->',
  'aij,ajk->aik', 'aij,akj->aik', 'aji,jk->aik', 'abij,abjk->abik', 'aij,aj->ai', 'aj,ajk->ak', 'aj,aj->a', 'iaj,jak->ika',
  'ijk,kl->ijl', 'ijk,jkl->il', 'ijkl,klm->ijm', 'abij,jkab->kiab', 'ijk,ljk->il', 'aijk,ajkl->ail',
  'ij,jk,kl->il', 'ij,jk,kl,lm->im', 'i,ij,j->', 'ij,ik,jk->', 'ij,kl->ijkl', 'ijk,jl->kl', 'aij,ai,aj->a', 'ij,jk,kl,lm,mn,na->ia',
]; // prettier-ignore

describe('einsum', () => {
  it.each(subscripts)('%s', (text) => {
    const [left, output] = text.split('->');
    const inputs = left.split(',');
    const arrays = inputs.map((term) => random([...term].map((label) => sizes[label])));
    const expected = bySum(inputs, output, arrays);
    const got = compiled((...v) => einsum(text, ...v), arrays);
    expect(got.shape).toEqual(expected.shape);
    expect(got.allClose(expected, { rtol: 1e-10, atol: 1e-10 })).toBe(true);
  });

  it('takes diagonals, ellipses and implied outputs', () => {
    const x = random([3, 3, 2]);
    const diagonal = compiled((v) => einsum('iij->ij', v), [x]);
    expect(diagonal.get(2, 1)).toBe(x.get(2, 2, 1));
    const square = ndarray([[1, 2], [3, 4]], 'float64'); // prettier-ignore
    expect(compiled((v) => einsum('ii', v), [square]).item()).toBe(5);
    expect(compiled((v) => einsum('ba', v), [square]).toNested()).toEqual([[1, 3], [2, 4]]); // prettier-ignore
    const [p, q] = [random([2, 3, 4]), random([4, 5])];
    const product = compiled((a, b) => einsum('...ij,jk', a, b), [p, q]);
    expect(product.allClose(compiled((a, b) => tno.matmul(a, b), [p, q]))).toBe(true);
  });

  it('axes known to be 1 stretch', () => {
    const [x, y] = [random([1, 3]), random([2, 3])];
    const f = (v: TensorVariable, w: TensorVariable): TensorVariable =>
      einsum('ij,ij->i', tno.specifyShape(v, [1, null]), w);
    const [row, rows] = [x.reshape([3]), compiled(f, [x, y])];
    const sum = (i: number): number =>
      [0, 1, 2].reduce((s, j) => s + Number(row.get(j)) * Number(y.get(i, j)), 0);
    expect(rows.get(0)).toBeCloseTo(sum(0), 12);
    expect(rows.get(1)).toBeCloseTo(sum(1), 12);
  });

  it('integers stay integers', () => {
    const x = imatrix('x');
    const f = tno.function([x], einsum('ij,kj->ik', x, x), { device: createReferenceDevice() });
    const y = f([[1, 2], [3, 4]]) as NDArray; // prettier-ignore
    expect([y.dtype, y.toNested()]).toEqual(['int32', [[5, 11], [11, 25]]]); // prettier-ignore
  });

  it('has gradients to second order', () => {
    verifyGrad((a, b) => einsum('aij,akj->aik', a, b), [random([2, 2, 3]), random([2, 2, 3])], {
      order: 2,
    });
    verifyGrad(
      (a, b, c) => einsum('ij,jk,k->i', a, b, c),
      [random([2, 3]), random([3, 2]), random([2])],
      { order: 2 },
    );
    verifyGrad((a, b) => einsum('ijk,jkl->il', a, b), [random([2, 2, 3]), random([2, 3, 2])]);
    verifyGrad((a) => einsum('ii->i', a), [random([3, 3])]);
  });

  it('chains are multiplied in the order of least work', () => {
    const labels = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ];
    const sizesOf = (a: number, b: number, c: number, d: number): Map<string, number> =>
      new Map(Object.entries({ a, b, c, d }));
    expect(contractionPath(labels, ['a', 'd'], sizesOf(100, 100, 100, 1))[0]).toEqual([1, 2]);
    expect(contractionPath(labels, ['a', 'd'], sizesOf(1, 100, 100, 100))[0]).toEqual([0, 1]);
  });

  it('stacks are one step, and transposes no copies', () => {
    const [x, y] = [dtensor3('x'), dtensor3('y')];
    const f = tno.function([x, y], einsum('aji,akj->aik', x, y), {
      device: createReferenceDevice(),
    });
    const text = tno.printProgram(f.program);
    expect(text).toMatch(/= batched_gemm\(/);
    expect(text).not.toMatch(/kernel|copy/);
  });

  it('says what does not fit', () => {
    const x = dmatrix('x');
    expect(() => einsum('ij,jk', x)).toThrow('[einsum] expected 2 operands');
    expect(() => einsum('ijk->', x)).toThrow(
      "[einsum] expected an operand of rank 3 for 'ijk', got rank 2",
    );
    expect(() => einsum('ij->ik', x)).toThrow("got 'k' in 'ij->ik'");
    expect(() => einsum('ij->ii', x)).toThrow("got 'i' twice");
    expect(() => einsum('i?->i', x)).toThrow(ShapeError);
    expect(() => einsum('ij,jk->ik', tno.zeros([2, 3]), tno.zeros([4, 2]))).toThrow(
      /expected one size for label 'j', got 3 \(.*\) and 4 \(/,
    );
    expect(() =>
      compiled((a, b) => einsum('ij,jk->ik', a, b), [random([2, 3]), random([2, 2])]),
    ).toThrow(ShapeError);
  });
});

describe('tensor products', () => {
  const [x, y] = [random([2, 3, 4]), random([3, 4, 2])];

  it('tensordot sums over the last and first axes, or those named', () => {
    const wanted = bySum(['ijk', 'jkl'], 'il', [x, y]);
    expect(compiled((a, b) => tensordot(a, b), [x, y]).allClose(wanted)).toBe(true);
    expect(compiled((a, b) => tensordot(a, b, [[1, 2], [0, 1]]), [x, y]).allClose(wanted)).toBe(true); // prettier-ignore
    expect(compiled((a, b) => tensordot(a, b, 0), [random([2]), random([3, 1])]).shape).toEqual([
      2, 3, 1,
    ]);
    expect(() => tensordot(tno.zeros([2, 3]), tno.zeros([4, 2]), 1)).toThrow(
      '[tensordot] expected equal sizes, got 3',
    );
    expect(() => tensordot(dmatrix('m'), dmatrix('n'), 3)).toThrow(ShapeError);
  });

  it('axes that are summed over together agree one by one, not by their product', () => {
    const [x, y] = [dtensor3('x'), dtensor3('y')];
    const f = tno.function([x, y], tensordot(x, y), { device: createReferenceDevice() });
    expect(() => f(NDArray.ones([2, 3, 4], 'float64'), NDArray.ones([4, 3, 2], 'float64'))).toThrow(
      /^\[tensordot\] expected size 3 on axis 0 of y, got 4/,
    );
  });

  it('batchedDot, batchedTensordot and inner', () => {
    const [p, q] = [random([2, 3, 4]), random([2, 4, 3])];
    const wanted = bySum(['aik'.replace('i', 'b'), 'akm'], 'abm', [p, q]);
    expect(compiled(batchedDot, [p, q]).allClose(wanted)).toBe(true);
    expect(compiled((a, b) => batchedTensordot(a, b, 1), [p, q]).allClose(wanted)).toBe(true);
    expect(compiled(batchedDot, [random([2, 3]), random([2])]).shape).toEqual([2, 3]);
    expect(compiled(inner, [random([2, 3]), random([4, 3])]).shape).toEqual([2, 4]);
    expect(compiled(inner, [random([2, 3]), random([])]).shape).toEqual([2, 3]);
  });
});
