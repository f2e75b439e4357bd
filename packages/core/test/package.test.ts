/** The package as users get it: built, declared, packed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application } from './support/application.js';

const app = new Application();
beforeAll(() => {
  app.install('core', { types: true });
}, 180_000);
afterAll(() => {
  app.remove();
});

interface PackageJson {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = (): PackageJson =>
  JSON.parse(readFileSync(join(app.package('core'), 'package.json'), 'utf8')) as PackageJson;

/** Modules that a file imports, and those that these import. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/^\s*(?:import|export)\b[^'"]*?(?:from\s*)?["']([^"']+)["'];?$/gm);
  for (const [, name] of found) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (name.startsWith('.')) importsOf(join(dirname(file), name), seen);
  }
  return seen;
}

describe('modules', () => {
  it('are one instance for import and require', () => {
    app.write(
      'both.cjs',
      `const required = require('@tno/core');
      import('@tno/core').then((imported) => {
        const x = required.fmatrix('x');
        const names = Object.keys(imported);
        console.log(JSON.stringify({
          exports: names.length,
          same: names.every((name) => imported[name] === required[name]),
          isVariable: x.add(1) instanceof imported.TensorVariable,
          isError: (() => { try { required.config.floatX = 1; } catch (e) { return e instanceof imported.ConfigError; } })(),
        }));
      });`,
    );
    const { stdout, stderr } = app.run(['both.cjs']);
    expect(stderr).toBe('');
    const found = JSON.parse(stdout) as { exports: number };
    expect(found).toMatchObject({ same: true, isVariable: true, isError: true });
    expect(found.exports).toBeGreaterThan(150);
  });

  it('of the general entry need nothing of Node', () => {
    const entry = join(app.package('core'), 'dist/index.js');
    const imported = [...importsOf(entry)];
    expect(imported.filter((name) => name.startsWith('.')).length).toBeGreaterThan(0);
    const outside = imported.filter((name) => !name.startsWith('.'));
    const packageOf = (name: string): string => name.split('/')[0];
    expect(outside.map(packageOf)).toEqual(Object.keys(manifest().dependencies));
    expect(outside.filter((name) => builtinModules.includes(name))).toEqual([]);
    const node = [...importsOf(join(app.package('core'), 'dist/node.js'))];
    expect(node.filter((name) => name.startsWith('node:')).sort()).toContain('node:fs');
  });

  it('of the general entry run where there are no globals of Node', () => {
    app.write(
      'browser.js',
      `const { log } = console;
      for (const name of ['process', 'Buffer', 'require', 'global', 'setImmediate', '__dirname']) delete globalThis[name];
      const tno = await import('./node_modules/@tno/core/dist/index.js');
      tno.config.device = 'reference';
      const x = tno.fvector('x');
      const w = tno.shared([1, 2], 'w');
      const f = tno.function([x], x.mul(w).sum(), { updates: [[w, w.add(x)]] });
      log(f([3, 4]), String(w.getValue()));
      try { f([1, 2, 3]); } catch (error) { log(error.message); }`,
    );
    const { stdout, stderr } = app.run(['browser.js']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^11 array\(\[4\., 6\.\], dtype=float32\)\n\[mul\] expected equal sizes on axis 0, got 3 \(x\) and 2 \(w\)/,
    );
    expect(stdout).toMatch(/made at .*browser\.js:7:/);
  });
});

describe('declarations', () => {
  function check(text: string): string {
    app.write('consumer.ts', text);
    const options = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2023'],
      strict: true,
      noEmit: true,
      types: [],
    };
    app.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }),
    );
    const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
    return app.run([tsc, '-p', '.', '--pretty', 'false']).stdout;
  }
  const program = `
    import * as tno from '@tno/core';
    const x = tno.matrix('x');
    const cost = x.dot(tno.shared([1, 2])).sigmoid().at(tno.slice(0, 2)).sum();
    const gradient: tno.TensorVariable<tno.FloatX, 2> = tno.grad(cost, x);
    const f = tno.function({ x }, { cost, gradient });
    export const result: number = f({ x: [[1, 2]] }).cost;
    export const dtype: 'float64' = x.dtype;
  `;

  it('have the methods of variables, and are right without skipLibCheck', () => {
    expect(check(program)).toMatch(
      /^consumer\.ts\(8,18\): error TS2322: Type 'FloatDType' is not assignable to type '"float64"'\.\n.*\n$/,
    );
  });

  it('take a pinned floatX', () => {
    const pin = "declare module '@tno/core' { interface TnoConfig { floatX: 'float64' } }";
    expect(check(program + pin)).toBe('');
  });
});

describe('the packed package', () => {
  it('has every file that package.json names', () => {
    for (const [path, target] of Object.entries(manifest().exports)) {
      const targets = typeof target === 'string' ? { default: target } : target;
      const conditions = Object.keys(targets).filter((name) => name !== '@tno/source');
      // The first condition that holds counts: types before code, special before general.
      if (path === '.') expect(conditions).toEqual(['types', 'node', 'default']);
      for (const name of conditions) {
        expect(existsSync(join(app.package('core'), targets[name])), targets[name]).toBe(true);
      }
    }
  });

  it('has the built files and nothing else', () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: app.package('core'),
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['package.json', 'dist/index.js', 'dist/node.js', 'dist/node.d.ts']),
    );
    for (const path of paths) {
      expect(path).toMatch(/^(package\.json|README\.md|LICENSE|dist\/[\w-]+\.(js|js\.map|d\.ts))$/);
    }
  });

  it('has no trace of the machine that built it', () => {
    const repository = fileURLToPath(new URL('../../..', import.meta.url));
    const dist = join(app.package('core'), 'dist');
    for (const name of readdirSync(dist).filter((file) => /\.(js|ts)$/.test(file))) {
      expect(readFileSync(join(dist, name), 'utf8')).not.toContain(repository);
    }
  });
});
