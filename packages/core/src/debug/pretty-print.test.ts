import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { pp } from './pretty-print.js';

const [x, y, b] = [tno.dvector('x'), tno.dvector('y'), tno.dvector('b')];
const [m, W] = [tno.dmatrix('m'), tno.dmatrix('W')];
const n = tno.lscalar('n');

describe('pp', () => {
  it.each([
    [x.add(y).mul(2), '(x + y) * 2'],
    [x.add(y.mul(2)), 'x + y * 2'],
    [x.sub(y.sub(b)), 'x - (y - b)'],
    [x.sub(y).sub(b), 'x - y - b'],
    [x.div(y.mul(b)), 'x / (y * b)'],
    [x.neg().pow(2), '(-x) ** 2'],
    [x.pow(2).neg(), '-x ** 2'],
    [x.pow(y).pow(2), '(x ** y) ** 2'],
    [x.add(y).sqr(), '(x + y) ** 2'],
    [x.sub(-3), 'x - -3'],
    [x.gt(0).and(y.le(x)), '(x > 0) & (y <= x)'],
    [x.gt(0).invert(), '~(x > 0)'],
    [tno.switch(x.gt(0), x, 0), 'switch(x > 0, x, 0)'],
    [m.dot(W).add(b).sigmoid(), 'sigmoid(m @ W + b)'],
    [m.T, 'm.T'],
    [m.add(x).T.exp(), 'exp((m + x).T)'],
    [m.dimshuffle([1, 'x', 0]), 'm.dimshuffle(1, x, 0)'],
    [m.sum(), 'sum(m)'],
    [m.max(1), 'max(m, axes=[1])'],
    [x.sub(y).sqr().mean(), 'sum((x - y) ** 2) / float64(((x - y) ** 2).shape[0])'],
    [m.at(n, tno.slice(1, null)), 'm[n, 1:]'],
    [m.at(tno.slice(n, null, -2)), 'm[n::-2]'],
    [m.at(tno.arange(n), tno.lvector('t')), 'm[arange(0, n, 1, dtype="int64"), t]'],
    [m.reshape([n, -1]).cast('float32'), null],
    [tno.zeros([n, 2], 'float64'), 'full([n, 2], 0)'],
    [tno.fvector().exp(), 'exp(<float32(?)>)'],
    [tno.shape(m), '[m.shape[0], m.shape[1]]'],
  ] as const)('%#', (v, text) => {
    if (text !== null) expect(pp(v)).toBe(text);
    else expect(pp(v)).toMatch(/^float32\(reshape\(m, \[n, leftover_size\(.*\)\]\)\)$/);
  });

  it('stays short however often or deep parts are used', () => {
    let v: tno.TensorVariable = x;
    for (let i = 0; i < 100; i++) v = v.mul(v);
    expect(pp(v).length).toBeLessThan(5000);
    expect(pp(v)).toContain('…');
    let deep: tno.TensorVariable = x;
    for (let i = 0; i < 20_000; i++) deep = deep.neg();
    expect(pp(deep)).toContain('…');
  });
});

describe('a variable at a console', () => {
  it('is its name or op, and its type', () => {
    expect(inspect(m)).toBe('m: float64(?,?)');
    expect(inspect(x.exp())).toBe('exp(x): float64(?)');
    expect(inspect(tno.frow())).toBe('float32(1,?)');
    expect(inspect({ cost: m.sum() })).toBe('{ cost: sum(m): float64() }');
    expect(inspect(tno.scalarConstant(2.5, 'float32'))).toBe('2.5: float32()');
  });
});
