/** Linear algebra; factorizations are held to their oracles where those have the same signs. */
import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, failsByValues, row, smooth, way } from '../make-row.js';
import type { Call, Failure, Family, Gradient, Input } from '../row.js';
import { between } from '../values.js';
import { equations } from './matrix-equations.js';
import { dominant, names, of, ofSquare, scipyOnly, sizes, square, sums } from './matrix-rows.js';

const { linalg } = tno;
type Shapes = readonly (readonly number[])[];

/** Of three columns, with singular values far apart. */
const tall: Input = {
  shape: [4, 3],
  values: (random, dtype, position, size) =>
    dtype === 'bool'
      ? Number(position % 3 >= Math.floor(position / 3))
      : dominant(3)(random, dtype, position, size),
};
const ofSystem = (
  empty: Shapes,
  one: Shapes,
  broadcast: Shapes,
): Pick<Call, 'shapes' | 'blank'> => ({
  shapes: { empty, one, broadcast },
  blank: { special: 'systems of NaN and infinities' },
});
/** Diagonals beside the main one; none of bool, whose matrices could be singular. */
const beside: Input = {
  shape: [2],
  values: (random, dtype, position, size) =>
    dtype === 'bool' ? 0 : between(-2, 2)(random, dtype, position, size),
};
/** With no matrix of `square` has it an eigenvalue twice, nor a complex one. */
const falling: Input = {
  shape: [3, 3],
  values: (random, dtype, position) => {
    const isOn = position % 4 === 0;
    if (dtype === 'bool') return Number(isOn);
    return isOn ? 8 - position / 2 : between(-0.5, 0.5)(random, dtype, 0, 0);
  },
};
/** Two rows with these numbers beside a diagonal of ones, times 4. */
const turned = (upper: number, lower: number): Input => ({
  shape: [2, 2],
  values: (random, dtype, position) => {
    const base = [1, upper, lower, 1][position];
    return dtype === 'bool' ? base : 4 * base + Number(between(-0.5, 0.5)(random, dtype, 0, 0));
  },
});
/** What qz leaves of two matrices: their eigenvalues, both matrices, and that the others are orthogonal. */
const pencil: Call['build'] = (a, b) => {
  const [s, t, q, z] = linalg.qz(a, b);
  const back = (form: tno.TensorVariable): tno.TensorVariable =>
    tno.matmul(tno.matmul(q, form), linalgT(z));
  const squares = tno.add(tno.matmul(linalgT(q), q), tno.matmul(linalgT(z), z));
  const values = tno.div(tno.diagonal(s, 0, -2, -1), tno.diagonal(t, 0, -2, -1));
  return [tno.sort(values), back(s), back(t), squares];
};
const pencilOracle =
  'stacked(lambda m, n: (np.sort(np.linalg.eigvals(np.linalg.solve(n, m)).real), m, n, 2 * np.eye(len(m))), a, b)';

const once: Gradient = smooth();
const singular = (build: Call['build']): Failure =>
  failsByValues(
    'a singular matrix',
    /that is not singular/,
    [tno.NDArray.ones([2, 2], 'float64')],
    build,
  );

const symmetric = (x: tno.TensorVariable): tno.TensorVariable =>
  tno.add(tno.div(x, 2), tno.div(linalgT(x), 2));
const linalgT = (x: tno.TensorVariable): tno.TensorVariable => tno.swapaxes(x, -1, -2);
const symmetrized = '((a + np.swapaxes(a, -1, -2)) * 0.5)';

export const linearAlgebra: Family = {
  name: 'linalg',
  title: 'Linear algebra',
  rows: [
    ofSquare(
      'cholesky',
      (x) => linalg.cholesky(symmetric(x)),
      `stacked(np.linalg.cholesky, ${symmetrized})`,
      {
        names: names('slinalg.cholesky', 'cholesky'),
        failures: [
          failsByValues(
            'a matrix that is not positive definite',
            /expected a positive definite matrix/,
            [tno.NDArray.zeros([2, 2], 'float64')],
            (x) => linalg.cholesky(x),
          ),
        ],
      },
    ),
    ofSquare('inverse', (x) => linalg.inverse(x), 'stacked(np.linalg.inv, a)', {
      names: names('nlinalg.matrix_inverse', 'inv'),
      failures: [singular((x) => linalg.inverse(x))],
      note: 'also `linalg.inv`',
    }),
    ofSquare('det', (x) => linalg.det(x), 'stacked(np.linalg.det, a)', {
      names: names('nlinalg.det', 'det'),
    }),
    ofSquare('slogdet', (x) => linalg.slogdet(x), 'stacked(lambda m: tuple(np.linalg.slogdet(m)), a)', {
      result: ['float', 'float'],
      names: names('nlinalg.slogdet', 'slogdet'),
    }),
    ofSquare('expm', (x) => linalg.expm(tno.div(x, 16)), 'stacked(scipy.linalg.expm, a / 16)', {
      names: names('slinalg.expm', null, {
        numpy: 'scipy.linalg.expm',
        pytorch: 'torch.matrix_exp',
        jax: 'jax.scipy.linalg.expm',
      }),
    }),
    ofSquare('matrixPower', (x) => linalg.matrixPower(x, -3), 'stacked(np.linalg.matrix_power, a, -3)', {
      names: names('nlinalg.matrix_power', 'matrix_power'),
    }),
    ofSquare('eigvalsh', (x) => linalg.eigvalsh(symmetric(x)), `stacked(np.linalg.eigvalsh, ${symmetrized})`, {
      names: names('slinalg.eigvalsh', 'eigvalsh'),
    }),
    ofSquare(
      'eigh',
      (x) => {
        const [w, v] = linalg.eigh(symmetric(x));
        return [w, tno.sqr(v)];
      },
      `stacked(lambda m: (lambda w, v: (w, v**2))(*np.linalg.eigh(m)), ${symmetrized})`,
      {
        result: ['float', 'float'],
        names: names('nlinalg.eigh', 'eigh'),
        note: 'the largest element of each vector is positive',
      },
    ),
    ofSquare('lu', (x) => linalg.lu(x), 'stacked(scipy.linalg.lu, a)', {
      result: ['float', 'float', 'float'],
      names: scipyOnly('slinalg.lu', 'lu'),
    }),
    ofSquare('luFactor', (x) => linalg.luFactor(x), 'stacked(scipy.linalg.lu_factor, a)', {
      result: ['float', 'int64'],
      names: scipyOnly('slinalg.lu_factor', 'lu_factor'),
    }),
    row('linalg.schur', {
      calls: [
        way('', [square()], {
          build: (x) => {
            const [form, turns] = linalg.schur(x);
            const values = tno.sort(tno.diagonal(form));
            return [values, tno.dot(tno.dot(turns, form), linalgT(turns))];
          },
          oracle: 'stacked(lambda m: (np.sort(np.linalg.eigvals(m).real), m), a)',
          shapes: sizes([[0, 0]], [[1, 1]], [[3, 3]]),
        }),
      ],
      result: ['float', 'float'],
      tolerance: { float16: 32, float32: 128, float64: 256, beside: 'array' },
      gradient: once,
      names: scipyOnly('slinalg.schur', 'schur'),
    }),
    row('linalg.qz', {
      calls: [
        way('', [square(), falling], {
          build: pencil,
          oracle: pencilOracle,
          shapes: sizes([[0, 0], [0, 0]], [[1, 1], [1, 1]], [[3, 3], [3, 3]]),
        }),
        way('stack', [square(2), falling], {
          build: pencil,
          oracle: pencilOracle,
          ...ofSystem([[0, 3, 3], [3, 3]], [[1, 1, 1], [1, 1]], [[2, 3, 3], [3, 3]]),
        }),
        way('a complex pair', [turned(1, 0), turned(0, 1)], {
          build: (a, b) => {
            const [s, t, q, z] = linalg.qz(a, b);
            return [tno.sqr(s), t, tno.sqr(q), tno.sqr(z)];
          },
          oracle: 'stacked(lambda m, n: (lambda s, t, q, z: (s**2, t, q**2, z**2))(*scipy.linalg.qz(m, n)), a, b)',
          ...ofSystem([[0, 2, 2], [2, 2]], [[1, 1], [1, 1]], [[2, 2], [2, 2]]),
        }),
      ],
      result: ['float', 'float', 'float', 'float'],
      tolerance: { float16: 32, float32: 128, float64: 256, beside: 'array' },
      gradient: once,
      failures: [
        failsByValues(
          'a NaN',
          /\[qz\] expected finite elements/,
          [tno.NDArray.ones([2, 2], 'float64'), tno.NDArray.full([2, 2], NaN, 'float64')],
          (a, b) => linalg.qz(a, b)[1],
        ),
      ],
      names: names('slinalg.qz', null, { numpy: 'scipy.linalg.qz' }),
      note: 'real',
    }),
    row('linalg.qr', {
      calls: [
        way('', [of(4, 3)], {
          build: (x) => linalg.qr(x),
          oracle: 'stacked(lambda m: tuple(np.linalg.qr(m)), a)',
          shapes: sizes([[0, 4, 3]], [[1, 1]], [[4, 3]]),
        }),
        way('wide', [of(2, 2, 3)], {
          build: (x) => linalg.qr(x),
          oracle: 'stacked(lambda m: tuple(np.linalg.qr(m)), a)',
          shapes: sizes([[0, 2, 3]], [[1, 1, 1]], [[2, 2, 3]]),
        }),
      ],
      result: ['float', 'float'],
      tolerance: { float16: 32, float32: 128, float64: 256, beside: 'array' },
      gradient: smooth(),
      names: names('nlinalg.qr', 'qr'),
      note: '`complete` too',
    }),
    row('linalg.svd', {
      calls: [
        way('', [tall], {
          build: (x) => {
            const [u, s, vt] = linalg.svd(x, { fullMatrices: false });
            return [tno.sqr(u), s, tno.sqr(vt)];
          },
          oracle: 'stacked(lambda m: (lambda u, s, v: (u**2, s, v**2))(*np.linalg.svd(m, False)), a)',
          shapes: sizes([[0, 4, 3]], [[1, 1]], [[4, 3]]),
        }),
      ],
      result: ['float', 'float', 'float'],
      tolerance: { float16: 64, float32: 256, float64: 512, beside: 'array' },
      gradient: smooth(),
      names: names('nlinalg.svd', 'svd'),
      note: 'gradients by vectors of the reduced one',
    }),
    row('linalg.svdvals', {
      calls: [
        way('', [of(2, 3, 4)], {
          build: (x) => linalg.svdvals(x),
          oracle: 'stacked(lambda m: np.linalg.svd(m, compute_uv=False), a)',
          shapes: sizes([[0, 3, 4]], [[1, 1, 1]], [[2, 3, 4]]),
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      names: names(null, 'svdvals', { numpy: 'np.linalg.svdvals' }),
    }),
    row('linalg.pinv', {
      calls: [
        way('', [of(4, 3)], {
          build: (x) => linalg.pinv(x),
          oracle: 'stacked(lambda m: np.linalg.pinv(m, 1e-12 if m.dtype == np.float64 else 1e-6), a)',
          shapes: sizes([[0, 4, 3]], [[1, 1]], [[4, 3]]),
        }),
      ],
      result: 'float',
      tolerance: { float16: 64, float32: 1024, float64: 2048, beside: 'array' },
      gradient: smooth(),
      names: names('nlinalg.pinv', 'pinv'),
    }),
    row('linalg.solve', {
      calls: [
        way('matrix', [square(), of(3, 2)], {
          build: (a, b) => linalg.solve(a, b),
          oracle: 'stacked(np.linalg.solve, a, b)',
          ...ofSystem([[3, 3], [3, 0]], [[1, 1], [1, 1]], [[3, 3], [3, 2]]),
        }),
        way('vector, transposed', [square(), of(3)], {
          build: (a, b) => linalg.solve(a, b, { transposed: true }),
          oracle: 'np.linalg.solve(double(a).T, double(b)) if a.size else double(b)',
          ...ofSystem([[0, 0], [0]], [[1, 1], [1]], [[3, 3], [3]]),
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [singular((a) => linalg.solve(a, tno.constant(tno.NDArray.ones([2], 'float64'))))],
      names: names('slinalg.solve', 'solve'),
      note: '`assume`: symmetric, positive definite, triangular, diagonal',
    }),
    row('linalg.solveTriangular', {
      calls: (['lower', 'upper'] as const).map((triangle) =>
        way(triangle, [square(), of(3, 2)], {
          build: (a, b) => linalg.solveTriangular(a, b, { lower: triangle === 'lower' }),
          oracle: `stacked(lambda m, n: scipy.linalg.solve_triangular(m, n, lower=${triangle === 'lower' ? 'True' : 'False'}), a, b)`,
          ...ofSystem([[3, 3], [3, 0]], [[1, 1], [1, 1]], [[3, 3], [3, 2]]),
        }),
      ),
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsByValues(
          'a 0 on the diagonal',
          /that is not singular/,
          [tno.NDArray.zeros([2, 2], 'float64'), tno.NDArray.ones([2], 'float64')],
          (a, b) => linalg.solveTriangular(a, b),
        ),
      ],
      names: names('slinalg.solve_upper_triangular', 'solve_triangular', {
        numpy: 'scipy.linalg.solve_triangular',
        jax: 'jax.scipy.linalg.solve_triangular',
      }),
    }),
    row('linalg.solveTridiagonal', {
      calls: [
        way('', [beside, { shape: [3], values: dominant(1) }, beside, of(3, 2)], {
          build: (l, d, u, b) => linalg.solveTridiagonal(l, d, u, b),
          oracle: 'np.linalg.solve(np.diag(double(a), -1) + np.diag(double(b)) + np.diag(double(c), 1), double(d))',
          ...ofSystem([[2], [3], [2], [3, 0]], [[0], [1], [0], [1, 1]], [[2], [3], [2], [3, 2]]),
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtRun(
          'rows that differ',
          /expected as many rows as the matrix, 2 .*, got 3/,
          [1, 2, 1, 3].map((n) => tno.NDArray.ones([n], 'float64')),
          (l, d, u, b) => linalg.solveTridiagonal(l, d, u, b),
        ),
        failsByValues(
          'a singular matrix',
          /that is not singular/,
          [tno.NDArray.ones([1], 'float64'), tno.NDArray.ones([2], 'float64')],
          (a, b) => linalg.solveTridiagonal(a, b, a, b),
        ),
      ],
      names: names('slinalg.solve', null, {
        numpy: 'scipy.linalg.solve_banded',
        jax: 'jax.lax.linalg.tridiagonal_solve',
      }),
      note: 'of three diagonals; also `solve` with `assume`',
    }),
    row('linalg.choSolve', {
      calls: [
        way('', [square(), of(3, 2)], {
          build: (a, b) => linalg.choSolve(tno.tril(a), b),
          oracle: 'stacked(lambda m, n: scipy.linalg.cho_solve((np.tril(m), True), n), a, b)',
          ...ofSystem([[3, 3], [3, 0]], [[1, 1], [1, 1]], [[3, 3], [3, 2]]),
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('a vector', /expected matrices/, () =>
          linalg.choSolve(tno.vector('x'), tno.vector('y')),
        ),
      ],
      names: scipyOnly('slinalg.cho_solve', 'cho_solve'),
    }),
    row('linalg.lstsq', {
      calls: [
        way('', [of(4, 3), of(4, 2)], {
          build: (a, b) => linalg.lstsq(a, b).solution,
          oracle: 'stacked(lambda m, n: np.linalg.lstsq(m, n, 1e-12)[0], a, b)',
          ...ofSystem([[4, 3], [4, 0]], [[1, 1], [1, 1]], [[4, 3], [4, 2]]),
        }),
      ],
      result: 'float',
      tolerance: { float16: 64, float32: 1024, float64: 2048, beside: 'array' },
      gradient: smooth(),
      names: names('nlinalg.lstsq', 'lstsq'),
    }),
    row('linalg.trace', {
      calls: [
        way('', [of(2, 3, 4)], {
          build: (x) => linalg.trace(x),
          oracle: 'reduced(np.sum)(np.diagonal(a, 0, -2, -1), axis=-1)',
        }),
      ],
      result: 'sum',
      tolerance: sums,
      gradient: smooth(),
      failures: [failsAtBuild('a vector', /expected a rank of at least 2/, () => linalg.trace(tno.vector('x')))],
      names: names('nlinalg.trace', 'trace'),
    }),
    row('linalg.norm', {
      calls: [
        normOf('all', (x) => linalg.norm(x), ''),
        normOf('rows', (x) => linalg.norm(x, null, 1), ', axis=1'),
        normOf('sum', (x) => linalg.norm(x, 1, 0), ', 1, axis=0'),
        normOf('largest', (x) => linalg.norm(x, Infinity, 1), ', np.inf, axis=1'),
        normOf('matrix, 1', (x) => linalg.norm(x, 1), ', 1'),
        normOf('matrix, nuc', (x) => linalg.norm(x, 'nuc'), ", 'nuc'"),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('an order that matrices do not have', /expected one of fro, nuc/, () =>
          linalg.norm(tno.matrix('x'), 3),
        ),
      ],
      names: names('nlinalg.norm', 'norm'),
    }),
    row('linalg.matrixDot', {
      calls: [
        way('', [of(2, 3), of(3, 4), of(4, 2)], {
          build: (a, b, c) => linalg.matrixDot(a, b, c),
          oracle: 'counted(np.dot, counted(np.dot, a, b), c)',
          shapes: { empty: [[0, 3], [3, 4], [4, 2]], special: [[0, 3], [3, 4], [4, 2]] },
        }),
      ],
      result: 'same',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('no matrix', /expected at least one matrix, got none/, () => linalg.matrixDot()),
      ],
      names: names('nlinalg.matrix_dot', 'multi_dot'),
    }),
    row('linalg.blockDiag', {
      calls: [
        way('', [of(2, 3), of(1, 2)], {
          build: (a, b) => linalg.blockDiag(a, b),
          oracle: 'block_diag(a, b)',
          shapes: { empty: [[0, 3], [1, 2]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('a vector', /\[block_diag\] expected matrices, got/, () =>
          linalg.blockDiag(tno.vector('x')),
        ),
      ],
      names: scipyOnly('slinalg.block_diag', 'block_diag'),
    }),
    row('linalg.tensorinv', {
      calls: [
        way('', [{ shape: [3, 3, 1], values: dominant(3) }], {
          build: (x) => linalg.tensorinv(x, 1),
          oracle: 'np.linalg.tensorinv(double(a), 1)',
          shapes: sizes([[1, 1, 1]], [[1, 1, 1]], [[3, 3, 1]]),
          blank: { special: 'an inverse of NaN and infinities', empty: 'an inverse of no elements' },
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('all of its axes', /\[tensorinv\] expected a number of axes/, () =>
          linalg.tensorinv(tno.matrix('x'), 2),
        ),
      ],
      names: names('nlinalg.tensorinv', 'tensorinv'),
    }),
    row('linalg.tensorsolve', {
      calls: [
        way('', [{ shape: [3, 3, 1], values: dominant(3) }, of(3)], {
          build: (a, b) => linalg.tensorsolve(a, b),
          oracle: 'np.linalg.tensorsolve(double(a), double(b))',
          shapes: { broadcast: [[3, 3, 1], [3]] },
          blank: { special: 'an inverse of NaN and infinities', empty: 'an inverse of no elements' },
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('too few axes', /\[tensorsolve\] expected more than 1 axes/, () =>
          linalg.tensorsolve(tno.vector('x'), tno.vector('y')),
        ),
      ],
      names: names('nlinalg.tensorsolve', 'tensorsolve'),
    }),
    row('linalg.kron', {
      calls: [
        way('', [of(2, 3), of(3, 2)], {
          build: (a, b) => linalg.kron(a, b),
          oracle: 'np.kron(a, b)',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      cannotFail: 'takes operands of any shapes',
      names: { theano: 'slinalg.kron', numpy: 'np.kron', pytorch: 'torch.kron', jax: 'jnp.kron' },
    }),
    ...equations(),
  ],
}; // prettier-ignore

function normOf(about: string, build: Call['build'], options: string): Call {
  return way(about, [of(3, 4)], {
    build,
    oracle: `np.linalg.norm(double(a)${options})`,
    shapes: { empty: [[1, 1]], special: [[1, 4]] },
    ...(options.includes('nuc') && {
      blank: { special: 'singular values of NaN and infinities' },
    }),
  });
}
