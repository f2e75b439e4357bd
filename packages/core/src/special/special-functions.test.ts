import { describe, expect, it } from 'vitest';
import { allowedError, specialValues } from '../../test/support/special-values.js';
import { specialFunctions } from '../lower/scalar-op.js';
import { scalarSignatures } from '../lower/scalar-signature.js';
import { calledNames, mathFunctions } from './language.js';
import {
  specialInC,
  isSpecial,
  specialImplementations,
  functionTexts,
} from './special-functions.js';

describe('special functions', () => {
  it.each(specialFunctions)('%s gives what mpmath gives', (name) => {
    const values = specialValues(name);
    const wrong = values.flatMap(({ args, value }) => {
      const got = specialImplementations()[name](...args);
      const error = Object.is(got, value) ? 0 : Math.abs(got - value);
      if (error <= allowedError(name, value)) return [];
      const off = error / Math.abs(value);
      return [`${name}(${args.join(', ')}): expected ${value}, got ${got}, off by ${off}`];
    });
    expect(wrong).toEqual([]);
    expect(values.length).toBeGreaterThan(9);
  });

  it.each(specialFunctions)('%s gives NaN of NaN', (name) => {
    const { arity } = scalarSignatures[name];
    for (let k = 0; k < arity; k++) {
      const args = Array.from({ length: arity }, (_, i) => (i === k ? NaN : 0.5));
      expect(specialImplementations()[name](...args)).toBeNaN();
    }
  });
});

describe('special functions end', () => {
  const edges = [Infinity, -Infinity, 0, 0.5, -2.5, 1e300, -1e19];

  it.each(specialFunctions)('%s at the edges', (name) => {
    const { arity } = scalarSignatures[name];
    for (let code = 0; code < Math.min(edges.length ** arity, 400); code++) {
      // Multiples of a prime: some of all where there are too many.
      const place = (code * 37) % edges.length ** arity;
      const args = Array.from(
        { length: arity },
        (_, k) => edges[Math.floor(place / edges.length ** k) % edges.length],
      );
      expect(typeof specialImplementations()[name](...args)).toBe('number');
    }
  });
});

describe('the texts of special functions', () => {
  const entries = Object.entries(functionTexts);

  it.each(entries)('%s is one function of doubles of that name', (name, text) => {
    expect(text).toMatch(new RegExp(`^double ${name}\\((double \\w+(, double \\w+)*)\\) \\{\\n`));
    expect(text).toMatch(/\n\}$/);
  });

  it.each(entries)('%s calls what every language has', (name, text) => {
    const words = new Set(['if', 'for', 'while', 'return']);
    const unknown = calledNames(text).filter(
      (called) =>
        !words.has(called) &&
        !isSpecial(called) &&
        called !== 'random_unit' &&
        !Object.hasOwn(mathFunctions, called),
    );
    expect(unknown).toEqual([]);
    expect(calledNames(text)).not.toContain(name);
  });

  it.each(entries)('%s divides no integer literals', (_name, text) => {
    expect(text).not.toMatch(/(?<![\w.])\d+ \/ \d+(?![\w.])/);
    expect(text).not.toMatch(/\b(int|long|float|let|const|var)\b/);
  });

  it('become C functions under their own names', () => {
    const names = { function: (name: string) => `f_${name}`, infinity: 'BIG', nan: 'NONE' };
    const { text, needs } = specialInC('erfcx', names);
    expect(text).toMatch(/^double f_erfcx\(double x\) \{/);
    expect(text).toContain('BIG : 2 * f_exp_square(1, x) - f_scaled_erfc(-x)');
    expect(needs).toEqual(['erf_small', 'scaled_erfc', 'exp_square']);
  });
});
