import { chmodSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompileError } from '@tno/core';
import type { SourceUnit } from '@tno/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  defaultCacheFolder,
  findCompiler,
  KernelCache,
  processorFeatures,
} from './kernel-cache.js';
import type { LibraryRequest, LibraryStatus, NativeAddon, NativeLibrary } from './native.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tno-cache-test-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function program(name: string): string {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const path = join(folder, 'bin', name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

vi.mock('./build-id.js', () => ({ buildId: 'this build' }));

function unit(text: string, identity?: string, parts?: number): SourceUnit {
  return { language: 'c', text, symbols: ['k0'], identity, parts };
}

/** Records what it is asked for and gives what it is told. */
class FakeAddon {
  readonly requests: LibraryRequest[] = [];
  readonly sources: string[] = [];
  readonly parts: number[] = [];
  status: LibraryStatus;

  constructor(status: Partial<LibraryStatus> = {}) {
    this.status = { state: 'ready', compiled: false, error: '', warning: '', ...status };
  }

  openLibrary(request: LibraryRequest): NativeLibrary {
    this.requests.push(request);
    return {} as NativeLibrary;
  }
  compileLibrary(_library: NativeLibrary, source: string, parts: number): void {
    this.sources.push(source);
    this.parts.push(parts);
  }
  libraryStatus(): LibraryStatus {
    return this.status;
  }
  libraryFinished(): Promise<void> {
    return Promise.resolve();
  }
  waitForLibrary(): void {
    if (this.status.state === 'compiling') this.status = { ...this.status, state: 'ready' };
  }
}

function cacheOf(
  addon: FakeAddon,
  identity = 'cc 1',
  warnings: string[] = [],
  limit = 0,
): KernelCache {
  return new KernelCache(addon as unknown as NativeAddon, {
    folder: '/cache',
    limit,
    compiler: { path: '/bin/cc', identity },
    warn: (message) => warnings.push(message),
  });
}

describe('findCompiler', () => {
  it('takes the first of cc, gcc and clang on PATH', () => {
    const gcc = program('gcc');
    program('clang');
    const found = findCompiler(undefined, { PATH: `relative:${join(folder, 'bin')}` });
    expect(found.path).toBe(gcc);
    expect(found.identity).toContain(gcc);
  });

  it('takes TNO_CC, by name or by path, and an option before it', () => {
    const mine = program('mycc');
    const path = join(folder, 'bin');
    expect(findCompiler(undefined, { PATH: path, TNO_CC: 'mycc' }).path).toBe(mine);
    expect(findCompiler(undefined, { PATH: '', TNO_CC: mine }).path).toBe(mine);
    expect(findCompiler('gcc', { PATH: path, TNO_CC: mine }).path).toBe(program('gcc'));
  });

  it('identifies a compiler by the file behind its links', () => {
    const real = program('real-cc');
    const link = join(folder, 'bin', 'linked-cc');
    symlinkSync(real, link);
    const before = findCompiler(link).identity;
    expect(before).toContain(real);
    writeFileSync(real, '#!/bin/sh\n# another version\n');
    expect(findCompiler(link).identity).not.toBe(before);
  });

  it('says what to install when there is none', () => {
    const none = (): unknown => findCompiler(undefined, { PATH: '/nonexistent' });
    expect(none).toThrow(CompileError);
    expect(none).toThrow(/C compiler.*found none[^]*apt-get install gcc/);
    expect(() => findCompiler('no-such-cc', { PATH: '' })).toThrow(/no-such-cc/);
  });
});

describe('defaultCacheFolder', () => {
  it('follows the XDG variables', () => {
    expect(defaultCacheFolder({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/tno/kernels');
    expect(defaultCacheFolder({ XDG_CACHE_HOME: 'x', HOME: '/h' })).toBe('/h/.cache/tno/kernels');
    expect(defaultCacheFolder({ HOME: '/h' })).toBe('/h/.cache/tno/kernels');
    expect(defaultCacheFolder({ HOME: '' })).toBe('');
  });
});

describe('KernelCache', () => {
  it('keys on source, compiler, flags and processor', () => {
    const addon = new FakeAddon();
    cacheOf(addon).open(unit('a'));
    cacheOf(addon).open(unit('a'));
    cacheOf(addon).open(unit('b'));
    cacheOf(addon, 'cc 2').open(unit('a'));
    const keys = addon.requests.map((request) => request.key);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
    expect(addon.requests[0].flags).not.toContain('-ffast-math');
    expect(addon.requests[0].flags).toContain('-ffp-contract=off');
    expect(processorFeatures()).toContain(process.arch);
  });

  it('reads the text of a source only to compile it, where its identity is known', () => {
    const unread: SourceUnit = {
      language: 'c',
      symbols: ['k0'],
      identity: 'kernels',
      get text(): string {
        throw new Error('read');
      },
    };
    const ready = new FakeAddon();
    const cache = cacheOf(ready);
    cache.compile(cache.open(unread), unread);
    cache.open({ ...unit('a'), identity: 'others' });
    expect(ready.requests[0].key).not.toBe(ready.requests[1].key);
    const absent = new FakeAddon({ state: 'compiling' });
    const other = cacheOf(absent);
    other.compile(other.open(unit('a', 'kernels')), unit('a', 'kernels'));
    expect(absent.requests[0].key).toBe(ready.requests[0].key);
    expect([ready.sources, absent.sources]).toEqual([[], ['a']]);
  });

  it('has a source compiled in its parts', () => {
    const addon = new FakeAddon({ state: 'compiling' });
    const cache = cacheOf(addon);
    for (const source of [unit('a'), unit('b', undefined, 2)]) {
      cache.compile(cache.open(source), source);
    }
    expect(addon.parts).toEqual([1, 2]);
  });

  it('counts what was compiled and what was cached', () => {
    const cache = cacheOf(new FakeAddon({ state: 'compiling' }));
    cache.open(unit('a'));
    expect(cache.stats).toEqual({ compiled: 1, cached: 0 });
    const cached = cacheOf(new FakeAddon());
    cached.open(unit('a'));
    cached.open(unit('b'));
    expect(cached.stats).toEqual({ compiled: 0, cached: 2 });
  });

  it('asks for its limit, 0 being none', () => {
    const addon = new FakeAddon();
    cacheOf(addon).open(unit('a'));
    cacheOf(addon, 'cc 1', [], 5000).open(unit('a'));
    expect(addon.requests.map(({ limit }) => limit)).toEqual([Infinity, 5000]);
  });

  it('warns once of a folder that cannot be used, as soon as it is known', () => {
    const warnings: string[] = [];
    const addon = new FakeAddon({ state: 'compiling' });
    const cache = cacheOf(addon, 'cc', warnings);
    for (const source of [unit('a'), unit('b')]) cache.compile(cache.open(source), source);
    expect(warnings).toHaveLength(0);
    addon.status = { state: 'ready', compiled: true, error: '', warning: '/cache: read-only' };
    cache.open(unit('c'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('/cache: read-only');
  });

  it('warns once of kernels that cannot be compiled', async () => {
    const warnings: string[] = [];
    const addon = new FakeAddon({ state: 'failed', error: 'k.c:1: error: oops' });
    const cache = cacheOf(addon, 'cc', warnings);
    for (const source of [unit('a'), unit('b')]) {
      const library = cache.open(source);
      cache.compile(library, source);
      await cache.finished(library);
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/stay interpreted.*k\.c:1: error: oops/);
  });

  it("throws with the compiler's words who waits", () => {
    const warnings: string[] = [];
    const addon = new FakeAddon({ state: 'failed', error: 'k.c:1: error: oops' });
    const cache = cacheOf(addon, 'cc', warnings);
    const wait = (): void => {
      const library = cache.open(unit('a'));
      cache.compile(library, unit('a'));
      cache.wait(library);
    };
    expect(wait).toThrow(CompileError);
    expect(wait).toThrow(/k\.c:1: error: oops/);
    expect(warnings).toEqual([]);
  });
});
