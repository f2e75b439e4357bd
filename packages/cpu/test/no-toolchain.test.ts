/** The packed packages on a machine that has no C compiler, no cmake and no oneDNN. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { Application } from '../../core/test/support/application.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const app = new Application();

/** Packs a package as npm publishes it, and unpacks it where npm installs it. */
function install(name: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'tno-pack-'));
  try {
    const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: join(repository, 'packages', name),
      encoding: 'utf8',
    });
    const tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
    if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
    const target = app.package(name);
    mkdirSync(target, { recursive: true });
    const args = ['-xzf', join(folder, tarball), '-C', target, '--strip-components=1'];
    const unpacked = spawnSync('tar', args, { encoding: 'utf8' });
    if (unpacked.status !== 0) throw new Error(`tar failed: ${unpacked.stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

beforeAll(() => {
  install('core');
  install('cpu');
  app.write('train.js', train);
}, 120_000);
afterAll(() => {
  app.remove();
});

/** Softmax regression on clusters of points. */
const train = `
import * as tno from '@tno/core';
import { createCpuDevice } from '@tno/cpu';
const device = createCpuDevice();
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const labels = Array.from({ length: 300 }, (_, i) => i % 3);
const points = labels.map((k) => [0, 1, 2, 3].map((j) => (j === k ? 2 : 0) + random()));
const W = tno.shared(tno.NDArray.zeros([4, 3], 'float32'), 'W', { device });
const x = tno.fmatrix('x');
const y = tno.lvector('y');
const p = tno.softmax(tno.dot(x, W));
const cost = tno.at(tno.log(p), tno.arange(y.shape.at(0)), y).mean().neg();
const updates = [[W, W.sub(tno.grad(cost, W).mul(0.5))]];
const step = tno.function([x, y], cost, { updates, device });
const error = tno.function([x, y], tno.argmax(p, 1).neq(y).mean(), { device });
const arrays = [tno.ndarray(points, 'float32'), tno.ndarray(labels, 'int64')];
if (process.env.WAIT) await Promise.all([step.ready(), error.ready()]);
const losses = [];
for (let i = 0; i < 50; i++) losses.push(step(...arrays));
const { compiled } = device.stats;
console.log(JSON.stringify({
  losses, error: error(...arrays), W: W.getValue().toNested(), compiled, products: device.productProvider,
}));
`;

interface Outcome {
  readonly losses: readonly number[];
  readonly error: number;
  readonly W: unknown;
  readonly compiled: number;
  readonly products: string;
}

function run(env: Readonly<Record<string, string>>): { outcome: Outcome; stderr: string } {
  const { status, stdout, stderr } = app.run(['train.js'], env);
  expect(status, stderr).toBe(0);
  return { outcome: JSON.parse(stdout) as Outcome, stderr };
}

it('train, with the bits that compiled kernels give', () => {
  const { outcome: compiled } = run({ WAIT: '1', TNO_PROVIDERS: 'plain' });
  expect(compiled.compiled).toBe(2);

  // What the loader finds where the library that a provider needs is missing.
  const provider = join(app.package('cpu'), 'build/Release/libtno_onednn.so');
  if (existsSync(provider)) writeFileSync(provider, 'no library');
  const { outcome, stderr } = run({ PATH: join(app.folder, 'nothing') });
  expect(outcome.compiled).toBe(0);
  expect(outcome.products).toBe('plain');
  expect(outcome.losses[0]).toBeCloseTo(Math.log(3), 5);
  expect(outcome.losses.at(-1)).toBeLessThan(0.3);
  expect(outcome.error).toBe(0);
  expect(outcome).toEqual({ ...compiled, compiled: 0 });
  // Said once: it costs speed.
  expect(stderr.match(/TnoWarning/g)).toHaveLength(1);
  expect(stderr).toMatch(/kernels stay interpreted and run slower.*C compiler/);
}, 60_000);
