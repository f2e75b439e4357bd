import { describeRules, formula, leaves } from '../../../test/support/rule-cases.js';
import { constant } from '../../graph/constant.js';
import { add, mul, pow, reciprocal, sqrt } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { allocDiag } from '../../ops/diagonal.js';
import { transpose } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { cholesky } from '../../ops/factorizations.js';
import { kron } from '../../ops/linear-algebra.js';
import { reshape } from '../../ops/reshape.js';
import { shapeOf } from '../../ops/shape.js';
import { det, inverse, slogdet, solve } from '../../ops/solve.js';
import { eye, identityLike } from '../../ops/triangle.js';
import { ndarray } from '../../types/ndarray.js';

const { a, m, n, q, x, z, u, s } = leaves;
const d = allocDiag(z);
const beside = allocDiag(u, 1);
const unit = eye(shapeOf(m, 0), shapeOf(m, 0), 0, 'float64');
const two = constant(
  ndarray(
    [
      [1, 0],
      [0, 1],
    ],
    'float64',
  ),
);
const scaled = constant(
  ndarray(
    [
      [1, 0],
      [0, 2],
    ],
    'float64',
  ),
);
const both = kron(a, dot(m, q));
const [g, h] = [dot(m, transpose(m)), dot(n, transpose(n))];
const square = kron(g, h);

describeRules({
  'a product with an identity is the other factor': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      left: { from: dot(unit, m), to: 'm' },
      right: { from: dot(dot(a, m), eye(shapeOf(m, 1), shapeOf(m, 1), 0, 'float64')), to: 'dot(a, m)' },
      'of a constant': { from: dot(m, dot(q, two)), beside: [q] },
      'not with ones beside the diagonal': { from: dot(eye(2, 2, 1, 'float64'), m) },
      'not with a constant that scales': { from: dot(scaled, m) },
      'not with what may not be square': { from: dot(identityLike(q), m) },
      'not where sizes may differ': { from: dot(unit, n) },
    },
  },
  'a product with a diagonal matrix scales rows or columns': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      left: { from: dot(d, q), to: 'mul(dimshuffle[0,x](z), q)' },
      right: { from: dot(m, d), to: 'mul(m, dimshuffle[x,0](z))' },
      vector: { from: dot(d, x), to: 'mul(z, x)' },
      'not beside the diagonal': { from: dot(beside, x) },
      'not with any matrix': { from: dot(m, q) },
    },
  },
  'solve by a diagonal matrix divides': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      diagonal: { from: solve(d, q), to: 'true_div(q, dimshuffle[0,x](z))' },
      'not by any matrix': { from: solve(a, m) },
    },
  },
  'inverse and root of a diagonal matrix are those of its elements': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      inverse: { from: inverse(d), to: formula(allocDiag(reciprocal(z))) },
      root: { from: cholesky(d), to: formula(allocDiag(sqrt(z))) },
      'not of any matrix': { from: inverse(a) },
      'not a root of any matrix': { from: cholesky(a) },
    },
  },
  'the determinant of a diagonal matrix is a product': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      determinant: { from: det(d), to: 'prod[0](z)' },
      sign: { from: slogdet(d)[0], to: 'prod[0](sgn(z))' },
      logarithm: { from: slogdet(d)[1], to: 'sum[0](log(abs(z)))' },
      'of an identity': { from: add(det(two), s), to: 'add(1, s)' },
      'not of any matrix': { from: det(a) },
    },
  },
  'the inverse of a Kronecker product is that of inverses': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      'of square ones': { from: inverse(square), to: formula(kron(inverse(g), inverse(h))) },
      'not of what may not be square': { from: inverse(both) },
      'not of another matrix': { from: inverse(reshape(a, [2, 2])) },
    },
  },
  'the determinant of a Kronecker product is made of those of its factors': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      determinant: { from: det(square), to: formula(mul(pow(det(g), cast(shapeOf(h, 0), 'float64')), pow(det(h), cast(shapeOf(g, 0), 'float64')))) },
      logarithm: {
        from: slogdet(square)[1],
        to: formula(add(mul(slogdet(g)[1], cast(shapeOf(h, 0), 'float64')), mul(slogdet(h)[1], cast(shapeOf(g, 0), 'float64')))),
      },
      'not of what may not be square': { from: det(both) },
    },
  },
}); // prettier-ignore
