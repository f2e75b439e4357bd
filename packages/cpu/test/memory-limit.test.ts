import { afterEach, describe, expect, it } from 'vitest';
import * as tno from '@tno/core';
import { createCpuDevice } from '../src/index.js';

afterEach(() => {
  createCpuDevice({ memoryLimit: 0 });
});

const ones = (elements: number): Float32Array => new Float32Array(elements).fill(1);

describe('the memory limit', () => {
  it('names op, bytes wanted and limit, and counts results', () => {
    const device = createCpuDevice({ memoryLimit: 32e6 });
    const x = tno.vector('x', 'float32');
    const f = tno.function([x], [x.add(1), x.mul(2)], { device });
    expect(() => f(ones(5e6))).toThrow(
      /^\[(add|mul)\] expected 20000000 bytes of memory within the memory limit of 32000000 bytes, got none/,
    );
    expect(f(ones(1e5))).toHaveLength(2);
  });

  it('counts temps', () => {
    const device = createCpuDevice({ memoryLimit: 32e6 });
    const x = tno.matrix('x', 'float32');
    const f = tno.function([x], x.dot(x).dot(x).sum(), { device });
    const square = (n: number): tno.NDArray<'float32'> =>
      new tno.NDArray('float32', ones(n * n), [n, n]);
    expect(() => f(square(3000))).toThrow(/expected 36000000 bytes .* limit of 32000000 bytes/);
    expect(f(square(10))).toBeCloseTo(1e4);
  });

  it('leaves shared variables as they were', () => {
    const device = createCpuDevice({ memoryLimit: 32e6 });
    const x = tno.vector('x', 'float32');
    const w = tno.shared(new tno.NDArray('float32', ones(3), [3]), 'w', { device });
    const f = tno.function([x], [], { updates: [[w, x.add(1)]], device });
    expect(() => {
      f(ones(1e7));
    }).toThrow(/expected 40000000 bytes .* limit of 32000000 bytes/);
    expect([...w.getValue().data]).toEqual([1, 1, 1]);
  });
});
