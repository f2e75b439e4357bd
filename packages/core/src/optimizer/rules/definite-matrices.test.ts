import { describeRules, leaves, optimized } from '../../../test/support/rule-cases.js';
import { describe, expect, it } from 'vitest';
import { constant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
import { ifElse } from '../../inner/if-else.js';
import { abs, add, mul, sqr, sub } from '../../ops/arithmetic.js';
import { allocDiag } from '../../ops/diagonal.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { cholesky } from '../../ops/factorizations.js';
import { shapeOf } from '../../ops/shape.js';
import { gt } from '../../ops/compare.js';
import { det, inverse, slogdet, solve } from '../../ops/solve.js';
import { exp } from '../../ops/transcendental.js';
import { eye, tril, triu } from '../../ops/triangle.js';
import { ndarray } from '../../types/ndarray.js';
import { GraphShapes } from '../graph-shapes.js';
import { isSymmetric } from './symmetry.js';

const { a, m, n, q, x, z, u, s } = leaves;
const gram = add(dot(m, transpose(m)), eye(shapeOf(m, 0), shapeOf(m, 0), 0, 'float64'));
const l = cholesky(gram);
const r = cholesky(gram, { lower: false });
const square = dot(m, transpose(m));
const [below, above] = [tril(square), triu(square)];
const ofBelow = dot(below, transpose(below));
const ofAbove = dot(transpose(above), above);
const ofLower = dot(transpose(cholesky(a)), cholesky(a));

describeRules({
  'solve and invert by a root that is known': {
    tags: ['specialize', 'linalg'],
    cases: {
      'factor beside': {
        from: solve(gram, m),
        beside: [l],
        to: /^solve_triangulartruetruefalse\(choleskyfalse\((.*)\), solve_triangulartruefalsefalse\(choleskyfalse\(\1\), m\)\)$/,
      },
      'upper factor beside': {
        from: solve(gram, m),
        beside: [r],
        to: /^solve_triangularfalsefalsefalse\(choleskytrue\((.*)\), solve_triangularfalsetruefalse\(choleskytrue\(\1\), m\)\)$/,
      },
      'inverse with a factor beside': { from: inverse(gram), beside: [l], to: /^solve_triangulartruetruefalse/ },
      'square of a triangle': { from: solve(ofBelow, m), to: /^solve_triangulartruetruefalse\(/ },
      'square of an upper triangle': { from: inverse(ofAbove), to: /^solve_triangularfalsefalsefalse\(/ },
      'transposed factor first': { from: solve(ofLower, m), to: /^solve_triangulartruefalsefalse\(choleskyfalse\(a\), / },
      'not without a factor': { from: solve(gram, m) },
      'not where a choice may save the factor': { from: ifElse(gt(s, 0), solve(gram, m), l) },
      'not of what may not be symmetric': { from: solve(a, m), beside: [cholesky(a)] },
      'not of the square of a triangle that may be wide': { from: solve(dot(tril(m), transpose(tril(m))), m) },
      'not of another product': { from: solve(dot(below, above), m) },
    },
  },
  'the determinant of a matrix whose root is known is the square of that of the root': {
    tags: ['specialize', 'linalg'],
    cases: {
      determinant: { from: det(gram), beside: [l], to: /^sqr\(prod\[0\]\(extract_diag\(choleskyfalse/ },
      logarithm: { from: slogdet(gram)[1], beside: [l], to: /^mul\(sum\[0\]\(log\(extract_diag\(choleskyfalse/ },
      sign: { from: slogdet(gram)[0], beside: [l], to: '1' },
      'of a square': { from: slogdet(ofBelow)[1], to: /^mul\(sum\[0\]\(log\(abs\(extract_diag/ },
      'sign of a square': { from: slogdet(ofBelow)[0], to: /^sqr\(prod\[0\]\(sgn\(extract_diag/ },
      'not without a factor': { from: det(gram) },
      'not of what may not be symmetric': { from: slogdet(a)[1], beside: [cholesky(a)] },
    },
  },
}); // prettier-ignore

it('keeps the root of a product of factors for systems', () => {
  const c = cholesky(a);
  const text = optimized(solve(dot(c, transpose(c)), m));
  expect(text).not.toContain('lu_solve');
  expect(text).toContain('solve_triangular');
});

it('makes all of a matrix from the factor that an assumption asks for', () => {
  const x = solve(gram, u, { assume: 'positive definite' });
  const text = optimized(add(add(x, solve(gram, x)), slogdet(gram)[1]));
  expect(text).not.toContain('lu');
  expect(text).toContain('cholesky');
});

describe('symmetry', () => {
  const column = dimshuffle(x, [0, 'x']);
  const row = dimshuffle(x, ['x', 0]);
  const near = exp(mul(sqr(sub(column, row)), -0.5));
  const even = constant(
    ndarray(
      [
        [1, 2],
        [2, 3],
      ],
      'float64',
    ),
  );
  const uneven = constant(
    ndarray(
      [
        [1, 2],
        [0, 3],
      ],
      'float64',
    ),
  );
  const yes: Record<string, TensorVariable> = {
    'x·xᵀ': dot(m, transpose(m)),
    'xᵀ·x': dot(transpose(m), m),
    'a + aᵀ': add(a, transpose(a)),
    'of distances': near,
    'of sizes of differences': abs(sub(a, transpose(a))),
    'with a diagonal': add(near, allocDiag(z)),
    'scaled, shifted by an identity': gram,
    'an inverse': inverse(gram),
    'a constant': even,
    'a square': dot(square, square),
    'x·s·xᵀ': dot(dot(q, gram), transpose(q)),
  }; // prettier-ignore
  const no: Record<string, TensorVariable> = {
    'any matrix': a,
    'another product': dot(m, transpose(n)),
    'a - aᵀ': sub(a, transpose(a)),
    'of differences': exp(sub(column, row)),
    'a factor': l,
    'a constant': uneven,
    'a constant that is wide': constant(ndarray([[1, 2, 3], [2, 3, 4]], 'float64')),
    'a row added': add(near, row),
    'a product of two': dot(add(a, transpose(a)), dot(q, transpose(q))),
    'a vector': u,
  }; // prettier-ignore
  for (const [about, v] of Object.entries(yes))
    it(about, () => {
      expect(isSymmetric(v, new GraphShapes())).toBe(true);
    });
  for (const [about, v] of Object.entries(no))
    it(`not ${about}`, () => {
      expect(isSymmetric(v, new GraphShapes())).toBe(false);
    });
});
