import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import * as tno from '@tno/core';
import { createCpuDevice } from '../src/index.js';

const cacheDir = mkdtempSync(join(tmpdir(), 'tno-second-run-'));
afterAll(() => {
  rmSync(cacheDir, { recursive: true, force: true });
});

/** What the logistic regression compiles, on a device of its own. */
function compileModel(): { readonly compiled: number; readonly cached: number } {
  const device = createCpuDevice({ cacheDir, kernels: 'compiled' });
  const x = tno.fmatrix('x');
  const y = tno.lvector('y');
  const W = tno.shared(tno.NDArray.zeros([4, 3], 'float32'), 'W', { device });
  const p = tno.softmax(tno.dot(x, W));
  const cost = tno.mean(tno.at(tno.log(p), tno.arange(y.shape.at(0)), y)).neg();
  const update = tno.sub(W, tno.mul(tno.grad(cost, W), 0.1));
  tno.function([x, y], cost, { updates: [[W, update]], device });
  tno.function([x, y], tno.argmax(p, 1).neq(y).mean(), { device });
  return device.stats;
}

it('compiles nothing the second time', () => {
  expect(compileModel()).toMatchObject({ compiled: 2, cached: 0 });
  expect(compileModel()).toMatchObject({ compiled: 0, cached: 2 });
});
