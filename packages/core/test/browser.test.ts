/** Core in a browser: what a bundler makes of the published entry, and what that does in Chromium. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application } from './support/application.js';
import { expectSlideNumbers, slideModel } from './support/slide-model.js';

const app = new Application();
beforeAll(() => {
  app.install('core');
  app.write('slide.js', slideModel);
  app.write('mistake.js', mistake);
}, 60_000);
afterAll(() => {
  app.remove();
});

/** Prints the error of a product whose sizes do not fit. */
const mistake = `
import * as tno from '@tno/core';
const x = tno.fmatrix('x');
const W = tno.shared([[1, 2], [3, 4]], 'W');
function layer() {
  return x.dot(W).tanh();
}
const f = tno.function([x], layer().sum());
try { f([[1, 2, 3]]); } catch (error) { console.log(error.message); }
`;
const [lineOfDot] = mistake
  .split('\n')
  .flatMap((line, i) => (line.includes('x.dot') ? [i + 1] : []));

/** Bundles a program of the application as one for browsers; gives the text. */
async function bundle(
  name: string,
  options: { minify?: boolean; define?: Record<string, string> } = {},
): Promise<string> {
  const entry = join(app.folder, name);
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
    absWorkingDir: app.folder,
    ...options,
  });
  const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
  expect(outside).toEqual([]);
  return outputFiles[0].text;
}

describe('a bundle for browsers', () => {
  it('refers to nothing of Node', async () => {
    const names = [
      'process',
      'Buffer',
      'require',
      'module',
      'global',
      'setImmediate',
      '__dirname',
      '__filename',
    ];
    const define = Object.fromEntries(names.map((name) => [name, `__free_${name}`]));
    // esbuild replaces names that nothing in the bundle declares: globals.
    expect(await bundle('slide.js', { define })).not.toContain('__free_');
    app.write('node-user.js', `console.log(process.version);`);
    expect(await bundle('node-user.js', { define })).toContain('__free_process');
  });

  it("runs outside a browser too, and an error names the user's line in it", async () => {
    for (const minify of [false, true]) {
      const text = await bundle('mistake.js', { minify });
      app.write('bundled.js', text);
      const { stdout } = app.run(['bundled.js']);
      expectPlaceOfDot(stdout, text);
    }
  });
});

/** Expects an error that was made in `text`, at a position where the program calls `dot`. */
function expectPlaceOfDot(message: string, text: string): void {
  expect(message).toMatch(
    /^\[dot\] expected inner dimensions to match, got 3 \(x, axis 1\) and 2 \(W, axis 0\)/,
  );
  const place = /made at (?:[\w$]+ \()?\S*\.js:(\d+):(\d+)/.exec(message);
  expect(place, message).not.toBeNull();
  const [line, column] = place!.slice(1).map(Number);
  expect(text.split('\n')[line - 1].slice(column - 1)).toMatch(/^dot\([\w$]+\)\.tanh\(\)/);
}

const executablePath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path));
if (executablePath === undefined) {
  console.info('skipped: no browser; apt-get install --no-install-recommends chromium');
}

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    // The sandbox needs rights that containers do not give, and the pages are our own.
    const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
    browser = await chromium.launch({ executablePath, args });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  const imports = {
    '@tno/core': '/node_modules/@tno/core/dist/index.js',
    'fflate/browser': '/node_modules/fflate/esm/browser.js',
  };
  const pageOf = (script: string): string =>
    `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>
    <script type="module">
      import('/${script}').then(() => (document.title = 'done'), (error) => (document.title = error.stack));
    </script>`;

  /** What a module of the application prints; `files` stand before those of its folder. */
  async function run(script: string, files: Record<string, string> = {}): Promise<string> {
    const page = await browser.newPage();
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    await page.route('http://tno.test/**', async (route) => {
      const path = new URL(route.request().url()).pathname.slice(1);
      const type = path === '' ? 'text/html' : 'text/javascript';
      const body =
        path === ''
          ? pageOf(script)
          : (files[path] ?? readFileSync(join(app.folder, path), 'utf8'));
      await route.fulfill({ contentType: type, body });
    });
    await page.goto('http://tno.test/');
    await page.waitForFunction('document.title !== ""');
    expect(await page.title()).toBe('done');
    await page.close();
    return lines.join('\n');
  }

  it('the slide model trains on the reference device, bundled or as modules', async () => {
    const outputs = [
      await run('slide.js'),
      await run('bundle.js', { 'bundle.js': await bundle('slide.js', { minify: true }) }),
    ];
    for (const output of outputs) {
      const printed = JSON.parse(output) as Record<string, unknown>;
      expect(printed.device).toBe('reference');
      expectSlideNumbers(printed);
    }
  });

  it("an error names the user's line", async () => {
    const message = await run('mistake.js');
    expectPlaceOfDot(message, mistake);
    expect(message).toContain(`made at layer (http://tno.test/mistake.js:${lineOfDot}:12)`);
  });

  it("an error names the user's line of a bundle", async () => {
    for (const minify of [false, true]) {
      const text = await bundle('mistake.js', { minify });
      expectPlaceOfDot(await run('bundle.js', { 'bundle.js': text }), text);
    }
  });
});
