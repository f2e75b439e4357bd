/** Built packages in an application of their own: which device it gets, and what its flags do. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { Application, type Outcome } from '../../core/test/support/application.js';
// eslint-disable-next-line @nx/enforce-module-boundaries -- as above
import { expectSlideNumbers, numbersIn, slideModel } from '../../core/test/support/slide-model.js';

const app = new Application();
const addonFolder = join(app.package('cpu'), 'build');
const builtAddon = fileURLToPath(new URL('../../../native/build/Release', import.meta.url));

beforeAll(() => {
  app.install('core');
  app.install('cpu');
  cpSync(builtAddon, join(addonFolder, 'Release'), { recursive: true });
  app.write('slide.js', slideModel);
  app.write('device.js', device);
  app.write('opened.js', opened);
}, 60_000);
afterAll(() => {
  app.remove();
});

/** Says what device there is after a first function has run. */
const device = `
import * as tno from '@tno/core';
const x = tno.fmatrix('x');
const f = tno.function([x], x.dot(x).add(1));
const g = tno.function([x], x.tanh());
const { name, productProvider, stats } = tno.currentDevice();
console.log(JSON.stringify({ name, productProvider, stats, sum: f([[1, 2], [3, 4]]).toNested(), g: g([[0]]).toNested() }));
`;

/** Says whether importing the backend has opened the product library, which takes some time. */
const opened = `
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import '@tno/cpu';
const isOpen = () => /dnnl|onednn/.test(readFileSync('/proc/self/maps', 'utf8'));
for (let k = 0; k < 50 && !isOpen(); k++) await setTimeout(20);
console.log(JSON.stringify({ opened: isOpen() }));
`;

const flags = (text: string): Record<string, string> => ({ TNO_FLAGS: text });
const parse = ({ stdout, stderr, status }: Outcome): Record<string, unknown> => {
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
};

const hasLibrary = (): boolean => parse(app.run(['device.js'])).productProvider === 'onednn';

describe('the slide model', () => {
  it('gives the numbers of the tutorial on both devices, and the same', () => {
    const [cpu, reference] = ['cpu', 'reference'].map((name) => {
      const outcome = app.run(['slide.js'], flags(`device=${name}`));
      expect(outcome.stderr).toBe('');
      const result = parse(outcome);
      expect(result.device).toBe(name);
      expectSlideNumbers(result);
      const { device: _device, ...numbers } = result;
      return numbersIn(numbers);
    });
    cpu.forEach((value, k) => expect(Math.abs(value - reference[k])).toBeLessThan(1e-6));
  });
});

describe('importing the backend, which has its products made ready meanwhile', () => {
  it('lets a program end at once', () => {
    app.write('import.js', `import '@tno/cpu'; console.log('imported');`);
    app.write(
      'import-exit.js',
      `import '@tno/cpu'; process.stdout.write('imported', () => process.exit());`,
    );
    for (const script of ['import.js', 'import-exit.js']) {
      for (let i = 0; i < 3; i++) {
        expect(app.run([script])).toMatchObject({ status: 0, stderr: '' });
      }
    }
  });

  it('works without the addon', () => {
    renameSync(addonFolder, `${addonFolder}-away`);
    try {
      app.write('import.js', `import '@tno/cpu'; console.log('imported');`);
      expect(app.run(['import.js'])).toMatchObject({ status: 0, stderr: '', stdout: 'imported\n' });
    } finally {
      renameSync(`${addonFolder}-away`, addonFolder);
    }
  });
});

describe('a program without what the cpu device needs', () => {
  const warning = (outcome: Outcome): string => {
    expect(parse(outcome)).toMatchObject({
      name: 'reference',
      sum: [
        [8, 11],
        [16, 23],
      ],
      g: [[0]],
    });
    expect(outcome.stderr.match(/^tno: /gm)).toHaveLength(1);
    return outcome.stderr;
  };

  it('warns once and uses the reference device where the package is missing', () => {
    const core = join(app.package('core'));
    const lone = new Application();
    symlinkSync(core, lone.package('core'));
    cpSync(join(app.folder, 'device.js'), join(lone.folder, 'device.js'));
    // Node looks for packages from a file's real place; the flag keeps the link's.
    const text = warning(lone.run(['--preserve-symlinks', 'device.js']));
    lone.remove();
    expect(text).toMatch(/expected the package @tno\/cpu, found none\nhint: npm install @tno\/cpu/);
  });

  it('does so where the addon is broken, or of another version', () => {
    rmSync(addonFolder, { recursive: true });
    expect(warning(app.run(['device.js']))).toMatch(
      /native addon could not be loaded:[^]*what to do:/,
    );
    mkdirSync(join(addonFolder, 'Release'), { recursive: true });
    const addon = join(addonFolder, 'Release/tno_cpu.node');
    writeFileSync(addon, 'not an addon');
    expect(warning(app.run(['device.js']))).toMatch(
      /native addon could not be loaded:\n {2}.*tno_cpu\.node: /,
    );
    rmSync(addonFolder, { recursive: true });
    cpSync(builtAddon, join(addonFolder, 'Release'), { recursive: true });
    expect(parse(app.run(['device.js'])).name).toBe('cpu');
  });
});

describe('a program without a compiler', () => {
  const warning = (env: Readonly<Record<string, string>>): string => {
    const outcome = app.run(['device.js'], env);
    expect(parse(outcome)).toMatchObject({ name: 'cpu', stats: { compiled: 0 }, g: [[0]] });
    expect(outcome.stderr.match(/TnoWarning/g)).toHaveLength(1);
    return outcome.stderr;
  };

  it('warns once and interprets its kernels', () => {
    expect(warning({ PATH: '/nowhere' })).toMatch(
      /kernels stay interpreted and run slower: .*expected a C compiler .* on PATH, found none/,
    );
    expect(warning(flags('compiler=/no/such/cc'))).toMatch(/compiler at \/no\/such\/cc, found/);
    expect(warning({ TNO_CC: 'no-such-cc' })).toMatch(/no-such-cc/);
  });

  it('does not start where kernels are to be compiled', () => {
    const { stderr, stdout } = app.run(['device.js'], {
      PATH: '/nowhere',
      ...flags('kernels=compiled'),
    });
    expect(stderr).toMatch(/expected a C compiler/);
    expect(stdout).not.toContain('"cpu"');
  });
});

describe('flags', () => {
  it('choose the cache folder, and a second process compiles nothing', () => {
    const cacheDir = join(app.folder, 'kernels');
    const settings = flags(`cacheDir=${cacheDir},kernels=compiled`);
    const first = parse(app.run(['device.js'], settings));
    expect(first).toMatchObject({ name: 'cpu', stats: { cached: 0 } });
    expect((first.stats as { compiled: number }).compiled).toBeGreaterThan(0);
    expect(readdirSync(cacheDir).length).toBeGreaterThan(0);
    const second = parse(app.run(['device.js'], settings));
    expect(second).toMatchObject({ stats: { compiled: 0 }, sum: first.sum, g: first.g });
  });

  it('choose the products', () => {
    expect(parse(app.run(['device.js'], flags('providers=plain')))).toMatchObject({
      productProvider: 'plain',
    });
    expect(parse(app.run(['device.js'], { TNO_PROVIDERS: 'plain' }))).toMatchObject({
      productProvider: 'plain',
    });
  });

  it('that choose plain products leave the library closed from the start', () => {
    const whether = (settings: Record<string, string>): unknown =>
      parse(app.run(['opened.js'], settings));
    expect(whether({})).toEqual({ opened: hasLibrary() });
    expect(whether(flags('providers=plain'))).toEqual({ opened: false });
    expect(whether({ TNO_PROVIDERS: 'plain' })).toEqual({ opened: false });
    app.write('.tnorc', 'providers=plain\n');
    expect(whether({})).toEqual({ opened: false });
    rmSync(join(app.folder, '.tnorc'));
  });

  it('choose the compiler', () => {
    const log = join(app.folder, 'compiler.log');
    const wrapper = app.write('my-cc', `#!/bin/sh\necho called >> ${log}\nexec cc "$@"\n`);
    chmodSync(wrapper, 0o755);
    const cacheDir = join(app.folder, 'other-kernels');
    const found = parse(app.run(['device.js'], flags(`compiler=${wrapper},cacheDir=${cacheDir}`)));
    expect(found).toMatchObject({ name: 'cpu' });
    expect(readFileSync(log, 'utf8')).toContain('called');
  });

  it('profile every function, and print the figures at the end', () => {
    const outcome = app.run(['device.js'], flags('profile=true'));
    expect(parse(outcome).name).toBe('cpu');
    expect(outcome.stderr.match(/^function on cpu: 1 call, /gm)).toHaveLength(2);
    expect(outcome.stderr).toMatch(/gemm .*device\.js:\d+:\d+/);
  });

  it('may be wrong: then the program does not start', () => {
    const outcome = app.run(['device.js'], flags('devise=cpu'));
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(
      'ConfigError: [config] expected a known flag, got devise (TNO_FLAGS): did you mean device?',
    );
    expect(app.run(['device.js'], { TNO_PROVIDERS: 'mkl' }).stderr).toContain(
      '[config] expected providers to be auto or plain, got mkl',
    );
  });

  it('come from .tnorc of the folder the program runs in', () => {
    app.write('.tnorc', 'device=reference\n');
    expect(parse(app.run(['device.js'])).name).toBe('reference');
    expect(parse(app.run(['device.js'], flags('device=cpu'))).name).toBe('cpu');
    rmSync(join(app.folder, '.tnorc'));
  });
});

it('an error names the line of the program, through built packages', () => {
  app.write(
    'mistake.js',
    `import * as tno from '@tno/core';
const x = tno.fmatrix('x');
const W = tno.shared([[1, 2], [3, 4]], 'W');
const y = tno.softmax(
  x.dot(W),
);
const f = tno.function([x], y.log().mean(), { updates: [[W, W.mul(2)]] });
try { f([[1, 2, 3]]); } catch (error) { console.log(error.message); }
console.log(JSON.stringify(W.getValue().toNested()));`,
  );
  for (const name of ['cpu', 'reference']) {
    const { stdout } = app.run(['mistake.js'], flags(`device=${name}`));
    expect(stdout).toMatch(
      /^\[dot\] expected inner dimensions to match, got 3 \(x, axis 1\) and 2 \(W, axis 0\)\nin dot\(.*\nmade at .*mistake\.js:5:5/,
    );
    expect(stdout).toContain('called with x: float32(1, 3)\n[[1,2],[3,4]]');
  }
});
