import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { asWritten, modeOf, modes, type Mode } from './mode.js';

describe('modes', () => {
  it('allow what has no excluded tag', () => {
    const mode = modes.FAST_RUN.excluding('nnet');
    expect(mode.allows(['stabilize', 'elemwise'])).toBe(true);
    expect(mode.allows(['stabilize', 'nnet'])).toBe(false);
  });

  it('are left as they are by excluding and including', () => {
    const mode = modes.FAST_COMPILE.including('blas').excluding('unsafe-nan');
    expect(mode.allows(['blas'])).toBe(true);
    expect(mode.allows(['unsafe-nan'])).toBe(false);
    expect(modes.FAST_COMPILE.allows(['blas'])).toBe(false);
    expect(modes.FAST_COMPILE.allows(['unsafe-nan'])).toBe(true);
    expect(mode.name).toBe('FAST_COMPILE');
  });

  it('all run what changes values, but asWritten, which no name stands for', () => {
    const changing = (mode: Mode): boolean =>
      mode.allows(['stabilize']) && mode.allows(['canonicalize', 'unsafe-nan']);
    expect([...Object.values(modes), asWritten].map((mode) => [mode.name, changing(mode)])).toEqual(
      [
        ['FAST_RUN', true],
        ['FAST_COMPILE', true],
        ['NONE', true],
        ['NanGuardMode', true],
        ['DebugMode', true],
        ['asWritten', false],
      ],
    );
  });

  it('are found by name, and an unknown name is told', () => {
    expect(modeOf('FAST_COMPILE')).toBe(modes.FAST_COMPILE);
    expect(modeOf(modes.NONE)).toBe(modes.NONE);
    expect(() => modeOf('FAST')).toThrow(ConfigError);
    expect(() => modeOf('toString')).toThrow(
      '[mode] expected FAST_RUN | FAST_COMPILE | NONE | NanGuardMode | DebugMode or a Mode, got toString',
    );
  });
});
