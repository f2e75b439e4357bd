import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alone } from './lock.mjs';
import { matchesLock } from './npm-packages.mjs';
import { inputHash } from './stamp.mjs';
import { decide, findProgram, missingPackages } from './system-packages.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tno-setup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('system packages', () => {
  const all = {
    compiler: '/usr/bin/c++',
    cmake: '/usr/bin/cmake',
    ninja: '/usr/bin/ninja',
    oneDnn: '/usr/include',
    lapack: '/usr/lib/libopenblas.so',
    clangFormat: undefined,
    browser: undefined,
  };
  const root = { isRoot: true, hasApt: true, allowed: true, failedBefore: false };

  it('names only what is missing, build tools apart from libraries', () => {
    expect(missingPackages(all)).toEqual([]);
    expect(
      missingPackages({ ...all, cmake: undefined, oneDnn: undefined, lapack: undefined }),
    ).toEqual([['cmake'], ['libdnnl-dev'], ['libopenblas-serial-dev']]);
  });

  it('names clang-format for contributors only', () => {
    expect(missingPackages(all, { contributor: true })).toEqual([['clang-format']]);
  });

  it('names a browser for tests only', () => {
    expect(missingPackages(all, { tests: true })).toEqual([['chromium']]);
    expect(missingPackages({ ...all, browser: '/usr/bin/chromium' }, { tests: true })).toEqual([]);
  });

  it('does nothing when nothing is missing', () => {
    expect(decide([], root)).toEqual({ action: 'none' });
  });

  it('installs as root', () => {
    expect(decide([['g++'], ['libdnnl-dev']], root)).toEqual({
      action: 'install',
      groups: [['g++'], ['libdnnl-dev']],
    });
  });

  it.each([
    ['an ordinary user', { isRoot: false }, 'run as root: apt-get install'],
    ['TNO_SETUP_APT=0', { allowed: false }, 'TNO_SETUP_APT=0 forbids: apt-get install'],
    ['a system without apt-get', { hasApt: false }, 'as your system does'],
    ['a failure a while ago', { failedBefore: true }, 'npm run setup tries again'],
  ])('only tells, without sudo, for %s', (_name, change, text) => {
    const decision = decide([['g++', 'cmake']], { ...root, ...change });
    const line = decision.action === 'tell' ? decision.line : decision.action;
    expect(line).toContain('g++ cmake');
    expect(line).toContain(text);
    expect(line).not.toContain('sudo');
  });

  it('finds the first of several names on a PATH', () => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'clang++'), '');
    const path = [join(folder, 'none'), join(folder, 'bin')].join(':');
    expect(findProgram(['g++', 'clang++'], path)).toBe(join(folder, 'bin', 'clang++'));
    expect(findProgram(['g++'], path)).toBeUndefined();
  });
});

describe('npm packages', () => {
  const lock = {
    packages: {
      '': {},
      'packages/core': { version: '0.1.0' },
      'node_modules/@tno/core': { resolved: 'packages/core', link: true },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a-darwin': { version: '1.0.0', optional: true },
    },
  };
  const { 'node_modules/a-darwin': _absent, ...here } = lock.packages;

  it('are right when only packages of other platforms are absent', () => {
    expect(matchesLock(lock, { packages: here })).toBe(true);
  });

  it('are not right when one is absent or has another version', () => {
    const { 'node_modules/a': _a, ...without } = here;
    expect(matchesLock(lock, { packages: without })).toBe(false);
    const other = { ...here, 'node_modules/a': { version: '1.0.1' } };
    expect(matchesLock(lock, { packages: other })).toBe(false);
  });
});

describe('inputHash', () => {
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
    utimesSync(join(folder, path), 1000, 1000);
  };

  it('changes with a source, not with a test or an output', () => {
    write('core/src/a.ts', 'a');
    const before = inputHash(folder, ['core', 'absent.json']);
    write('core/src/a.test.ts', 'test');
    write('core/dist/a.js', 'output');
    expect(inputHash(folder, ['core', 'absent.json'])).toBe(before);
    write('core/src/a.ts', 'longer');
    const changed = inputHash(folder, ['core', 'absent.json']);
    expect(changed).not.toBe(before);
    write('core/src/b.ts', '');
    expect(inputHash(folder, ['core', 'absent.json'])).not.toBe(changed);
  });

  it('changes with the tools it is told of', () => {
    write('core/src/a.ts', 'a');
    expect(inputHash(folder, ['core'], ['g++'])).not.toBe(inputHash(folder, ['core'], ['clang++']));
  });
});

describe('alone', () => {
  it('lets one in at a time and gives the lock back after a failure', async () => {
    const events: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`${name} out`);
      if (name === 'a') throw new Error('a failed');
    };
    const a = alone(work('a'), folder);
    const b = alone(work('b'), folder);
    await expect(a).rejects.toThrow('a failed');
    await b;
    expect(events).toEqual(['a in', 'a out', 'b in', 'b out']);
  });

  it('takes over the lock of a process that is gone', async () => {
    writeFileSync(join(folder, 'set-up.lock'), '999999999');
    let ran = false;
    await alone(() => {
      ran = true;
      return Promise.resolve();
    }, folder);
    expect(ran).toBe(true);
  });
});
