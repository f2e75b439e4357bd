import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';

const { fft } = tno;
const device = tno.createReferenceDevice();
const x = tno.dvector('x');
const run = (y: tno.TensorVariable, values: number[]): unknown => {
  const f = tno.function([x], y, { device });
  return (f(tno.ndarray(values)) as tno.NDArray).toNested();
};
const spectrum = (values: number[]): unknown => run(fft.rfft(x), values);

describe('rfft', () => {
  it('gives the numbers that mirror no others', () => {
    expect(spectrum([1, 2, 3, 4])).toEqual([
      [10, 0],
      [-2, 2],
      [-2, 0],
    ]);
    expect((spectrum([1, 0, 0]) as number[][]).map(([re]) => re)).toEqual([1, 1]);
  });

  it('takes sizes that are known when it runs', () => {
    const n = tno.lscalar('n');
    const f = tno.function([x, n], fft.irfft(fft.rfft(x, { n }), { n }), { device });
    const back = (length: number): tno.NDArray => f(tno.ndarray([1, 2, 3]), length);
    expect(back(5).allClose(tno.ndarray([1, 2, 3, 0, 0]))).toBe(true);
    expect(back(2).allClose(tno.ndarray([1, 2]))).toBe(true);
  });

  it('knows its rank, sizes and dtype', () => {
    const y = fft.rfft(tno.tensor('int32', [3, 10]));
    expect([y.dtype, y.type.shape]).toEqual(['float32', [3, 6, 2]]);
    expect(fft.irfft(y).type.shape).toEqual([3, 10]);
    expect(fft.irfft(y, { odd: true }).type.shape).toEqual([3, 11]);
    expect(fft.rfftn(tno.dtensor3('x'), { axes: [1, 2] }).rank).toBe(4);
  });
});

describe('frequencies', () => {
  it('are those of NumPy', () => {
    const values = (v: tno.TensorVariable): unknown => tno.evaluate([v], new Map())[0].toNested();
    expect(values(fft.fftfreq(5, 0.1))).toEqual([0, 2, 4, -4, -2]);
    expect(values(fft.fftfreq(4))).toEqual([0, 0.25, -0.5, -0.25]);
    expect(values(fft.rfftfreq(5))).toEqual([0, 0.2, 0.4].map(Math.fround));
  });
});
