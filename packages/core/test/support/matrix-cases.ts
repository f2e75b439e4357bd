/** Arguments for the routines of linear algebra: stacks, single and empty matrices, and values that fail. */
import type { Routine } from '../../src/routines/routine.js';
import { NDArray, ndarray } from '../../src/types/ndarray.js';
import { randomStream } from './kernel-cases.js';
import type { RoutineCase } from './routine-cases.js';

type FloatName = 'float32' | 'float64';

let seed = 1;

function random(dtype: FloatName, shape: readonly number[]): NDArray {
  const next = randomStream(seed++);
  const out = NDArray.zeros([...shape], 'float64');
  for (let i = 0; i < out.size; i++) out.data[i] = 2 * next() - 1;
  return out.astype(dtype);
}

const tolerances: Readonly<Record<FloatName, number>> = { float32: 2e-5, float64: 1e-11 };

/** Cases for both dtypes, of the inputs that `make` gives. */
function cases(
  make: (
    of: (...shape: number[]) => NDArray,
    dtype: FloatName,
  ) => readonly Omit<RoutineCase, 'tolerance'>[],
): () => readonly RoutineCase[] {
  return () =>
    (['float32', 'float64'] as const).flatMap((dtype) =>
      make((...shape) => random(dtype, shape), dtype).map((one) => ({
        ...one,
        tolerance: tolerances[dtype],
      })),
    );
}

/** `x` with `by` added to the diagonals of its last two axes. */
function withDiagonal(x: NDArray, by: number): NDArray {
  const out = x.copy();
  const [rows, columns] = x.shape.slice(-2);
  for (let at = 0; at < out.size; at++) {
    const [i, j] = [Math.floor(at / columns) % rows, at % columns];
    if (i === j) out.data[at] = Number(out.data[at]) + by;
  }
  return out;
}

export const identityLike = (x: NDArray): NDArray =>
  withDiagonal(NDArray.zeros([...x.shape], x.dtype), 1);

const flags = (count: number): number[][] =>
  Array.from({ length: 2 ** count }, (_, bits) =>
    Array.from({ length: count }, (_, k) => (bits >> k) & 1),
  );

/** What `lu` would give of well conditioned matrices: both triangles in one, and an order of rows. */
function factors(x: NDArray): [NDArray, NDArray] {
  const n = x.shape[x.rank - 1];
  const places = Array.from({ length: x.size / Math.max(1, n) }, (_, k) =>
    BigInt((k + 1) % Math.max(1, n)),
  );
  return [withDiagonal(x, n), ndarray(places, 'int64').reshape(x.shape.slice(0, -1))];
}

const square = (flagCount: number): (() => readonly RoutineCase[]) =>
  cases((of) =>
    flags(flagCount).flatMap((params) =>
      [of(3, 3), of(1, 1), of(0, 0), of(2, 3, 4, 4), of(0, 2, 2), of(7, 7)].map((x) => ({
        ins: [x],
        params,
      })),
    ),
  );

const notFinite: readonly RoutineCase[] = [
  { ins: [ndarray([[[1, 0], [0, 1]], [[1, 2], [NaN, 1]]], 'float64')], params: [0], fails: true }, // prettier-ignore
];

export const matrixCases = {
  batched_gemm: cases((of) => [
    ...flags(2).flatMap((params) => [
      { ins: [of(2, 4, 4), of(1, 4, 4)], params },
      { ins: [of(1, 5, 3, 3), of(2, 1, 3, 3)], params },
      { ins: [of(3, 0, 0), of(3, 0, 0)], params },
    ]),
    { ins: [of(2, 3, 4), of(2, 4, 5)], params: [0, 0] },
    { ins: [of(200, 3, 4), of(200, 5, 4)], params: [0, 1] },
    { ins: [of(2, 40, 30), of(2, 40, 50)], params: [1, 0] },
    { ins: [of(2, 3, 0), of(2, 0, 2)], params: [0, 0] },
    { ins: [of(3, 4), of(4, 2)], params: [0, 0] },
  ]),
  cholesky: () => [
    ...cases((of) =>
      flags(1).flatMap((params) =>
        [of(3, 3), of(1, 1), of(0, 0), of(2, 3, 4, 4), of(300, 3, 3)].map((x) => ({
          ins: [withDiagonal(x, x.shape[x.rank - 1] + 1)],
          params,
        })),
      ),
    )(),
    { ins: [ndarray([[1, 2], [2, 1]], 'float64')], params: [0], fails: true }, // prettier-ignore
    { ins: [ndarray([[1, 0], [NaN, 1]], 'float32')], params: [0], fails: true }, // prettier-ignore
  ],
  lu: () => [
    ...square(0)(),
    { ins: [ndarray([[0, 0], [0, 1]], 'float64')], tolerance: 1e-12 }, // prettier-ignore
  ],
  lu_solve: () => [
    ...cases((of) =>
      flags(1).flatMap((params) => [
        { ins: [...factors(of(3, 3)), of(3, 2)], params },
        { ins: [...factors(of(2, 1, 4, 4)), of(1, 5, 4, 1)], params },
        { ins: [...factors(of(0, 0)), of(0, 2)], params },
        { ins: [...factors(of(2, 2)), of(2, 0)], params },
      ]),
    )(),
    { ins: [ndarray([[1, 2], [3, 0]], 'float64'), ndarray([0n, 1n], 'int64'), ndarray([[1], [1]], 'float64')], params: [0], fails: true }, // prettier-ignore
  ],
  solve_tridiagonal: () => [
    ...cases((of) =>
      flags(1).flatMap((params) => [
        { ins: [of(3, 6), of(6, 2)], params },
        { ins: [of(3, 1), of(1, 2)], params },
        { ins: [of(3, 2), of(2, 1)], params },
        { ins: [of(2, 1, 3, 4), of(1, 5, 4, 1)], params },
        { ins: [of(3, 0), of(0, 2)], params },
        { ins: [of(3, 2), of(2, 0)], params },
      ]),
    )(),
    // Rows are exchanged where the diagonal is 0.
    { ins: [ndarray([[0, 1, 2, 3], [0, 0, 0, 0], [4, 5, 6, 0]], 'float64'), ndarray([[1], [2], [3], [4]], 'float64')], params: [0], tolerance: 1e-12 },
    { ins: [ndarray([[0, 0], [1, 0], [1, 0]], 'float64'), ndarray([[1], [1]], 'float64')], params: [0], fails: true },
    { ins: [ndarray([[0, 0, 1], [0, 1, 1], [1, 0, 0]], 'float32'), ndarray([[1], [1], [1]], 'float32')], params: [0], fails: true },
  ], // prettier-ignore
  solve_triangular: () => [
    ...cases((of) =>
      flags(3).flatMap((params) => [
        { ins: [withDiagonal(of(4, 4), 4), of(4, 2)], params },
        { ins: [withDiagonal(of(2, 1, 3, 3), 3), of(1, 3, 3, 2)], params },
        { ins: [of(0, 0), of(0, 1)], params },
      ]),
    )(),
    { ins: [ndarray([[0, 0], [1, 1]], 'float64'), ndarray([[1], [1]], 'float64')], params: [1, 0, 0], fails: true }, // prettier-ignore
  ],
  qr: cases((of, dtype) =>
    flags(1).flatMap(
      (params) =>
      [
        of(3, 3), of(5, 3), of(3, 5), of(1, 1), of(4, 1), of(2, 2, 4, 3), of(0, 3), of(3, 0),
        ndarray([[1, 2], [0, -3]], dtype),
      ].map((x) => ({ ins: [x], params })), // prettier-ignore
    ),
  ),
  schur: () => [...square(0)(), ...notFinite.map((one) => ({ ...one, params: [] }))],
  qz: () => [
    ...cases((of, dtype) => [
      ...[of(3, 3), of(1, 1), of(0, 0), of(2, 3, 4, 4), of(0, 2, 2), of(7, 7)].map((x) => ({
        ins: [x, of(...x.shape)],
      })),
      { ins: [of(2, 1, 4, 4), of(1, 3, 4, 4)] },
      { ins: [of(3, 3), ndarray([[1, 2, 3], [4, 5, 9], [7, 1, 8]], dtype)] }, // prettier-ignore
    ])(),
    ...notFinite.flatMap(({ ins: [x], fails }) => [
      { ins: [x, identityLike(x)], fails },
      { ins: [identityLike(x), x], fails },
    ]),
  ],
  eigh: () => [...square(1)(), ...notFinite],
  eigvalsh: () => [...square(1)(), ...notFinite],
  svd: () => [
    ...cases((of) => [
      ...[of(3, 3), of(5, 3), of(3, 5), of(1, 1), of(2, 2, 4, 3), of(0, 3), of(3, 0)].map((x) => ({
        ins: [x],
        params: [0],
      })),
      ...[of(3, 3), of(4, 3), of(3, 4), of(0, 1), of(2, 1, 2)].map((x) => ({
        ins: [x],
        params: [1],
      })),
    ])(),
    ...notFinite,
  ],
  svdvals: () => [
    ...cases((of) =>
      [of(3, 3), of(5, 3), of(3, 5), of(2, 2, 4, 3), of(0, 3)].map((x) => ({ ins: [x] })),
    )(),
    ...notFinite.map(({ ins, fails }) => ({ ins, fails })),
  ],
  expm: cases((of, dtype) => [
    ...[of(3, 3), of(1, 1), of(0, 0), of(2, 3, 4, 4)].map((x) => ({ ins: [x] })),
    { ins: [ndarray([[3, -7], [9, 2]], dtype)] }, // prettier-ignore
  ]),
} satisfies Partial<Record<Routine, () => readonly RoutineCase[]>>;
