/** `f.async` on a device. */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import {
  apply1,
  defineOp,
  ndarray,
  NDArray,
  type Device,
  type SharedVariable,
  type TensorVariable,
} from '../../src/index.js';

const f32 = (value: number[] | number[][]): NDArray<'float32'> => ndarray(value, 'float32');

export function asyncCases(name: string, open: () => Device): void {
  describe(`calls in flight on ${name}`, () => {
    const device = open();
    results(device);
    inputs(device);
    order(device);
    failures(device);
    aborts(device);
    hostSteps(device);
  });
}

/** The identity, which calls `look` on the JavaScript side. */
export function observed(x: TensorVariable, look: () => void): TensorVariable<'float32', 1> {
  const op = defineOp({
    name: `observed_${counter++}`,
    props: {},
    types: ([input]) => [input.type],
    shapes: (_, [shape]) => [shape],
    perform: ([value]) => {
      look();
      return [value];
    },
    pullback: 'not-differentiable',
    lower: { kind: 'host' },
  });
  return apply1(op, [x]) as TensorVariable<'float32', 1>;
}
let counter = 0;

function vector(device: Device, value: number[], label = 'w'): SharedVariable<'float32', 1> {
  return tno.shared(f32(value), label, { shape: [null], device });
}

function results(device: Device): void {
  const x = tno.fmatrix('x');

  it('gives what a call gives', async () => {
    const f = tno.function({ x }, { y: x.mul(2).T, total: x.sum(), some: x.any() }, { device });
    for (const shape of [
      [2, 3],
      [0, 3],
      [1, 1],
      [300, 200],
    ]) {
      const value = NDArray.ones(shape, 'float32');
      const [now, later] = [f({ x: value }), await f.async({ x: value })];
      expect(later.y.equals(now.y)).toBe(true);
      expect([later.total, later.some]).toEqual([now.total, now.some]);
    }
  });

  it('takes windows, lists, numbers, and defaults', async () => {
    const s = tno.fscalar('s');
    const f = tno.function([x, tno.In(s, { value: 10 })], x.mul(s), { device });
    const all = NDArray.arange(2000, undefined, 1, 'float32').reshape([20, 100]);
    const window = all.slice([3, 9]);
    expect((await f.async(window, 2)).equals(f(window, 2))).toBe(true);
    expect((await f.async([[1, 2]])).toNested()).toEqual([[10, 20]]);
    expect((await f.async(all.transpose())).equals(f(all.transpose()))).toBe(true);
  });

  it('gives results that later calls leave alone', async () => {
    const f = tno.function([x], tno.Out(x.mul(2), { borrow: true }), { device });
    const first = await f.async(NDArray.ones([100, 100], 'float32'));
    await f.async(NDArray.zeros([100, 100], 'float32'));
    f(NDArray.zeros([100, 100], 'float32'));
    expect(first.allClose(2)).toBe(true);
  });

  it('has many calls of many functions in flight', async () => {
    const functions = Array.from({ length: 8 }, (_, k) =>
      tno.function([x], tno.dot(x, x.T).add(k).sum(), { device }),
    );
    const value = NDArray.ones([20, 10], 'float32');
    const found = await Promise.all(
      Array.from({ length: 80 }, (_, k) => functions[k % 8].async(value)),
    );
    expect(found).toEqual(Array.from({ length: 80 }, (_, k) => 4000 + 400 * (k % 8)));
  });
}

function inputs(device: Device): void {
  const x = tno.fvector('x');
  const length = 5000;
  /** A call in flight that has not begun, since one with a host step is before it. */
  const start = (
    input: typeof x | tno.In<typeof x>,
    value: Float32Array<ArrayBufferLike>,
  ): Promise<unknown> => {
    const f = tno.function([input], x.sum(), { device });
    const before = observedCall(device, vector(device, [1])).call();
    const pending = f.async(new NDArray('float32', value, [length]));
    return Promise.all([pending, before]).then(([sum]) => sum);
  };

  it('are read at the call: what is written afterwards changes nothing', async () => {
    const value = new Float32Array(length).fill(1);
    const pending = start(x, value);
    value.fill(2);
    expect(await pending).toBe(length);
  });

  it('may be transferred while the call is in flight', async () => {
    const value = new Float32Array(length).fill(1);
    const pending = start(x, value);
    const moved = structuredClone(value, { transfer: [value.buffer] });
    expect(value).toHaveLength(0);
    moved.fill(3);
    expect(await pending).toBe(length);
  });

  it('may shrink while the call is in flight', async () => {
    // Newer than the library's types.
    const Resizable = ArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & { resize(bytes: number): void };
    const buffer = new Resizable(4 * length, { maxByteLength: 4 * length });
    const value = new Float32Array(buffer).fill(1);
    const pending = start(x, value);
    buffer.resize(0);
    expect(await pending).toBe(length);
  });

  it('are refused when their memory is gone at the call', async () => {
    const value = new Float32Array(length);
    const array = new NDArray('float32', value, [length]);
    structuredClone(value, { transfer: [value.buffer] });
    const f = tno.function([x], x.sum(), { device });
    await expect(f.async(array)).rejects.toThrow(/^\[x\] expected an array of 5000 elements, got/);
  });

  it('are read where they lie when the call may borrow them', async () => {
    for (const value of [
      new Float32Array(length).fill(1),
      new Float32Array(new SharedArrayBuffer(4 * length)).fill(1),
    ]) {
      const pending = start(tno.In(x, { borrow: true }), value);
      value.fill(2);
      expect(await pending).toBe(2 * length);
    }
  });
}

function order(device: Device): void {
  it('keeps the order of calls that share a variable which one of them writes', async () => {
    const w = vector(device, [1]);
    const add = tno.function([], w, { updates: [[w, w.add(1)]], device });
    const read = tno.function([], w.mul(10), { device });
    const queued = [add.async(), add.async(), read.async(), add.async()];
    const now = read();
    const last = add.async();
    const found = await Promise.all([...queued, last]);
    expect(found.map((v) => v.toNested())).toEqual([[1], [2], [30], [3], [4]]);
    expect(now.toNested()).toEqual([40]);
  });

  it('has getValue, setValue and shapes wait for their turn', async () => {
    const w = vector(device, [1, 2]);
    const x = tno.fvector('x');
    const grow = tno.function([x], w, { updates: [[w, x]], device });
    const first = grow.async(f32([1, 2, 3]));
    expect(w.storage.shape).toEqual([3]);
    const second = grow.async(f32([4]));
    expect(w.getValue().toNested()).toEqual([4]);
    const third = grow.async(f32([5, 5]));
    w.setValue(f32([7]));
    expect(w.getValue().toNested()).toEqual([7]);
    const found = await Promise.all([first, second, third]);
    expect(found.map((v) => v.toNested())).toEqual([[1, 2], [1, 2, 3], [4]]);
  });

  it('reads a variable before what is set after it was called', async () => {
    const w = vector(device, [1, 2]);
    const read = tno.function([], w.sum(), { device });
    const pending = read.async();
    w.setValue(f32([10, 20]));
    expect(await pending).toBe(3);
    expect(read()).toBe(30);
  });

  it('keeps states, and refuses to be given one', async () => {
    const n = tno.fscalar('n');
    const f = tno.function([tno.In(n, { value: 0, update: n.add(1) })], n, { device });
    expect(await Promise.all([f.async(), f.async(), f.async()])).toEqual([0, 1, 2]);
    await expect(f.async(5)).rejects.toThrow(/states as they are/);
    expect(f()).toBe(3);
  });

  it('gives memory back after the calls in flight', async () => {
    const x = tno.fmatrix('x');
    const f = tno.function([x], tno.dot(x.mul(2), x.T).sum(), { device });
    const pending = f.async(NDArray.ones([20, 20], 'float32'));
    f.free();
    expect(await pending).toBe(f(NDArray.ones([20, 20], 'float32')));
  });
}

function failures(device: Device): void {
  const setUp = () => {
    const w = vector(device, [1, 2]);
    const i = tno.lvector('i');
    const f = tno.function([i], w.at(i), { updates: [[w, w.mul(2)]], device });
    return { w, f };
  };

  it('rejects with the error of a call, and leaves shared variables as they were', async () => {
    const { w, f } = setUp();
    const failed = f.async(ndarray([5n]));
    const good = f.async(ndarray([1n]));
    await expect(failed).rejects.toThrow(tno.IndexRangeError);
    await expect(failed).rejects.toThrow(/\[-2, 1\], got 5[^]*async-cases\.ts:\d+/);
    expect((await good).toNested()).toEqual([2]);
    expect(w.getValue().toNested()).toEqual([2, 4]);
  });

  it('rejects with both sizes of a clash, also while others are in flight', async () => {
    const [x, w] = [tno.fvector('x'), vector(device, [1, 2])];
    const f = tno.function([x], x.add(w), { updates: [[w, w.mul(2)]], device });
    const all = [f.async(f32([1, 2])), f.async(f32([1, 2, 3])), f.async(f32([1, 2]))];
    await expect(all[1]).rejects.toThrow(tno.ShapeError);
    await expect(all[1]).rejects.toThrow(/\[add\].*got 3[^]*async-cases\.ts:\d+/);
    expect((await all[2]).toNested()).toEqual([3, 6]);
  });

  it('rejects arguments that do not fit', async () => {
    const { w, f } = setUp();
    const loose = f.async as (...args: unknown[]) => Promise<unknown>;
    await expect(loose()).rejects.toThrow(/1 arguments \(i\), got 0/);
    await expect(loose(f32([1]))).rejects.toThrow(tno.DTypeError);
    await expect(loose(ndarray([1n]), { signal: undefined }, 3)).rejects.toThrow(tno.InputError);
    expect(w.getValue().toNested()).toEqual([1, 2]);
  });
}

function aborts(device: Device): void {
  const setUp = () => {
    const w = vector(device, [1, 2]);
    const f = tno.function([], w, { updates: [[w, w.mul(2)]], device });
    return { w, f, controller: new AbortController() };
  };

  it('rejects at once for a signal that is aborted', async () => {
    const { w, f, controller } = setUp();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(f.async({ signal: controller.signal })).rejects.toBe(reason);
    expect(w.getValue().toNested()).toEqual([1, 2]);
  });

  it('ends a call before it begins', async () => {
    const { w, f, controller } = setUp();
    const release = observedCall(device, w);
    const before = release.call();
    const [ended, kept] = [f.async({ signal: controller.signal }), f.async()];
    controller.abort();
    await expect(ended).rejects.toThrow(/abort/i);
    expect((await kept).toNested()).toEqual([1, 2]);
    await before;
    expect(w.getValue().toNested()).toEqual([2, 4]);
  });

  it('does nothing once the call is settled', async () => {
    const { w, f, controller } = setUp();
    await f.async({ signal: controller.signal });
    controller.abort();
    await f.async();
    expect(w.getValue().toNested()).toEqual([4, 8]);
  });

  it('takes the signal after a record', async () => {
    const x = tno.fvector('x');
    const f = tno.function({ x }, x.sum(), { device });
    const { signal } = new AbortController();
    expect(await f.async({ x: f32([1, 2]) }, { signal })).toBe(3);
    await expect(f.async({ x: f32([1]) }, { signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/i,
    );
  });
}

/** A call with a host step, which begins when the event loop turns. */
function observedCall(device: Device, w: SharedVariable): { call: () => Promise<unknown> } {
  const f = tno.function([], observed(w, () => undefined).sum(), { device });
  return { call: () => f.async() };
}

function hostSteps(device: Device): void {
  const x = tno.fvector('x');

  it('runs host steps on the JavaScript side', async () => {
    let seen = 0;
    const f = tno.function([x], observed(x.mul(2), () => seen++).add(1), { device });
    const found = await Promise.all([1, 2, 3].map((k) => f.async(f32([k]))));
    expect(found.map((v) => v.toNested())).toEqual([[3], [5], [7]]);
    expect(seen).toBe(3);
  });

  it('rejects with what a host step throws, whatever it is', async () => {
    const w = vector(device, [1]);
    for (const thrown of [new RangeError('no'), 'text', undefined, 3]) {
      const look = (): void => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw thrown;
      };
      const f = tno.function([], observed(w, look), { updates: [[w, w.add(1)]], device });
      await expect(f.async()).rejects.toBe(thrown);
    }
    expect(w.getValue().toNested()).toEqual([1]);
  });

  it('refuses what would wait for the call that it belongs to', async () => {
    const w = vector(device, [1]);
    const errors: unknown[] = [];
    const attempt = (act: () => unknown): void => {
      try {
        act();
      } catch (error) {
        errors.push(error);
      }
    };
    const other = tno.function([], w.sum(), { device });
    const look = (): void => {
      attempt(() => w.setValue(f32([5])));
      attempt(() => w.getValue());
      attempt(() => other());
    };
    const f = tno.function([], observed(w, look), { updates: [[w, w.add(1)]], device });
    expect((await f.async()).toNested()).toEqual([1]);
    expect(errors).toHaveLength(3);
    for (const error of errors) {
      expect(error).toBeInstanceOf(tno.AsyncInFlightError);
      expect((error as tno.AsyncInFlightError).code).toBe('E_ASYNC_IN_FLIGHT');
    }
    expect(w.getValue().toNested()).toEqual([2]);
  });

  it('runs what only reads the same beside a call that waits for a host step', async () => {
    const w = vector(device, [1, 2]);
    const f = tno.function([], observed(w, () => undefined).sum(), { device });
    const read = tno.function([], w.mul(2), { device });
    const other = tno.function([x], x.mul(2), { device });
    const pending = f.async();
    expect(read().toNested()).toEqual([2, 4]);
    expect(w.getValue().toNested()).toEqual([1, 2]);
    expect(other([3]).toNested()).toEqual([6]);
    // The reference device runs the call when something has to wait for it.
    const write = (): void => w.setValue(f32([5, 5]));
    if (device.name === 'reference') write();
    else expect(write).toThrow(tno.AsyncInFlightError);
    expect(await pending).toBe(3);
    write();
    expect(f()).toBe(10);
  });

  it('ends a running call between steps, before its updates', async () => {
    const w = vector(device, [1]);
    const controller = new AbortController();
    const stop = (): void => controller.abort(new Error('stop'));
    const f = tno.function(
      [],
      observed(observed(w, stop), () => undefined),
      {
        updates: [[w, w.add(1)]],
        device,
      },
    );
    const outcome = await f.async({ signal: controller.signal }).catch((error: unknown) => error);
    const ended = outcome instanceof Error;
    // A device that runs a call in one go cannot end it.
    expect(ended ? outcome.message : 'stop').toBe('stop');
    expect(ended).toBe(device.name !== 'reference');
    expect(w.getValue().toNested()).toEqual([ended ? 1 : 2]);
  });

  it('begins no call in flight while a call that may come back runs', async () => {
    const w = vector(device, [1]);
    const add = tno.function([], w, { updates: [[w, w.add(1)]], device });
    let pending: Promise<NDArray> | null = null;
    const look = (): void => {
      pending = add.async();
    };
    const f = tno.function([x], observed(x, look).add(w), { device });
    expect(f(f32([1])).toNested()).toEqual([2]);
    expect((await pending!).toNested()).toEqual([1]);
    expect(w.getValue().toNested()).toEqual([2]);
  });
}
