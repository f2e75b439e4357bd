import * as tno from '@tno/core';
import { expect, it } from 'vitest';
import { createCpuDevice } from '../src/index.js';

it('keeps memory flat over calls in flight with results of 1 MB', async () => {
  const device = createCpuDevice();
  const x = tno.fmatrix('x');
  const f = tno.function([x], x.mul(2), { device });
  const value = tno.NDArray.ones([512, 512], 'float32');
  const calls = async (count: number): Promise<number> => {
    for (let k = 0; k < count; k++) await f.async(value);
    return process.memoryUsage().rss;
  };
  const before = await calls(500);
  const after = await calls(1500);
  expect(after - before).toBeLessThan(256 << 20);
});
