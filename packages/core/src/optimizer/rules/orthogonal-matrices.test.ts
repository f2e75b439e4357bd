import { describeRules, formula, leaves } from '../../../test/support/rule-cases.js';
import { abs, add, neg } from '../../ops/arithmetic.js';
import { transpose } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { cholesky, lu, qr } from '../../ops/factorizations.js';
import { kron } from '../../ops/linear-algebra.js';
import { matmul } from '../../ops/matmul.js';
import { transposeMatrices } from '../../ops/matrix-parts.js';
import { qz } from '../../ops/qz.js';
import { schur } from '../../ops/schur.js';
import { shapeOf } from '../../ops/shape.js';
import { det, inverse, slogdet, solve } from '../../ops/solve.js';
import { eigh, pinv, svd } from '../../ops/spectra.js';
import { eye } from '../../ops/triangle.js';

const { a, m, q, t, u, s } = leaves;
const [, v] = eigh(a);
const [, z] = schur(a);
const [form, , ofRows, ofColumns] = qz(a, transpose(a));
const [whole] = qr(q, 'complete');
const [part, rest] = qr(q);
const [left, values, right] = svd(m);
const [narrow] = svd(q, { fullMatrices: false });
const [p] = lu(a);
const square = dot(m, transpose(m));
const [stacked] = qr(t);
const unit = (x: typeof a, axis: number): string =>
  formula(eye(shapeOf(x, axis), shapeOf(x, axis), 0, 'float64'));

describeRules({
  'the inverse of an orthogonal matrix is its transpose': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      eigenvectors: { from: inverse(v), to: formula(transpose(v)) },
      'of a Schur form': { from: inverse(z), to: formula(transpose(z)) },
      'of rows of two forms': { from: inverse(ofRows), to: formula(transpose(ofRows)) },
      'of columns of two forms': { from: inverse(ofColumns), to: formula(transpose(ofColumns)) },
      'not of one of two forms': { from: inverse(form) },
      'whole Q': { from: inverse(whole), to: formula(transpose(whole)) },
      'singular vectors': { from: add(inverse(left), u), to: formula(add(transpose(left), u)) },
      'of the right': { from: inverse(right), to: formula(transpose(right)) },
      'permutation of LU': { from: inverse(p), to: formula(transpose(p)) },
      'negative product': { from: inverse(neg(dot(v, z))), to: formula(transpose(neg(dot(v, z)))) },
      'transposed product': { from: inverse(transpose(dot(left, v))), to: formula(transpose(transpose(dot(left, v)))) },
      'square columns': { from: inverse(qr(square)[0]), to: formula(transpose(qr(square)[0])) },
      'not of R': { from: inverse(qr(a)[1]) },
      'not of a form': { from: inverse(schur(a)[0]) },
      'not of Q that may not be square': { from: inverse(qr(a)[0]) },
      'not of a product with another': { from: inverse(dot(v, a)) },
      'not of a factor': { from: inverse(cholesky(a)) },
    },
  },
  'solve by an orthogonal matrix is a product': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      once: { from: solve(v, m), to: formula(dot(transpose(v), m)) },
      transposed: { from: solve(v, m, { transposed: true }), to: formula(dot(v, m)) },
      vector: { from: solve(v, u), to: /^dimshuffle\[0\]\(dot\(dimshuffle\[1,0\]\(eigh/ },
      'Kronecker product': { from: solve(kron(v, z), kron(a, m)), to: formula(dot(transpose(kron(v, z)), kron(a, m))) },
      'not by any matrix': { from: solve(a, m) },
      'not by narrow vectors': { from: solve(svd(a, { fullMatrices: false })[0], m) },
    },
  },
  'the pseudo-inverse of orthonormal columns or rows is the transpose': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      columns: { from: pinv(part), to: formula(transpose(part)) },
      'singular vectors': { from: pinv(narrow), to: formula(transpose(narrow)) },
      rows: { from: pinv(transpose(part)), to: formula(transpose(transpose(part))) },
      'with a limit': { from: pinv(part, { rcond: 1e-3 }), to: formula(transpose(part)) },
      'not where no value counts': { from: pinv(v, { rcond: 2 }) },
      'not of any matrix': { from: pinv(q) },
    },
  },
  'the determinant of an orthogonal matrix is 1 or -1': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      size: { from: add(abs(det(v)), s), to: 'add(1, s)' },
      'not its sign': { from: det(v) },
      'not of any matrix': { from: abs(det(a)) },
    },
  },
  'the log-determinant of an orthogonal matrix is 0': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      logarithm: { from: add(slogdet(v)[1], s), to: 'add(0, s)' },
      'beside its sign': { from: add(slogdet(v)[0], slogdet(v)[1]), to: formula(add(slogdet(v)[0], 0)) },
      'not its sign': { from: slogdet(v)[0] },
      'not of any matrix': { from: slogdet(a)[1] },
    },
  },
  'orthonormal columns times their transpose cancel': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      'transpose first': { from: dot(transpose(part), part), to: unit(transpose(part), 0) },
      'transpose last': { from: dot(v, transpose(v)), to: unit(v, 0) },
      'rows of the right': { from: dot(right, transpose(right)), to: unit(right, 0) },
      'of a stack': { from: matmul(transposeMatrices(stacked), stacked), to: /^alloc\(cast/ },
      'inside a product': { from: dot(part, dot(transpose(part), dot(part, rest))), to: formula(dot(part, rest)) },
      'not where sizes may differ': { from: dot(dot(m, whole), transpose(whole)) },
      'on the right of a product': { from: dot(dot(dot(m, transpose(whole)), whole), transpose(whole)), to: formula(dot(m, transpose(whole))) },
      'not of columns that are fewer': { from: dot(part, transpose(part)) },
      'not with another': { from: dot(transpose(v), z) },
      'not of values': { from: dot(values, values) },
    },
  },
}); // prettier-ignore
