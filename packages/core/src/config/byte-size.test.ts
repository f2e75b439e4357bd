import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { formatBytes, isBytes, parseBytes } from './byte-size.js';

describe('parseBytes', () => {
  it.each([
    ['0', 0],
    ['123', 123],
    ['5k', 5000],
    ['512M', 512e6],
    ['1.5G', 1.5e9],
    ['2 GB', 2e9],
    ['1T', 1e12],
    ['4Ki', 4096],
    ['2GiB', 2 ** 31],
  ])('%s is %d', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
    expect(isBytes(text)).toBe(true);
  });

  it.each(['', 'M', '-1', '1K', '1 m', '1e9', 'all'])('refuses %s', (text) => {
    expect(isBytes(text)).toBe(false);
    expect(() => parseBytes(text)).toThrow(ConfigError);
    expect(() => parseBytes(text)).toThrow(`expected bytes, such as 512M or 2Gi, got ${text}`);
  });
});

it('formatBytes has at most three digits before its point', () => {
  expect([0, 999, 1000, 17_260_000, 999_960, 3e9, 5e15].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '17.3 MB',
    '1.0 MB',
    '3.0 GB',
    '5000.0 TB',
  ]);
});
