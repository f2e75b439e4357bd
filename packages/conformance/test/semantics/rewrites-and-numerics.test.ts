/** What rewrites make of formulas, at the numbers where it shows; the same in every mode. */
import * as tno from '@tno/core';
import type { TensorVariable } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { f32, f64, gives, givesTheSameCompiled, of, refuses, ways } from './every-way.js';

type Unary = (x: TensorVariable) => TensorVariable;

describe('what cancels does so for all numbers, 0, NaN and infinities too', () => {
  const x = [f64([0, NaN, Infinity, 3])];
  const cancelled: readonly (readonly [string, Unary, number])[] = [
    ['x / x is 1', (v) => v.div(v), 1],
    ['x · 0 is 0', (v) => v.mul(0), 0],
    ['x - x is 0', (v) => v.sub(v), 0],
    ['0 / x is 0', (v) => tno.div(0, v), 0],
    ['x^0 is 1', (v) => v.pow(0), 1],
  ];
  for (const [about, f, value] of cancelled) gives(about, x, f, [value, value, value, value]);

  it.each([
    ['x / x', (v: TensorVariable) => v.div(v), [NaN, NaN, NaN, 1]],
    ['x · 0', (v: TensorVariable) => v.mul(0), [0, NaN, NaN, 0]],
    ['x - x', (v: TensorVariable) => v.sub(v), [0, NaN, NaN, 0]],
    ['0 / x', (v: TensorVariable) => tno.div(0, v), [NaN, NaN, 0, 0]],
  ] as const)('but not %s where unsafe-nan is excluded, in any mode', (_, f, expected) => {
    for (const { device, mode, name } of ways) {
      const v = tno.dvector('v');
      const strict = tno.modes[mode].excluding('unsafe-nan');
      const compiled = tno.function([v], f(v) as typeof v, { device, mode: strict });
      expect(compiled([0, NaN, Infinity, 3]).toNested(), name).toEqual(expected);
    }
  });

  gives('sqrt(x²) at -3 is 3', [f64([-3])], (v) => v.sqr().sqrt(), [3]);
  gives('sqrt(x)² at -1 is NaN', [f64([-1])], (v) => v.sqrt().sqr(), [NaN]);
  gives('exp(log(-1)) is NaN', [f64([-1])], (v) => v.log().exp(), [NaN]);

  it.each(ways.filter(({ mode }) => mode === 'FAST_RUN'))(
    'DebugMode tolerates them, $name',
    ({ device }) => {
      const v = tno.dvector('v');
      const results = cancelled.map(([, f]) => f(v) as typeof v);
      const f = tno.function([v], results, { mode: 'DebugMode', device });
      expect(f([0, NaN, Infinity, 3]).map((y) => y.get(0))).toEqual(
        cancelled.map(([, , value]) => value),
      );
    },
  );
});

describe('sums and products in canonical form', () => {
  gives('(x·y) / x is y at x = 0', [f64([0]), f64([5])], (x, y) => x.mul(y).div(x), [5]);
  gives('x + y - x is y at x = 1e20', [f64([1e20]), f64([1])], (x, y) => x.add(y).sub(x), [1]);

  it('have one constant: x·2/4·6 is 3·x', () => {
    const x = tno.dvector('x');
    const f = tno.function([x], x.mul(2).div(4).mul(6), { device: ways[0].device });
    expect(f.graph.nodes().map((node) => node.op.name)).toEqual(['mul']);
    expect(f([2]).toNested()).toEqual([6]);
  });

  it('come before what is stable, that before products as calls, and no phase has rules of both', () => {
    const order = tno.phases(ways[0].device.target);
    const place = (name: string): number => order.findIndex((phase) => phase.name === name);
    const wanted = ['canonicalize', 'stabilize', 'specialize', 'library'].map(place);
    expect(wanted).toEqual([...wanted].sort((a, b) => a - b));
    const sums = 'gather constants and signs of sums';
    for (const { rules } of order) {
      const names = rules.map((rule) => rule.name);
      expect(names.includes(sums) && names.includes('powers by multiplication')).toBe(false);
    }
  });
});

describe('logarithms and exponentials where plain formulas over- or underflow', () => {
  const at = (about: string, x: number, f: Unary, expected: number, tolerance = 1e-14): void =>
    gives(about, [f64([x])], f, [expected], { tolerance });
  for (const [make, dtype] of [
    [f32, 'float32'],
    [f64, 'float64'],
  ] as const) {
    const x = [make([-1000, -20, 0, 20, 1000])];
    const p = 1 / (1 + Math.exp(-20));
    gives(`sigmoid of ${dtype}, 0 and 1 far out`, x, (v) => v.sigmoid(), [0, 1 - p, 0.5, p, 1], { tolerance: dtype === 'float32' ? 1e-6 : 1e-7 }); // prettier-ignore
    gives(`softplus of ${dtype}, 0 and x far out`, x, (v) => tno.softplus(v), [0, Math.log1p(Math.exp(-20)), Math.LN2, 20 + Math.log1p(Math.exp(-20)), 1000]); // prettier-ignore
  }
  at('log(1 + 1e-20) is 1e-20', 1e-20, (x) => x.add(1).log(), 1e-20);
  at('log(1 - 1e-20) is -1e-20', 1e-20, (x) => tno.sub(1, x).log(), -1e-20);
  at('exp(1e-20) - 1 is 1e-20', 1e-20, (x) => x.exp().sub(1), 1e-20);
  at('log(sigmoid(-1000)) is -1000', -1000, (x) => x.sigmoid().log(), -1000);
  at('log(1 - sigmoid(1000)) is -1000', 1000, (x) => tno.sub(1, x.sigmoid()).log(), -1000);
  at('log(1 + exp(1000)) is 1000', 1000, (x) => x.exp().add(1).log(), 1000);
  at('softplus(0) is log 2', 0, (x) => tno.softplus(x), 0.6931471805599453);
  at('1 - sigmoid(40) is 4.248e-18 (Theano: 0)', 40, (x) => tno.sub(1, x.sigmoid()), 4.248354255291589e-18); // prettier-ignore
  at('log(exp(1000)) is 1000 (Theano: inf)', 1000, (x) => x.exp().log(), 1000);

  const logSumExp: Unary = (x) => x.exp().sum().log();
  gives('log(sum(exp([1000, 1000]))) is 1000.693', [f64([1000, 1000])], logSumExp, 1000.6931471805599, { tolerance: 1e-15 }); // prettier-ignore
  gives('of all -inf it is -inf (Theano: NaN)', [f64([-Infinity, -Infinity])], logSumExp, -Infinity); // prettier-ignore
  gives('of nothing too', [f64([])], logSumExp, -Infinity);
  gives('logsumexp of nothing, along an axis', [tno.NDArray.zeros([2, 0])], (x) => tno.logsumexp(x, 1), [-Infinity, -Infinity]); // prettier-ignore
  gives('softmax and its logarithm of nothing', [tno.NDArray.zeros([2, 0])], (x) => [tno.softmax(x), tno.logSoftmax(x), x.exp().div(x.exp().sum(1, { keepdims: true }))], [[[], []], [[], []], [[], []]]); // prettier-ignore
});

describe('cross-entropy', () => {
  const logits = [f64([[1000, 0], [0, 1000]]), of('int64', [0n, 0n])]; // prettier-ignore
  const rows = (y: TensorVariable): TensorVariable => tno.arange(tno.shapeOf(y, 0));
  const pick = (v: TensorVariable, y: TensorVariable): TensorVariable => v.at(rows(y), y);
  const manual = (m: TensorVariable): TensorVariable => {
    const e = m.sub(m.max(1, { keepdims: true })).exp();
    return e.div(e.sum(1, { keepdims: true }));
  };
  const plain = (m: TensorVariable): TensorVariable => m.exp().div(m.exp().sum(1, { keepdims: true })); // prettier-ignore
  const oneHot = (p: TensorVariable, y: TensorVariable): TensorVariable =>
    tno.toOneHot(y, 2).cast('float64').mul(p.log()).sum(1).neg();
  const negativeLogs: Readonly<Record<string, (m: TensorVariable, y: TensorVariable) => TensorVariable>> = {
    'log(softmax(m))[i, y]': (m, y) => pick(tno.softmax(m).log(), y).neg(),
    'log(softmax(m)[i, y])': (m, y) => pick(tno.softmax(m), y).log().neg(),
    '-log(softmax(m)) before the index': (m, y) => pick(tno.softmax(m).log().neg(), y),
    'a transposed softmax': (m, y) => tno.softmax(m).log().T.at(y, rows(y)).neg(),
    'one-hot targets': (m, y) => oneHot(tno.softmax(m), y),
    'categoricalCrossentropy': (m, y) => tno.categoricalCrossentropy(tno.softmax(m), y),
    'categoricalCrossentropy, one-hot': (m, y) => tno.categoricalCrossentropy(tno.softmax(m), tno.toOneHot(y, 2, 'float64')),
    'softmax by exp(x - max)': (m, y) => pick(manual(m).log(), y).neg(),
    'softmax by exp(x) alone': (m, y) => pick(plain(m).log(), y).neg(),
  }; // prettier-ignore
  for (const [about, cost] of Object.entries(negativeLogs)) {
    gives(`${about}: [0, 1000]`, logits, cost, [0, 1000]);
    gives(`${about}: gradient of the mean`, logits, (m, y) => tno.grad(cost(m, y).mean(), m), [[0, 0], [-0.5, 0.5]]); // prettier-ignore
    gives(`${about}: gradient of the sum`, logits, (m, y) => tno.grad(cost(m, y).sum(), m), [[0, 0], [-1, 1]]); // prettier-ignore
  }
  gives('exp(m) / sum(exp(m)) is softmax: [1, 0]', logits.slice(0, 1), (m) => plain(m).at(0), [1, 0]); // prettier-ignore

  it('of softmax and integer targets has no logarithm of a probability left, and no one-hot matrix', () => {
    const [m, y] = [tno.dmatrix('m'), tno.lvector('y')];
    const cost = pick(tno.softmax(m).log(), y).mean().neg();
    const f = tno.function([m, y], [cost, tno.grad(cost, m)], { device: ways[0].device });
    const names = f.graph.nodes().map((node) => node.op.name);
    expect(names).not.toContain('softmax');
    expect(names.filter((name) => name === 'log')).toHaveLength(1);
    expect(names).not.toContain('eq');
  });

  // A sequence of outputs, as in language models: softmax of rank 3 by hand, then reshaped (Theano: [0, inf] and NaN).
  const sequence = [f64([[[1000, 0], [0, 1000]]]), of('int64', [0n, 0n])]; // prettier-ignore
  const sequenceCost = (z: TensorVariable, y: TensorVariable): TensorVariable => {
    const e = z.sub(z.max(2, { keepdims: true })).exp();
    const p = e.div(e.sum(2, { keepdims: true }));
    return pick(p.reshape([-1, 2]), y)
      .log()
      .neg();
  };
  gives('through a reshape of a softmax by hand: [0, 1000]', sequence, sequenceCost, [0, 1000]);
  gives('through a reshape: its gradient', sequence, (z, y) => tno.grad(sequenceCost(z, y).sum(), z), [[[0, 0], [-1, 1]]]); // prettier-ignore

  const binary = (x: TensorVariable, t: TensorVariable): TensorVariable => {
    const p = x.sigmoid();
    return t
      .mul(p.log())
      .add(tno.sub(1, t).mul(tno.sub(1, p).log()))
      .neg();
  };
  gives(
    'binary, of sigmoid(±1000) and the opposite: 1000',
    [f64([1000, -1000]), f64([0, 1])],
    binary,
    [1000, 1000],
  );
  gives(
    'binaryCrossentropy of them too',
    [f64([1000, -1000]), f64([0, 1])],
    (x, t) => tno.binaryCrossentropy(x.sigmoid(), t),
    [1000, 1000],
  ); // prettier-ignore
});

describe('NaN in extremes', () => {
  const x = [f64([2, NaN, 3])];
  gives('max and min are NaN', x, (v) => [v.max(), v.min()], [NaN, NaN]);
  gives('argmax and argmin are where the first is', x, (v) => [v.argmax(), v.argmin()], [1, 1]);
  gives('argmax of a tie is the first', [f64([1, 3, 3])], (v) => v.argmax(), 1);
  gives('maximum and minimum, both ways round', x, (v) => [tno.maximum(v, 1), tno.maximum(1, v), tno.minimum(v, 1)], [[2, NaN, 3], [2, NaN, 3], [1, NaN, 1]]); // prettier-ignore
  gives('clip and sgn', x, (v) => [tno.clip(v, 0, 2.5), tno.sgn(v)], [[2, NaN, 2.5], [1, NaN, 1]]); // prettier-ignore
  gives('clip with crossed bounds gives the lower', [f64([0.5])], (v) => tno.clip(v, 1, 0), [1]);
  gives('relu(-inf) is 0 (Theano: NaN), relu(inf) inf', [f64([-Infinity, Infinity, NaN])], (v) => tno.relu(v), [0, Infinity, NaN]); // prettier-ignore
});

describe('reductions of nothing', () => {
  const none = [f64([])];
  gives('sum is 0, prod 1, mean NaN', none, (v) => [v.sum(), v.prod(), v.mean()], [0, 1, NaN]);
  for (const op of ['max', 'min', 'argmax', 'argmin'] as const)
    refuses(`${op} is refused`, none, (v) => tno[op](v), tno.ShapeError, new RegExp(`^\\[${op}\\] expected at least one element`)); // prettier-ignore
});

gives('softmax of nothing sums to 0', [f64([])], (v) => v.softmax().sum(), 0);
gives('std divides by n, unless given ddof', [f64([1, 2, 3, 4])], (v) => [tno.std(v), tno.std(v, null, { ddof: 1 })], [Math.sqrt(1.25), Math.sqrt(5 / 3)], { tolerance: 1e-15 }); // prettier-ignore

it('constants 0 and -0 stay apart, and NaNs are one', () => {
  for (const { device, mode, name } of ways) {
    const x = tno.dscalar('x');
    const signs = [0, -0].map((zero) => x.div(tno.constant(f64(zero))));
    const f = tno.function([x], signs, { device, mode });
    expect(f(1), name).toEqual([Infinity, -Infinity]);
  }
});

givesTheSameCompiled();
