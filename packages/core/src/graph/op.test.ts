import { describe, expect, it } from 'vitest';
import { arange } from '../ops/arange.js';
import { cast } from '../ops/cast.js';
import { sum } from '../ops/reduce.js';
import { dmatrix, fmatrix } from '../tensor/create.js';
import { defineOp, opKey } from './op.js';

describe('the identity of an op', () => {
  it('is its name and props, in any order of props', () => {
    expect(opKey('exp', {})).toBe('exp');
    expect(opKey('f', { b: 1, a: [0, 'x'] })).toBe('f{a=[0,"x"],b=1}');
    expect(opKey('f', { a: [0, 'x'], b: 1 })).toBe(opKey('f', { b: 1, a: [0, 'x'] }));
    expect(opKey('f', { a: 1 })).not.toBe(opKey('f', { a: '1' }));
    expect(opKey('f', { a: null })).not.toBe(opKey('f', {}));
  });

  it('is shared by ops made apart', () => {
    const keyOf = (v: { owner: { op: { key: string } } | null }): string | undefined =>
      v.owner?.op.key;
    expect(keyOf(sum(fmatrix(), 1))).toBe(keyOf(sum(dmatrix(), [-1])));
    expect(keyOf(sum(fmatrix(), 1))).not.toBe(keyOf(sum(fmatrix(), 0)));
    expect(keyOf(cast(fmatrix(), 'int8'))).not.toBe(keyOf(cast(fmatrix(), 'int16')));
    expect(keyOf(arange(3))).toBe(keyOf(arange(5)));
  });

  it('is frozen', () => {
    const op = defineOp({
      name: 'nothing',
      props: {},
      types: () => [],
      shapes: () => [],
      perform: () => [],
      pullback: 'not-differentiable',
      lower: { kind: 'host' },
    });
    expect(Object.isFrozen(op)).toBe(true);
    expect(op.key).toBe('nothing');
  });
});
