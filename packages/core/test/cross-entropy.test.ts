/**
 * Softmax cross-entropy with integer targets, spelled in every way that users spell it. Each spelling
 * gives, forward and backward and in every optimizing mode, what a float64 oracle gives, at logits where
 * the probabilities themselves underflow; and no logarithm of an exponential is left in the graph.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '../src/compile/function.js';
import { createReferenceDevice } from '../src/device/reference-device.js';
import { grad } from '../src/grad/grad.js';
import { constant } from '../src/graph/constant.js';
import { evaluate } from '../src/graph/evaluate.js';
import { FunctionGraph } from '../src/graph/function-graph.js';
import type { Apply, TensorVariable } from '../src/graph/variable.js';
import { at } from '../src/ops/advanced-index.js';
import { take } from '../src/ops/take.js';
import { arange } from '../src/ops/arange.js';
import { add, maximum, mul, neg, pow, reciprocal, sub, trueDiv } from '../src/ops/arithmetic.js';
import { cast } from '../src/ops/cast.js';
import { eq, gt, neq, switchOp } from '../src/ops/compare.js';
import { dimshuffle, transpose } from '../src/ops/dimshuffle.js';
import { logsumexp } from '../src/ops/logsumexp.js';
import { prod } from '../src/ops/prod.js';
import { max, mean, sum } from '../src/ops/reduce.js';
import { flatten, reshape } from '../src/ops/reshape.js';
import { shapeOf } from '../src/ops/shape.js';
import { logSoftmax, softmax } from '../src/ops/softmax.js';
import { exp, log, log1p, log2, sigmoid, softplus } from '../src/ops/transcendental.js';
import { rewrite } from '../src/optimizer/engine.js';
import { asWritten, modes, type Mode } from '../src/optimizer/mode.js';
import { phases } from '../src/optimizer/phases.js';
import { dmatrix, dvector, lvector } from '../src/tensor/create.js';
import { NDArray, ndarray } from '../src/types/ndarray.js';
import { anyTarget } from './support/rule-cases.js';

type Spelling = (z: TensorVariable, y: TensorVariable, mask: TensorVariable) => TensorVariable;

const rows = (y: TensorVariable): TensorVariable => arange(shapeOf(y, 0));
const pick = (v: TensorVariable, y: TensorVariable): TensorVariable => at(v, rows(y), y);
const classes = (z: TensorVariable): TensorVariable => shapeOf(z, 1);
const oneHot = (z: TensorVariable, y: TensorVariable): TensorVariable =>
  eq(arange(classes(z)), dimshuffle(y, [0, 'x']));
const kept = { keepdims: true };
const manual = (z: TensorVariable): TensorVariable => trueDiv(exp(z), sum(exp(z), 1, kept));
const centred = (z: TensorVariable): TensorVariable => sub(z, max(z, 1, kept));
/** Two classes: the log odds of the second. */
const odds = (z: TensorVariable): TensorVariable => sub(at(z, null, 1), at(z, null, 0));
const binary = (y: TensorVariable, p: TensorVariable, rest: TensorVariable): TensorVariable => {
  const t = cast(y, 'float64');
  return neg(mean(add(mul(t, log(p)), mul(sub(1, t), log(rest)))));
};

/** Mean cross-entropy, in as many spellings. */
const means: Readonly<Record<string, Spelling>> = {
  'log, index, mean, neg': (z, y) => neg(mean(pick(log(softmax(z)), y))),
  'log, index, neg, mean': (z, y) => mean(neg(pick(log(softmax(z)), y))),
  'log, neg, index, mean': (z, y) => mean(pick(neg(log(softmax(z))), y)),
  'index, log, mean, neg': (z, y) => neg(mean(log(pick(softmax(z), y)))),
  'sum and division': (z, y) => trueDiv(neg(sum(pick(log(softmax(z)), y))), shapeOf(y, 0)),
  'a factor of -1/n before the sum': (z, y) =>
    sum(mul(pick(log(softmax(z)), y), trueDiv(-1, cast(shapeOf(y, 0), 'float64')))),
  'the transposed logarithm': (z, y) => neg(mean(at(transpose(log(softmax(z))), y, rows(y)))),
  'softmax along axis 0': (z, y) => neg(mean(at(log(softmax(transpose(z), 0)), y, rows(y)))),
  'softmax of the transposed, transposed back': (z, y) =>
    neg(mean(pick(log(transpose(softmax(transpose(z), 0))), y))),
  'logSoftmax': (z, y) => neg(mean(pick(logSoftmax(z), y))),
  'take from the flattened': (z, y) =>
    neg(mean(take(log(flatten(softmax(z))), add(mul(rows(y), classes(z)), y)))),
  'log after take from the flattened': (z, y) =>
    neg(mean(log(take(flatten(softmax(z)), add(mul(rows(y), classes(z)), y))))),
  'exp over sum': (z, y) => neg(mean(pick(log(manual(z)), y))),
  'exp over sum, indexed first': (z, y) => neg(mean(log(pick(manual(z), y)))),
  'exp over sum, the maximum taken off': (z, y) => neg(mean(pick(log(manual(centred(z))), y))),
  'exp over sum, dimshuffled': (z, y) =>
    neg(mean(pick(log(trueDiv(exp(z), dimshuffle(sum(exp(z), 1), [0, 'x']))), y))),
  'exp over sum, transposed': (z, y) =>
    neg(mean(pick(log(transpose(trueDiv(transpose(exp(z)), sum(exp(z), 1)))), y))),
  'exp times the reciprocal of the sum': (z, y) =>
    neg(mean(pick(log(mul(exp(z), reciprocal(sum(exp(z), 1, kept)))), y))),
  'probabilities normalised twice': (z, y) => {
    const p = softmax(z);
    return neg(mean(pick(log(trueDiv(p, sum(p, 1, kept))), y)));
  },
  'log of the sum minus the logit': (z, y) => mean(sub(log(sum(exp(z), 1)), pick(z, y))),
  'log of the sum, the maximum taken off and put back': (z, y) => {
    const top = max(z, 1);
    const total = log(sum(exp(sub(z, dimshuffle(top, [0, 'x']))), 1));
    return mean(sub(add(total, top), pick(z, y)));
  },
  'logits minus logsumexp': (z, y) => neg(mean(pick(sub(z, logsumexp(z, 1, kept)), y))),
  'logits minus log of the sum': (z, y) => neg(mean(pick(sub(z, log(sum(exp(z), 1, kept))), y))),
  'log of exp of the log probabilities': (z, y) =>
    neg(mean(pick(log(exp(sub(z, log(sum(exp(z), 1, kept))))), y))),
  'a difference of logarithms': (z, y) =>
    neg(mean(pick(sub(log(exp(z)), log(sum(exp(z), 1, kept))), y))),
  'a one-hot factor outside the logarithm': (z, y) =>
    neg(mean(sum(mul(cast(oneHot(z, y), 'float64'), log(softmax(z))), 1))),
  'a one-hot factor inside the logarithm': (z, y) =>
    neg(mean(log(sum(mul(cast(oneHot(z, y), 'float64'), softmax(z)), 1)))),
  'a one-hot factor from the identity matrix': (z, y) =>
    neg(mean(log(sum(mul(take(constant(ndarray([[1, 0], [0, 1]], 'float64')), y), softmax(z)), 1)))),
  'a one-hot choice outside the logarithm': (z, y) =>
    neg(mean(sum(switchOp(oneHot(z, y), log(softmax(z)), 0), 1))),
  'a one-hot choice inside the logarithm': (z, y) =>
    neg(mean(log(sum(switchOp(oneHot(z, y), softmax(z), 0), 1)))),
  'a one-hot choice of everything else': (z, y) =>
    neg(mean(log(sum(switchOp(neq(arange(classes(z)), dimshuffle(y, [0, 'x'])), 0, manual(z)), 1)))),
  'the logarithm of the reciprocal': (z, y) => mean(log(reciprocal(pick(softmax(z), y)))),
  'the logarithm of a power': (z, y) => mean(log(pow(pick(softmax(z), y), -1))),
  'the logarithm to base 2': (z, y) => mul(mean(log2(pick(softmax(z), y))), -Math.LN2),
  'the logarithm of the product': (z, y) =>
    trueDiv(neg(log(prod(pick(softmax(z), y)))), shapeOf(y, 0)),
  'a weighted sum with a mask of ones': (z, y, mask) =>
    trueDiv(neg(sum(mul(mask, pick(log(softmax(z)), y)))), sum(mask)),
  'a masked choice': (z, y, mask) =>
    trueDiv(sum(switchOp(gt(mask, 0), neg(log(pick(manual(z), y))), 0)), sum(mask)),
  'a mask inside the logarithm': (z, y, mask) =>
    trueDiv(neg(sum(log(switchOp(gt(mask, 0), pick(softmax(z), y), 1)))), sum(mask)),
  'steps and batch in one: 3-D softmax, reshaped to 2-D': (z, y) => {
    const deep = reshape(z, [shapeOf(z, 0), 1, classes(z)]);
    const p = trueDiv(exp(deep), sum(exp(deep), 2, kept));
    return neg(mean(pick(log(reshape(p, [shapeOf(z, 0), classes(z)])), y)));
  },
  '3-D softmax with the maximum taken off, indexed in 2-D': (z, y) => {
    const deep = reshape(z, [1, shapeOf(z, 0), classes(z)]);
    const powers = exp(sub(deep, max(deep, 2, kept)));
    const p = trueDiv(powers, sum(powers, 2, kept));
    return neg(mean(log(pick(reshape(p, [-1, classes(z)]), y))));
  },
  'binary: sigmoid of the odds': (z, y) => binary(y, sigmoid(odds(z)), sub(1, sigmoid(odds(z)))),
  'binary: 1/(1+exp(-x))': (z, y) => {
    const p = trueDiv(1, add(1, exp(neg(odds(z)))));
    return binary(y, p, sub(1, p));
  },
  'binary: exp(x)/(1+exp(x))': (z, y) => {
    const p = trueDiv(exp(odds(z)), add(1, exp(odds(z))));
    return binary(y, p, sub(1, p));
  },
  'binary: log1p': (z, y) => {
    const x = odds(z);
    const t = cast(y, 'float64');
    return mean(sub(log1p(exp(x)), mul(t, x)));
  },
  'binary: softplus of the signed odds': (z, y) => {
    const sign = sub(1, mul(2, cast(y, 'float64')));
    return mean(softplus(mul(sign, odds(z))));
  },
  'binary: one of two exponentials': (z, y) => {
    const [a, b] = [exp(at(z, null, 0)), exp(at(z, null, 1))];
    return binary(y, trueDiv(b, add(a, b)), trueDiv(a, add(a, b)));
  },
  'binary: the logarithm of a choice': (z, y) => {
    const p = sigmoid(odds(z));
    return neg(mean(log(switchOp(eq(y, 1), p, sub(1, p)))));
  },
  'the larger of equal probabilities': (z, y) => {
    const p = softmax(z);
    return neg(mean(pick(log(maximum(p, p)), y)));
  },
}; // prettier-ignore

/** Mean of log Σ e^z - z[y], and its gradient, in float64 from the logits. */
function oracle(
  z: readonly (readonly number[])[],
  y: readonly number[],
): { cost: number; gradient: number[][] } {
  const n = z.length;
  const totals = z.map((row) => {
    const top = Math.max(...row);
    return top + Math.log(row.reduce((total, value) => total + Math.exp(value - top), 0));
  });
  const cost = z.reduce((total, row, k) => total + totals[k] - row[y[k]], 0) / n;
  const gradient = z.map((row, k) =>
    row.map((value, j) => (Math.exp(value - totals[k]) - Number(j === y[k])) / n),
  );
  return { cost, gradient };
}

interface Sample {
  readonly z: number[][];
  readonly y: number[];
}

const samples: Readonly<Record<string, Sample>> = {
  'right and wrong at 1000': { z: [[1000, 0], [0, 1000]], y: [0, 0] },
  'far below 0': { z: [[-1000, -2000], [-3000, -500]], y: [1, 0] },
  'ordinary': { z: [[0.5, -1.5], [2, 1.25], [-0.25, 0.75]], y: [1, 0, 1] },
}; // prettier-ignore

/** Optimized graph before composites are spelled out. */
function optimizedGraph(
  inputs: readonly TensorVariable[],
  outputs: readonly TensorVariable[],
  mode: Mode,
): FunctionGraph {
  const graph = new FunctionGraph(inputs, outputs);
  for (const phase of phases(anyTarget)) {
    if (phase.name === 'composites') break;
    rewrite(
      graph,
      phase.rules.filter((rule) => mode.allows(rule.tags)),
    );
  }
  return graph;
}

/** Ops through which an element that has underflowed reaches a logarithm. */
const passing =
  /^(dimshuffle|reshape|subtensor|advanced_subtensor|alloc|mul|true_div|reciprocal|switch|sum|prod|max|min|maximum|minimum|add|sub|pow|sqr|sqrt|cast)$/;

/** Logarithms in the graph of what may have under- or overflowed before. */
export function unstableLogs(graph: FunctionGraph): Apply[] {
  const mayUnderflow = (v: TensorVariable): boolean => {
    const node = v.owner;
    if (node === null) return false;
    if (/^(exp|exp2|softmax|sigmoid)$/.test(node.op.name)) return true;
    return passing.test(node.op.name) && node.inputs.some(mayUnderflow);
  };
  return graph
    .nodes()
    .filter((node) => /^log(2|10|1p)?$/.test(node.op.name) && mayUnderflow(node.inputs[0]));
}

describe.each([modes.FAST_RUN, modes.FAST_COMPILE])('cross-entropy in $name', (mode) => {
  it.each(Object.keys(means))('%s', (name) => {
    const [z, y, mask] = [dmatrix('z'), lvector('y'), dvector('mask')];
    const cost = means[name](z, y, mask);
    const graph = optimizedGraph([z, y, mask], [cost, grad(cost, z)], mode);
    expect(unstableLogs(graph).map((node) => node.op.name)).toEqual([]);
    for (const sample of Object.values(samples)) {
      const { cost: wanted, gradient } = oracle(sample.z, sample.y);
      const [value, slope] = evaluate(
        graph.outputs,
        new Map<TensorVariable, NDArray>([
          [z, ndarray(sample.z, 'float64')],
          [y, ndarray(sample.y, 'int64')],
          [mask, NDArray.full([sample.y.length], 1, 'float64')],
        ]),
      );
      expect(value.item()).toBeCloseTo(wanted, 9);
      expect(slope.allClose(ndarray(gradient, 'float64'), { rtol: 1e-9, atol: 1e-9 })).toBe(true);
    }
  });
});

describe('cross-entropy, compiled', () => {
  it.each([modes.FAST_RUN, modes.FAST_COMPILE, modes.FAST_RUN.excluding('fusion')])(
    'in all spellings at once, mode %#',
    (mode) => {
      const [z, y, mask] = [dmatrix('z'), lvector('y'), dvector('mask')];
      const costs = Object.values(means).map((spelling) => spelling(z, y, mask));
      const outputs = costs.flatMap((cost) => [cost, grad(cost, z)]);
      const run = compile([z, y, mask], outputs, { mode, device: createReferenceDevice() });
      for (const sample of Object.values(samples)) {
        const { cost, gradient } = oracle(sample.z, sample.y);
        const ones = NDArray.full([sample.y.length], 1, 'float64');
        const results = run(ndarray(sample.z, 'float64'), ndarray(sample.y, 'int64'), ones);
        Object.keys(means).forEach((name, k) => {
          expect([name, Number(results[2 * k])]).toEqual([name, expect.closeTo(cost, 9)]);
          const slope = results[2 * k + 1] as NDArray;
          const wanted = ndarray(gradient, 'float64');
          expect([name, slope.allClose(wanted, { rtol: 1e-9, atol: 1e-9 })]).toEqual([name, true]);
        });
      }
    },
  );
});

describe('the modes', () => {
  it('all stabilize; asWritten does not', () => {
    expect(Object.values(modes).filter((mode) => !mode.allows(['stabilize']))).toEqual([]);
    const [z, y] = [dmatrix('z'), lvector('y')];
    const cost = means['log, index, mean, neg'](z, y, z);
    expect(unstableLogs(optimizedGraph([z, y], [cost], asWritten))).toHaveLength(1);
  });
});
