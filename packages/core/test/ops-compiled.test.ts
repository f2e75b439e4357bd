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
import { indexCases, indexOf } from './support/recorded-index.js';

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

/** The value of a graph of open shapes, compiled. */
function compiled(
  build: Op,
  inputs: readonly tno.NDArray[],
  mode: tno.ModeName,
  statics: (1 | null)[][] = [],
): tno.NDArray {
  const leaves = inputs.map((x, k) => tno.tensor(x.dtype, statics[k] ?? x.shape.map(() => null)));
  const output = build(...leaves);
  // A scalar is asked for as a vector of one, which keeps its dtype.
  const whole = output.rank === 0 ? tno.dimshuffle(output, ['x']) : output;
  const f = tno.function(leaves, [whole], { device, mode, onUnusedInput: 'ignore' });
  const [result] = (f as (...values: unknown[]) => tno.NDArray[])(...inputs);
  return output.rank === 0 ? result.reshape([]) : result;
}

describe.each(['NONE', 'FAST_RUN'] as const)('compiled in mode %s', (mode) => {
  it.each(Object.keys(numpyOps.unary))('%s', (name) => {
    for (const dtype of tno.dtypes) {
      const recorded = numpyOps.unary[name][dtype];
      if (recorded === undefined) continue;
      const y = compiled(elementwise[name], [decode(numpyOps.inputs[dtype], dtype)], mode);
      expectValues(y, decode(recorded.values, recorded.dtype), 4, `${name} of ${dtype}`);
    }
  });

  it.each(Object.keys(numpyOps.binary))('%s', (name) => {
    for (const dtype of tno.dtypes) {
      const recorded = numpyOps.binary[name][dtype];
      if (recorded === undefined) continue;
      const x = decode(numpyOps.samples[dtype], dtype);
      const operands = [x.reshape([x.size, 1]), x.reshape([1, x.size])];
      const y = compiled(elementwise[name], operands, mode, [
        [null, 1],
        [1, null],
      ]);
      expectValues(
        y,
        decode(recorded.values, recorded.dtype, [x.size, x.size]),
        4,
        `${name} of ${dtype}`,
      );
    }
  });

  it.each(tno.dtypes)('cast of %s', (from) => {
    for (const to of tno.dtypes) {
      const y = compiled((x) => tno.cast(x, to), [decode(numpyOps.inputs[from], from)], mode);
      expectValues(y, decode(numpyOps.casts[from][to].values, to), 0, `${from} to ${to}`);
    }
  });

  it.each(Object.keys(reductions))('%s', (name) => {
    const { arrays, cases } = numpyOps.reductions;
    for (const [key, op, axes, recorded] of cases) {
      // The variance over no axes is x - x, which is 0 of everything once optimized.
      if (op !== name || (op === 'var' && axes.length === 0)) continue;
      const about = `${op} of ${key} over (${axes.join(', ')})`;
      const run = (): tno.NDArray =>
        compiled((x) => reduce[name](x, axes), [decodeTensor(arrays[key])], mode);
      if (recorded === null) expect(run, about).toThrow(tno.ShapeError);
      else expectValues(run(), decodeTensor(recorded), 8, about);
    }
  });

  it('dot', () => {
    for (const [a, b, product] of numpyOps.dots) {
      const y = compiled((p, q) => tno.dot(p, q), [decodeTensor(a), decodeTensor(b)], mode);
      expectValues(y, decodeTensor(product), 2, a.dtype);
    }
  });

  it('softmax and logSoftmax', () => {
    for (const [recorded, axis, soft, log] of numpyOps.softmaxes) {
      const x = [decodeTensor(recorded)];
      if (soft === null || log === null) {
        expect(() => compiled((v) => tno.softmax(v, axis), x, mode)).toThrow(tno.ShapeError);
        continue;
      }
      expectValues(
        compiled((v) => tno.softmax(v, axis), x, mode),
        decodeTensor(soft),
        4,
        recorded.dtype,
      );
      expectValues(
        compiled((v) => tno.logSoftmax(v, axis), x, mode),
        decodeTensor(log),
        32,
        recorded.dtype,
      );
    }
  });

  it('at, setAt and incAt', () => {
    for (const [name, { recorded, spec, part, values, set, increased }] of indexCases) {
      const x = decodeTensor(recorded);
      const index = spec.map(indexOf);
      expectValues(
        compiled((v) => tno.at(v, ...index), [x], mode),
        decodeTensor(part),
        0,
        name,
      );
      if (values === undefined || set === undefined || increased === undefined) continue;
      const y = decodeTensor(values);
      expectValues(
        compiled((v, w) => tno.setAt(v, index, w), [x, y], mode),
        decode(set, x.dtype, x.shape),
        0,
        name,
      );
      expectValues(
        compiled((v, w) => tno.incAt(v, index, w), [x, y], mode),
        decode(increased, x.dtype, x.shape),
        0,
        name,
      );
    }
  });

  it('dimshuffle, reshape, arange and nonzero', () => {
    for (const [recorded, order, result] of numpyOps.shuffles) {
      const x = decodeTensor(recorded);
      const dropped = x.shape.map((_, axis) => (order.includes(axis) ? null : (1 as const)));
      expectValues(
        compiled((v) => tno.dimshuffle(v, order), [x], mode, [dropped]),
        decodeTensor(result),
      );
    }
    for (const [recorded, sizes, result] of numpyOps.reshapes) {
      expectValues(
        compiled((v) => tno.reshape(v, sizes), [decodeTensor(recorded)], mode),
        decodeTensor(result),
      );
    }
    for (const [bounds, result] of numpyOps.aranges) {
      const given = bounds.map((v) => tno.ndarray(BigInt(v)));
      expectValues(
        compiled((a, b, c) => tno.arange(a, b, c), given, mode),
        decodeTensor(result),
      );
    }
    for (const [recorded, flat] of numpyOps.nonzeros) {
      expectValues(
        compiled((v) => tno.flatNonzero(v), [decodeTensor(recorded)], mode),
        tno.ndarray(flat, 'int64'),
      );
    }
  });
});
