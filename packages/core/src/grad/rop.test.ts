import { describe, expect, it, vi } from 'vitest';
import { checkedEvaluate, leavesFor } from '../../test/support/checked-evaluate.js';
import { gradCases } from '../../test/support/grad-cases.js';
import { valuesOf, type Values } from '../../test/support/gradient-at.js';
import { DisconnectedInputError, GradError } from '../errors.js';
import { evaluate } from '../graph/evaluate.js';
import { toposort } from '../graph/traverse.js';
import type { TensorVariable } from '../graph/variable.js';
import { at } from '../ops/advanced-index.js';
import { add, floor, mul, sqr, sqrt, trueDiv } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { gt, switchOp } from '../ops/compare.js';
import { dot } from '../ops/dot.js';
import { argmax, sum } from '../ops/reduce.js';
import { softmax } from '../ops/softmax.js';
import { exp, log, tanh } from '../ops/transcendental.js';
import * as linalg from '../tensor/linalg.js';
import { shapeOf } from '../ops/shape.js';
import { dmatrix, drow, dscalar, dvector, fvector } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { grad } from './grad.js';
import { Lop, Rop } from './rop.js';

const x = dvector('x');
const at12: Values = [[x, ndarray([1, 2])]];

describe('Rop', () => {
  it('is the Jacobian times a vector', () => {
    expect(valuesOf([Rop(sqr(x), x, [1, 1])], at12)).toEqual([[2, 4]]);
    expect(valuesOf([Rop(sum(sqr(x)), x, [1, 10])], at12)).toEqual([42]);
    expect(valuesOf(Rop([sqr(x), exp(mul(x, 0))], x, [1, 1]), at12)).toEqual([
      [2, 4],
      [0, 0],
    ]);
  });

  it('adds up over variables, and over uses', () => {
    const y = dvector('y');
    const values: Values = [...at12, [y, ndarray([3, 4])]];
    expect(
      valuesOf(
        [
          Rop(
            mul(mul(x, x), y),
            [x, y],
            [
              [1, 0],
              [0, 1],
            ],
          ),
        ],
        values,
      ),
    ).toEqual([[6, 4]]);
  });

  it('takes symbolic vectors, and of an intermediate variable what is given', () => {
    const [v, h] = [dvector('v'), tanh(x)];
    const t = Rop(mul(h, 3), h, v);
    expect(t.type.key).toBe('float64(?)');
    expect(valuesOf([t], [...at12, [v, ndarray([5, 6])]])).toEqual([[15, 18]]);
  });

  it('stretches tangents as values are', () => {
    const [row, m] = [drow('r'), dmatrix('m')];
    const values: Values = [
      [row, ndarray([[1, 2]])],
      [m, ndarray([[1, 1], [2, 2]])], // prettier-ignore
    ];
    expect(valuesOf([Rop(add(row, m), row, [[3, 4]])], values)).toEqual([[[3, 4], [3, 4]]]); // prettier-ignore
    const columns = Rop(mul(row, m), row, ndarray([[3, 4]]));
    expect(valuesOf([columns], values)).toEqual([[[3, 4], [6, 8]]]); // prettier-ignore
  });

  it('is an error that names the op where there is no derivative, unless it is not needed', () => {
    const m = dmatrix('m');
    const [u, s] = linalg.svd(m);
    const missing =
      /^\[svd\] expected a derivative of .*, got one that is undefined: vectors beyond/;
    expect(() => Rop(sum(sqr(u)), m, ndarray([[1, 2]]))).toThrow(missing);
    const values: Values = [[m, ndarray([[3, 4]])]];
    expect(valuesOf([Rop(sum(s), m, ndarray([[1, 0]]))], values)).toEqual([3 / 5]);
    const shape = mul(shapeOf(u, 0), sum(m));
    expect(valuesOf([Rop(shape, m, ndarray([[1, 2]]))], values)).toEqual([3]);
    const [q] = linalg.qr(m, 'complete');
    expect(() => Rop(sum(q), m, ndarray([[1, 2]]))).toThrow(/expected a derivative .*columns of Q/);
  });

  it('masks the branch that is not taken', () => {
    const y = switchOp(gt(x, 0), sqrt(x), 0);
    expect(valuesOf([Rop(y, x, [1, 1])], [[x, ndarray([0, 4])]])).toEqual([[0, 0.25]]);
  });

  it('is taken of the stable form', () => {
    const m = dmatrix('m');
    const y = at(log(softmax(m)), 0, 1);
    const found = valuesOf([Rop(y, m, [[1, 0]])], [[m, ndarray([[1000, 0]])]]);
    expect(found).toEqual([-1]);
  });

  it('keeps each dtype', () => {
    const narrow = fvector('n');
    const t = Rop(cast(narrow, 'float64'), narrow, [1, 1]);
    expect(t.dtype).toBe('float64');
    expect(Rop(cast(x, 'float32'), x, [1, 1]).dtype).toBe('float32');
    expect(valuesOf([Rop(argmax(x), x, [1, 1])], at12)).toEqual([0]);
  });

  it('of a product needs no transpose of a transpose', () => {
    const [m, v] = [dmatrix('m'), dmatrix('v')];
    const t = Rop(dot(m, m), m, v);
    const A = [
      [1, 2],
      [3, 4],
    ];
    const values: Values = [
      [m, ndarray(A)],
      [v, ndarray([[1, 0], [0, 1]])], // prettier-ignore
    ];
    expect(valuesOf([t], values)).toEqual([
      [
        [2, 4],
        [6, 8],
      ],
    ]);
  });

  it('refuses what does not fit', () => {
    expect(() => Rop(sqr(x), x, [[1]])).toThrow(
      '[Rop] expected a value of rank 1 for x, got rank 2',
    );
    expect(() => Rop(sqr(x), [x], [])).toThrow('[Rop] expected 1 values, one for each variable');
    expect(() => Rop(sqr(x), [x], [])).toThrow(GradError);
  });

  it('raises, warns of or fills what does not depend on the variables', () => {
    const y = dvector('y');
    expect(() => Rop(y, x, [1, 1])).toThrow(DisconnectedInputError);
    expect(() => Rop(y, x, [1, 1])).toThrow('[Rop] expected y to depend on x, but it does not');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const zeros = (disconnectedOutputs: 'warn' | 'ignore'): unknown =>
      valuesOf([Rop(y, x, [1, 1], { disconnectedOutputs })], [[y, ndarray([1, 2, 3])]]);
    expect(zeros('ignore')).toEqual([[0, 0, 0]]);
    expect(warn).not.toHaveBeenCalled();
    expect(zeros('warn')).toEqual([[0, 0, 0]]);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
    expect(valuesOf([Rop(floor(x), x, [1, 1])], at12)).toEqual([[0, 0]]);
  });

  it('makes a graph in proportion to the function', () => {
    let y: TensorVariable = x;
    for (let k = 0; k < 200; k++) y = softmax(add(y, trueDiv(x, 2)));
    const nodes = (of: TensorVariable): number => toposort([of]).length;
    expect(nodes(Rop(y, x, [1, 1]))).toBeLessThan(12 * nodes(y));
  });
});

describe('Lop', () => {
  it('is a vector times the Jacobian', () => {
    expect(valuesOf([Lop(sqr(x), x, [1, 1])], at12)).toEqual([[2, 4]]);
    expect(valuesOf(Lop([sqr(x), sum(x)], [x], [[1, 1], 10]), at12)).toEqual([[12, 14]]);
  });

  it('counts an output that another depends on along both paths', () => {
    const y = sqr(x);
    expect(valuesOf([Lop([y, mul(y, 10)], x, [[1, 1], [1, 1]])], at12)).toEqual([[22, 44]]); // prettier-ignore
  });

  it('refuses what does not fit', () => {
    expect(() => Lop([x, sqr(x)], x, [1])).toThrow('[Lop] expected 2 values');
    expect(() => Lop(sqr(dscalar()), x, 1)).toThrow(DisconnectedInputError);
  });
});

describe('⟨u, J·t⟩ = ⟨Jᵀ·u, t⟩', () => {
  const seeded = (shape: readonly number[], phase: number): NDArray => {
    const out = NDArray.zeros(shape);
    for (let i = 0; i < out.size; i++) out.data[i] = Math.sin(3 * i + phase);
    return out;
  };
  const inner = (a: NDArray, b: NDArray): number => {
    const [p, q] = [a.contiguous(), b.contiguous()];
    let total = 0;
    for (let i = 0; i < p.size; i++)
      total += Number(p.data[p.offset + i]) * Number(q.data[q.offset + i]);
    return total;
  };

  it.each(gradCases)('$name', ({ f, points }) => {
    const leaves = leavesFor(
      points,
      points.map((p) => p.shape.map((n) => (n === 1 ? 1 : null))),
    );
    const values = new Map(leaves.map((leaf, k) => [leaf, points[k]]));
    const y = f(...leaves);
    const u = seeded(evaluate([y], values)[0].shape, 1);
    const t = points.map((p, k) => seeded(p.shape, k + 2));
    const [forward] = checkedEvaluate(
      [Rop(y, leaves, t, { disconnectedOutputs: 'ignore' })],
      values,
    );
    const backward = checkedEvaluate(
      grad(null, leaves, { knownGrads: [[y, u]], disconnectedInputs: 'ignore' }),
      values,
    );
    const sums = backward.reduce((s, g, k) => s + inner(g, t[k]), 0);
    expect(inner(u, forward)).toBeCloseTo(sums, 8);
  });
});
