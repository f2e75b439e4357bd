import { describe, expect, it } from 'vitest';
import { KernelBuilder } from './kernel-builder.js';
import { ProgramBuilder } from './program-builder.js';
import type { BufferDecl, BufferId, LoopKernel, Program, SizeId, Step } from './program.js';

const n = { param: 0 };

/** out[i] = a[i] + b[i] over a float32 vector of `param 0` elements. */
function addKernel(name = 'add'): LoopKernel {
  const k = new KernelBuilder(name, [n]);
  const a = k.load(k.operand('float32', [1]));
  const b = k.load(k.operand('float32', [1]));
  k.store(k.operand('float32', [1]), k.scalar('add', a, b));
  return k.build();
}

function add(b: ProgramBuilder, x: BufferId, y: BufferId, out: BufferId, size: SizeId): void {
  b.kernel(addKernel(), [x, y, out], [size], b.site('add'));
}

const temps = (p: Program): Extract<BufferDecl, { role: 'temp' }>[] =>
  p.buffers.filter((decl) => decl.role === 'temp');
const kinds = (steps: readonly Step[]): string[] => steps.map((step) => step.kind);

describe('ProgramBuilder', () => {
  it('puts entry sizes, checks and allocations into the first step', () => {
    const b = new ProgramBuilder();
    const [x, y] = [b.input('float32', 1), b.input('float32', 1)];
    const [size] = b.shape(x);
    b.check('eq', size, b.shape(y)[0], b.site('add'), 'shape', '{a} and {b}');
    const out = b.output('float32', [size]);
    add(b, x, y, out, size);
    const p = b.finish();
    expect(p.sizes).toEqual([
      { op: 'dim', buffer: x, axis: 0 },
      { op: 'dim', buffer: y, axis: 0 },
    ]);
    expect(p.steps[0]).toEqual({ kind: 'sizes', from: 0, to: 2, checks: [0], alloc: [out] });
    expect(kinds(p.steps)).toEqual(['sizes', 'kernel']);
  });

  it('drops checks that hold for constants and keeps those that do not', () => {
    const b = new ProgramBuilder();
    const [two, three] = [b.sizes.const(2), b.sizes.const(3)];
    b.check('lt', two, three, 0, 'shape', 'holds');
    b.check('eq', two, two, 0, 'shape', 'holds');
    b.check('le', three, two, b.site('x'), 'shape', 'fails');
    expect(b.finish().checks.map((check) => check.text)).toEqual(['fails']);
  });

  it('keeps equal kernels, constants and views once', () => {
    const b = new ProgramBuilder();
    const bytes = new Uint8Array(new Float32Array([1, 2]).buffer);
    const c = b.constant({ dtype: 'float32', shape: [2], bytes });
    expect(b.constant({ dtype: 'float32', shape: [2], bytes: bytes.slice() })).toBe(c);
    expect(b.constant({ dtype: 'float32', shape: [1, 2], bytes })).not.toBe(c);
    const two = b.sizes.const(2);
    const [zero, one] = [b.sizes.const(0), b.sizes.const(1)];
    const v = b.view(c, [one], one, [one]);
    expect(b.view(c, [one], one, [one])).toBe(v);
    // A view of a view is one of the base, further on.
    expect(b.base(b.view(v, [one], zero, [one]))).toBe(c);
    expect(b.view(v, [one], zero, [one])).toBe(v);
    const out = b.output('float32', [two]);
    add(b, c, c, out, two);
    b.kernel(addKernel('other name'), [c, c, out], [two], b.site('add'));
    const p = b.finish();
    expect(p.kernels).toHaveLength(1);
    expect(p.constants).toHaveLength(1);
    expect(p.buffers.map((decl) => decl.role)).toEqual(['const', 'output']);
  });

  it('shares a slot between temps with disjoint lifetimes only', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 1);
    const [size] = b.shape(x);
    const t = [0, 1, 2].map(() => b.temp('float32', [size]));
    const out = b.output('float32', [size]);
    add(b, x, x, t[0], size);
    add(b, t[0], x, t[1], size);
    add(b, t[1], x, t[2], size);
    add(b, t[2], x, out, size);
    const p = b.finish();
    expect(temps(p).map((decl) => decl.slot)).toEqual([0, 1, 0]);
    expect(p.slots).toBe(2);
  });

  it('keeps the base of a view alive', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 1);
    const [size] = b.shape(x);
    const [zero, one] = [b.sizes.const(0), b.sizes.const(1)];
    const t = [0, 1, 2].map(() => b.temp('float32', [size]));
    const out = b.output('float32', [size]);
    add(b, x, x, t[0], size);
    add(b, t[0], x, t[1], size);
    add(b, t[1], x, t[2], size);
    add(b, b.view(t[0], [size], zero, [one]), t[2], out, size);
    expect(temps(b.finish()).map((decl) => decl.slot)).toEqual([0, 1, 2]);
  });

  it('evaluates a late size after the step that writes it, and allocates there', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 1);
    const [size] = b.shape(x);
    const where = b.temp('int64', [], null);
    const positions = b.temp('int64', [b.sizes.value(where)], size);
    b.call('nonzero', [x], [positions, where], b.site('nonzero'));
    const late = b.sizes.value(where);
    const out = b.output('int64', [late]);
    b.copy(positions, out, b.site('copy'));
    const p = b.finish();
    expect(kinds(p.steps)).toEqual(['sizes', 'call', 'sizes', 'copy']);
    expect(p.steps[2]).toMatchObject({ from: 1, to: 2, alloc: [out] });
    expect(p.sizes[1]).toEqual({ op: 'value', buffer: where });
  });

  it('evaluates sizes of a counter in the body of their loop', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 2);
    const [rows, cols] = b.shape(x);
    const out = b.output('float32', [rows, cols]);
    b.loop(rows, { site: b.site('scan') }, (_, t) => {
      const row = b.sizes.mul(t, cols);
      const at = (of: BufferId): BufferId => b.view(of, [cols], row, [b.sizes.const(1)]);
      add(b, at(x), at(x), at(out), cols);
    });
    const p = b.finish();
    const loop = p.steps[1] as Extract<Step, { kind: 'loop' }>;
    expect(kinds(loop.body)).toEqual(['sizes', 'kernel']);
    const body = loop.body[0] as Extract<Step, { kind: 'sizes' }>;
    expect(p.sizes.slice(body.from, body.to).map((node) => node.op)).toEqual(['counter', 'mul']);
  });

  it('keeps what a loop carries apart from what its body makes anew', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 1);
    const [size] = b.shape(x);
    const [carry, fresh, before] = [0, 1, 2].map(() => b.temp('float32', [size]));
    const out = b.output('float32', [size]);
    add(b, x, x, before, size);
    add(b, before, x, carry, size);
    b.loop(b.sizes.const(3), { site: b.site('scan') }, () => {
      add(b, carry, x, fresh, size);
      add(b, fresh, x, carry, size);
    });
    const after = b.temp('float32', [size]);
    add(b, carry, carry, after, size);
    add(b, after, x, out, size);
    const slots = temps(b.finish()).map((decl) => decl.slot);
    const [carrySlot, freshSlot, beforeSlot, afterSlot] = slots;
    expect(freshSlot).toBe(beforeSlot);
    expect(afterSlot).toBe(freshSlot);
    expect(carrySlot).not.toBe(freshSlot);
  });

  it('places a check asked for in a branch in that branch', () => {
    const b = new ProgramBuilder();
    const [x, test] = [b.input('float32', 1), b.input('bool', 0)];
    const [size] = b.shape(x);
    const out = b.output('float32', [size]);
    b.cond(
      test,
      b.site('ifelse'),
      () => {
        b.check('eq', size, b.sizes.const(3), b.site('x'), 'shape', 'three');
        add(b, x, x, out, size);
      },
      () => b.copy(x, out, b.site('copy')),
    );
    const p = b.finish();
    const cond = p.steps[1] as Extract<Step, { kind: 'cond' }>;
    expect(p.steps[0]).toMatchObject({ checks: [] });
    expect(cond.then[0]).toMatchObject({ kind: 'sizes', checks: [0], alloc: [] });
    expect(kinds(cond.else)).toEqual(['copy']);
  });

  it('reserves memory at commit for copies to shared buffers', () => {
    const b = new ProgramBuilder();
    const w = b.shared('float32', 1);
    const [size] = b.shape(w);
    const t = b.temp('float32', [size]);
    add(b, w, w, t, size);
    b.commit();
    b.copy(t, w, b.site('update'));
    const p = b.finish();
    expect(p.steps[2]).toEqual({ kind: 'commit', reserve: [{ from: t, to: w }] });
  });

  it('drops what nothing uses', () => {
    const b = new ProgramBuilder();
    const x = b.input('float32', 1);
    const [size] = b.shape(x);
    b.temp('float32', [b.sizes.mul(size, size)]);
    b.constant({ dtype: 'int8', shape: [], bytes: new Uint8Array(1) });
    const out = b.output('float32', [size]);
    b.copy(x, out, b.site('copy'));
    const p = b.finish();
    expect(p.buffers.map((decl) => decl.role)).toEqual(['input', 'output']);
    expect(p.sizes).toHaveLength(1);
    expect(p.constants).toEqual([]);
    expect(p.outputs).toEqual([1]);
  });

  it('refuses a size that is known too late', () => {
    const b = new ProgramBuilder();
    const late = b.temp('int64', []);
    const out = b.output('int64', [b.sizes.value(late)]);
    b.copy(b.input('int64', 1), out, b.site('copy'));
    b.copy(b.input('int64', 0), late, b.site('copy'));
    expect(() => b.finish()).toThrow(/allocated before it is used|known at some place/);
  });

  it('refuses commit inside a loop and a second finish', () => {
    const b = new ProgramBuilder();
    const site = b.site('scan');
    expect(() => b.loop(b.sizes.const(1), { site }, () => b.commit())).toThrow(/outside loops/);
    const done = new ProgramBuilder();
    done.finish();
    expect(() => done.finish()).toThrow(/one call of finish/);
  });
});
