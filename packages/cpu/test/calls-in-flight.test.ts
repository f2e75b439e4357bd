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

it('refuses an argument whose memory is gone', () => {
  const x = tno.fvector('x');
  const f = tno.function([x], x.sum(), { device: createCpuDevice() });
  const value = new Float32Array(5000);
  const gone = new tno.NDArray('float32', value, [5000]);
  structuredClone(value, { transfer: [value.buffer] });
  expect(() => f(gone)).toThrow(/expected inputs of the declared dtypes and sizes/);
});
