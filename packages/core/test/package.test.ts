/** The package as users get it: built, declared, packed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** A file, or one for each condition that may hold. */
type Target = string | { readonly [condition: string]: Target };

interface PackageJson {
  readonly exports: Readonly<Record<string, Target>>;
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

describe('the script that Node runs', () => {
  const script = (): string => join(app.package('core'), 'dist/cached.cjs');
  /** Tells of each script that is compiled, whether V8 took recorded code for it. */
  const spy = `
    import vm from 'node:vm';
    import { syncBuiltinESMExports } from 'node:module';
    vm.Script = class extends vm.Script {
      constructor(text, options) {
        super(text, options);
        console.log(options.filename, this.cachedDataRejected);
      }
    };
    syncBuiltinESMExports();
    const tno = await import('@tno/core');
    tno.config.device = 'reference';
    const x = tno.fvector('x');
    console.log(tno.function([x], x.mul(2).sum())([1, 2]));
  `;

  it('has the code that V8 made of it when it was built', () => {
    app.write('spy.js', spy);
    const { stdout, stderr } = app.run(['spy.js']);
    expect(stderr).toBe('');
    expect(stdout).toBe('@tno/core/dist/cached.cjs false\n6\n');
  });

  it('is compiled as ever where V8 does not take that code, or there is none', () => {
    app.write('spy.js', spy);
    const code = readFileSync(`${script()}.code`);
    try {
      writeFileSync(`${script()}.code`, code.subarray(0, 1000));
      expect(app.run(['spy.js'])).toMatchObject({
        stdout: '@tno/core/dist/cached.cjs true\n6\n',
        stderr: '',
      });
      rmSync(`${script()}.code`);
      expect(app.run(['spy.js'])).toMatchObject({
        stdout: '@tno/core/dist/cached.cjs undefined\n6\n',
        stderr: '',
      });
    } finally {
      writeFileSync(`${script()}.code`, code);
    }
  });

  it("shows itself in stacks as a part of the package, or its sources, and the user's line", () => {
    app.write(
      'mistake.js',
      `import * as tno from '@tno/core';
      tno.config.device = 'reference';
      const x = tno.fmatrix('x');
      const f = tno.function([x], x.dot(tno.ndarray([[1, 2]])));
      try { f([[1, 2]]); } catch (error) { console.log(error.stack); }`,
    );
    const plain = app.run(['mistake.js']).stdout;
    expect(plain).toMatch(/made at .*mistake\.js:4:/);
    expect(plain).toMatch(/at checkError \(@tno\/core\/dist\/cached\.cjs:\d+:\d+\)/);
    const mapped = app.run(['--enable-source-maps', 'mistake.js']).stdout;
    expect(mapped).toMatch(/made at .*mistake\.js:4:/);
    expect(mapped).toMatch(/at checkError \(.*src\/compile\/run-errors\.ts:\d+:\d+\)/);
  });

  it('reads and writes archives', () => {
    app.write(
      'archive.js',
      `import { decodeNpz, encodeNpz, ndarray } from '@tno/core';
      const bytes = encodeNpz({ a: ndarray([1, 2]) }, { compress: true });
      console.log(String(decodeNpz(bytes).a));`,
    );
    expect(app.run(['archive.js'])).toMatchObject({
      stderr: '',
      stdout: expect.stringMatching(/1.*2/) as string,
    });
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
    const filesOf = (target: Target, path: string[] = []): [conditions: string, file: string][] =>
      typeof target === 'string'
        ? [[path.join(' '), target]]
        : Object.entries(target).flatMap(([name, inner]) => filesOf(inner, [...path, name]));
    const { '.': entry, ...others } = manifest().exports;
    const files = filesOf(entry).filter(([conditions]) => conditions !== '@tno/source');
    // The first condition that holds counts: types before code, special before general.
    expect(files.map(([conditions]) => conditions)).toEqual([
      'types',
      'node module',
      'node default',
      'default',
    ]);
    for (const [, file] of [...files, ...filesOf(others)]) {
      expect(existsSync(join(app.package('core'), file)), file).toBe(true);
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
      expect.arrayContaining(['package.json', 'dist/index.js', 'dist/cached.js', 'dist/node.d.ts']),
    );
    for (const path of paths) {
      expect(path).toMatch(
        /^(package\.json|README\.md|LICENSE|dist\/[\w-]+\.(c?js|c?js\.map|cjs\.code|d\.ts))$/,
      );
    }
  });

  it('has no trace of the machine that built it', () => {
    const repository = fileURLToPath(new URL('../../..', import.meta.url));
    const dist = join(app.package('core'), 'dist');
    for (const name of readdirSync(dist).filter((file) => /\.(c?js|ts|code)$/.test(file))) {
      expect(readFileSync(join(dist, name), 'latin1')).not.toContain(repository);
    }
  });
});
