import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '@tno/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheInfo, describeCache, describeList, listCache, trimCache } from './cache.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tno-cli-cache-'));
  config.cacheDir = folder;
  config.cacheLimit = '1G';
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const source = (...kernels: string[]): string =>
  kernels
    .map((name) => `void ${name}(const tno_args *a, int64_t begin, int64_t end) {}\n`)
    .join('');

/** A compiled unit of 1000 bytes, last used at `used` seconds since 1970. */
function add(digit: string, used: number, text = source('k0_add')): void {
  const so = join(folder, `${digit.repeat(64)}.so`);
  const c = join(folder, `${digit.repeat(64)}.c`);
  writeFileSync(c, text);
  writeFileSync(so, 'x'.repeat(1000 - text.length));
  utimesSync(c, 1000, 1000);
  utimesSync(so, used, used);
}

describe('list', () => {
  it('names kernels, the unit used last first', () => {
    add('a', 2000);
    add('b', 3000, source('k0_dot', 'k1_exp'));
    expect(listCache()).toEqual({
      folder,
      units: [
        {
          key: 'b'.repeat(64),
          bytes: 1000,
          made: '1970-01-01T00:16:40.000Z',
          used: '1970-01-01T00:50:00.000Z',
          kernels: ['k0_dot', 'k1_exp'],
        },
        {
          key: 'a'.repeat(64),
          bytes: 1000,
          made: '1970-01-01T00:16:40.000Z',
          used: '1970-01-01T00:33:20.000Z',
          kernels: ['k0_add'],
        },
      ],
    });
  });

  it('is a table', () => {
    add('a', 2000, source('k0_a', 'k1_b', 'k2_c', 'k3_d', 'k4_e', 'k5_f'));
    const lines = describeList(listCache()).split('\n');
    expect(lines[0]).toMatch(/^SIZE {4}LAST USED {9}MADE {14}KEY {11}KERNELS$/);
    expect(lines[1]).toMatch(/^1\.0 kB {2}19[67]\d-.* {2}a{12} {2}k0_a k1_b k2_c k3_d \+2$/);
    expect(lines).toHaveLength(2);
    expect(describeList({ folder: '/x', units: [] })).toBe('no compiled kernels in /x');
  });
});

describe('info', () => {
  it('counts what there is', () => {
    add('a', 2000);
    add('b', 3000);
    writeFileSync(join(folder, 'mine.txt'), '');
    expect(cacheInfo()).toEqual({
      folder,
      units: 2,
      bytes: 2000,
      limit: 1e9,
      leastRecentlyUsed: '1970-01-01T00:33:20.000Z',
      abandoned: 0,
      abandonedBytes: 0,
      foreign: 1,
    });
    expect(describeCache(cacheInfo())).toMatch(/^holds +2 compiled units, 2\.0 kB, of 1\.0 GB$/m);
    config.cacheLimit = '0';
    expect(describeCache(cacheInfo())).toMatch(/2\.0 kB, no limit$/m);
  });

  it('says where the folder cannot be used', () => {
    config.cacheDir = '/proc/tno';
    expect(() => cacheInfo()).toThrow(/\[cache\] expected a cache folder to use, got: \/proc\/tno/);
  });
});

describe('trim', () => {
  it('keeps the flag, or the limit it is given', () => {
    for (const [k, digit] of ['a', 'b', 'c', 'd'].entries()) add(digit, 2000 + k);
    config.cacheLimit = '3k';
    expect(trimCache()).toEqual({ folder, removed: 1, bytes: 1000 });
    expect(trimCache('1500')).toMatchObject({ removed: 2 });
    expect(listCache().units.map(({ key }) => key[0])).toEqual(['d']);
    config.cacheLimit = '0';
    expect(trimCache()).toMatchObject({ removed: 0 });
    expect(trimCache('0')).toMatchObject({ removed: 1 });
  });

  it('refuses what is no size', () => {
    expect(() => trimCache('much')).toThrow('expected bytes, such as 512M or 2Gi, got much');
  });
});
