import { describe, expect, it } from 'vitest';
import { SymbolicValueError } from '../errors.js';
import { add } from '../ops/arithmetic.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { exp } from '../ops/transcendental.js';
import { fmatrix, fvector } from '../tensor/create.js';

/* eslint-disable @typescript-eslint/restrict-plus-operands, @typescript-eslint/restrict-template-expressions */

describe('a variable', () => {
  it('is no number, and says which methods to use', () => {
    const x = fvector('x') as unknown as number;
    const y = fvector('y') as unknown as number;
    for (const mistake of [
      () => x + y,
      () => x * 2,
      () => -x,
      () => x > y,
      () => Number(x),
      () => +x,
      () => x <= 3,
    ]) {
      expect(mistake).toThrow(SymbolicValueError);
      expect(mistake).toThrow(
        /\[x\] expected a number, got a symbolic variable: use methods .*x\.add\(y\)/,
      );
    }
    expect(() => [] + (x as unknown as string)).toThrow(SymbolicValueError);
    expect(() => x.valueOf()).toThrow('tno.switch(cond, a, b)');
  });

  it('is text in a template, by its name or what computes it', () => {
    const x = fvector('x');
    expect(`${x}`).toBe('x');
    expect(`${fvector()}`).toBe('<float32(?)>');
    expect(`${exp(x)}`).toBe('exp(x)');
    expect(`${add(exp(x), 2)}`).toBe('add(exp(…), 2)');
    expect(`${dimshuffle(x, ['x', 0])}`).toBe('dimshuffle(x)');
    expect(`${exp(x).named('y')}`).toBe('y');
  });

  it('knows its type, and is numbered in order of creation', () => {
    const [a, b] = [fmatrix(), fvector()];
    expect([a.dtype, a.rank, a.type.key]).toEqual(['float32', 2, 'float32(?,?)']);
    expect(b.id).toBeGreaterThan(a.id);
    expect([a.owner, a.index]).toEqual([null, 0]);
  });

  it('has a trace: its own as a leaf, that of what computes it otherwise', () => {
    const x = fvector('x');
    const y = exp(x);
    expect(x.trace).toBe(x.leafTrace);
    expect(y.trace).toBe(y.owner?.trace);
    expect(y.leafTrace).toBeNull();
  });
});
