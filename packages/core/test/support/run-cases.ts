/** Runs kernel cases as emitted JavaScript, and compares results of two emitters. */
import { emitJsUnit } from '../../src/codegen/js.js';
import type { JsFailure, JsKernel } from '../../src/codegen/js.js';
import { jsRuntime } from '../../src/codegen/js-runtime.js';
import type { DType, Storage } from '../../src/types/dtype.js';
import { isFloat } from '../../src/types/dtype.js';
import { decodeFloat16 } from '../../src/types/float16.js';
import { caseStorage, randomStream } from './kernel-cases.js';
import type { KernelCase } from './kernel-cases.js';

/** Memory of each operand of each case, before a run. */
export function caseMemory(cases: readonly KernelCase[], seed = 7): Storage[][] {
  return cases.map((entry, i) => {
    const random = randomStream(seed + i);
    return entry.operands.map((operand) => caseStorage(operand, random));
  });
}

/** Compiles cases' kernels to JavaScript functions. */
export function jsKernels(cases: readonly Pick<KernelCase, 'kernel'>[]): JsKernel[] {
  const { text } = emitJsUnit({ kernels: cases.map(({ kernel }) => kernel) });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const unit = new Function('h', text) as (h: typeof jsRuntime) => Record<string, JsKernel>;
  return Object.values(unit(jsRuntime));
}

/** Runs every case on its memory, which it changes. */
export function runJsCases(cases: readonly KernelCase[], memory: Storage[][]): void {
  const fail: JsFailure = { gather: -1, value: 0, size: 0 };
  jsKernels(cases).forEach((kernel, i) => {
    const off = memory[i].map(() => 0);
    if (!kernel(memory[i], off, cases[i].dims, fail)) {
      throw new Error(`${cases[i].kernel.name}: index ${fail.value} of ${fail.size}`);
    }
  });
}

const bits64 = new DataView(new ArrayBuffer(8));

/** Floats in order of value as consecutive integers, so that their difference counts the steps between. */
function ordinal(dtype: DType, value: number): bigint {
  if (dtype === 'float64') {
    bits64.setFloat64(0, value);
    const bits = bits64.getBigInt64(0);
    return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
  }
  if (dtype === 'float32') {
    bits64.setFloat32(0, value);
    const bits = bits64.getInt32(0);
    return BigInt(bits < 0 ? -(bits & 0x7fff_ffff) : bits);
  }
  return BigInt(value & 0x8000 ? -(value & 0x7fff) : value);
}

/** Describes the first element that differs by more than `ulp` steps; null when there is none. NaN equals NaN. */
export function firstDifference(dtype: DType, a: Storage, b: Storage, ulp: number): string | null {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    if (Object.is(x, y)) continue;
    if (isFloat(dtype)) {
      const [p, q] = [Number(x), Number(y)];
      const real = (v: number): number => (dtype === 'float16' ? decodeFloat16(v) : v);
      if (Number.isNaN(real(p)) && Number.isNaN(real(q))) continue;
      const apart = ordinal(dtype, p) - ordinal(dtype, q);
      const distance = apart < 0n ? -apart : apart;
      if (ulp > 0 && distance <= BigInt(ulp)) continue;
      return `element ${i}: ${real(p)} and ${real(q)} (${distance} steps)`;
    }
    return `element ${i}: ${x} and ${y}`;
  }
  return null;
}
