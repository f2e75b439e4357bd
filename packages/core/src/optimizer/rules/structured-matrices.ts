/**
 * Linear algebra of matrices whose structure their formula tells. What LAPACK would refuse, such as a
 * singular diagonal matrix, gives infinities or NaN instead, and zeros times NaN or infinity are left out:
 * these rules are `unsafe-nan`.
 */
import { scalarConstant } from '../../graph/constant.js';
import { abs, add, mul, pow, reciprocal, sgn, sqrt, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { allocDiag } from '../../ops/diagonal.js';
import { kron } from '../../ops/linear-algebra.js';
import { asColumns } from '../../ops/matrix-parts.js';
import { prod } from '../../ops/prod.js';
import { sum } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { det, inverse, slogdet } from '../../ops/solve.js';
import { log } from '../../ops/transcendental.js';
import { fitting } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { diagonalOf, isIdentity, squareKroneckerFactors } from './matrix-structure.js';

const tags = ['canonicalize', 'linalg', 'unsafe-nan'] as const;

const identityProduct = rule(
  'a product with an identity is the other factor',
  'dot',
  tags,
  ({ inputs: [x, y], outputs: [out] }, { shapes }) => {
    const fits = shapes.of(x)[x.type.rank - 1] === shapes.of(y)[0];
    if (!fits) return null;
    if (isIdentity(x, shapes)) return fitting(y, out);
    return isIdentity(y, shapes) ? fitting(x, out) : null;
  },
);

const diagonalProduct = rule(
  'a product with a diagonal matrix scales rows or columns',
  'dot',
  tags,
  ({ inputs: [x, y], outputs: [out] }) => {
    const rows = x.type.rank === 2 ? diagonalOf(x) : null;
    if (rows !== null) return fitting(mul(y.type.rank === 1 ? rows : asColumns(rows), y), out);
    const columns = y.type.rank === 2 ? diagonalOf(y) : null;
    return columns && fitting(mul(x, columns), out);
  },
);

const diagonalSystem = rule(
  'solve by a diagonal matrix divides',
  'solve',
  tags,
  ({ inputs: [a, b], outputs: [out] }, { shapes }) => {
    if (isIdentity(a, shapes) && shapes.of(a)[0] === shapes.of(b)[0]) return fitting(b, out);
    const values = diagonalOf(a);
    return values && fitting(trueDiv(b, asColumns(values)), out);
  },
);

const diagonalInverse = rule(
  'inverse and root of a diagonal matrix are those of its elements',
  ['inverse', 'cholesky'],
  tags,
  ({ op, inputs: [a] }, { shapes }) => {
    if (isIdentity(a, shapes)) return a;
    const values = diagonalOf(a);
    return values && allocDiag(op.name === 'inverse' ? reciprocal(values) : sqrt(values));
  },
);

const diagonalDeterminant = rule(
  'the determinant of a diagonal matrix is a product',
  ['det', 'slogdet'],
  tags,
  ({ op, inputs: [a], outputs: [out] }, { shapes }) => {
    if (isIdentity(a, shapes)) {
      const [one, zero] = [1, 0].map((n) => scalarConstant(n, out.dtype));
      return op.name === 'det' ? one : [one, zero];
    }
    const values = diagonalOf(a);
    if (values === null) return null;
    if (op.name === 'det') return prod(values, -1);
    return [prod(sgn(values), -1), sum(log(abs(values)), -1)];
  },
);

const kroneckerInverse = rule(
  'the inverse of a Kronecker product is that of inverses',
  'inverse',
  tags,
  ({ inputs: [a], outputs: [out] }, { shapes }) => {
    const factors = squareKroneckerFactors(a, shapes);
    return factors && fitting(kron(inverse(factors[0]), inverse(factors[1])), out);
  },
);

/** |a ⊗ b| = |a|^m·|b|^n for a of n rows and b of m. */
const kroneckerDeterminant = rule(
  'the determinant of a Kronecker product is made of those of its factors',
  ['det', 'slogdet'],
  tags,
  ({ op, inputs: [product] }, { shapes }) => {
    const [a, b] = squareKroneckerFactors(product, shapes) ?? [];
    if (a === undefined || b === undefined) return null;
    const [n, m] = [a, b].map((v) => cast(shapeOf(v, 0), product.dtype));
    if (op.name === 'det') return mul(pow(det(a), m), pow(det(b), n));
    const [[signA, logA], [signB, logB]] = [slogdet(a), slogdet(b)];
    return [mul(pow(signA, m), pow(signB, n)), add(mul(logA, m), mul(logB, n))];
  },
);

export const structuredMatrixRules: readonly Rule[] = [
  identityProduct,
  diagonalProduct,
  diagonalSystem,
  diagonalInverse,
  diagonalDeterminant,
  kroneckerInverse,
  kroneckerDeterminant,
];
