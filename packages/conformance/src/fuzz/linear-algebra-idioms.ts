/** Inverses, determinants, systems and factors, as rewrites look for them. */
import * as tno from '@tno/core';
import type { TensorVariable } from '@tno/core';
import type { Made } from './builder.js';
import { isFilledTensor, one, type Step } from './structure-steps.js';

/** A formula of a matrix that can be inverted, a positive definite one, and one with as many rows. */
type LinearIdiom = (
  a: TensorVariable,
  definite: TensorVariable,
  b: TensorVariable,
) => TensorVariable;

const { dot, transpose: t } = tno;
const { cholesky, det, inverse, lu, pinv, qr, slogdet, solve } = tno.linalg;

/** A matrix of zeros but for the diagonal of another. */
const diagonalOf = (d: TensorVariable): TensorVariable => tno.allocDiag(tno.diagonal(d));

const SIDE = 3;

/** A permutation matrix. */
const turned = (dtype: tno.DType): TensorVariable =>
  tno.take(tno.eye(SIDE, SIDE, 0, dtype), tno.argsort([3, 1, 2]), 0);

const idioms: readonly LinearIdiom[] = [
  (a) => inverse(inverse(a)),
  (a) => inverse(t(a)),
  (a) => det(t(a)),
  (a, _, b) => solve(t(a), b),
  (a) => det(inverse(a)),
  (a, _, b) => dot(inverse(a), b),
  (a, _, b) => dot(t(b), inverse(a)),
  (a) => tno.log(tno.abs(det(a))),
  (_, d) => tno.log(det(d)),
  (_, d, b) => solve(cholesky(d), b),
  (_, d, b) => solve(t(cholesky(d)), b),
  (_, d) => inverse(cholesky(d)),
  (_, d) => det(cholesky(d)),
  (_, d) => slogdet(cholesky(d))[1],
  (_, d) => dot(cholesky(d), t(cholesky(d))),
  (_, d, b) => tno.sum(tno.sqr(tno.linalg.solveTriangular(cholesky(d), b, { lower: true }))),
  (a, d) => tno.linalg.trace(dot(inverse(d), a)),
  (a, _, b) => solve(tno.tril(a), b),
  (a) => det(tno.triu(a)),
  (a) => slogdet(tno.tril(a))[1],
  (_, d, b) => dot(tno.eye(SIDE, SIDE, 0, d.dtype), b),
  (_, d, b) => dot(diagonalOf(d), b),
  (_, d, b) => dot(t(b), diagonalOf(d)),
  (_, d, b) => solve(diagonalOf(d), b),
  (_, d) => inverse(diagonalOf(d)),
  (_, d) => cholesky(diagonalOf(d)),
  (_, d) => det(diagonalOf(d)),
  (_, d) => slogdet(diagonalOf(d))[1],
  (a, d) => inverse(tno.kron(a, d)),
  (a, d) => slogdet(tno.kron(a, d))[1],
  (a) => inverse(qr(a)[0]),
  (a, _, b) => solve(qr(a, 'complete')[0], b),
  (a) => pinv(qr(a)[0]),
  (_a, _d, b) => pinv(t(qr(b)[0])),
  (a) => tno.abs(det(qr(a)[0])),
  (a) => slogdet(qr(a)[0])[1],
  (_a, _d, b) => dot(t(qr(b)[0]), qr(b)[0]),
  (a, _, b) => dot(qr(a)[0], dot(t(qr(a)[0]), b)),
  (_a, _d, b) => dot(turned(b.dtype), b),
  (_a, _d, b) => dot(t(b), t(turned(b.dtype))),
  (a, _, b) => dot(lu(a)[0], b),
  (_, d, b) => dot(cholesky(d), solve(d, b)),
  (_, d) => dot(cholesky(d), inverse(d)),
  (_, d) => tno.mul(det(d), tno.linalg.trace(cholesky(d))),
  (_, d) => tno.add(slogdet(d)[1], tno.linalg.trace(cholesky(d))),
  (a, _, b) => solve(dot(tno.tril(a), t(tno.tril(a))), b),
  (a) => slogdet(dot(tno.triu(a), t(tno.triu(a))))[1],
];

/** float16 has too few bits for what a chain of matrices makes of rounding. */
const isWide = (made: Made): boolean => isFilledTensor(made) && made.variable.dtype !== 'float16';

/** The elements of `x`, over and over, as a matrix of elements from -1 to 1. */
function matrixOf(x: TensorVariable, columns: number): TensorVariable {
  const places = tno.mod(tno.arange(SIDE * columns), tno.prod(tno.shape(x)));
  const elements = tno.take(tno.flatten(x), places);
  return tno.reshape(tno.tanh(elements), [SIDE, columns]);
}

export const linearAlgebraSteps: readonly Step[] = idioms.map((idiom) =>
  one(isWide, (x) => {
    const [square, b] = [matrixOf(x, SIDE), matrixOf(x, 2)];
    const unit = tno.eye(SIDE, SIDE, 0, x.dtype);
    // Far enough from singular: the diagonal outweighs the rest of its row.
    const a = tno.add(square, tno.mul(unit, 4));
    return idiom(a, tno.add(dot(square, t(square)), unit), b);
  }),
);
