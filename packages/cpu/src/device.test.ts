import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeviceError,
  dtypes,
  InputError,
  ndarray,
  NDArray,
  ProgramBuilder,
  RunError,
  ShapeError,
} from '@tno/core';
import type {
  DType,
  Executable,
  HostFunction,
  LoopKernel,
  RunFailure,
  SourceUnit,
} from '@tno/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyProgram, mapKernel, noKernels, source } from '../test/programs.js';
import { createCpuDevice } from './device.js';
import type { CpuDevice } from './device.js';

let folder: string;
let device: CpuDevice;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tno-device-test-'));
  // Many kernels below are C of their own.
  device = createCpuDevice({ cacheDir: join(folder, 'kernels'), kernels: 'compiled' });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function failureOf(run: () => unknown): RunFailure {
  try {
    run();
  } catch (error) {
    if (error instanceof RunError) return error.failure;
    throw error;
  }
  throw new Error('expected a failure');
}

describe('arrays through a call', () => {
  it.each(dtypes)('carries %s, from scalars to large arrays', (dtype) => {
    for (const shape of [[], [1], [0], [3], [2, 0, 3], [5, 7], [100, 101]]) {
      const { program, unit } = copyProgram(dtype, shape.length);
      const f = device.load(program, unit, [], []);
      const value = NDArray.zeros(shape, dtype);
      for (let i = 0; i < value.size; i++) {
        (value.data as Float64Array)[i] = (
          value.data instanceof BigInt64Array || value.data instanceof BigUint64Array
            ? BigInt(i % 2)
            : i % 2
        ) as number;
      }
      for (let call = 0; call < 3; call++) {
        const [result] = f.run([value]);
        expect(result.dtype).toBe(dtype);
        expect(result.shape).toEqual(shape);
        expect(result.equals(value)).toBe(true);
        expect(result.data.buffer).not.toBe(value.data.buffer);
      }
    }
  });

  it('takes contiguous windows of larger arrays, and shared array buffers', () => {
    const { program, unit } = copyProgram('float32', 1);
    const f = device.load(program, unit, [], []);
    const all = NDArray.arange(0, 1000, 1, 'float32');
    for (const [from, to] of [
      [990, 1000],
      [10, 900],
    ]) {
      const window = all.slice([from, to]);
      expect(f.run([window])[0].equals(window)).toBe(true);
    }
    const memory = new Float32Array(new SharedArrayBuffer(400)).fill(3);
    const value = new NDArray('float32', memory, [100]);
    expect(f.run([value])[0].equals(NDArray.full([100], 3, 'float32'))).toBe(true);
  });

  it('gives fresh results each time', () => {
    const { program, unit } = copyProgram('float64', 1);
    const f = device.load(program, unit, [], []);
    for (const n of [2, 500]) {
      const [first] = f.run([NDArray.full([n], 1)]);
      const [second] = f.run([NDArray.full([n], 2)]);
      expect(first.equals(NDArray.full([n], 1))).toBe(true);
      expect(second.equals(NDArray.full([n], 2))).toBe(true);
    }
  });

  it('gives small and large outputs in their order', () => {
    const b = new ProgramBuilder();
    const sizes = [300, 2, 4000, 1];
    const inputs = sizes.map(() => b.input('float32', 1));
    for (const x of inputs) b.copy(x, b.output('float32', b.shape(x)), b.site('copy'));
    const f = device.load(b.finish(), noKernels, [], []);
    const values = sizes.map((n, i) => NDArray.full([n], i, 'float32'));
    const results = f.run(values);
    expect(results.map((result) => result.shape)).toEqual(sizes.map((n) => [n]));
    results.forEach((result, i) => expect(result.equals(values[i])).toBe(true));
  });

  it('refuses inputs of another count, dtype or rank', () => {
    const { program, unit } = copyProgram('float32', 1);
    const f = device.load(program, unit, [], []);
    expect(() => f.run([])).toThrow(InputError);
    expect(() => f.run([ndarray([1, 2], 'float64')])).toThrow(
      /expected input 0 to be float32 of rank 1/,
    );
    expect(() => f.run([ndarray([[1]], 'float32')])).toThrow(InputError);
    const lying = new NDArray('float32', new Float32Array(3), [100]);
    expect(() => f.run([lying])).toThrow(DeviceError);
  });
});

describe('failures', () => {
  it('names a check and both sides', () => {
    const b = new ProgramBuilder();
    const [x, y] = [b.input('float32', 1), b.input('float32', 1)];
    b.check('eq', b.shape(x)[0], b.shape(y)[0], b.site('add'), 'shape', '{a} and {b}');
    b.copy(x, b.output('float32', b.shape(x)), b.site('copy'));
    const f = device.load(b.finish(), noKernels, [], []);
    const [two, three] = [NDArray.zeros([2], 'float32'), NDArray.zeros([3], 'float32')];
    expect(failureOf(() => f.run([two, three]))).toEqual({ kind: 'check', check: 0, a: 2, b: 3 });
    expect(f.run([three, three])).toHaveLength(1);
  });

  it('names the site of an index', () => {
    const b = new ProgramBuilder();
    const x = b.input('int64', 1);
    const y = b.output('int64', b.shape(x));
    const [map, take] = [b.site('map'), b.site('take')];
    const size = { lit: 10 };
    const kernel = {
      ...mapKernel('int64', 2),
      body: [
        { op: 'load' as const, dtype: 'int64' as DType, operand: 0, index: [] },
        {
          op: 'load' as const,
          dtype: 'int64' as DType,
          operand: 0,
          index: [{ value: 0, size, stride: { lit: 0 } }],
        },
      ],
    };
    b.kernel(kernel, [x, y], [b.shape(x)[0]], map, [take]);
    const unit = source(`const int64_t *x = a->buf[0]; int64_t *y = a->buf[1];
  for (int64_t i = begin; i < end; ++i) {
    if (x[i] >= 10) { *a->status = (tno_status){1, 0, x[i], 10}; return; }
    y[i] = x[i];
  }`);
    const f = device.load(b.finish(), unit, [], []);
    expect(failureOf(() => f.run([ndarray([1, 12], 'int64')]))).toEqual({
      kind: 'index',
      site: take,
      value: 12,
      size: 10,
    });
    expect(f.run([ndarray([1, 9], 'int64')])[0].equals(ndarray([1, 9], 'int64'))).toBe(true);
  });

  it('says how many bytes could not be had, and goes on working', () => {
    const b = new ProgramBuilder();
    const n = b.input('int64', 0);
    const length = b.sizes.value(n);
    const y = b.output('float64', [length, length]);
    const fill = {
      ...mapKernel('float64', 1),
      body: [{ op: 'const' as const, dtype: 'float64' as DType, lo: 0, hi: 0 }],
    };
    b.kernel(fill, [y], [b.sizes.mul(length, length)], b.site('zeros'));
    const unit = source(`double *y = a->buf[0];
  for (int64_t i = begin; i < end; ++i) y[i] = 0;`);
    const f = device.load(b.finish(), unit, [], []);
    const failure = failureOf(() => f.run([ndarray(3_000_000, 'int64')]));
    expect(failure).toMatchObject({ kind: 'memory', bytes: 72e12 });
    expect(f.run([ndarray(3, 'int64')])[0].shape).toEqual([3, 3]);
  });

  it('refuses kernels in another language, foreign storage and missing symbols', () => {
    const { program, unit } = copyProgram('float32', 1);
    expect(() => device.load(program, { ...unit, language: 'cuda' }, [], [])).toThrow(DeviceError);
    expect(() => device.load(program, { ...unit, symbols: ['nothing'] }, [], [])).toThrow(
      /library to have each kernel/,
    );
    const b = new ProgramBuilder();
    const w = b.shared('float32', 0);
    b.copy(w, b.output('float32', []), b.site('copy'));
    const foreign = { ...device.createShared(ndarray(1, 'float32')) };
    expect(() => device.load(b.finish(), noKernels, [foreign as never], [])).toThrow(DeviceError);
    expect(() => device.load(program, source('oops'), [], [])).toThrow(/error/);
  });
});

/** w += x in place, and a host step before it. */
function updateProgram(): ReturnType<ProgramBuilder['finish']> {
  const b = new ProgramBuilder();
  const x = b.input('float32', 1);
  const w = b.shared('float32', 1);
  const seen = b.output('float32', b.shape(x));
  b.host(0, [x], [seen], b.site('host'));
  b.commit();
  b.kernel(mapKernel('float32', 2), [x, w], [b.shape(w)[0]], b.site('add'));
  return b.finish();
}

const addKernel = source(`const float *x = a->buf[0]; float *w = a->buf[1];
  for (int64_t i = begin; i < end; ++i) w[i] += x[i];`);

describe('shared variables and host steps', () => {
  it('commits an update after a host step, which sees the value before it', () => {
    const w = device.createShared(ndarray([1, 2], 'float32'));
    const seen: number[][] = [];
    const host: HostFunction = ([x]) => {
      seen.push(w.read().toNested() as number[]);
      return [
        ndarray(
          (x.toNested() as number[]).map((value) => value * 10),
          'float32',
        ),
      ];
    };
    const f = device.load(updateProgram(), addKernel, [w], [host]);
    const version = w.version;
    const [result] = f.run([ndarray([1, 1], 'float32')]);
    expect(result.toNested()).toEqual([10, 10]);
    expect(w.read().toNested()).toEqual([2, 3]);
    expect(seen).toEqual([[1, 2]]);
    expect(w.version).toBe(version + 1);
  });

  it('leaves shared variables as they were when a host function throws', () => {
    const w = device.createShared(ndarray([1, 2], 'float32'));
    const oops = new Error('oops');
    const f = device.load(
      updateProgram(),
      addKernel,
      [w],
      [
        () => {
          throw oops;
        },
      ],
    );
    const version = w.version;
    expect(() => f.run([ndarray([1, 1], 'float32')])).toThrow(oops);
    expect(w.read().toNested()).toEqual([1, 2]);
    expect(w.version).toBe(version);
  });

  it('checks what a host function returns', () => {
    const w = device.createShared(ndarray([1, 2], 'float32'));
    const results: NDArray[][] = [
      [],
      [ndarray([1, 2, 3], 'float32')],
      [ndarray([1, 2], 'float64')],
      [ndarray([1, 2], 'float32')],
    ];
    const f = device.load(updateProgram(), addKernel, [w], [() => results.shift() ?? []]);
    const x = ndarray([1, 1], 'float32');
    expect(() => f.run([x])).toThrow(/expected 1 results, got 0/);
    expect(() => f.run([x])).toThrow(ShapeError);
    expect(() => f.run([x])).toThrow(/dtypes/);
    expect(f.run([x])[0].toNested()).toEqual([1, 2]);
  });

  it('refuses to be called, and its variables to be written, by its own host step', () => {
    const w = device.createShared(ndarray([1, 2], 'float32'));
    const x = ndarray([1, 1], 'float32');
    const errors: unknown[] = [];
    const attempt = (act: () => unknown): void => {
      try {
        act();
      } catch (error) {
        errors.push(error);
      }
    };
    const f = device.load(
      updateProgram(),
      addKernel,
      [w],
      [
        ([value]) => {
          attempt(() => f.run([x]));
          attempt(() => w.write(ndarray([7, 7, 7], 'float32')));
          return [value];
        },
      ],
    );
    expect(f.run([x])[0].toNested()).toEqual([1, 1]);
    expect(errors).toHaveLength(2);
    expect(w.read().toNested()).toEqual([2, 3]);
    w.write(ndarray([7, 7, 7], 'float32'));
    expect(w.read().toNested()).toEqual([7, 7, 7]);
  });

  it('reads an input that is lent memory of what it updates', () => {
    const w = device.createShared(ndarray(new Array<number>(40).fill(3), 'float32'));
    const f = device.load(updateProgram(), addKernel, [w], [([x]) => [x]]);
    f.run([w.read({ borrow: true })]);
    expect(w.read().equals(NDArray.full([40], 6, 'float32'))).toBe(true);
  });
});

describe('emitted kernels', () => {
  it('run as the target writes them, gathers and their failures too', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 2);
    const rows = b.input('int64', 1);
    const [height, width] = b.shape(x);
    const n = b.shape(rows)[0];
    const y = b.output('float32', [n]);
    const take = b.site('take');
    // y[i] = sum over j of x[rows[i], j]
    const kernel: LoopKernel = {
      name: 'take and sum',
      axes: [{ param: 0 }, { param: 1 }],
      reduceRank: 1,
      operands: [
        { dtype: 'float32', strides: [{ lit: 0 }, { lit: 1 }] },
        { dtype: 'int64', strides: [{ lit: 1 }, { lit: 0 }] },
        { dtype: 'float32', strides: [{ lit: 1 }, { lit: 0 }] },
      ],
      body: [
        { op: 'load', dtype: 'int64', operand: 1, index: [] },
        {
          op: 'load',
          dtype: 'float32',
          operand: 0,
          index: [{ value: 0, size: { param: 2 }, stride: { param: 1 } }],
        },
      ],
      reductions: [{ op: 'sum', dtype: 'float32', value: 1 }],
      epilogue: [],
      stores: [{ operand: 2, value: 2, index: [], mode: 'set' }],
      serial: false,
      params: 3,
    };
    b.kernel(kernel, [x, rows, y], [n, width, height], b.site('sum'), [take]);
    const program = b.finish();
    const f = device.load(program, device.target.emit(program), [], []);
    const table = NDArray.arange(0, 60, 1, 'float32').reshape([4, 15]);
    const picked = ndarray([3, 0, -1], 'int64');
    expect(f.run([table, picked])[0].toNested()).toEqual([780, 105, 780]);
    expect(f.run([table, ndarray([], 'int64')])[0].shape).toEqual([0]);
    const bad = ndarray([0, 4], 'int64');
    expect(failureOf(() => f.run([table, bad]))).toEqual({
      kind: 'index',
      site: take,
      value: 4,
      size: 4,
    });
  });
});

describe('products', () => {
  it('takes no unknown provider', () => {
    expect(() => createCpuDevice({ providers: 'blas' as 'plain' })).toThrow(
      /expected providers.*blas/,
    );
  });

  it('gives the same through the provider and through the own product', () => {
    const plain = createCpuDevice({ cacheDir: join(folder, 'kernels'), providers: 'plain' });
    expect(plain.productProvider).toBe('plain');
    const b = new ProgramBuilder();
    const [x, w] = [b.input('float32', 2), b.input('float32', 2)];
    const y = b.output('float32', [b.shape(x)[0], b.shape(w)[1]]);
    b.call('gemm', [x, w], [y], b.site('dot'));
    const program = b.finish();
    const fill = (shape: number[], seed: number): NDArray => {
      const value = NDArray.zeros(shape, 'float32');
      for (let i = 0; i < value.size; i++) value.data[i] = Math.sin(i * seed);
      return value;
    };
    const [left, right] = [fill([50, 70], 0.7), fill([70, 30], 1.3)];
    const [a] = device.load(program, noKernels, [], []).run([left, right]);
    const [c] = plain.load(program, noKernels, [], []).run([left, right]);
    expect(a.allClose(c, { rtol: 1e-5, atol: 1e-5 })).toBe(true);
    expect(a.get(3, 4)).not.toBe(0);
  });
});

describe('the cache', () => {
  it('compiles a source once, also across devices', () => {
    const cacheDir = join(folder, 'fresh');
    const { program, unit } = copyProgram('int16', 1);
    // A source of its own: libraries that are in use are shared within the process.
    const own = { ...unit, text: `${unit.text}/* the cache */\n` };
    const first = createCpuDevice({ cacheDir, kernels: 'compiled' });
    first.load(program, own, [], []);
    expect(first.stats).toEqual({ compiled: 1, cached: 0 });
    first.load(program, own, [], []);
    expect(first.stats).toEqual({ compiled: 1, cached: 1 });
    const second = createCpuDevice({ cacheDir });
    second.load(program, own, [], []);
    expect(second.stats).toEqual({ compiled: 0, cached: 1 });
    expect(
      readdirSync(cacheDir)
        .map((name) => name.replace(/^[0-9a-f]{64}/, 'KEY'))
        .sort(),
    ).toEqual(['KEY.c', 'KEY.so']);
  });

  it('works without a folder, with one warning', () => {
    const warnings: string[] = [];
    const warn = (message: string): number => warnings.push(message);
    const lost = createCpuDevice({ cacheDir: '', kernels: 'compiled', warn });
    for (const dtype of ['int8', 'int32'] as const) {
      const { program, unit } = copyProgram(dtype, 1);
      const own = { ...unit, text: `${unit.text}/* no folder */\n` };
      expect(
        lost
          .load(program, own, [], [])
          .run([ndarray([1, 2], dtype)])[0]
          .toNested(),
      ).toEqual([1, 2]);
    }
    expect(lost.stats.compiled).toBe(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/cache/);
  });
});

describe('kernels', () => {
  // Its C differs from the kernel that is interpreted, so that one sees which runs.
  const { program: copy } = copyProgram('float32', 1);
  const adding = (what: string): SourceUnit => {
    const unit = source(`const float *x = a->buf[0]; float *y = a->buf[1];
  for (int64_t i = begin; i < end; i++) y[i] = x[i] + 1;`);
    return { ...unit, text: `${unit.text}/* ${what} */\n` };
  };
  const one = ndarray([1], 'float32');
  const resultOf = (f: Executable): unknown => f.run([one])[0].toNested();

  it('are swapped for compiled ones inside a running synchronous loop', () => {
    const auto = createCpuDevice({ cacheDir: join(folder, 'swap') });
    const f = auto.load(copy, adding('swap'), [], []);
    const seen = new Set<unknown>();
    const deadline = performance.now() + 60_000;
    let last: unknown;
    do {
      last = (resultOf(f) as number[])[0];
      seen.add(last);
    } while (last === 1 && performance.now() < deadline);
    expect(last).toBe(2);
    expect([...seen].every((value) => value === 1 || value === 2)).toBe(true);
  });

  it('are compiled once ready() resolves, and from the start where the cache has them', async () => {
    const cacheDir = join(folder, 'ready');
    const f = createCpuDevice({ cacheDir }).load(copy, adding('ready'), [], []);
    await f.ready();
    expect(resultOf(f)).toEqual([2]);
    const again = createCpuDevice({ cacheDir }).load(copy, adding('ready'), [], []);
    expect(resultOf(again)).toEqual([2]);
  });

  it('stay interpreted where that is asked for, and where compiling them fails', async () => {
    const only = createCpuDevice({ kernels: 'interpreted' });
    const f = only.load(copy, adding('interpreted'), [], []);
    await f.ready();
    expect(resultOf(f)).toEqual([1]);
    expect(only.stats).toEqual({ compiled: 0, cached: 0 });

    const warnings: string[] = [];
    const cacheDir = join(folder, 'failing');
    const auto = createCpuDevice({ cacheDir, warn: (message) => warnings.push(message) });
    const broken = auto.load(copy, { ...adding('failing'), text: 'no C at all' }, [], []);
    expect(resultOf(broken)).toEqual([1]);
    await broken.ready();
    expect(resultOf(broken)).toEqual([1]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/stay interpreted.*error/s);
  });

  it('stay interpreted where there is no compiler, with one warning', () => {
    const warnings: string[] = [];
    const warn = (message: string): number => warnings.push(message);
    const auto = createCpuDevice({ compiler: '/nonexistent/cc', warn });
    for (const what of ['none', 'nothing']) {
      expect(resultOf(auto.load(copy, adding(what), [], []))).toEqual([1]);
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/stay interpreted.*\/nonexistent\/cc/);
    const compiled = { compiler: '/nonexistent/cc', kernels: 'compiled' } as const;
    expect(() => createCpuDevice(compiled)).toThrow(/expected a C compiler/);
    expect(() => createCpuDevice({ kernels: 'fast' as 'auto' })).toThrow(/kernels.*got fast/);
  });
});

describe('a loop that never yields', () => {
  it('frees shared variables and functions that nothing refers to', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 1);
    const t = b.temp('float32', b.shape(x));
    const w = b.shared('float32', 1);
    b.copy(x, t, b.site('copy'));
    b.copy(t, b.output('float32', b.shape(x)), b.site('copy'));
    b.commit();
    b.copy(t, w, b.site('copy'));
    const program = b.finish();
    const x10 = NDArray.full([2_500_000], 1, 'float32');
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let i = 0; i < 100; i++) {
      // 10 MB each: the first value, the updated one, and the scratch of the function.
      const shared = device.createShared(NDArray.zeros([1], 'float32'));
      const f = device.load(program, noKernels, [shared], []);
      f.run([x10]);
      if (shared.read({ borrow: true }).get(2_499_999) !== 1) throw new Error('wrong value');
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(most).toBeLessThan(700e6);
  });

  it('keeps memory flat over 100,000 calls with results of 1 MB', () => {
    const { program, unit } = copyProgram('float32', 1);
    const f = device.load(program, unit, [], []);
    const x = NDArray.full([250_000], 1, 'float32');
    const rss: number[] = [];
    for (let i = 0; i < 100_000; i++) {
      const [y] = f.run([x]);
      if (y.data[i % 250_000] !== 1) throw new Error('wrong result');
      if (i % 10_000 === 9_999) rss.push(process.memoryUsage().rss);
    }
    // From the second sample on, so that the heap has found its size.
    expect(Math.max(...rss.slice(1)) - rss[0]).toBeLessThan(200e6);
    expect(Math.max(...rss)).toBeLessThan(1.5e9);
  }, 600_000);
});
