/** Values of linear algebra against numbers from NumPy and by hand, on the reference and compiled, and its errors. */
import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../device/reference-device.js';
import { NumericalError, ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import * as tno from '../index.js';
import { dmatrix, dtensor3, dvector, imatrix } from '../tensor/create.js';
import { ndarray, type NDArray } from '../types/ndarray.js';
import * as F from './factorizations.js';
import * as L from './linear-algebra.js';
import { matmul } from './matmul.js';
import { schur } from './schur.js';
import * as S from './solve.js';
import * as P from './spectra.js';
import { solveTriangular } from './triangular.js';
import { solveTridiagonal } from './tridiagonal.js';

/** Values of a function of constants, compiled for the reference device and by `perform`. */
function valueOf(result: TensorVariable): NDArray {
  const [performed] = tno.evaluate([result], new Map());
  const compiled = tno.function([], result, { device: createReferenceDevice() })() as
    NDArray | number;
  const array = typeof compiled === 'number' ? ndarray(compiled) : compiled;
  expect(array.allClose(performed, { rtol: 1e-9, atol: 1e-9 })).toBe(true);
  return performed;
}

const d = (values: unknown): NDArray<'float64'> => ndarray(values as number[], 'float64');

function expectClose(result: TensorVariable, wanted: unknown, atol = 1e-9): void {
  const value = valueOf(result);
  const array = ndarray(wanted as number[], 'float64');
  expect(value.shape).toEqual(array.shape);
  if (!value.astype('float64').allClose(array, { rtol: 1e-9, atol }))
    expect(value.toNested()).toEqual(wanted);
}

const spd = d([[4, 2, 0.6], [2, 5, 1], [0.6, 1, 3]]); // prettier-ignore
const square = d([[0, 2, 1], [1, 1, 0], [3, 0, 2]]); // prettier-ignore

describe('factorizations', () => {
  it('schur turns matrices into triangles with blocks for complex pairs', () => {
    const near = (n: number, seed: number): NDArray<'float64'> => {
      const at = (i: number): number => Math.sin(seed + 3.7 * i * i + i);
      return d(
        Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => at(n * i + j))),
      );
    };
    const cases = [1, 2, 3, 4, 5, 6, 7, 8, 20].flatMap((n) =>
      [1, 2, 3].map((seed) => near(n, seed)),
    );
    const nilpotent = d([[0, 0, 0], [1, 0, 0], [0, 1, 0]]); // prettier-ignore
    const cyclic = d([[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]); // prettier-ignore
    const defective = [
      d([[1, 0, 1, -1], [0, 1, -1, 1], [-1, 1, 0, 1], [0, 1, 1, 0]]),
      d([[0, -1, 1, -1], [0, 1, 1, -1], [1, 0, 0, -1], [0, -1, -1, -1]]),
    ]; // prettier-ignore
    for (const a of [
      ...cases,
      nilpotent,
      cyclic,
      ...defective,
      d([
        [2, 1],
        [0, 2],
      ]),
      d([
        [1, -4],
        [1, 1],
      ]),
      d([
        [0, 0],
        [0, 0],
      ]),
    ]) {
      const [form, turns] = schur(a).map(valueOf);
      const n = a.shape[0];
      const back = valueOf(matmul(matmul(turns, form), tno.constant(turns).T));
      expect(back.allClose(a, { rtol: 0, atol: 1e-12 * n * n })).toBe(true);
      const square = valueOf(matmul(turns, tno.constant(turns).T));
      expect(
        square.allClose(valueOf(tno.eye(n, n, 0, 'float64')), { rtol: 0, atol: 1e-12 * n }),
      ).toBe(true);
      const t = form.toNested() as number[][];
      let blockBefore = false;
      for (let i = 1; i < n; i++) {
        expect(t[i].slice(0, i - 1).every((x) => x === 0)).toBe(true);
        const isBlock = t[i][i - 1] !== 0;
        expect(isBlock && blockBefore).toBe(false);
        if (isBlock) {
          expect(t[i][i]).toBe(t[i - 1][i - 1]);
          expect(t[i][i - 1] * t[i - 1][i]).toBeLessThan(0);
        }
        blockBefore = isBlock;
      }
    }
    const stacked = schur(d([[[1, 2], [3, 4]], [[0, -1], [1, 0]]])).map(valueOf); // prettier-ignore
    expect(stacked[0].slice(1).toNested()).toEqual([[0, -1], [1, 0]]); // prettier-ignore
    expect(() => valueOf(schur(d([[NaN]]))[0])).toThrow(/\[schur\] expected finite elements/);
  });

  it('cholesky gives L of the lower triangle, or U of the upper', () => {
    const a = d([[4, 99], [2, 5]]); // prettier-ignore
    expectClose(F.cholesky(a), [[2, 0], [1, 2]]); // prettier-ignore
    expectClose(F.cholesky(d([[4, 2], [99, 5]]), { lower: false }), [[2, 1], [0, 2]]); // prettier-ignore
    expectClose(F.cholesky(d([[[4]], [[9]]])), [[[2]], [[3]]]);
  });

  it('lu gives permutation, lower and upper factor of each matrix', () => {
    const [p, l, u] = F.lu(square);
    expectClose(p, [[0, 1, 0], [0, 0, 1], [1, 0, 0]]); // prettier-ignore
    expectClose(matmul(matmul(p, l), u), square.toNested());
    const [packed, pivots] = F.luFactor(square);
    expectClose(packed, [[3, 0, 2], [0, 2, 1], [1 / 3, 0.5, -7 / 6]]); // prettier-ignore
    expect(valueOf(pivots).toNested()).toEqual([2, 2, 2]);
  });

  it('qr has the signs of LAPACK, reduced and complete', () => {
    const a = d([[3, 1], [4, 1], [0, 1]]); // prettier-ignore
    const [q, r] = F.qr(a);
    expectClose(r, [[-5, -1.4], [0, Math.sqrt(1.04)]]); // prettier-ignore
    expectClose(matmul(q, r), a.toNested());
    const [whole, tall] = F.qr(a, 'complete');
    expectClose(matmul(whole, tall), a.toNested());
    expectClose(matmul(whole.transpose(), whole), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]); // prettier-ignore
  });
});

describe('systems', () => {
  it('solve takes vectors, matrices and stacks, transposed too', () => {
    expectClose(S.solve(square, d([3, 2, 5])), [1, 1, 1]);
    expectClose(S.solve(square, d([4, 3, 3]), { transposed: true }), [1, 1, 1]);
    const stack = d([[[2, 0], [0, 4]], [[1, 1], [0, 1]]]); // prettier-ignore
    expectClose(S.solve(stack, d([[2], [4]])), [[[1], [1]], [[-2], [4]]]); // prettier-ignore
  });

  it('solve takes tridiagonal matrices as what they are', () => {
    const bands = d([[0, 2, 0], [3, 0, 1], [0, 4, 5]]); // prettier-ignore
    const full = d([[0, 2, 7], [3, 0, 1], [7, 4, 5]]); // prettier-ignore
    for (const transposed of [false, true]) {
      const wanted = valueOf(S.solve(bands, d([1, 2, 3]), { transposed })).toNested();
      expectClose(S.solve(full, d([1, 2, 3]), { assume: 'tridiagonal', transposed }), wanted);
    }
    const wanted = valueOf(S.solve(bands, d([1, 2, 3]))).toNested();
    expectClose(solveTridiagonal(d([3, 4]), d([0, 0, 5]), d([2, 1]), d([1, 2, 3])), wanted);
    const stacked = solveTridiagonal(d([[3, 4]]), d([[0, 0, 5]]), d([[2, 1]]), d([[[1], [2], [3]], [[2], [4], [6]]])); // prettier-ignore
    const [first] = (valueOf(stacked).toNested() as number[][][]).map((x) => x.flat());
    expect(first).toEqual(wanted);
    expectClose(solveTridiagonal(d([]), d([4]), d([]), d([2])), [0.5]);
    expect(() => valueOf(solveTridiagonal(d([0]), d([0, 1]), d([0]), d([1, 1])))).toThrow(
      /\[solve_tridiagonal\] expected a matrix that is not singular, got one whose pivot 0 is 0/,
    );
    expect(() => solveTridiagonal(d([1]), d([1, 1]), d([1]), d([1, 1, 1]))).toThrow(
      /\[solve_tridiagonal\] expected as many rows as the matrix, 2 .*, got 3/,
    );
    expect(() => solveTridiagonal(1, d([1, 1]), d([1]), d([1, 1]))).toThrow(ShapeError);
  });

  it('solve uses what is assumed of the matrix', () => {
    const b = d([6.6, 8, 4.6]);
    for (const assume of ['general', 'symmetric', 'positive definite'] as const)
      expectClose(S.solve(spd, b, { assume }), [1, 1, 1]);
    const triangle = d([[2, 7], [1, 4]]); // prettier-ignore
    expectClose(S.solve(triangle, d([2, 5]), { assume: 'lower triangular' }), [1, 1]);
    expectClose(S.solve(triangle, d([9, 4]), { assume: 'upper triangular' }), [1, 1]);
    expectClose(S.solve(triangle, d([2, 4]), { assume: 'diagonal' }), [1, 1]);
  });

  it('solveTriangular and choSolve', () => {
    const a = d([[2, 7], [1, 4]]); // prettier-ignore
    expectClose(solveTriangular(a, d([2, 5]), { lower: true }), [1, 1]);
    expectClose(solveTriangular(a, d([3, 4]), { lower: true, transposed: true }), [1, 1]);
    expectClose(solveTriangular(a, d([8, 1]), { unitDiagonal: true }), [1, 1]);
    expectClose(S.choSolve(F.cholesky(spd), d([6.6, 8, 4.6])), [1, 1, 1]);
    expectClose(
      S.choSolve(F.cholesky(spd, { lower: false }), d([6.6, 8, 4.6]), { lower: false }),
      [1, 1, 1],
    );
  });

  it('inverse, det and slogdet', () => {
    expectClose(S.inverse(d([[1, 2], [3, 4]])), [[-2, 1], [1.5, -0.5]]); // prettier-ignore
    expectClose(S.det(d([[[1, 2], [3, 4]], [[0, 1], [1, 0]]])), [-2, -1]); // prettier-ignore
    expectClose(S.det(d([[1, 2], [2, 4]])), 0); // prettier-ignore
    const [sign, logarithm] = S.slogdet(d([[1, 2], [3, 4]])); // prettier-ignore
    expectClose(sign, -1);
    expectClose(logarithm, Math.log(2));
    expectClose(S.slogdet(d([[0, 0], [0, 0]]))[1], -Infinity); // prettier-ignore
  });

  it('integers become floatX', () => {
    expect(S.inverse(imatrix('x')).dtype).toBe(tno.config.floatX);
    expect(S.solve(imatrix('x'), dvector('y')).dtype).toBe('float64');
  });
});

describe('spectra', () => {
  it('eigh is ascending, its vectors oriented', () => {
    const [w, v] = P.eigh(d([[2, 1], [1, 2]])); // prettier-ignore
    const h = Math.SQRT1_2;
    expectClose(w, [1, 3]);
    expectClose(v, [[h, h], [-h, h]]); // prettier-ignore
    expectClose(P.eigvalsh(d([[2, 99], [1, 2]])), [1, 3]); // prettier-ignore
    expectClose(P.eigvalsh(d([[2, 1], [99, 2]]), 'U'), [1, 3]); // prettier-ignore
  });

  it('svd is descending and gives the matrix back', () => {
    const a = d([[3, 0], [4, 5], [0, 1]]); // prettier-ignore
    for (const x of [a, a.transpose()]) {
      const [u, s, vt] = P.svd(x, { fullMatrices: false });
      expectClose(matmul(u.mul(s), vt), x.toNested());
      expectClose(P.svdvals(x), valueOf(s).toNested());
      const [wide] = P.svd(x);
      expectClose(
        matmul(wide.transpose(), wide),
        valueOf(L.matrixPower(matmul(x, x.transpose()), 0)).toNested(),
      );
    }
    expectClose(P.svdvals(d([[3, 0], [4, 5]])), [Math.sqrt(45), Math.sqrt(5)]); // prettier-ignore
  });

  it('pinv and lstsq also of matrices without full rank', () => {
    expectClose(P.pinv(d([[1, 1], [1, 1]])), [[0.25, 0.25], [0.25, 0.25]]); // prettier-ignore
    expectClose(P.pinv(d([[1, 0], [0, 2], [0, 0]])), [[1, 0, 0], [0, 0.5, 0]]); // prettier-ignore
    const fit = P.lstsq(d([[0, 1], [1, 1], [2, 1], [3, 1]]), d([-1, 0.2, 0.9, 2.1])); // prettier-ignore
    expectClose(fit.solution, [1, -0.95]);
    expectClose(fit.residuals, 0.05);
    expectClose(fit.rank, 2);
    expectClose(P.lstsq(d([[1, 1], [1, 1]]), d([2, 2])).rank, 1); // prettier-ignore
  });

  it('expm', () => {
    const [c, s] = [Math.cos(7), Math.sin(7)];
    expectClose(P.expm(d([[0, -7], [7, 0]])), [[c, -s], [s, c]]); // prettier-ignore
    expectClose(P.expm(d([[[1, 1], [0, 1]]])), [[[Math.E, Math.E], [0, Math.E]]]); // prettier-ignore
  });
});

describe('made of the others', () => {
  const a = d([[1, 2], [3, 4]]); // prettier-ignore

  it('powers and chains', () => {
    expectClose(L.matrixPower(a, 3), [[37, 54], [81, 118]]); // prettier-ignore
    expectClose(L.matrixPower(a, -1), [[-2, 1], [1.5, -0.5]]); // prettier-ignore
    expectClose(L.matrixPower(a, 0), [[1, 0], [0, 1]]); // prettier-ignore
    expectClose(L.matrixDot(a, a, d([1, 1])), [17, 37]);
    expectClose(L.traceOf(a), 5);
  });

  it('norms of vectors and matrices', () => {
    const norms = ([null, 'fro', 'nuc', 1, -1, 2, -2, Infinity, -Infinity] as const).map((ord) =>
      Number(valueOf(L.norm(a, ord)).item()),
    );
    const wanted = [5.477225575, 5.477225575, 5.830951895, 6, 4, 5.4649857, 0.365966191, 7, 3];
    wanted.forEach((value, k) => expect(norms[k]).toBeCloseTo(value, 7));
    const v = d([3, -4]);
    const ofVector = ([null, 0, 1, 2, 3, Infinity, -Infinity] as const).map((ord) =>
      Number(valueOf(L.norm(v, ord, 0)).item()),
    );
    [5, 2, 7, 5, 4.497941445, 4, 3].forEach((value, k) =>
      expect(ofVector[k]).toBeCloseTo(value, 7),
    );
    expectClose(L.norm(a, 1, [1, 0]), 7);
    expectClose(L.norm(a, 2, 1, { keepdims: true }), [[Math.sqrt(5)], [5]]); // prettier-ignore
    expectClose(L.norm(d([[[1, 2], [3, 4]]]), Infinity, [-1, 0], { keepdims: true }), [[[2], [4]]]); // prettier-ignore
  });

  it('kron, blockDiag, tensorinv and tensorsolve', () => {
    expectClose(L.kron(d([1, 10]), d([1, 2])), [1, 2, 10, 20]);
    expectClose(L.kron(d([[1, 2]]), a), [[1, 2, 2, 4], [3, 4, 6, 8]]); // prettier-ignore
    expectClose(L.blockDiag(d([[1]]), d([[2, 3]])), [[1, 0, 0], [0, 2, 3]]); // prettier-ignore
    const t = d([[[1, 0], [0, 2]], [[4, 0], [0, 0]], [[0, 1], [0, 0]], [[0, 0], [8, 0]]]); // prettier-ignore
    expect(valueOf(L.tensorinv(t, 1)).shape).toEqual([2, 2, 4]);
    expectClose(L.tensorsolve(t, d([3, 4, 1, 8])), [[1, 1], [1, 1]]); // prettier-ignore
  });
});

describe('errors', () => {
  const [x, v] = [dmatrix('x'), dvector('v')];
  const runs = (result: TensorVariable | TensorVariable[], value: unknown) => () =>
    tno.function([x], result as TensorVariable)(d(value));

  it('matrices that are known not to fit are refused where they are used', () => {
    expect(() => S.inverse(tno.zeros([2, 3]))).toThrow(
      /^\[inverse\] expected square matrices, got 2 rows and 3 columns/,
    );
    expect(() => F.cholesky(v)).toThrow(/^\[cholesky\] expected matrices \(rank 2 or more\), got/);
    expect(() => S.solve(tno.zeros([2, 2]), tno.zeros([3]))).toThrow(ShapeError);
    expect(() => L.norm(v, 'nuc', 0)).toThrow(ShapeError);
    expect(() => L.matrixPower(x, 0.5)).toThrow(ShapeError);
  });

  it('sizes found at run time name the op', () => {
    expect(runs(S.det(x), [[1, 2, 3]])).toThrow(
      /\[det\] expected square matrices|\[lu\] expected square/,
    );
    expect(runs(S.solve(x, d([1, 2, 3])), [[1, 0], [0, 1]])).toThrow(ShapeError); // prettier-ignore
  });

  it('values that do not fit are a NumericalError at the line', () => {
    const here = /linear-algebra\.test\.ts/;
    for (const [result, value, text] of [
      [F.cholesky(x), [[1, 2], [2, 1]], 'expected a positive definite matrix, got one whose leading minor of order 2 is not'], // prettier-ignore
      [S.solve(x, d([1, 1])), [[1, 1], [1, 1]], 'expected a matrix that is not singular, got one whose pivot 1 is 0'], // prettier-ignore
      [solveTriangular(x, d([1, 1])), [[1, 1], [0, 0]], 'expected a matrix that is not singular, got one whose diagonal element 1 is 0'], // prettier-ignore
      [
        P.eigvalsh(x),
        [[NaN]],
        'expected finite elements (and values that converge), got others in matrix 0',
      ],
    ] as const) {
      expect(runs(result, value)).toThrow(NumericalError);
      expect(runs(result, value)).toThrow(text);
      expect(runs(result, value)).toThrow(here);
    }
  });

  it('equal matrices share a factorization', () => {
    const b = tno.function([x], [S.det(x), S.inverse(x), S.solve(x, d([1, 1]))]);
    const text = tno.printProgram(b.program);
    expect(text.match(/= lu\(/g)).toHaveLength(1);
  });

  it('stacks run as one step', () => {
    const a = dtensor3('a');
    const f = tno.function([a], S.inverse(a));
    expect((f(d([[[2]], [[4]]])) as NDArray).toNested()).toEqual([[[0.5]], [[0.25]]]);
  });
});
