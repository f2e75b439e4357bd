import { describe, expect, it } from 'vitest';
import { fixLock, platformOf } from './fix-lock.mjs';

describe('platformOf', () => {
  it.each([
    ['@esbuild/linux-arm64', { os: ['linux'], cpu: ['arm64'] }],
    ['@esbuild/win32-x64', { os: ['win32'], cpu: ['x64'] }],
    ['@rollup/rollup-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@rollup/rollup-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@rollup/rollup-win32-x64-gnu', { os: ['win32'], cpu: ['x64'] }],
    ['@nx/nx-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
  ])('reads the platform off %s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });

  it('knows when a name states none', () => {
    expect(platformOf('left-pad')).toBeUndefined();
  });
});

describe('fixLock', () => {
  const parent = (range: string): Record<string, unknown> => ({
    version: '2.0.0',
    dev: true,
    optionalDependencies: { '@x/linux-x64': '2.0.0', '@x/darwin-arm64': range },
  });
  const lockWith = (packages: Record<string, object>): { packages: Record<string, object> } => ({
    packages: { '': {}, 'node_modules/@x/linux-x64': { version: '2.0.0' }, ...packages },
  });

  it('adds the platform package that is missing, and only that', () => {
    const before = lockWith({ 'node_modules/x': parent('2.0.0') });
    const { lock, added, unknown } = fixLock(before);
    expect(added).toEqual(['@x/darwin-arm64@2.0.0']);
    expect(unknown).toEqual([]);
    expect(lock.packages['node_modules/@x/darwin-arm64']).toEqual({
      version: '2.0.0',
      os: ['darwin'],
      cpu: ['arm64'],
      dev: true,
      optional: true,
    });
    expect(before.packages['node_modules/@x/darwin-arm64']).toBeUndefined();
    expect(fixLock(lock).added).toEqual([]);
  });

  it('nests an entry where another version has the place at the top', () => {
    const { lock } = fixLock(
      lockWith({
        'node_modules/@x/darwin-arm64': { version: '1.0.0', optional: true },
        'node_modules/x': parent('2.0.0'),
      }),
    );
    expect(lock.packages['node_modules/@x/darwin-arm64']?.version).toBe('1.0.0');
    expect(lock.packages['node_modules/x/node_modules/@x/darwin-arm64']?.version).toBe('2.0.0');
  });

  it('guesses no version', () => {
    const { added, unknown } = fixLock(lockWith({ 'node_modules/x': parent('^2.0.0') }));
    expect(added).toEqual([]);
    expect(unknown).toEqual(['@x/darwin-arm64@^2.0.0 (of node_modules/x)']);
  });

  it('drops registry addresses and keeps workspace links', () => {
    const { lock } = fixLock({
      packages: {
        'node_modules/a': { version: '1.0.0', resolved: 'https://example.org/a.tgz' },
        'node_modules/@tno/core': { resolved: 'packages/core', link: true },
      },
    });
    expect(lock.packages['node_modules/a']).toEqual({ version: '1.0.0' });
    expect(lock.packages['node_modules/@tno/core']?.resolved).toBe('packages/core');
  });
});
