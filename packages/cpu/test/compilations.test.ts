/** What compiling keeps: a process that makes functions and drops them stays as large as it is. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { Application } from '../../core/test/support/application.js';

const app = new Application();
const builtAddon = fileURLToPath(new URL('../../../native/build/Release', import.meta.url));

beforeAll(() => {
  app.install('core');
  app.install('cpu');
  cpSync(builtAddon, join(app.package('cpu'), 'build/Release'), { recursive: true });
  app.write('compile.js', compile);
}, 60_000);
afterAll(() => {
  app.remove();
});

/** 10,000 functions, each made, called and dropped in one loop that never yields. */
const compile = `
import * as tno from '@tno/core';
const sizes = [];
const data = new Float32Array(1000).fill(1);
for (let i = 1; i <= 10_000; i++) {
  const x = tno.vector('x', 'float32');
  const w = tno.shared(tno.NDArray.zeros([1000], 'float32'), 'w');
  const f = tno.function([x], x.mul(w).sum(), { updates: [[w, w.add(x)]] });
  if (f(data) !== 0 || f(data) !== 1000) throw new Error('wrong');
  if (i % 2500 === 0) sizes.push(process.memoryUsage().rss);
}
console.log(JSON.stringify(sizes));
`;

it('keeps its size over ten thousand compilations', () => {
  const { status, stdout, stderr } = app.run(['--max-old-space-size=128', 'compile.js']);
  expect(status, stderr).toBe(0);
  const [warm, ...later] = JSON.parse(stdout) as number[];
  // A function and its variable take some 20 KB: kept, they would be 50 MB a reading. What Node frees
  // only when the loop yields is some 2 KB of them.
  for (const size of later) expect(size - warm).toBeLessThan(40e6);
}, 180_000);
