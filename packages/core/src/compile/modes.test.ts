import { afterEach, describe, expect, it, vi } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, Mode, modes, ndarray, type NDArray } from '../index.js';

const device = createReferenceDevice();
const x = tno.dvector('x');
const compiled = (
  mode?: tno.FunctionOptions['mode'],
  y = x.mul(2).add(1).tanh(),
): tno.CompiledFunction<[typeof x], typeof y> => tno.function([x], y, { mode, device });
const kernels = (f: { program: tno.Program }): number =>
  f.program.steps.filter((s) => s.kind === 'kernel').length;
const d64 = (value: number[]): NDArray<'float64'> => ndarray(value, 'float64');

afterEach(() => {
  tno.config.mode = 'FAST_RUN';
  tno.config.optimizerVerbose = false;
  tno.config.verify = false;
});

describe('the mode of a function', () => {
  it('is given by name or as a Mode', () => {
    expect(kernels(compiled('FAST_RUN'))).toBe(1);
    expect(kernels(compiled('NONE'))).toBe(3);
    expect(kernels(compiled(modes.NONE))).toBe(3);
    expect(kernels(compiled(modes.FAST_RUN.excluding('fusion')))).toBe(3);
    expect(kernels(compiled(modes.NONE.including('fusion')))).toBe(1);
    expect(kernels(compiled(new Mode('mine')))).toBe(1);
  });

  it('is that of the configuration by default', () => {
    const cube = x.pow(3);
    const squares = (f: { graph: tno.FunctionGraph }): string[] =>
      f.graph.nodes().map((node) => node.op.name);
    const fast = squares(compiled(undefined, cube));
    tno.config.mode = 'FAST_COMPILE';
    const plain = squares(compiled(undefined, cube));
    expect(plain).toEqual(squares(compiled('FAST_COMPILE', cube)));
    expect(fast).toEqual(squares(compiled('FAST_RUN', cube)));
    expect(fast).not.toEqual(plain);
  });

  it('is refused when there is none of that name', () => {
    expect(() => compiled('FASTRUN' as never)).toThrow(tno.ConfigError);
    expect(() => compiled('FASTRUN' as never)).toThrow(
      /\[mode\] expected FAST_RUN \| FAST_COMPILE \| NONE \| NanGuardMode \| DebugMode or a Mode, got FASTRUN/,
    );
  });

  it('changes no value, only what it excludes by name', () => {
    const small = tno.log(x.add(1));
    for (const mode of ['FAST_RUN', 'FAST_COMPILE', 'NONE'] as const) {
      expect(compiled(mode, small)(d64([1e-20])).get(0)).toBe(1e-20);
      expect(compiled(mode, x.div(x))(d64([0, 3])).toNested()).toEqual([1, 1]);
      const strict = modes[mode].excluding('unsafe-nan');
      expect(compiled(strict, x.div(x))(d64([0, 3])).toNested()).toEqual([NaN, 1]);
      expect(compiled(modes[mode].excluding('stabilize'), small)(d64([1e-20])).get(0)).toBe(0);
    }
    expect(compiled(tno.asWritten, small)(d64([1e-20])).get(0)).toBe(0);
  });

  it('reaches the same numbers with an update, in every mode', () => {
    const results = (['FAST_RUN', 'FAST_COMPILE', 'NONE'] as const).map((mode) => {
      const w = tno.shared(d64([0.5, -1, 2]), 'w', { shape: [null], device });
      const cost = w.mul(x).sigmoid().sub(x).sqr().sum();
      const train = tno.function([x], cost, {
        updates: [[w, w.sub(tno.grad(cost, w).mul(0.1))]],
        mode,
        device,
      });
      const costs = Array.from({ length: 5 }, () => train(d64([1, 2, 3])));
      return [...costs, ...(w.getValue().toNested() as number[])];
    });
    for (const other of results.slice(1))
      other.forEach((value, k) => expect(value).toBeCloseTo(results[0][k], 12));
  });
});

describe('flags of compiling', () => {
  it('onHostStep warns of ops in JavaScript, refuses them, or says nothing', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const slow = tno.asOp({
      name: 'slow',
      inputs: [x.type],
      outputs: x.type,
      shapes: (_algebra, [shape]) => [shape],
      perform: (v) => v,
    });
    tno.config.onHostStep = 'ignore';
    compiled('FAST_RUN', slow(x) as typeof x);
    expect(warn).not.toHaveBeenCalled();
    tno.config.onHostStep = 'raise';
    const refused = (): unknown => compiled('FAST_RUN', slow(x) as typeof x);
    expect(refused).toThrow(tno.CompileError);
    expect(refused).toThrow(
      /^\[slow\] expected compiled code .* got JavaScript\nmade at .*modes\.test\.ts/,
    );
    tno.config.onHostStep = 'warn';
    compiled('FAST_RUN', slow(x) as typeof x);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('warnFloat64 tells of float64 variables that the program makes, not of what becomes of them', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const v = tno.fvector('v');
    tno.config.warnFloat64 = 'warn';
    try {
      const y = v.exp();
      expect(warn).not.toHaveBeenCalled();
      tno.grad(y.cast('float64').sum(), v);
      expect(warn.mock.calls.flat().join()).toMatch(
        /^tno: \[warnFloat64\] expected no float64, got float64\(\?\) \(made at .*modes\.test\.ts/,
      );
      tno.config.warnFloat64 = 'raise';
      expect(() => tno.dvector('d')).toThrow(tno.DTypeError);
    } finally {
      tno.config.warnFloat64 = 'ignore';
      warn.mockRestore();
    }
  });

  it('exceptionVerbosity=high shows the graph below the op that failed', () => {
    const y = x.add(tno.dvector('y')).exp();
    const f = tno.function([x, y.owner?.inputs[0].owner?.inputs[1] as typeof x], y, { device });
    const messageOf = (): string => {
      try {
        f(d64([1]), d64([1, 2]));
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    expect(messageOf()).not.toContain('\nadd');
    tno.config.exceptionVerbosity = 'high';
    try {
      expect(messageOf()).toMatch(/\[add\] expected equal sizes[^]*called with[^]*\nadd/);
    } finally {
      tno.config.exceptionVerbosity = 'low';
    }
  });

  it('optimizerVerbose prints each rewrite', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    compiled(undefined, x.mul(1));
    expect(error).not.toHaveBeenCalled();
    tno.config.optimizerVerbose = true;
    compiled(undefined, x.mul(1));
    expect(error.mock.calls.map(([line]: unknown[]) => line)).toContainEqual(
      expect.stringMatching(/^\[optimizer\] .+: mul$/),
    );
    error.mockRestore();
  });

  it('a single rewrite is left out by its name', () => {
    const names = (mode?: tno.Mode): string[] =>
      tno
        .function([x], x.mul(x), { device, ...(mode && { mode }) })
        .graph.nodes()
        .map(({ op }) => op.name);
    const rewrite = 'x*x is sqr(x)';
    expect(names()).toEqual(['sqr']);
    expect(names(tno.modes.FAST_RUN.withoutRewrites(rewrite))).toEqual(['mul']);
    tno.config.optimizerExcluding = `unsafe-nan:${rewrite}`;
    try {
      expect(names()).toEqual(['mul']);
    } finally {
      tno.config.optimizerExcluding = '';
    }
    expect(() => tno.modes.FAST_RUN.withoutRewrites('x*x')).toThrow(
      '[mode] expected names of rewrites, got x*x',
    );
  });

  it('optimizerIncluding and optimizerExcluding change modes called by name', () => {
    const y = tno.assert(x, x.gt(0)).div(x);
    tno.configure({ optimizerIncluding: 'remove-assert', optimizerExcluding: 'unsafe-nan:fusion' });
    try {
      expect(compiled('FAST_RUN', y)(d64([0])).toNested()).toEqual([NaN]);
      expect(() => compiled(modes.FAST_RUN, y)(d64([0]))).toThrow(tno.AssertError);
      tno.config.optimizerExcluding = 'fussion';
      expect(() => compiled('FAST_RUN')).toThrow(tno.ConfigError);
      expect(() => compiled('FAST_RUN')).toThrow('[mode] expected tags out of');
    } finally {
      tno.configure({ optimizerIncluding: '', optimizerExcluding: '' });
    }
  });

  it('onRewriteError passes over a rule that throws, with a warning or without', () => {
    const op = tno.defineOp({
      name: 'restless',
      props: {},
      types: ([v]) => [v.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: ([v]) => [v],
      pullback: (_node, [g]) => [g],
      lower: { kind: 'scalar', fn: 'abs' },
      rules: [
        tno.rule('fall over', 'restless', ['canonicalize'], () => {
          throw new Error('it fell');
        }),
      ],
    });
    const y = tno.apply1(op, [x]) as typeof x;
    expect(() => compiled('FAST_RUN', y)).toThrow(/fall over: expected no error for restless/);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      tno.config.onRewriteError = 'ignore';
      expect(compiled('FAST_RUN', y)(d64([-1])).toNested()).toEqual([1]);
      expect(warn).not.toHaveBeenCalled();
      tno.config.onRewriteError = 'warn';
      expect(compiled('FAST_RUN', y)(d64([-2])).toNested()).toEqual([2]);
      expect(warn.mock.calls[0][0]).toContain('it fell');
    } finally {
      tno.config.onRewriteError = 'raise';
      warn.mockRestore();
    }
  });

  it('onUnusedInput is what functions do that say nothing of it', () => {
    const unused = tno.dvector('unused');
    const make = (): unknown => tno.function([x, unused], x.mul(2), { device });
    expect(make).toThrow(tno.UnusedInputError);
    try {
      tno.config.onUnusedInput = 'ignore';
      expect(make).not.toThrow();
    } finally {
      tno.config.onUnusedInput = 'raise';
    }
  });

  it('verify checks the graph after every rewrite', () => {
    const verify = vi.spyOn(tno.FunctionGraph.prototype, 'verify');
    compiled(undefined, x.mul(1));
    expect(verify).not.toHaveBeenCalled();
    tno.config.verify = true;
    compiled(undefined, x.mul(1));
    expect(verify).toHaveBeenCalled();
    verify.mockRestore();
  });
});

describe('what a function tells of itself', () => {
  it('is its name, graph, program, text and what compiling took', () => {
    const f = tno.function([x], x.mul(1).add(2), { name: 'f', device });
    expect(f.functionName).toBe('f');
    expect(f.graph.nodes().map((node) => node.op.name)).toEqual(['add']);
    tno.verifyProgram(f.program);
    expect(f.source.language).toBe('js');
    const { phases, rules, ...times } = f.compileProfile;
    expect(phases.map((phase) => phase.name)).toEqual([
      'canonicalize',
      'stabilize',
      'specialize',
      'composites',
      'library',
      'branches',
      'expand',
    ]);
    expect([...rules.values()].reduce((n, rule) => n + rule.applied, 0)).toBeGreaterThan(0);
    for (const time of Object.values(times)) expect(time).toBeGreaterThanOrEqual(0);
    expect(tno.function([x], x, { device }).functionName).toBeNull();
  });

  it('leaves the graph of the user as it was', () => {
    const y = x.mul(1).add(2);
    const before = tno.toposort([y]).map((node) => [node, [...node.inputs]]);
    compiled('FAST_RUN', y);
    expect(tno.toposort([y]).map((node) => [node, [...node.inputs]])).toEqual(before);
  });
});
