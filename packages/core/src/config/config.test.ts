import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConfigError } from '../errors.js';
import { modes } from '../optimizer/mode.js';
import type * as Config from './config.js';
import { flags } from './flags.js';

/** A fresh configuration: locks and sources last as long as the module. */
async function fresh(): Promise<typeof Config> {
  vi.resetModules();
  return import('./config.js');
}

let settings: typeof Config;
beforeEach(async () => {
  settings = await fresh();
});
afterEach(() => {
  vi.resetModules();
});

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect((error as ConfigError).code).toBe('E_CONFIG');
    return (error as ConfigError).message;
  }
  throw new Error('expected an error');
};

describe('flags', () => {
  it('have their defaults, which they take themselves', () => {
    const { config } = settings;
    expect({ ...config }).toEqual({
      device: 'cpu',
      floatX: 'float32',
      mode: 'FAST_RUN',
      cacheDir: '',
      cacheLimit: '1G',
      memoryLimit: '0',
      compiler: '',
      providers: 'auto',
      kernels: 'auto',
      forceDevice: false,
      profile: false,
      verify: false,
      optimizerIncluding: '',
      optimizerExcluding: '',
      onRewriteError: 'raise',
      onUnusedInput: 'raise',
      onHostStep: 'warn',
      warnFloat64: 'ignore',
      exceptionVerbosity: 'low',
      optimizerVerbose: false,
    });
    settings.configure({ ...config });
    expect(JSON.parse(JSON.stringify(config))).toEqual({ ...config });
  });

  it('name every mode', () => {
    expect(flags.mode.values).toEqual(Object.keys(modes));
  });

  it('are set by assignment and by configure, the last one counts', () => {
    const { config, configure } = settings;
    config.floatX = 'float64';
    expect(config.floatX).toBe('float64');
    configure({ floatX: 'float16', verify: true });
    expect([config.floatX, config.verify]).toEqual(['float16', true]);
    Object.assign(config, { mode: 'NONE' });
    expect(config.mode).toBe('NONE');
  });

  it('are set all or, where one is wrong, none', () => {
    const { config, configure } = settings;
    expect(() => configure({ floatX: 'float64', mode: 'FAST' as never })).toThrow(/mode/);
    expect(config.floatX).toBe('float32');
  });
});

describe('an unknown flag', () => {
  it.each([
    ['floatx', 'floatX'],
    ['devise', 'device'],
    ['cachedir', 'cacheDir'],
    ['optimizer_verbose', 'optimizerVerbose'],
    ['provider', 'providers'],
  ])('%s is an error that suggests the nearest', (name, nearest) => {
    const expected = new RegExp(
      `^\\[config\\] expected a known flag, got ${name} \\(.*\\): did you mean ${nearest}\\?$`,
    );
    const message = messageOf(() => settings.applyFlags({ [name]: 'x' }, 'TNO_FLAGS'));
    expect(message).toMatch(expected);
    expect(message).toContain('(TNO_FLAGS)');
    expect(messageOf(() => ((settings.config as Record<string, unknown>)[name] = 1))).toMatch(
      expected,
    );
  });

  it('is not one of Object', () => {
    expect(messageOf(() => settings.applyFlags({ toString: 'x' }, 'code'))).toMatch(/got toString/);
    expect(
      messageOf(() => settings.applyFlags(JSON.parse('{"__proto__": 1}') as never, 'code')),
    ).toMatch(/got __proto__/);
    expect(
      messageOf(() => delete (settings.config as Partial<typeof settings.config>).mode),
    ).toMatch(/stay/);
  });
});

describe('a bad value', () => {
  it.each<[string, unknown, string]>([
    ['floatX', 'float', 'float16 | float32 | float64'],
    ['device', 'gpu', 'cpu | reference | null'],
    ['mode', 'fast_run', 'FAST_RUN | FAST_COMPILE | NONE | NanGuardMode | DebugMode'],
    ['providers', 'mkl', 'auto | plain'],
    ['kernels', 'fast', 'auto | compiled | interpreted'],
    ['verify', 'yes', 'true | false'],
    ['verify', 1, 'true | false'],
    ['optimizerVerbose', '', 'true | false'],
    ['cacheDir', 3, 'text'],
    ['cacheLimit', 'much', 'bytes, such as 512M or 2Gi'],
    ['compiler', undefined, 'text'],
  ])('of %s, %s, is an error that says what is expected', (name, value, expected) => {
    expect(messageOf(() => settings.applyFlags({ [name]: value }, 'the file'))).toBe(
      `[config] expected ${expected} for ${name} (the file), got ${String(value)}`,
    );
  });

  it('leaves the flag as it was', () => {
    settings.config.mode = 'NONE';
    expect(() => (settings.config.mode = 'x' as never)).toThrow();
    expect(settings.config.mode).toBe('NONE');
  });
});

describe('text of flags', () => {
  it('is name=value, with spaces and comments, separated by commas or lines', () => {
    const { parseFlags } = settings;
    expect(parseFlags(' device = reference ,floatX=float64,', 'x')).toEqual({
      device: 'reference',
      floatX: 'float64',
    });
    expect(
      parseFlags(
        '# mine\ndevice=cpu  # the best\n\n  cacheDir = /a,b/c=d\r\ncompiler=\n',
        'x',
        '\n',
      ),
    ).toEqual({
      device: 'cpu',
      cacheDir: '/a,b/c=d',
      compiler: '',
    });
    expect(parseFlags('', 'x')).toEqual({});
    expect(parseFlags('cacheDir=/a#b', 'x')).toEqual({ cacheDir: '/a#b' });
  });

  it('names its source where it is neither', () => {
    expect(messageOf(() => settings.parseFlags('device', 'TNO_FLAGS'))).toBe(
      '[config] expected name=value in TNO_FLAGS, got device',
    );
    expect(messageOf(() => settings.parseFlags('=3', '/x/.tnorc'))).toBe(
      '[config] expected name=value in /x/.tnorc, got =3',
    );
  });

  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('%s is a boolean', (text, value) => {
    settings.config.verify = !value;
    settings.applyFlags(settings.parseFlags(`verify=${text}`, 'x'), 'x');
    expect(settings.config.verify).toBe(value);
  });
});

it('flagSource says where a flag got its value', () => {
  const { applyFlags, config, flagSource } = settings;
  expect(flagSource('mode')).toBe('default');
  applyFlags({ mode: 'NONE', verify: 'true' }, '/x/.tnorc');
  config.verify = false;
  expect([flagSource('mode'), flagSource('verify')]).toEqual(['/x/.tnorc', 'code']);
});

describe('a locked flag', () => {
  it('keeps its value and says why', () => {
    const { config, lockFlag } = settings;
    config.device = 'reference';
    lockFlag('device', 'it is in use');
    expect(messageOf(() => (config.device = 'cpu'))).toBe(
      '[config] expected device to stay reference, since it is in use, got cpu (code)',
    );
    config.device = 'reference';
    expect(config.device).toBe('reference');
    expect(() => settings.configure({ mode: 'NONE', device: 'cpu' })).toThrow(/device/);
    expect(config.mode).toBe('FAST_RUN');
  });
});

describe('pinFloatX', () => {
  it('sets the flag and keeps it', () => {
    const { config, pinFloatX } = settings;
    pinFloatX('float64');
    expect(config.floatX).toBe('float64');
    expect(messageOf(() => (config.floatX = 'float32'))).toMatch(
      /expected floatX to stay float64, since this project pins it/,
    );
    pinFloatX('float64');
  });

  it('refuses another value that was asked for elsewhere', () => {
    const { applyFlags, config, pinFloatX } = settings;
    applyFlags({ floatX: 'float16' }, 'TNO_FLAGS');
    expect(messageOf(() => pinFloatX('float64'))).toBe(
      '[config] expected floatX to be float64, which this project pins, got float16 (TNO_FLAGS)',
    );
    expect(config.floatX).toBe('float16');
    pinFloatX('float16');
  });
});
