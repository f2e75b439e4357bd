import { describe, expect, it } from 'vitest';
import { KernelBuilder } from '../lower/kernel-builder.js';
import type { LoopKernel } from '../lower/program.js';
import type { ReduceOp, ScalarOp } from '../lower/scalar-op.js';
import { dtypeInfo, isBig, wrapScalar } from '../types/dtype.js';
import type { DType, Storage } from '../types/dtype.js';
import { emitJsUnit } from './js.js';
import type { JsFailure, JsKernel } from './js.js';
import { fma32, fma64 } from './js-float.js';
import { jsRuntime } from './js-runtime.js';

const n = { param: 0 };

function compile(kernel: LoopKernel): JsKernel {
  const { text } = emitJsUnit({ kernels: [kernel] });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const unit = new Function('h', text) as (h: typeof jsRuntime) => Record<string, JsKernel>;
  return Object.values(unit(jsRuntime))[0];
}

const fail = (): JsFailure => ({ gather: -1, value: 0, size: 0 });

function storage(dtype: DType, values: readonly (number | bigint)[]): Storage {
  const data = new dtypeInfo[dtype].storage(values.length);
  const out = data as { [index: number]: number | bigint };
  values.forEach((value, i) => (out[i] = isBig(dtype) ? BigInt(value) : Number(value)));
  return data;
}

/** One scalar operation on one element. */
function apply(fn: ScalarOp, dtype: DType, ...args: (number | bigint)[]): number | bigint {
  const k = new KernelBuilder(fn, []);
  const loads = args.map(() => k.load(k.operand(dtype, [])));
  const value = k.scalar(fn as Exclude<ScalarOp, 'cast'>, ...loads);
  const result = k.operand(['lt', 'isnan', 'isinf'].includes(fn) ? 'bool' : dtype, []);
  k.store(result, value);
  const kernel = k.build();
  const out = new dtypeInfo[kernel.operands[result].dtype].storage(1);
  const buf = [...args.map((arg) => storage(dtype, [arg])), out];
  compile(kernel)(
    buf,
    buf.map(() => 0),
    [],
    fail(),
  );
  return out[0];
}

/** A reduction of a vector. */
function reduce(op: ReduceOp, dtype: DType, values: readonly (number | bigint)[]): number | bigint {
  const k = new KernelBuilder(op, [n], 1);
  const s = k.reduce(op, k.load(k.operand(dtype, [1])));
  const outDType = op === 'argmax' || op === 'argmin' ? 'int64' : dtype;
  k.store(k.operand(outDType, [0]), s);
  const out = new dtypeInfo[outDType].storage(1);
  compile(k.build())([storage(dtype, values), out], [0, 0], [values.length], fail());
  return out[0];
}

describe('scalar operations in JavaScript', () => {
  it.each<[ScalarOp, DType, (number | bigint)[], number | bigint]>([
    ['add', 'int8', [127, 1], -128],
    ['sub', 'uint16', [0, 1], 65535],
    ['mul', 'int32', [0x10001, 0x10001], 0x20001],
    ['mul', 'uint32', [4294967295, 4294967295], 1],
    ['mul', 'int64', [2n ** 62n, 2n], -(2n ** 63n)],
    ['add', 'float32', [1, 2 ** -24], 1],
    ['intdiv', 'int32', [-7, 2], -4],
    ['intdiv', 'int32', [7, 0], 0],
    ['intdiv', 'int32', [-(2 ** 31), -1], -(2 ** 31)],
    ['intdiv', 'int64', [-7n, 2n], -4n],
    ['intdiv', 'int64', [-(2n ** 63n), -1n], -(2n ** 63n)],
    ['mod', 'int32', [-7, 3], 2],
    ['mod', 'int32', [7, -3], -2],
    ['mod', 'int8', [5, 0], 0],
    ['mod', 'int64', [-7n, 3n], 2n],
    ['intdiv', 'float64', [1, 0.1], 9],
    ['mod', 'float64', [-1, 3], 2],
    ['mod', 'float64', [-3, 3], 0],
    ['mod', 'float64', [3, -3], -0],
    ['mod', 'float64', [-1, Infinity], Infinity],
    ['pow', 'int32', [3, 21], Number(BigInt.asIntN(32, 3n ** 21n))],
    ['pow', 'int32', [-1, -3], -1],
    ['pow', 'int32', [2, -1], 0],
    ['pow', 'uint64', [3n, 50n], BigInt.asUintN(64, 3n ** 50n)],
    ['pow', 'float64', [1, NaN], 1],
    ['pow', 'float64', [-1, Infinity], 1],
    ['max', 'float32', [NaN, 1], NaN],
    ['max', 'float32', [1, NaN], NaN],
    ['min', 'float64', [NaN, -Infinity], NaN],
    ['neg', 'uint8', [1], 255],
    ['abs', 'int8', [-128], -128],
    ['sgn', 'float64', [-0], 0],
    ['sgn', 'float64', [NaN], NaN],
    ['sgn', 'int64', [-5n], -1n],
    ['round', 'float64', [2.5], 2],
    ['round', 'float64', [-0.5], -0],
    ['round', 'float64', [2 ** 51 + 0.5], 2 ** 51],
    ['sigmoid', 'float32', [-1000], 0],
    ['sigmoid', 'float32', [1000], 1],
    ['sigmoid', 'float64', [NaN], NaN],
    ['softplus', 'float64', [-Infinity], 0],
    ['softplus', 'float64', [Infinity], Infinity],
    ['softplus', 'float64', [NaN], NaN],
    ['reciprocal', 'float32', [3], Math.fround(1 / 3)],
    ['isinf', 'float32', [-Infinity], 1],
    ['isnan', 'float32', [NaN], 1],
    ['not', 'uint8', [5], 250],
    ['xor', 'bool', [1, 1], 0],
    ['lt', 'uint64', [2n ** 63n, 1n], 0],
  ])('%s of %s %o gives %s', (fn, dtype, args, expected) => {
    expect(apply(fn, dtype, ...args)).toBe(expected);
  });

  it('casts as wrapScalar does', () => {
    const values = [
      0,
      -1,
      1.9,
      -1.9,
      300,
      2 ** 31,
      2 ** 63,
      1e19,
      -1e19,
      1e300,
      NaN,
      Infinity,
      0.1,
    ];
    for (const to of [
      'bool',
      'int8',
      'uint16',
      'int32',
      'uint32',
      'int64',
      'uint64',
      'float32',
    ] as const) {
      const k = new KernelBuilder('cast', [n]);
      const x = k.load(k.operand('float64', [1]));
      k.store(k.operand(to, [1]), k.cast(to, x));
      const out = new dtypeInfo[to].storage(values.length);
      compile(k.build())([storage('float64', values), out], [0, 0], [values.length], fail());
      expect([...out], to).toEqual(values.map((value) => wrapScalar(to, value)));
    }
  });
});

describe('fma', () => {
  it('rounds once to float32', () => {
    const a = Math.fround(1 + 2 ** -12);
    // a·a = 1 + 2^-11 + 2^-24, a tie that the tiny addend breaks upwards, and downwards.
    expect(fma32(a, a, 2 ** -60)).toBe(Math.fround(1 + 2 ** -11 + 2 ** -23));
    expect(fma32(a, a, -(2 ** -60))).toBe(Math.fround(1 + 2 ** -11));
    expect(fma32(-a, a, -(2 ** -60))).toBe(-Math.fround(1 + 2 ** -11 + 2 ** -23));
    expect(fma32(Infinity, 0, 1)).toBeNaN();
    expect(fma32(2, 3, Infinity)).toBe(Infinity);
  });

  it('rounds once to float64', () => {
    const a = 1 + 2 ** -27;
    expect(fma64(a, a, -1)).toBe(2 ** -26 + 2 ** -54);
    expect(fma64(0.1, 10, -1)).toBe(2 ** -54);
    expect(fma64(2 ** 1000, 2 ** 1000, 0)).toBe(Infinity);
    expect(fma64(2 ** -600, 2 ** -600, 1)).toBe(1);
    expect(fma64(2 ** -540, 2 ** -534, 2 ** -1074)).toBe(2 ** -1073);
    expect(fma64(3, 5, -15)).toBe(0);
    expect(fma64(1, NaN, 0)).toBeNaN();
  });
});

describe('reductions in JavaScript', () => {
  it('keep the tree: lanes, halves, compensated blocks', () => {
    const f = Math.fround;
    const values = Array.from({ length: 2500 }, (_, i) => f(Math.sin(i) * 10 ** (i % 7)));
    let [sum, comp] = [0, 0];
    for (let t = 0; t < values.length; t += 1024) {
      const lanes = new Float32Array(16);
      values.slice(t, t + 1024).forEach((x, i) => (lanes[i % 16] += x));
      for (const h of [8, 4, 2, 1]) for (let l = 0; l < h; l++) lanes[l] += lanes[l + h];
      const s = f(sum + lanes[0]);
      const b = f(s - sum);
      comp = f(comp + f(f(sum - f(s - b)) + f(lanes[0] - b)));
      sum = s;
    }
    expect(reduce('sum', 'float32', values)).toBe(f(sum + comp));
  });

  it('stay close to the exact sum over many blocks', () => {
    const values = Array.from({ length: 1_000_000 }, (_, i) => Math.fround(0.1 + (i % 10) * 1e-3));
    const exact = values.reduce((a, b) => a + b, 0);
    const got = Number(reduce('sum', 'float32', values));
    expect(Math.abs(got - exact) / exact).toBeLessThan(5e-7);
  });

  it('take infinities, NaN and empty ranges', () => {
    expect(reduce('sum', 'float32', [Infinity, 1])).toBe(Infinity);
    expect(reduce('sum', 'float64', [...new Array<number>(3000).fill(-Infinity)])).toBe(-Infinity);
    expect(reduce('sum', 'float64', [Infinity, -Infinity])).toBeNaN();
    expect(reduce('sum', 'float64', [])).toBe(0);
    expect(reduce('prod', 'float32', [])).toBe(1);
    expect(reduce('max', 'float32', [])).toBe(-Infinity);
    expect(reduce('max', 'float32', [1, NaN, 3])).toBeNaN();
    expect(reduce('min', 'float64', [NaN, NaN])).toBeNaN();
    expect(reduce('max', 'int8', [-5, -3])).toBe(-3);
    expect(reduce('min', 'uint64', [2n ** 63n, 5n])).toBe(5n);
    expect(reduce('and', 'bool', [1, 0])).toBe(0);
    expect(reduce('or', 'bool', [])).toBe(0);
  });

  it('find the first extreme; the first NaN wins', () => {
    expect(reduce('argmax', 'float32', [1, 3, 3, 2])).toBe(1n);
    expect(reduce('argmin', 'int32', [4, 2, 9, 2])).toBe(1n);
    expect(reduce('argmax', 'float64', [1, NaN, 5, NaN])).toBe(1n);
    expect(reduce('argmin', 'float64', [-Infinity, NaN])).toBe(1n);
    expect(reduce('argmax', 'float64', [-Infinity, -Infinity])).toBe(0n);
  });
});

describe('gathers in JavaScript', () => {
  const k = new KernelBuilder('pick', [n]);
  const at = k.load(k.operand('int64', [1]));
  const value = k.load(k.operand('float32', [0]), [{ value: at, size: { param: 1 }, stride: 2 }]);
  k.store(k.operand('float32', [1]), value);
  const pick = compile(k.build());
  const x = storage('float32', [0, 1, 2, 3, 4, 5]);

  it('count negative indices from the end', () => {
    const out = new Float32Array(3);
    expect(pick([storage('int64', [2, -3, -1]), x, out], [0, 0, 0], [3, 3], fail())).toBe(true);
    expect([...out]).toEqual([4, 0, 4]);
  });

  it('say which index was out of range', () => {
    const failure = fail();
    const out = new Float32Array(3);
    expect(pick([storage('int64', [0, -4, 9]), x, out], [0, 0, 0], [3, 3], failure)).toBe(false);
    expect(failure).toEqual({ gather: 0, value: -4, size: 3 });
  });
});
