import { describeRules, formula, leaves } from '../../../test/support/rule-cases.js';
import { zeros, zerosLike } from '../../ops/alloc.js';
import { abs, add } from '../../ops/arithmetic.js';
import { trace } from '../../ops/diagonal.js';
import { transpose } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { cholesky } from '../../ops/factorizations.js';
import { shapeOf, specifyShape } from '../../ops/shape.js';
import { det, inverse, slogdet, solve } from '../../ops/solve.js';
import { log } from '../../ops/transcendental.js';
import { tril, triu } from '../../ops/triangle.js';

const { a, m, n, q, x, u, s } = leaves;
const l = cholesky(a);
const two = specifyShape(a, [2, 2]);

describeRules({
  'the inverse of an inverse is the matrix': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      'twice inverted': { from: inverse(inverse(a)), to: 'a' },
      'not once': { from: inverse(a) },
    },
  },
  'inverse and determinant of a transpose are those of the matrix': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      inverse: { from: inverse(transpose(a)), to: 'dimshuffle[1,0](inverse(a))' },
      determinant: { from: det(transpose(a)), to: 'det(a)' },
      'not of the matrix': { from: det(a) },
    },
  },
  'solve by a transpose solves transposed': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      once: { from: solve(transpose(a), m), to: 'solvetrue(a, m)' },
      back: { from: solve(transpose(a), m, { transposed: true }), to: 'solvefalse(a, m)' },
      'not by the matrix': { from: solve(a, m) },
    },
  },
  'the determinant of an inverse is the reciprocal': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      'of an inverse': { from: det(inverse(a)), to: 'reciprocal(det(a))' },
      'not of a matrix': { from: det(a) },
    },
  },
  'a product with an inverse is a solution': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      left: { from: dot(inverse(a), m), to: 'solvefalse(a, m)' },
      right: { from: dot(q, inverse(a)), to: 'dimshuffle[1,0](solvetrue(a, dimshuffle[1,0](q)))' },
      vector: { from: dot(inverse(a), u), to: 'dimshuffle[0](solvefalse(a, dimshuffle[0,x](u)))' },
      'not where the inverse is needed': { from: add(inverse(a), dot(inverse(a), a)) },
    },
  },
  'solve and invert by triangles': {
    tags: ['specialize', 'linalg'],
    cases: {
      factor: { from: solve(l, m), to: 'solve_triangulartruefalsefalse(choleskyfalse(a), m)' },
      'transposed factor': {
        from: solve(transpose(l), m),
        to: 'solve_triangulartruetruefalse(choleskyfalse(a), m)',
      },
      'lower triangle': {
        from: solve(tril(a), m),
        to: 'solve_triangulartruefalsefalse(a, m)',
      },
      'transposed upper triangle': {
        from: solve(transpose(triu(a)), m),
        to: 'solve_triangularfalsetruefalse(a, m)',
      },
      'triangle of a known size': { from: solve(tril(two), two), to: /^solve_triangulartruefalsefalse/ },
      'not by any matrix': { from: solve(a, m) },
      'not by what lies beside a triangle': { from: solve(tril(a, 1), m) },
    },
  },
  'the determinant of a triangle is the product of its diagonal': {
    tags: ['specialize', 'linalg'],
    cases: {
      factor: { from: det(l), to: 'prod[0](extract_diag(choleskyfalse(a), 0))' },
      triangle: { from: det(triu(a)), to: 'prod[0](extract_diag(a, 0))' },
      'not of any matrix': { from: det(a) },
    },
  },
  'the log-determinant of a triangle is a sum over its diagonal': {
    tags: ['specialize', 'linalg'],
    cases: {
      factor: { from: slogdet(l)[1], to: 'sum[0](log(extract_diag(choleskyfalse(a), 0)))' },
      triangle: { from: slogdet(tril(a))[1], to: 'sum[0](log(abs(extract_diag(a, 0))))' },
      'sign of a triangle': { from: slogdet(tril(a))[0], to: 'prod[0](sgn(extract_diag(a, 0)))' },
      'not of any matrix': { from: slogdet(a)[1] },
    },
  },
  'the logarithm of a determinant does not make the determinant': {
    tags: ['stabilize', 'linalg'],
    cases: {
      logarithm: { from: log(det(a)), to: 'switch(lt(slogdet(a).0, 0), NaN, slogdet(a).1)' },
      'of its size': { from: log(abs(det(a))), to: 'slogdet(a).1' },
      'not of another number': { from: log(abs(s)) },
    },
  },
  'a Cholesky factor times its transpose is the matrix': {
    tags: ['canonicalize', 'linalg'],
    cases: {
      lower: { from: dot(l, transpose(l)), to: formula(add(tril(a), transpose(tril(a, -1)))) },
      'not where the root is needed': { from: solve(dot(l, transpose(l)), m) },
      'not the transpose first': { from: dot(transpose(l), l) },
      'not of another factor': { from: dot(l, transpose(cholesky(dot(m, transpose(m))))) },
    },
  },
  'the trace of a product is the sum of an elementwise one': {
    tags: ['specialize', 'linalg'],
    cases: {
      product: {
        from: trace(dot(m, transpose(m))),
        to: 'sum[0,1](mul(m, dimshuffle[1,0](dimshuffle[1,0](m))))',
      },
      'not where the product may not be square': { from: trace(dot(m, transpose(n))) },
    },
  },
  'a product with zeros is zeros': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      right: { from: dot(m, zerosLike(transpose(m))), to: 'alloc(0, shape_i0(m), shape_i1(alloc(0, shape_i0(dimshuffle[1,0](m)), shape_i1(dimshuffle[1,0](m)))))' },
      'not where inner sizes may differ': { from: dot(m, zeros([shapeOf(x, 0)], 'float64')) },
      'not with others': { from: dot(m, x) },
    },
  },
}); // prettier-ignore
