/** Functions in several threads and processes at once, some of which end at any moment. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, truncateSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { Application } from '../../core/test/support/application.js';

const app = new Application();
const builtAddon = fileURLToPath(new URL('../../../native/build/Release', import.meta.url));

/** Eight functions with values that tell them apart, and the check of one call of each. */
const model = `
import * as tno from '@tno/core';
export { tno };
export const count = 8;
export function make(k) {
  const x = tno.fmatrix('x');
  const w = tno.shared(tno.NDArray.full([32], k, 'float32'), 'w', { shape: [null] });
  const y = tno.dot(x, x.T).add(k).sum(1);
  return { w, f: tno.function([x], y.mul(k + 1).sum(), { updates: [[w, w.mul(0.5).add(y.mul(k + 1))]] }) };
}
export const input = tno.NDArray.ones([32, 16], 'float32');
export const expected = (k) => 32 * (512 + 32 * k) * (k + 1);
export function check(k, value) {
  if (value !== expected(k)) throw new Error('function ' + k + ' gave ' + value);
}
`;

/** A worker: calls its functions, now and in flight, until it is told or has done enough. */
const worker = `
import { parentPort, workerData } from 'node:worker_threads';
import { check, count, input, make } from './model.js';
const all = Array.from({ length: count }, (_, k) => make(k));
parentPort.postMessage('started');
for (let round = 0; round < workerData.rounds; round++) {
  const pending = all.map(({ f }) => f.async(input));
  all.forEach(({ f }, k) => check(k, f(input)));
  (await Promise.all(pending)).forEach((value, k) => check(k, value));
}
parentPort.postMessage('done');
`;

const workers = `
import { Worker } from 'node:worker_threads';
import { check, input, make } from './model.js';
const [mode, number] = process.argv.slice(2);
const own = make(3);
const run = (rounds) => new Promise((resolve, reject) => {
  const worker = new Worker('./worker.js', { workerData: { rounds } });
  worker.on('error', reject);
  worker.on('message', (text) => {
    if (text === 'done') resolve();
    else if (mode === 'terminate') setTimeout(() => worker.terminate(), Math.random() * 200);
  });
  worker.on('exit', () => resolve());
});
await Promise.all(Array.from({ length: Number(number) }, () => run(mode === 'terminate' ? 1e9 : 20)));
check(3, await own.f.async(input));
check(3, own.f(input));
console.log('ok');
`;

const leaving = `
import { input, make, tno } from './model.js';
const all = [0, 1, 2].map(make);
const big = tno.NDArray.ones([512, 512], 'float32');
for (let k = 0; k < 30; k++) for (const { f } of all) f.async(big.slice(null, [0, 16])).catch(() => undefined);
if (process.argv[2] === 'exit') process.exit(7);
if (process.argv[2] === 'exit-inside') {
  const leave = tno.defineOp({
    name: 'leave',
    props: {},
    types: ([x]) => [x.type],
    shapes: (_, [shape]) => [shape],
    perform: () => process.exit(8),
    pullback: 'not-differentiable',
    lower: { kind: 'host' },
  });
  const x = tno.fmatrix('x');
  tno.function([x], tno.apply1(leave, [x]).sum()).async(input);
}
if (process.argv[2] === 'throw') throw new Error('on purpose');
all[0].f.async(input).then((value) => console.log(value));
`;

const filling = `
import { check, count, input, make, tno } from './model.js';
const order = Array.from({ length: count }, (_, k) => (k + Number(process.argv[2])) % count);
for (const k of order) check(k, make(k).f(input));
console.log(JSON.stringify(tno.currentDevice().stats));
`;

beforeAll(() => {
  app.install('core');
  app.install('cpu');
  cpSync(builtAddon, join(app.package('cpu'), 'build/Release'), { recursive: true });
  for (const [name, text] of Object.entries({ model, worker, workers, leaving, filling }))
    app.write(`${name}.js`, text);
  // What is compiled does not matter here: it is to be quick.
  app.write('quick-cc', '#!/bin/sh\nexec cc "$@" -O0\n');
  chmodSync(join(app.folder, 'quick-cc'), 0o755);
}, 60_000);
afterAll(() => {
  app.remove();
});

const flags = (cache: string, kernels = 'auto'): Record<string, string> => ({
  TNO_FLAGS: `cacheDir=${join(app.folder, cache)},compiler=${join(app.folder, 'quick-cc')},kernels=${kernels}`,
});

describe('threads', () => {
  it('run the same functions at once, with calls in flight', () => {
    const { status, stdout, stderr } = app.run(['workers.js', 'finish', '4'], flags('threads'));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'ok\n', stderr: '' });
  });

  it('end at any moment, and leave the others alone', () => {
    const { status, stdout, stderr } = app.run(['workers.js', 'terminate', '8'], flags('threads'));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'ok\n', stderr: '' });
  });
});

describe('a process with calls in flight', () => {
  it('waits for them', () => {
    const { status, stdout } = app.run(['leaving.js'], flags('threads'));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '16384\n' });
  });

  it('may exit, also in a host step of one, or fail', () => {
    expect(app.run(['leaving.js', 'exit'], flags('threads')).status).toBe(7);
    expect(app.run(['leaving.js', 'exit-inside'], flags('threads')).status).toBe(8);
    const failed = app.run(['leaving.js', 'throw'], flags('threads'));
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('on purpose');
  });
});

/** Runs `filling.js`; killed after so many milliseconds, if any. */
function fill(index: number, killAfter: number | null): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['filling.js', String(index)], {
      cwd: app.folder,
      env: { PATH: process.env.PATH, HOME: app.folder, ...flags('cache', 'compiled') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    if (killAfter !== null) setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('exit', (status, signal) => {
      if (signal === 'SIGKILL') resolve(null);
      else if (status === 0 && err === '') resolve(out);
      else reject(new Error(`exit ${status} ${signal}: ${err}`));
    });
  });
}

describe('one cache', () => {
  it('serves eight processes that fill it and are killed while they do', async () => {
    mkdirSync(join(app.folder, 'cache'), { mode: 0o700 });
    for (let round = 0; round < 2; round++) {
      const all = Array.from({ length: 8 }, (_, k) =>
        fill(k, k % 2 === 0 ? 200 + Math.random() * 1500 : null),
      );
      const finished = (await Promise.all(all)).filter((text) => text !== null);
      expect(finished.length).toBeGreaterThanOrEqual(4);
    }
    const last = JSON.parse((await fill(0, null))!) as { compiled: number; cached: number };
    expect(last).toMatchObject({ compiled: 0, cached: 8 });
  }, 120_000);

  it('takes no file that is not whole', async () => {
    const folder = join(app.folder, 'cache');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.so'))
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThanOrEqual(8);
    files.forEach((file, k) => truncateSync(file, (statSync(file).size * k) / files.length));
    const after = JSON.parse((await fill(0, null))!) as { compiled: number; cached: number };
    expect(after).toMatchObject({ compiled: 8, cached: 0 });
  }, 60_000);
});
