import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompileError, DeviceError } from '@tno/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addonFacts, cacheFolder, readCache, trimCache, tryCompiler } from './diagnostics.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tno-diagnostics-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function add(digit: string, used: number): void {
  for (const [ending, bytes, time] of [
    ['c', 100, 1000],
    ['so', 900, used],
  ] as const) {
    const path = join(folder, `${digit.repeat(64)}.${ending}`);
    writeFileSync(path, 'x'.repeat(bytes));
    utimesSync(path, time, time);
  }
}

describe('the cache', () => {
  it('is read, the entry used longest ago first', () => {
    add('a', 3000);
    add('b', 2000);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(readCache(folder)).toEqual({
      error: '',
      entries: [
        { key: 'b'.repeat(64), bytes: 1000, made: 1_000_000, used: 2_000_000 },
        { key: 'a'.repeat(64), bytes: 1000, made: 1_000_000, used: 3_000_000 },
      ],
      abandoned: 0,
      abandonedBytes: 0,
      foreign: 1,
    });
  });

  it('is trimmed to a limit', () => {
    add('a', 3000);
    add('b', 2000);
    expect(trimCache(folder, 1500)).toEqual({ error: '', entries: 1, bytes: 1000 });
    expect(readCache(folder).entries.map(({ key }) => key[0])).toEqual(['a']);
    expect(trimCache(folder, Infinity)).toMatchObject({ entries: 0 });
    expect(trimCache(folder, 0)).toMatchObject({ entries: 1 });
  });

  it('says why its folder cannot be used', () => {
    const link = join(folder, 'link');
    symlinkSync(folder, link);
    expect(readCache(link)).toMatchObject({
      error: `${link}: it is a link or no folder`,
      entries: [],
    });
    expect(() => trimCache(link, 0)).toThrow(DeviceError);
    const open = join(folder, 'open');
    mkdirSync(open, { mode: 0o755 });
    expect(readCache(open).error).toContain('chmod 700');
  });

  it('lies where it is told, or with the user', () => {
    expect(cacheFolder('/a/b')).toBe('/a/b');
    expect(cacheFolder('b')).toBe(join(process.cwd(), 'b'));
    expect(cacheFolder()).toMatch(/\/tno\/kernels$/);
  });
});

describe('the machine', () => {
  it('has vector instructions, products and linear algebra', () => {
    const { instructions, products, linearAlgebra, threads } = addonFacts();
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(['base', 'avx2', 'avx512']).toContain(instructions);
    expect(['onednn', 'plain']).toContain(products);
    expect(['lapack', 'plain']).toContain(linearAlgebra);
  });

  it('has a compiler that makes kernels', () => {
    const { path, ms } = tryCompiler();
    expect(path).toMatch(/^\//);
    expect(ms).toBeGreaterThan(0);
  });

  it("gives a broken compiler's words", () => {
    const path = join(folder, 'cc');
    writeFileSync(path, '#!/bin/sh\necho "no licence today" >&2\nexit 1\n', { mode: 0o755 });
    expect(() => tryCompiler(path)).toThrow(CompileError);
    expect(() => tryCompiler(path)).toThrow(/no licence today/);
  });
});
