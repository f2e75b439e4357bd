/** What the number of threads may not change: results, to the bit. And how processes with threads end. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { Application } from '../../core/test/support/application.js';

const app = new Application();
const builtAddon = fileURLToPath(new URL('../../../native/build/Release', import.meta.url));

beforeAll(() => {
  app.install('core');
  app.install('cpu');
  cpSync(builtAddon, join(app.package('cpu'), 'build/Release'), { recursive: true });
  app.write('bits.js', bits);
  app.write('short.js', short);
  app.write('workers.js', workers);
}, 60_000);
afterAll(() => {
  app.remove();
});

/** Hashes of results that are large enough for several threads: loops, rows, columns, products. */
const bits = `
import { createHash } from 'node:crypto';
import * as tno from '@tno/core';

let state = 1;
const next = () => ((state = Math.imul(state, 1664525) + 1013904223 | 0) / 2 ** 31);
const array = (dtype, ...shape) => {
  const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next);
  return new tno.NDArray(dtype, dtype === 'float32' ? new Float32Array(values) : new Float64Array(values), shape);
};
const hash = (result) => {
  const { data } = typeof result !== 'object' ? { data: new Float64Array([Number(result)]) } : result;
  return createHash('sha256').update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest('hex');
};
const hashes = {};
for (const dtype of ['float32', 'float64']) {
  const v = tno.vector('v', dtype);
  const a = tno.matrix('a', dtype);
  const b = tno.matrix('b', dtype);
  const loops = tno.function([v], [tno.tanh(v).mul(tno.exp(v)), v.pow(10).add(1), v.sum(), tno.sqr(v).mean()]);
  loops(array(dtype, 300_001)).forEach((result, i) => { hashes[dtype + ' loop ' + i] = hash(result); });
  const sums = tno.function([a], [a.sum(0), tno.exp(a).sum(1), a.max(0), tno.argmax(a, 1), tno.softmax(a)]);
  sums(array(dtype, 700, 333)).forEach((result, i) => { hashes[dtype + ' sum ' + i] = hash(result); });
  const few = tno.function([a], [a.sum(), a.prod(), tno.exp(a).max(), tno.argmin(a), a.sum(0), tno.argmax(a, 0), a.sum(1), tno.sqr(a).mean(1)]);
  for (const [m, n] of [[40_000, 9], [3, 150_001], [200_000, 1]]) {
    few(array(dtype, m, n)).forEach((result, i) => { hashes[[dtype, 'few', m, n, i].join(' ')] = hash(result); });
  }
  const product = tno.function([a, b], a.dot(b));
  for (const [m, n, k] of [[600, 10, 784], [20, 500, 784], [130, 300, 200], [1, 10, 784], [3000, 1, 300], [700, 600, 650]]) {
    hashes[[dtype, m, n, k].join(' ')] = hash(product(array(dtype, m, k), array(dtype, k, n)));
  }
  const gradient = tno.function([a, b], a.T.dot(b));
  hashes[dtype + ' transposed'] = hash(gradient(array(dtype, 600, 784), array(dtype, 600, 10)));
}
console.log(JSON.stringify(hashes));
`;

/** Ends at once, while the product library may still prepare itself. */
const short = `
import { createCpuDevice } from '@tno/cpu';
createCpuDevice();
if (process.argv[2] === 'exit') process.exit(0);
if (process.argv[2] === 'wait') setTimeout(() => process.exit(0), Number(process.argv[3]));
`;

/** Worker threads that compute at the same time as the main thread, and end. */
const workers = `
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import * as tno from '@tno/core';
const v = tno.vector('v', 'float32');
const m = tno.matrix('m', 'float32');
const f = tno.function([v, m], [tno.tanh(v).sum(), m.dot(m).sum()]);
const x = new Float32Array(200_000).fill(0.5);
const y = new tno.NDArray('float32', new Float32Array(200 * 200).fill(0.1), [200, 200]);
const run = () => {
  const seen = new Set();
  for (let i = 0; i < 200; i++) seen.add(f(x, y).join(' '));
  return [...seen];
};
if (isMainThread) {
  const others = [1, 2, 3].map(() => new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url));
    worker.once('message', resolve);
    worker.once('error', reject);
  }));
  const all = [run(), ...(await Promise.all(others))];
  console.log(new Set(all.flat()).size);
} else {
  parentPort.postMessage(run());
}
`;

function run(args: readonly string[], env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = app.run(args, env);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

describe('with any number of threads', () => {
  it.each(['auto', 'plain'])(
    'results have the same bits (products: %s)',
    (products) => {
      const [one, ...more] = ['1', '2', '3', '8'].flatMap((threads) =>
        ['compiled', 'interpreted'].map((kernels) =>
          run(['bits.js'], {
            TNO_NUM_THREADS: threads,
            TNO_PROVIDERS: products,
            TNO_FLAGS: `kernels=${kernels}`,
          }),
        ),
      );
      expect(Object.keys(JSON.parse(one) as object)).toHaveLength(80);
      for (const other of more) expect(JSON.parse(other)).toEqual(JSON.parse(one));
    },
    120_000,
  );

  it('worker threads and the main thread share the pool', () => {
    expect(run(['workers.js'], { TNO_NUM_THREADS: '3' })).toBe('1\n');
  }, 60_000);

  it('a process may end while the product library prepares itself', () => {
    run(['short.js']);
    run(['short.js', 'exit']);
    for (const ms of ['0', '1', '2', '3', '5', '8', '13', '21', '34'])
      run(['short.js', 'wait', ms]);
  }, 60_000);
});
