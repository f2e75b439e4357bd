import { describe, expect, it } from 'vitest';
import { KernelBuilder } from './kernel-builder.js';
import { kernelFormulas, kernelHead } from './print-kernel.js';
import { printProgram } from './print-program.js';
import { ProgramBuilder } from './program-builder.js';
import type { LoopKernel } from './program.js';

const [n, m] = [{ param: 0 }, { param: 1 }];

function softmaxNumerator(): LoopKernel {
  const k = new KernelBuilder('exp', [n, 10]);
  const x = k.load(k.operand('float32', [10, 1]));
  const top = k.load(k.operand('float32', [1, 0]));
  k.store(k.operand('float32', [10, 1]), k.scalar('exp', k.scalar('sub', x, top)));
  return k.build();
}

describe('kernelFormulas', () => {
  it('writes scalar operations as formulas with few parentheses', () => {
    const k = new KernelBuilder('k', [n]);
    const a = k.load(k.operand('float32', [1]));
    const b = k.load(k.operand('float32', [0]));
    const half = k.constant('float32', -0.5);
    const difference = k.scalar('sub', a, k.scalar('sub', b, half));
    const product = k.scalar('mul', k.scalar('add', a, b), k.scalar('neg', a));
    k.store(k.operand('float32', [1]), difference);
    k.store(k.operand('bool', [1]), k.scalar('lt', product, k.scalar('mul', a, b)));
    k.store(k.operand('int8', [1]), k.cast('int8', a));
    expect(kernelFormulas(k.build())).toEqual([
      'p2[i] = p0[i] - (p1[] - -0.5)',
      'p3[i] = (p0[i] + p1[]) * -p0[i] < p0[i] * p1[]',
      'p4[i] = int8(p0[i])',
    ]);
  });

  it('names what is used twice, and shows reductions, axes and indices', () => {
    const k = new KernelBuilder('k', [n, m], 1);
    const x = k.load(k.operand('float32', [m, 1]));
    const e = k.scalar('exp', x);
    const squared = k.scalar('sqr', e);
    const sums = [k.reduce('sum', e), k.reduce('sum', squared)];
    const y = k.load(k.operand('int64', [1, 0]));
    k.store(k.operand('float32', [0, 0]), sums[0], [{ value: y, size: n, stride: 1 }], 'add');
    k.store(k.operand('float32', [1, 0]), k.scalar('div', sums[1], sums[0]), []);
    k.store(k.operand('int64', [1, 0]), k.axis(0));
    const kernel = k.build();
    expect(kernelHead(kernel)).toBe('[i:d0 | j:d1] serial');
    expect(kernelFormulas(kernel)).toEqual([
      'v1 = exp(p0[i, j])',
      'v3 = sum(v1)',
      'p2[@p1[i]] += v3',
      'p3[i] = sum(sqr(v1)) / v3',
      'p4[i] = i',
    ]);
  });
});

describe('printProgram', () => {
  it('shows buffers, sizes, steps and formulas', () => {
    const b = new ProgramBuilder();
    const [x, top] = [b.input('float32', 2), b.input('float32', 1)];
    const w = b.shared('float32', 2);
    const [rows, cols] = b.shape(x);
    const ten = b.sizes.const(10);
    b.check('eq', cols, ten, b.site('softmax'), 'shape', 'ten classes');
    const e = b.temp('float32', [rows, cols]);
    b.kernel(softmaxNumerator(), [x, top, e], [rows], b.site('exp'));
    const [taken, stop] = [b.temp('int64', []), b.temp('bool', [])];
    const test = new KernelBuilder('done', []);
    test.store(test.operand('bool', []), test.constant('bool', true));
    b.loop(rows, { site: b.site('scan'), until: stop, taken }, () => {
      b.kernel(test.build(), [stop], [], b.site('done'));
    });
    const left = b.sizes.sub(rows, b.sizes.value(taken));
    const out = b.output('float32', [left, cols]);
    const [zero, one] = [b.sizes.const(0), b.sizes.const(1)];
    b.cond(
      stop,
      b.site('ifelse'),
      () => b.copy(b.view(e, [left, cols], zero, [cols, one]), out, b.site('copy')),
      () => b.call('gemm', [x, w], [out], b.site('dot')),
    );
    b.commit();
    b.copy(e, w, b.site('update'));
    expect(printProgram(b.finish())).toBe(`in0: float32[in0.0, in0.1]
in1: float32[in1.0]
shared0: float32[shared0.0, shared0.1]
t0: float32[in0.0, in0.1] in slot 0
t1: int64[] in slot 1
t2: bool[] in slot 2
out0: float32[(in0.0 - #t1), in0.1]
v0: float32[(in0.0 - #t1), in0.1] = t0 from 0 by [in0.1, 1]

check in0.1 == 10 or "ten classes"
alloc t0, t1, t2
kernel exp [i:in0.0, j:10] t0[10*i, j] = exp(in0[10*i, j] - in1[i])
loop i0 < in0.0 until t2 -> t1
  kernel done [] t2[] = true
alloc out0
if t2
  out0 = copy v0
else
  out0 = gemm(in0, shared0)
commit
shared0 = copy t0
`);
  });
});
