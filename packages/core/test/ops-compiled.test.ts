/**
 * Every op compiled for the reference device gives NumPy's values too, as written and optimized: rank 1
 * and up, since scalar results come back as JavaScript numbers.
 */
import { describe, expect, it } from 'vitest';
import * as tno from '../src/index.js';
import * as arithmetic from '../src/ops/arithmetic.js';
import * as compare from '../src/ops/compare.js';
import * as transcendental from '../src/ops/transcendental.js';
import { expectValues } from './support/expect-values.js';
import { decode, decodeTensor, numpyOps } from './support/numpy-ops.js';
import { indexCases, indexOf, mixedCases } from './support/recorded-index.js';

type Op = (...inputs: tno.TensorVariable[]) => tno.TensorVariable;
type Reduction = (x: tno.TensorVariable, axes: readonly number[]) => tno.TensorVariable;

const elementwise: Readonly<Record<string, Op>> = {
  ...Object.fromEntries(
    [arithmetic, compare, transcendental].flatMap((module) =>
      Object.values(module).flatMap((f) => ('op' in f ? [[f.op.name, f as Op] as const] : [])),
    ),
  ),
  relu: (x) => arithmetic.relu(x),
  invert: (x) => compare.invert(x),
  logaddexp: (x, y) => transcendental.logaddexp(x, y),
};

const { sum, prod, max, min, argmax, argmin, all, any, mean, variance, logsumexp } = tno;
const reductions = {
  sum,
  prod,
  max,
  min,
  argmax,
  argmin,
  all,
  any,
  mean,
  var: variance,
  logsumexp,
};
const reduce = reductions as unknown as Readonly<Record<string, Reduction>>;

const device = tno.createReferenceDevice();

interface Case {
  readonly about: string;
  readonly build: Op;
  readonly inputs: readonly tno.NDArray[];
  readonly expected: tno.NDArray;
  /** Static sizes of the inputs; open unless given. */
  readonly statics?: readonly (readonly (1 | null)[])[];
  readonly ulps?: number;
}

/** Leaves of open shapes, and the output as a vector at least, which keeps its dtype. */
function graphOf({ build, inputs, statics = [] }: Omit<Case, 'about' | 'expected'>): {
  leaves: tno.TensorVariable[];
  output: tno.TensorVariable;
} {
  const leaves = inputs.map((x, k) => tno.tensor(x.dtype, statics[k] ?? x.shape.map(() => null)));
  const output = build(...leaves);
  return { leaves, output: output.rank === 0 ? tno.dimshuffle(output, ['x']) : output };
}

function compile(
  leaves: readonly tno.TensorVariable[],
  outputs: readonly tno.TensorVariable[],
  mode: tno.Mode,
): (...values: readonly unknown[]) => tno.NDArray[] {
  const f = tno.function(leaves, outputs, { device, mode, onUnusedInput: 'ignore' });
  return f as (...values: readonly unknown[]) => tno.NDArray[];
}

/** Compiles all cases as one function, and compares what it gives. */
function expectCompiled(cases: readonly Case[], mode: tno.Mode): void {
  const graphs = cases.map(graphOf);
  const f = compile(
    graphs.flatMap(({ leaves }) => leaves),
    graphs.map(({ output }) => output),
    mode,
  );
  const results = f(...cases.flatMap(({ inputs }) => inputs));
  cases.forEach(({ about, expected, ulps = 0 }, k) =>
    expectValues(results[k].reshape(expected.shape), expected, ulps, about),
  );
}

/** Expects a call to fail for want of elements. */
function expectEmptyRefused(build: Op, input: tno.NDArray, mode: tno.Mode): void {
  const { leaves, output } = graphOf({ build, inputs: [input] });
  expect(() => compile(leaves, [output], mode)(input)).toThrow(tno.ShapeError);
}

describe.each([tno.asWritten, tno.modes.FAST_RUN])('compiled in mode $name', (mode) => {
  it.each(Object.keys(numpyOps.unary))('%s', (name) => {
    const cases = tno.dtypes.flatMap((dtype): Case[] => {
      const recorded = numpyOps.unary[name][dtype];
      if (recorded === undefined) return [];
      const expected = decode(recorded.values, recorded.dtype);
      return [
        {
          about: `${name} of ${dtype}`,
          build: elementwise[name],
          inputs: [decode(numpyOps.inputs[dtype], dtype)],
          expected,
          ulps: 4,
        },
      ];
    });
    expectCompiled(cases, mode);
  });

  it.each(Object.keys(numpyOps.binary))('%s', (name) => {
    const cases = tno.dtypes.flatMap((dtype): Case[] => {
      const recorded = numpyOps.binary[name][dtype];
      if (recorded === undefined) return [];
      const x = decode(numpyOps.samples[dtype], dtype);
      const inputs = [x.reshape([x.size, 1]), x.reshape([1, x.size])];
      const expected = decode(recorded.values, recorded.dtype, [x.size, x.size]);
      return [
        {
          about: `${name} of ${dtype}`,
          build: elementwise[name],
          inputs,
          expected,
          statics: [
            [null, 1],
            [1, null],
          ],
          ulps: 4,
        },
      ];
    });
    expectCompiled(cases, mode);
  });

  it('cast', () => {
    const cases = tno.dtypes.flatMap((from) =>
      tno.dtypes.map((to): Case => ({
        about: `${from} to ${to}`,
        build: (x) => tno.cast(x, to),
        inputs: [decode(numpyOps.inputs[from], from)],
        expected: decode(numpyOps.casts[from][to].values, to),
      })),
    );
    expectCompiled(cases, mode);
  });

  it.each(Object.keys(reductions))('%s', (name) => {
    const { arrays, cases } = numpyOps.reductions;
    // The variance over no axes is x - x, which is 0 of everything once optimized.
    const own = cases.filter(([, op, axes]) => op === name && !(op === 'var' && axes.length === 0));
    const whole = own.flatMap(([key, op, axes, recorded]): Case[] =>
      recorded === null
        ? []
        : [
            {
              about: `${op} of ${key} over (${axes.join(', ')})`,
              build: (x) => reduce[op](x, axes),
              inputs: [decodeTensor(arrays[key])],
              expected: decodeTensor(recorded),
              ulps: 8,
            },
          ],
    );
    expectCompiled(whole, mode);
    for (const [key, op, axes, recorded] of own) {
      if (recorded === null)
        expectEmptyRefused((x) => reduce[op](x, axes), decodeTensor(arrays[key]), mode);
    }
  });

  it('dot', () => {
    const cases = numpyOps.dots.map(([a, b, product]): Case => ({
      about: `${a.dtype} (${a.shape.join(', ')}) with (${b.shape.join(', ')})`,
      build: (x, y) => tno.dot(x, y),
      inputs: [decodeTensor(a), decodeTensor(b)],
      expected: decodeTensor(product),
      ulps: 2,
    }));
    expectCompiled(cases, mode);
  });

  it('softmax and logSoftmax', () => {
    const cases = numpyOps.softmaxes.flatMap(([recorded, axis, soft, log]): Case[] => {
      const inputs = [decodeTensor(recorded)];
      return [
        {
          about: 'softmax',
          build: (x) => tno.softmax(x, axis),
          inputs,
          expected: decodeTensor(soft),
          ulps: 4,
        },
        {
          about: 'logSoftmax',
          build: (x) => tno.logSoftmax(x, axis),
          inputs,
          expected: decodeTensor(log),
          ulps: 32,
        },
      ];
    });
    expectCompiled(cases, mode);
  });

  it('at, setSubtensor and incSubtensor', () => {
    const cases = [...indexCases, ...mixedCases].flatMap(
      ([about, { recorded, spec, part, values, set, increased }]): Case[] => {
        const x = decodeTensor(recorded);
        const index = spec.map(indexOf);
        const picked: Case = {
          about,
          build: (v) => tno.at(v, ...index),
          inputs: [x],
          expected: decodeTensor(part),
        };
        if (values === undefined || set === undefined || increased === undefined) return [picked];
        const inputs = [x, decodeTensor(values)];
        return [
          picked,
          {
            about: `${about}, set`,
            build: (v, w) => tno.setSubtensor(v, index, w),
            inputs,
            expected: decode(set, x.dtype, x.shape),
          },
          {
            about: `${about}, increased`,
            build: (v, w) => tno.incSubtensor(v, index, w),
            inputs,
            expected: decode(increased, x.dtype, x.shape),
          },
        ];
      },
    );
    expectCompiled(cases, mode);
  });

  it('dimshuffle, reshape, arange and nonzero', () => {
    const shuffles = numpyOps.shuffles.map(([recorded, order, result]): Case => {
      const dropped = recorded.shape.map((_, axis) => (order.includes(axis) ? null : (1 as const)));
      return {
        about: `dimshuffle to ${order.join()}`,
        build: (x) => tno.dimshuffle(x, order),
        inputs: [decodeTensor(recorded)],
        expected: decodeTensor(result),
        statics: [dropped],
      };
    });
    const reshapes = numpyOps.reshapes.map(([recorded, sizes, result]): Case => ({
      about: `reshape to ${sizes.join()}`,
      build: (x) => tno.reshape(x, sizes),
      inputs: [decodeTensor(recorded)],
      expected: decodeTensor(result),
    }));
    const aranges = numpyOps.aranges.map(([bounds, result]): Case => ({
      about: `arange of ${bounds.join()}`,
      build: (a, b, c) => tno.arange(a, b, c),
      inputs: bounds.map((v) => tno.ndarray(BigInt(v))),
      expected: decodeTensor(result),
    }));
    const nonzeros = numpyOps.nonzeros.map(([recorded, flat]): Case => ({
      about: 'nonzero',
      build: (x) => tno.flatNonzero(x),
      inputs: [decodeTensor(recorded)],
      expected: tno.ndarray(flat, 'int64'),
    }));
    expectCompiled([...shuffles, ...reshapes, ...aranges, ...nonzeros], mode);
  });
});
