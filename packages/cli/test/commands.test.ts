/** The built command as users get it, in an application of its own. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { Application, type Outcome } from '../../core/test/support/application.js';
import type { CacheInfo, CacheList } from '../src/cache.js';
import type { Finding } from '../src/doctor.js';
import type { MachineInfo } from '../src/info.js';

const app = new Application();
const addon = join(app.package('cpu'), 'build');
const main = 'node_modules/@tno/cli/bin/tno.js';

beforeAll(() => {
  for (const name of ['core', 'cpu', 'cli'] as const) app.install(name);
  cpSync(
    fileURLToPath(new URL('../../../native/build/Release', import.meta.url)),
    join(addon, 'Release'),
    {
      recursive: true,
    },
  );
  const bin = fileURLToPath(new URL('../bin', import.meta.url));
  cpSync(bin, join(app.package('cli'), 'bin'), { recursive: true });
  const commander = fileURLToPath(new URL('../node_modules/commander', import.meta.url));
  symlinkSync(commander, join(app.folder, 'node_modules/commander'));
}, 120_000);
afterAll(() => {
  app.remove();
});

const tno = (args: string[], env: Record<string, string> = {}): Outcome =>
  app.run([main, ...args], env);
function data<T>(args: string[], env: Record<string, string> = {}): T {
  const { stdout, stderr } = tno([...args, '--json'], env);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as T;
}

describe('tno doctor', () => {
  const statuses = (findings: readonly Finding[]): Record<string, string> =>
    Object.fromEntries(findings.map(({ check, status }) => [check, status]));

  it('finds nothing amiss where all is there', () => {
    const { stdout, stderr, status } = tno(['doctor']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ok {7}native addon +loads$/m);
    expect(stdout).toMatch(/^ok {7}first call +right on device cpu, after \d+ ms$/m);
    expect(statuses(data<Finding[]>(['doctor']))).toMatchObject({
      node: 'ok',
      settings: 'ok',
      'native addon': 'ok',
      compiler: 'ok',
      cache: 'ok',
      'first call': 'ok',
    });
  });

  it('says what to do where there is no compiler', () => {
    const { stdout, status } = tno(['doctor'], { PATH: '/nowhere' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^warning {2}compiler .*expected a C compiler .* found none/m);
    expect(stdout).toMatch(/-> install one \(Debian, Ubuntu: apt-get install gcc libc6-dev\)/);
    expect(stdout).toMatch(/^ok {7}first call +right on device cpu/m);
    const strict = tno(['doctor'], { PATH: '/nowhere', TNO_FLAGS: 'kernels=compiled' });
    expect(strict.status).toBe(1);
    expect(strict.stdout).toMatch(/^FAILURE {2}compiler/m);
  });

  it('warns of a cache folder that others may write to', () => {
    const open = join(app.folder, 'open');
    mkdirSync(open, { mode: 0o755 });
    const findings = data<Finding[]>(['doctor'], { TNO_FLAGS: `cacheDir=${open}` });
    expect(findings.find(({ check }) => check === 'cache')).toMatchObject({
      status: 'warning',
      found: `${open}: other users have rights to it; chmod 700 it`,
    });
  });

  it('works where the settings are wrong', () => {
    const { stdout, status } = tno(['doctor'], { TNO_FLAGS: 'devise=cpu' });
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^FAILURE {2}settings .*got devise \(TNO_FLAGS\): did you mean device\?$/m,
    );
  });

  it('works without the addon, and says how to get it', () => {
    const aside = join(app.folder, 'addon-aside');
    cpSync(addon, aside, { recursive: true });
    rmSync(addon, { recursive: true });
    const outcome = tno(['doctor', '--json']);
    cpSync(aside, addon, { recursive: true });
    expect(outcome.status).toBe(1);
    const findings = JSON.parse(outcome.stdout) as Finding[];
    expect(statuses(findings)).toMatchObject({
      'native addon': 'failure',
      compiler: 'skipped',
      cache: 'skipped',
    });
    const { found } = findings.find(({ check }) => check === 'native addon')!;
    expect(found).toContain('what to do:');
  });
});

describe('tno info', () => {
  it('tells versions, devices, libraries and flags with their origins', () => {
    app.write('.tnorc', 'floatX=float64\n');
    const env = { TNO_FLAGS: 'mode=FAST_COMPILE,providers=plain' };
    const info = data<MachineInfo>(['info'], env);
    const text = tno(['info'], env).stdout;
    rmSync(join(app.folder, '.tnorc'));
    expect(info.versions['@tno/core']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(info.versions.node).toBe(process.versions.node);
    expect(info.devices).toEqual([
      { name: 'cpu', trouble: null },
      { name: 'reference', trouble: null },
    ]);
    expect(info.libraries.products).toBe('plain');
    expect(info.libraries.compiler).toMatch(/^\//);
    expect(info.flags).toContainEqual({
      name: 'floatX',
      value: 'float64',
      source: join(app.folder, '.tnorc'),
    });
    expect(info.flags).toContainEqual({
      name: 'mode',
      value: 'FAST_COMPILE',
      source: 'TNO_FLAGS',
    });
    expect(info.flags).toContainEqual({ name: 'device', value: 'cpu', source: 'default' });
    expect(info.environment).toEqual(env);
    expect(text).toMatch(/^ {2}mode +FAST_COMPILE {2}TNO_FLAGS$/m);
  });

  it('names a missing compiler', () => {
    const env = { PATH: '/nowhere', TNO_FLAGS: 'kernels=compiled' };
    const { devices, libraries } = data<MachineInfo>(['info'], env);
    expect(devices[0].trouble).toContain('expected a C compiler');
    expect(libraries.threads).toBeGreaterThanOrEqual(1);
    expect(libraries.compiler).toBeNull();
  });
});

describe('tno cache', () => {
  const folder = join(app.folder, 'kernels');
  const env = { TNO_FLAGS: `cacheDir=${folder}` };

  it('lists, describes and clears what a program compiled, and nothing else', () => {
    app.write(
      'program.js',
      `import * as tno from '@tno/core';
      const x = tno.fvector('x');
      console.log(tno.function([x], x.exp().sum())([0, 0]));`,
    );
    expect(app.run(['program.js'], env).stdout).toBe('2\n');
    writeFileSync(join(folder, 'notes.c'), 'mine');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const { units } = data<CacheList>(['cache', 'list'], env);
    expect(units).toHaveLength(1);
    expect(units[0].kernels.join()).toContain('exp');
    expect(tno(['cache', 'list'], env).stdout).toContain(units[0].key.slice(0, 12));
    expect(data<CacheInfo>(['cache', 'info'], env)).toMatchObject({
      folder,
      units: 1,
      bytes: units[0].bytes,
      foreign: 1,
    });
    expect(tno(['cache', 'clear'], env).stdout).toMatch(
      /^removed 1 compiled unit, .* from .*kernels\n$/,
    );
    expect(readdirSync(folder)).toEqual(['notes.c']);
    expect(app.run(['program.js'], env).stdout).toBe('2\n');
    expect(tno(['cache', 'trim'], env).stdout).toMatch(/^removed 0 compiled units/);
    expect(tno(['cache', 'trim', '--limit', '1k'], env).stdout).toMatch(
      /^removed 1 compiled unit,/,
    );
  });

  it('refuses what it does not know', () => {
    const bad = tno(['cache', 'trim', '--limit', 'much']);
    expect([bad.status, bad.stderr]).toEqual([
      1,
      'tno: [config] expected bytes, such as 512M or 2Gi, got much\n',
    ]);
    expect(tno(['cache', 'empty']).stderr).toContain("unknown command 'empty'");
    expect(tno(['cache', 'list', '--nosuch']).stderr).toContain("unknown option '--nosuch'");
  });
});
