/** Sizes that only the run tells, within ops that hold a graph: kept graphs, branches, loops over rows. */
import * as tno from '@tno/core';
import type { TensorVariable } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { f64, gives, givesTheSameCompiled, of } from './every-way.js';

const x = [f64([1, -2, 3, 4])];
const xn = [...x, of('int64', 2)];
const rows = [f64([[1, -2, 3], [4, 5, -6]])]; // prettier-ignore
/** The positive elements: how many there are is known once they have been found. */
const positive = (v: TensorVariable): TensorVariable => v.at(tno.nonzero(v.gt(0))[0]);
const countOf = (v: TensorVariable): TensorVariable => tno.shapeOf(positive(v), 0);

/** A graph of a vector, or of an integer, that is kept apart. */
const kept = (
  type: 'vector' | 'integer',
  f: (v: TensorVariable) => TensorVariable,
): ((v: TensorVariable) => TensorVariable) => {
  const leaf: TensorVariable = type === 'vector' ? tno.dvector() : tno.lscalar();
  return tno.opFromGraph([leaf], f(leaf), { inline: false });
};
const sumOfPositive = kept('vector', (v) => positive(v).sum());

describe('a kept graph', () => {
  gives('uses them inside', x, sumOfPositive, 8);
  gives(
    'in another',
    x,
    kept('vector', (v) => sumOfPositive(v).add(1)),
    9,
  );
  gives(
    'beside known ones',
    x,
    kept('vector', (v) => v.add(positive(v).sum())),
    [9, 6, 11, 12],
  );
  gives('has a gradient', x, (v) => tno.grad(kept('vector', (w) => positive(w).sqr().sum())(v), v), [2, 0, 6, 8]); // prettier-ignore
  gives('takes operands of them', x, (v) => kept('vector', (w) => w.mul(2))(positive(v)), [2, 6, 8]); // prettier-ignore
  gives('and has a gradient', x, (v) => tno.grad(kept('vector', (w) => w.sqr().sum())(positive(v)), v), [2, 0, 6, 8]); // prettier-ignore
  gives('takes them as numbers', x, (v) => kept('integer', (n) => tno.arange(n.add(1)))(countOf(v)), [0, 1, 2, 3]); // prettier-ignore
  gives('gives results of them', x, kept('vector', positive), [1, 3, 4]);
  gives('and their gradient', x, (v) => tno.grad(kept('vector', positive)(v).sqr().sum(), v), [2, 0, 6, 8]); // prettier-ignore
  gives('counts up to what it computes', x, kept('vector', (v) => tno.arange(v.sum().cast('int64'))), [0, 1, 2, 3, 4, 5]); // prettier-ignore
});

describe('a branch', () => {
  const choose = (
    f: (v: TensorVariable) => TensorVariable,
    g: (v: TensorVariable) => TensorVariable,
    above = 0,
  ): ((v: TensorVariable, n: TensorVariable) => TensorVariable) => {
    return (v, n) => tno.ifElse(n.gt(above), f(v), g(v));
  };
  const same = (v: TensorVariable): TensorVariable => v;
  gives('uses them inside', xn, choose((v) => positive(v).sum(), (v) => v.sum()), 8); // prettier-ignore
  gives('gives results of them', xn, choose(positive, same), [1, 3, 4]);
  gives(
    'of one or the other size',
    xn,
    choose(positive, (v) => positive(v.neg()), 5),
    [2],
  );
  gives('has a gradient', xn, (v, n) => tno.grad(choose((w) => positive(w).sqr(), same)(v, n).sum(), v), [2, 0, 6, 8]); // prettier-ignore
});

describe('a loop over rows', () => {
  const each = (
    count: TensorVariable,
    f: (i: TensorVariable) => TensorVariable,
  ): TensorVariable => tno.mapRows(count, (i) => [f(i)] as const)[0]; // prettier-ignore
  const sums = (m: TensorVariable): TensorVariable =>
    each(tno.shapeOf(m, 0), (i) => positive(m.at(i)).sqr().sum());
  gives('uses them inside', rows, sums, [10, 41]);
  gives('has a gradient', rows, (m) => tno.grad(sums(m).sum(), m), [[2, 0, 6], [8, 10, 0]]); // prettier-ignore
  gives('reads what has them', x, (v) => each(countOf(v), (i) => positive(v).at(i).mul(2)), [2, 6, 8]); // prettier-ignore
  gives('holds a kept graph', rows, (m) => each(tno.shapeOf(m, 0), (i) => sumOfPositive(m.at(i))), [4, 9]); // prettier-ignore
  gives('is the Jacobian of what has them', x, (v) => tno.jacobian(positive(v).sqr(), v), [[2, 0, 0, 0], [0, 0, 6, 0], [0, 0, 0, 8]]); // prettier-ignore

  it('refuses rows of different sizes', () => {
    const m = tno.dmatrix('m');
    expect(() => each(tno.shapeOf(m, 0), (i) => positive(m.at(i)))).toThrow(
      '[map_rows] expected results whose sizes are known before the first, got sizes that depend on i or on values',
    );
  });
});

givesTheSameCompiled();
