import { describe, expect, it } from 'vitest';
import { DeviceError, DTypeError } from '../errors.js';
import { KernelBuilder } from '../lower/kernel-builder.js';
import { ProgramBuilder } from '../lower/program-builder.js';
import type { Program } from '../lower/program.js';
import { ndarray } from '../types/ndarray.js';
import type { NDArray } from '../types/ndarray.js';
import { HostStorage } from './host-storage.js';
import { createNullDevice } from './null-device.js';
import { createReferenceDevice, referenceTarget } from './reference-device.js';
import type { HostFunction, RunError } from './target.js';

const n = { param: 0 };

/** y = x + 1. */
function increment(): Program {
  const b = new ProgramBuilder();
  const x = b.input('float32', 1);
  const [size] = b.shape(x);
  const k = new KernelBuilder('increment', [n]);
  const v = k.load(k.operand('float32', [1]));
  k.store(k.operand('float32', [1]), k.scalar('add', v, k.constant('float32', 1)));
  const out = b.output('float32', [size]);
  b.kernel(k.build(), [x, out], [size], b.site('increment'));
  return b.finish();
}

function hosted(): Program {
  const b = new ProgramBuilder();
  const x = b.input('float32', 1);
  const out = b.output('float32', b.shape(x));
  b.host(0, [x], [out], b.site('host'));
  return b.finish();
}

const vector = (...values: number[]): NDArray => ndarray(values, 'float32');

describe('the reference device', () => {
  it('compiles a unit once', () => {
    const device = createReferenceDevice();
    const program = increment();
    const source = device.target.emit(program);
    expect(source.symbols).toEqual(['k0_increment']);
    for (let i = 0; i < 2; i++) {
      const [y] = device.load(program, source, [], []).run([vector(1, 2)]);
      expect(y.toNested()).toEqual([2, 3]);
    }
    expect(device.stats).toEqual({ compiled: 1, cached: 1 });
  });

  it('declines products of bool only', () => {
    expect(referenceTarget.supportsCall({ callee: 'gemm', dtype: 'int8' })).toBe(true);
    expect(referenceTarget.supportsCall({ callee: 'gemm', dtype: 'bool' })).toBe(false);
    expect(referenceTarget.supportsCall({ callee: 'nonzero', dtype: 'bool' })).toBe(true);
  });

  it('calls host functions with arrays of their own, also ones that call back', () => {
    const device = createReferenceDevice();
    const program = hosted();
    const double: HostFunction = ([x]) => {
      (x.data as Float32Array).forEach((v, i) => (x.data[i] = 2 * v));
      return [x];
    };
    const inner = device.load(program, device.target.emit(program), [], [double]);
    const outer = device.load(
      program,
      device.target.emit(program),
      [],
      [([x]): NDArray[] => inner.run([...inner.run([x])])],
    );
    const x = vector(1, 2);
    expect(outer.run([x])[0].toNested()).toEqual([4, 8]);
    expect(x.toNested()).toEqual([1, 2]);
  });

  it('refuses host results of another shape or number', () => {
    const device = createReferenceDevice();
    const program = hosted();
    const load = (host: HostFunction): (() => unknown) => {
      const executable = device.load(program, device.target.emit(program), [], [host]);
      return () => executable.run([vector(1)]);
    };
    expect(load(() => [vector(1, 2)])).toThrow(
      /expected result 0 to be float32 \[1\], got float32 \[2\]/,
    );
    expect(load(() => [])).toThrow(/expected 1 results, got 0/);
  });

  it('says how much memory was lacking', () => {
    const b = new ProgramBuilder();
    const count = b.input('int64', 0);
    const size = b.sizes.value(count);
    const out = b.output('float32', [size]);
    const k = new KernelBuilder('zeros', [n]);
    const zero = k.constant('float32', 0);
    k.store(k.operand('float32', [1]), zero);
    b.kernel(k.build(), [out], [size], b.site('zeros'));
    const device = createReferenceDevice();
    const program = b.finish();
    const executable = device.load(program, device.target.emit(program), [], []);
    const run = (value: number): unknown => {
      try {
        return executable.run([ndarray(value, 'int64')])[0].toNested();
      } catch (error) {
        return (error as RunError).failure;
      }
    };
    expect(run(2 ** 50)).toEqual({ kind: 'memory', site: -1, bytes: 2 ** 52 });
    expect(run(2)).toEqual([0, 0]);
    expect(() => executable.run([ndarray(-1, 'int64')])).toThrow(DeviceError);
  });

  it('notices a kernel that would leave its memory', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 1);
    const [size] = b.shape(x);
    const out = b.output('float32', [size]);
    const k = new KernelBuilder('shifted', [n]);
    const v = k.load(k.operand('float32', [2]));
    k.store(k.operand('float32', [1]), v);
    b.kernel(k.build(), [x, out], [size], b.site('shifted'));
    const device = createReferenceDevice();
    const program = b.finish();
    const executable = device.load(program, device.target.emit(program), [], []);
    expect(() => executable.run([vector(1, 2, 3)])).toThrow(
      /inside its 3 elements, got elements 0 to 4/,
    );
  });

  it('takes shared variables and units of its own only', () => {
    const device = createReferenceDevice();
    const program = increment();
    const source = device.target.emit(program);
    expect(() => device.load(program, { ...source, language: 'c' }, [], [])).toThrow(DeviceError);
    const foreign = { ...new HostStorage(vector(1)) };
    expect(() => device.load(program, source, [foreign as never], [])).toThrow(DeviceError);
  });

  it('reads an input that is the memory of a shared variable it writes as it was', () => {
    const b = new ProgramBuilder();
    const w = b.shared('float32', 1);
    const x = b.input('float32', 1);
    const [size] = b.shape(w);
    const t = b.temp('float32', [size]);
    b.copy(w, t, b.site('copy'));
    b.commit();
    const k = new KernelBuilder('add', [n]);
    const operand = k.operand('float32', [1]);
    const other = k.load(k.operand('float32', [-1]));
    k.store(operand, k.scalar('add', k.load(operand), other));
    const last = b.sizes.sub(size, b.sizes.const(1));
    const back = b.view(x, [size], last, [b.sizes.const(-1)]);
    b.kernel(k.build(), [w, back], [size], b.site('add'));
    const program = b.finish();
    const device = createReferenceDevice();
    const storage = device.createShared(vector(1, 2, 3));
    const executable = device.load(program, device.target.emit(program), [storage], []);
    executable.run([storage.read({ borrow: true })]);
    expect(storage.read().toNested()).toEqual([4, 4, 4]);
  });
});

describe('HostStorage', () => {
  it('copies in and out, lends its memory, and counts writes', () => {
    const source = vector(1, 2);
    const storage = new HostStorage(source);
    source.set(9, 0);
    expect(storage.read().toNested()).toEqual([1, 2]);
    const borrowed = storage.read({ borrow: true });
    storage.write(vector(3, 4));
    expect(borrowed.toNested()).toEqual([3, 4]);
    expect(storage.version).toBe(1);
    storage.write(ndarray([[5], [6], [7]], 'float32'));
    expect(storage.shape).toEqual([3, 1]);
    expect(storage.read().toNested()).toEqual([[5], [6], [7]]);
    expect(() => storage.write(ndarray([1], 'float64'))).toThrow(DTypeError);
  });

  it('takes a view by its elements', () => {
    const storage = new HostStorage(vector(0, 0));
    storage.write(vector(1, 2, 3, 4).slice({ start: 1, step: 2 }));
    expect(storage.read().toNested()).toEqual([2, 4]);
  });
});

describe('the null device', () => {
  it('compiles and refuses to run', () => {
    const device = createNullDevice(referenceTarget);
    const program = increment();
    const executable = device.load(program, device.target.emit(program), [], []);
    expect(device.stats.compiled).toBe(1);
    expect(() => executable.run([vector(1)])).toThrow(DeviceError);
    expect(device.createShared(vector(1)).read().toNested()).toEqual([1]);
  });
});
