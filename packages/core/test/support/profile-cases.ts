/** `f.profile` on a device: exact counts and bytes, switching on and off, table, JSON and trace. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { Device, FunctionProfile, StepProfile } from '../../src/index.js';
import { iterate } from './iterate-op.js';

const filled = (...shape: number[]): tno.NDArray<'float32'> =>
  tno.NDArray.full(shape, 0.5, 'float32');

function only(profile: FunctionProfile, kind: StepProfile['kind']): StepProfile {
  const found = profile.steps.filter((step) => step.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

/** What `act` warns of, and what it gives. */
function warningsOf<T>(act: () => T): [string[], T] {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => warnings.push(text);
  try {
    const result = act();
    return [warnings, result];
  } finally {
    console.warn = warn;
  }
}

export function profileCases(name: string, open: () => Device): void {
  describe(`the profile on ${name}`, () => {
    const device = open();
    counts(device);
    control(device);
    forms(device);
  });
}

function counts(device: Device): void {
  const x = tno.fmatrix('x');
  const w = tno.fmatrix('w');
  const profiled = { device, profile: true };

  it('counts two operations for each multiplication of a product', () => {
    const f = tno.function([x, w], x.dot(w), profiled);
    f(filled(5, 7), filled(7, 3));
    expect(only(f.profile(), 'call')).toMatchObject({
      name: 'gemm',
      runs: 1,
      flops: 2 * 5 * 7 * 3,
      bytes: 4 * (5 * 7 + 7 * 3 + 5 * 3),
    });
    f(filled(5, 7), filled(7, 3));
    f(filled(1, 2), filled(2, 4));
    expect(only(f.profile(), 'call')).toMatchObject({
      runs: 3,
      flops: 2 * (2 * 5 * 7 * 3 + 8),
      bytes: 4 * (2 * (5 * 7 + 7 * 3 + 5 * 3) + 2 + 8 + 4),
    });
  });

  it('counts operations of a fused kernel for each point, and what it reads once', () => {
    const f = tno.function([x, w], x.mul(w).add(x).exp(), profiled);
    f(filled(4, 6), filled(4, 6));
    expect(only(f.profile(), 'kernel')).toMatchObject({ flops: 3 * 24, bytes: 4 * 3 * 24 });
  });

  it('counts a row that broadcasts once', () => {
    const row = tno.frow('row');
    const f = tno.function([x, row], x.add(row), profiled);
    f(filled(4, 6), filled(1, 6));
    expect(only(f.profile(), 'kernel')).toMatchObject({ flops: 24, bytes: 4 * (24 + 6 + 24) });
  });

  it('counts one operation for each element that a reduction takes in', () => {
    const f = tno.function([x], x.sqr().sum(1), profiled);
    f(filled(4, 6));
    expect(only(f.profile(), 'kernel')).toMatchObject({ flops: 2 * 24, bytes: 4 * (24 + 4) });
  });

  it('counts no operations for copies and integers', () => {
    const i = tno.lvector('i');
    const f = tno.function([i], i.add(1), profiled);
    f([1, 2, 3]);
    expect(only(f.profile(), 'kernel')).toMatchObject({ flops: 0, bytes: 8 * (3 + 3) });
    const g = tno.function([x], x.transpose(), profiled);
    g(filled(4, 6));
    const moved = g.profile().steps.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(moved).toBe(4 * 2 * 24);
    expect(g.profile().steps.every(({ flops }) => flops === 0)).toBe(true);
  });

  it('counts each index of a gather', () => {
    const i = tno.lvector('i');
    const f = tno.function([x, i], x.at(i), profiled);
    f(filled(4, 6), [1, 1, 3]);
    const bytes = f.profile().steps.reduce((sum, step) => sum + step.bytes, 0);
    expect(bytes).toBeGreaterThanOrEqual(4 * 2 * 18 + 8 * 3);
  });

  it('counts the iterations of a loop, and the steps inside it', () => {
    const n = tno.lscalar('n');
    const f = tno.function(
      [x, n],
      iterate((h) => h.mul(2).add(1), x, n),
      profiled,
    );
    f(filled(2, 3), 5);
    f(filled(2, 3), 2);
    const { steps, milliseconds } = f.profile();
    const loop = steps.find(({ kind }) => kind === 'loop')!;
    const inside = steps.filter(({ step }) => step.startsWith(`${loop.step}.body`));
    expect(loop.runs).toBe(2);
    const kernel = inside.find(({ kind }) => kind === 'kernel')!;
    expect(kernel).toMatchObject({ runs: 7, flops: 7 * 2 * 6, bytes: 7 * 4 * 2 * 6 });
    const within = inside.reduce((sum, step) => sum + step.milliseconds, 0);
    expect(loop.milliseconds).toBeGreaterThanOrEqual(within);
    expect(loop.ownMilliseconds).toBeCloseTo(loop.milliseconds - within, 6);
    expect(milliseconds).toBeGreaterThanOrEqual(loop.milliseconds);
  });

  it("names ops and the user's lines", () => {
    const line = Number(/:(\d+):\d+\)?$/.exec(new Error().stack!.split('\n')[1])![1]) + 1;
    const f = tno.function([x, w], x.dot(w), profiled);
    f(filled(2, 2), filled(2, 2));
    const { op, madeAt } = only(f.profile(), 'call');
    expect(op).toMatch(/dot|gemm/);
    expect(madeAt).toContain(`profile-cases.ts:${line}:`);
  });

  it('tells times that fit into the calls', () => {
    const f = tno.function([x, w], x.dot(w).exp().sum(), profiled);
    for (let k = 0; k < 3; k++) f(filled(20, 30), filled(30, 10));
    const { calls, milliseconds, steps } = f.profile();
    expect(calls).toBe(3);
    for (const step of steps) {
      expect(step.ownMilliseconds).toBeGreaterThanOrEqual(0);
      expect(step.milliseconds).toBeGreaterThanOrEqual(step.ownMilliseconds);
    }
    const own = steps.reduce((sum, step) => sum + step.ownMilliseconds, 0);
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThanOrEqual(milliseconds * (1 + 1e-9));
  });

  it('tells the memory of temps', () => {
    const f = tno.function([x, w], x.dot(w).exp().dot(w), profiled);
    expect(f.profile().memory).toEqual({ arena: 0, live: 0 });
    f(filled(30, 30), filled(30, 30));
    const { arena, live } = f.profile().memory;
    expect(live).toBe(f.program.slots === 0 ? 0 : 4 * 900);
    expect(arena).toBeGreaterThanOrEqual(live);
  });
}

function control(device: Device): void {
  const x = tno.fvector('x');

  it('records from start to stop, goes on, and forgets', () => {
    const f = tno.function([x], x.exp(), { device });
    f([1]);
    expect(f.profile().calls).toBe(0);
    f.profile.start();
    f([1]);
    f([1, 2]);
    f.profile.stop();
    f([1]);
    expect(f.profile().calls).toBe(2);
    f.profile.start();
    f([1]);
    expect(f.profile().calls).toBe(3);
    f.profile.reset();
    expect(f.profile().calls).toBe(0);
    f([1]);
    const { calls, steps } = f.profile();
    expect(calls).toBe(1);
    expect(steps.every(({ runs }) => runs <= 1)).toBe(true);
  });

  it('is switched on by the flag for functions compiled then', () => {
    tno.config.profile = true;
    const f = tno.function([x], x.exp(), { device });
    const g = tno.function([x], x.exp(), { device, profile: false });
    tno.config.profile = false;
    const h = tno.function([x], x.exp(), { device });
    for (const one of [f, g, h]) one([1]);
    expect([f, g, h].map((one) => one.profile().calls)).toEqual([1, 0, 0]);
  });

  it('changes no results', () => {
    const s = tno.shared(tno.ndarray([0.1, 0.2, 0.3], 'float32'), 's', { device });
    const y = x.mul(s).tanh().sum();
    const f = tno.function([x], y, { device, updates: [[s, s.add(x.mul(y))]] });
    const run = (): unknown[] => {
      s.setValue([0.1, 0.2, 0.3]);
      return [1, 2, 3].map((k) => [f([k, 0.3, -k]), s.getValue().toNested()]);
    };
    const plain = run();
    f.profile.start();
    expect(run()).toEqual(plain);
    f.profile.stop();
    expect(run()).toEqual(plain);
    expect(f.profile().calls).toBe(3);
  });

  it('counts a call that fails, with the steps before the failure', () => {
    const y = tno.fvector('y');
    const f = tno.function([x, y], x.add(y), { device, profile: true });
    expect(() => f([1, 2], [1, 2, 3])).toThrow(tno.ShapeError);
    expect(f.profile().calls).toBe(1);
    expect(f.profile().steps.every(({ kind, runs }) => kind === 'sizes' || runs === 0)).toBe(true);
    f([1], [2]);
    expect(only(f.profile(), 'kernel').runs).toBe(1);
  });

  it('is of its own for a copy', () => {
    const f = tno.function([x], x.exp(), { device, profile: true });
    const g = f.copy();
    g.profile.start();
    f([1]);
    g([1]);
    g([1]);
    expect([f.profile().calls, g.profile().calls]).toEqual([1, 2]);
  });
}

function forms(device: Device): void {
  const x = tno.fmatrix('x');
  const make = () => {
    const f = tno.function([x], x.dot(x).exp(), { device, profile: true, name: 'squares' });
    f(filled(8, 8));
    f(filled(8, 8));
    return f.profile();
  };

  it('prints as a table', () => {
    const profile = make();
    const text = profile.toString();
    expect(text).toMatch(
      new RegExp(`^squares on ${device.name}: 2 calls, [\\d.]+ ms \\([\\d.]+ ms a call\\)`),
    );
    expect(text).toMatch(/^time % {2}ms a call {2}runs {2}GFLOP\/s .* made at$/m);
    expect(text).toMatch(/^ +[\d.]+ +[\d.]+ +2 .* gemm .* steps\[\d+\] .*profile-cases\.ts:\d+/m);
    expect(text).toMatch(/^memory of temps: .* needed at once$/m);
    expect(text).toMatch(
      /^compiled in [\d.]+ ms: optimize .*canonicalize .*, lower .*, emit .*, load /m,
    );
    expect(text).toMatch(/^ +ms {2}tried {2}applied {2}rule$/m);
    expect(inspect(profile)).toBe(text);
    const untouched = tno.function([x], x.exp(), { device });
    expect(untouched.profile().toString()).toMatch(
      /^function on \w+: no calls recorded; f\.profile\.start\(\) begins\ncompiled in /,
    );
  });

  it('is JSON', () => {
    const profile = make();
    const data = JSON.parse(JSON.stringify(profile)) as tno.ProfileData;
    expect(data).toEqual(profile.toJSON());
    expect(data).toMatchObject({ name: 'squares', device: device.name, calls: 2 });
    const { compile, peak } = data;
    for (const part of ['optimize', 'lower', 'emit', 'load'] as const) {
      expect(compile[part]).toBeGreaterThanOrEqual(0);
    }
    expect(compile.rules.some(({ tried, applied }) => tried >= applied && applied > 0)).toBe(true);
    if (peak === null) return;
    expect(peak.gflops).toBeGreaterThan(0);
    expect(peak.gigabytesPerSecond).toBeGreaterThan(0);
  });

  it('is a Chrome trace of the last call', () => {
    const trace = make().toChromeTrace();
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
    const steps = trace.traceEvents.filter(({ ph, cat }) => ph === 'X' && cat !== 'compile');
    expect(steps.map(({ name }) => name)).toContain('gemm');
    expect(trace.otherData).toEqual({ calls: 2, eventsLeftOut: 0 });
    let now = 0;
    for (const { ts, dur, args } of steps) {
      expect(ts).toBeGreaterThanOrEqual(now);
      expect(dur).toBeGreaterThanOrEqual(0);
      expect(args.step).toMatch(/^steps\[\d+\]$/);
      now = ts! + dur! - 1e-6;
    }
    const compiling = trace.traceEvents.filter(({ cat }) => cat === 'compile');
    expect(compiling.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['optimize', 'lower', 'emit', 'load', 'canonicalize']),
    );
  });

  it('marks products without the library that there could be, of which a warning tells once', () => {
    const lacking: Device = Object.create(device, {
      provider: { value: () => ({ name: 'plain', slow: 'there is no library' }) },
    }) as Device;
    const f = tno.function([x], x.dot(x), { device: lacking, profile: true });
    f(filled(2, 2));
    const [warnings, profile] = warningsOf(() => f.profile());
    expect(warnings).toEqual([
      expect.stringMatching(/^tno: \[gemm\] there is no library \(made at .*profile-cases\.ts/),
    ]);
    expect(warningsOf(() => f.profile())[0]).toEqual([]);
    expect(only(profile, 'call').slow).toBe('there is no library');
    expect(profile.toString()).toMatch(/^! steps\[\d+\] \(gemm\): there is no library; made at /m);
  });

  it('marks steps that run in JavaScript, of which a warning tells once', () => {
    const half = tno.defineOp({
      name: `halved_on_${device.name}`,
      props: {},
      types: ([v]) => [v.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: ([v]) => [tno.nd.mul(v, 0.5)],
      pullback: 'not-differentiable',
      lower: { kind: 'host' },
    });
    const [warnings, f] = warningsOf(() => {
      const first = tno.function([x], tno.apply1(half, [x]), { device, profile: true });
      tno.function([x], tno.apply1(half, [x.add(1)]), { device });
      return first;
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^tno: \[halved_on_\w+\] runs in JavaScript .*\(made at .*profile-cases\.ts/,
    );
    f(filled(2, 3));
    const step = only(f.profile(), 'host');
    expect(step).toMatchObject({ runs: 1, bytes: 4 * 2 * 6 });
    expect(step.slow).toContain('JavaScript');
    expect(f.profile().toString()).toMatch(
      /^! steps\[\d+\] \(host\): it runs in JavaScript.*; made at /m,
    );
  });
}
