/** Gradients of linear algebra against finite differences, to second order, forward and backward. */
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../test/support/kernel-cases.js';
import { NullGradientError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { verifyGrad } from '../grad/verify-grad.js';
import type { TensorVariable } from '../graph/variable.js';
import { dmatrix } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { at } from './advanced-index.js';
import { add, mul } from './arithmetic.js';
import { padLeft } from './elementwise.js';
import * as F from './factorizations.js';
import * as L from './linear-algebra.js';
import { matmul, matvec, vecdot, vecmat } from './matmul.js';
import { identityFor, transposeMatrices } from './matrix-parts.js';
import { qz } from './qz.js';
import { sum } from './reduce.js';
import { reshape } from './reshape.js';
import { schur } from './schur.js';
import * as S from './solve.js';
import * as P from './spectra.js';
import { solveTriangular } from './triangular.js';

let seed = 7;

/** Numbers between -1 and 1, with `diagonal` added on the diagonals of the last two axes. */
function point(shape: readonly number[], diagonal = 0): NDArray {
  const random = randomStream(seed++);
  const out = NDArray.zeros([...shape]);
  const [rows, columns] = shape.slice(-2);
  for (let k = 0; k < out.size; k++) {
    const isOn = Math.floor(k / columns) % rows === k % columns;
    // Different steps keep eigenvalues and singular values apart.
    out.data[k] = 2 * random() - 1 + (isOn ? diagonal * (1 + (k % columns)) : 0);
  }
  return out;
}

/** A positive definite matrix made of any. */
const definite = (x: TensorVariable): TensorVariable =>
  add(matmul(x, transposeMatrices(x)), padLeft(identityFor(x), x.type.rank));

/** Of all four matrices, with different weights, along an axis. */
const sumOfForms = (a: TensorVariable, b: TensorVariable, axis: number): TensorVariable =>
  sum(
    qz(a, b).reduce((total, form, k) => add(total, mul(form, 1 / (k + 2)))),
    axis,
  );

type Case = readonly [
  name: string,
  f: (...inputs: TensorVariable[]) => TensorVariable,
  points: readonly NDArray[],
];

const cases: readonly Case[] = [
  ['matmul of stacks', matmul, [point([2, 2, 3]), point([2, 3, 2])]],
  ['matmul of broadcast stacks', matmul, [point([1, 2, 3]), point([2, 1, 3, 2])]],
  ['matmul of a stack and a matrix', matmul, [point([2, 2, 3]), point([3, 2])]],
  ['matmul of a vector and a stack', matmul, [point([3]), point([2, 3, 2])]],
  ['matmul with transposes', (x, y) => matmul(transposeMatrices(x), transposeMatrices(y)), [point([2, 3, 2]), point([2, 2, 3])]],
  ['vecdot', vecdot, [point([2, 3]), point([2, 3])]],
  ['matvec', matvec, [point([2, 2, 3]), point([2, 3])]],
  ['vecmat', vecmat, [point([2, 3]), point([2, 3, 2])]],
  ['cholesky', (x) => F.cholesky(definite(x)), [point([3, 3])]],
  ['cholesky by the triangle', (x) => F.cholesky(x), [point([2, 3, 3], 4)]],
  ['cholesky, upper', (x) => F.cholesky(x, { lower: false }), [point([3, 3], 4)]],
  ['lu', (x) => F.luFactor(x)[0], [point([2, 3, 3], 2)]],
  ['p·u of lu', (x) => { const [p, , u] = F.lu(x); return matmul(p, u); }, [point([3, 3])]],
  ['q, tall', (x) => F.qr(x)[0], [point([2, 4, 3], 2)]],
  ['r, tall', (x) => F.qr(x)[1], [point([4, 3], 2)]],
  ['q and r, wide', (x) => { const [q, r] = F.qr(x); return add(sum(mul(q, 2)), mul(r, r)); }, [point([2, 4], 2)]],
  ['solve', (a, b) => S.solve(a, b), [point([3, 3], 3), point([3, 2])]],
  ['solve of a vector', (a, b) => S.solve(a, b), [point([2, 3, 3], 3), point([3])]],
  ['solve, transposed', (a, b) => S.solve(a, b, { transposed: true }), [point([2, 3, 3], 3), point([3, 2])]],
  ['solve, positive definite', (a, b) => S.solve(definite(a), b, { assume: 'positive definite' }), [point([3, 3]), point([3])]],
  ['schur, real eigenvalues', (a) => sum(add(schur(a)[0], mul(schur(a)[1], 0.5)), 0), [ndarray([[4, 1, 0.5], [0.3, 2, 0.7], [0.2, -0.4, -1]], 'float64')]],
  ['schur, complex eigenvalues', (a) => sum(add(schur(a)[0], mul(schur(a)[1], 0.5)), 0), [ndarray([[1, -2, 0.5, 0.3], [1.5, 1.2, 0.7, -1], [0.2, -0.4, -1, 0.6], [0.1, 0.2, -0.5, 3]], 'float64')]],
  ['schur of a stack', (a) => sum(add(schur(a)[0], mul(schur(a)[1], 0.5)), -2), [ndarray([[[4, 1], [0.3, 2]], [[1, -2], [1.5, 1.2]]], 'float64')]],
  ['qz, real eigenvalues', (a, b) => sumOfForms(a, b, 0), [ndarray([[4, 1, 0.5], [0.3, 2, 0.7], [0.2, -0.4, -1]], 'float64'), ndarray([[3, 0.3, -0.1], [0.1, 1, 0.2], [0.2, -0.3, 2]], 'float64')]],
  ['qz, complex eigenvalues', (a, b) => sumOfForms(a, b, 0), [ndarray([[1, -2, 0.5, 0.3], [1.5, 1.2, 0.7, -1], [0.2, -0.4, -1, 0.6], [0.1, 0.2, -0.5, 3]], 'float64'), ndarray([[2, 0.3, -0.1, 0.2], [0.4, 1, 0.2, 0], [0.5, -0.3, 3, 0.1], [0.2, 0.1, 0.3, 1.5]], 'float64')]],
  ['qz of stacks', (a, b) => sumOfForms(a, b, -2), [ndarray([[[4, 1], [0.3, 2]], [[1, -2], [1.5, 1.2]]], 'float64'), ndarray([[2, 0.3], [0.4, 1]], 'float64')]],
  ['solve, tridiagonal', (a, b) => S.solve(a, b, { assume: 'tridiagonal' }), [point([3, 3], 4), point([3])]],
  ['solve, tridiagonal, transposed', (a, b) => S.solve(a, b, { assume: 'tridiagonal', transposed: true }), [point([2, 3, 3], 4), point([1, 3, 2])]],
  ['solve, diagonal', (a, b) => S.solve(a, b, { assume: 'diagonal' }), [point([3, 3], 2), point([3])]],
  ['solveTriangular, upper', (a, b) => solveTriangular(a, b), [point([3, 3], 2), point([3, 2])]],
  ['solveTriangular, lower, transposed', (a, b) => solveTriangular(a, b, { lower: true, transposed: true }), [point([2, 3, 3], 2), point([3])]],
  ['solveTriangular, unit diagonal', (a, b) => solveTriangular(a, b, { lower: true, unitDiagonal: true }), [point([3, 3]), point([3])]],
  ['choSolve', (c, b) => S.choSolve(c, b), [point([3, 3], 2), point([3])]],
  ['inverse', S.inverse, [point([2, 3, 3], 2)]],
  ['det', S.det, [point([2, 3, 3], 1)]],
  ['slogdet', (x) => S.slogdet(x)[1], [point([3, 3], 1)]],
  ['eigenvalues', (x) => P.eigh(x)[0], [point([2, 3, 3], 2)]],
  ['eigenvectors', (x) => P.eigh(x)[1], [point([3, 3], 2)]],
  ['eigenvectors, upper', (x) => P.eigh(x, 'U')[1], [point([3, 3], 2)]],
  ['eigvalsh', (x) => P.eigvalsh(x), [point([2, 3, 3], 2)]],
  ['u, tall', (x) => P.svd(x, { fullMatrices: false })[0], [point([4, 3], 2)]],
  ['u, wide', (x) => P.svd(x, { fullMatrices: false })[0], [point([2, 3], 2)]],
  ['s', (x) => P.svd(x)[1], [point([3, 2], 2)]],
  ['vt, tall', (x) => P.svd(x, { fullMatrices: false })[2], [point([2, 4, 3], 2)]],
  ['vt, wide', (x) => P.svd(x, { fullMatrices: false })[2], [point([2, 3], 2)]],
  ['svdvals', P.svdvals, [point([2, 3, 2], 2)]],
  ['pinv, tall', (x) => P.pinv(x), [point([4, 2], 2)]],
  ['pinv, wide', (x) => P.pinv(x), [point([2, 2, 3], 2)]],
  ['lstsq', (a, b) => P.lstsq(a, b).solution, [point([4, 2], 2), point([4])]],
  ['expm', P.expm, [point([2, 3, 3], 0.3)]],
  ['matrixPower', (x) => L.matrixPower(x, 3), [point([2, 2])]],
  ['matrixPower, negative', (x) => L.matrixPower(x, -2), [point([2, 2], 2)]],
  ['trace', L.traceOf, [point([2, 3, 3])]],
  ['nuclear norm', (x) => L.norm(x, 'nuc'), [point([3, 2], 2)]],
  ['spectral norm', (x) => L.norm(x, 2), [point([3, 2], 2)]],
  ['Frobenius norm', (x) => L.norm(x, 'fro'), [point([3, 2], 2)]],
  ['kron', L.kron, [point([2, 2]), point([1, 2])]],
  ['blockDiag', L.blockDiag, [point([2, 2]), point([1, 2])]],
  ['tensorinv', (x) => L.tensorinv(reshape(x, [4, 2, 2]), 1), [point([4, 4], 2)]],
  ['tensorsolve', (a, b) => L.tensorsolve(reshape(a, [4, 2, 2]), b), [point([4, 4], 2), point([4])]],
]; // prettier-ignore

describe('gradients of linear algebra', () => {
  it.each(cases)('%s', (_name, f, points) => {
    verifyGrad(f, points, { order: 2, step: 1e-4, tolerance: 1e-4 });
  });

  it('are refused where vectors are arbitrary', () => {
    const x = dmatrix('x');
    expect(() => grad(sum(F.qr(x, 'complete')[0]), x)).toThrow(NullGradientError);
    expect(() => grad(sum(P.svd(x)[0]), x)).toThrow(NullGradientError);
    expect(() => grad(sum(at(P.svd(x)[1], 0)), x)).not.toThrow();
  });
});
