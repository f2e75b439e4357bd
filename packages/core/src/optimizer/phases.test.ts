import { describe, expect, it } from 'vitest';
import {
  allRules,
  anyTarget,
  formula,
  graphOf,
  leaves,
  optimized,
} from '../../test/support/rule-cases.js';
import { createReferenceDevice } from '../device/reference-device.js';
import { shared } from '../compile/shared.js';
import { ShapeError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { defineOp } from '../graph/op.js';
import { evaluate } from '../graph/evaluate.js';
import { FunctionGraph } from '../graph/function-graph.js';
import { userFrames, type Trace } from '../graph/trace.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import { lower } from '../lower/lower.js';
import { at } from '../ops/advanced-index.js';
import { arange } from '../ops/arange.js';
import { add, mul, neg, pow, sqr, sqrt, sub, trueDiv } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { dot } from '../ops/dot.js';
import { logsumexp } from '../ops/logsumexp.js';
import { max, mean, sum } from '../ops/reduce.js';
import { shapeOf } from '../ops/shape.js';
import { logSoftmax, softmax } from '../ops/softmax.js';
import { exp, log, log1p, sigmoid, softplus, tanh } from '../ops/transcendental.js';
import { dmatrix, dvector, lvector } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { modes, type Mode } from './mode.js';
import { optimize, phases } from './phases.js';
import { rule } from './rule.js';
import { rewrite, type OptimizerProfile } from './engine.js';

const { x, y, m, i } = leaves;

/** Values of a formula in one variable, optimized. */
function values(make: (v: TensorVariable) => TensorVariable, mode: Mode, data: number[]): unknown {
  const v = dvector('v');
  const graph = new FunctionGraph([v], [make(v)]);
  optimize(graph, anyTarget, mode, { verify: true });
  return evaluate(graph.outputs, new Map([[v, ndarray(data, 'float64')]]))[0].toNested();
}

const odd = [0, NaN, Infinity, -Infinity, 2];

describe.each([modes.FAST_RUN, modes.FAST_COMPILE])('values in $name', (mode) => {
  it('of what holds for ordinary numbers only', () => {
    expect(values((v) => trueDiv(v, v), mode, odd)).toEqual([1, 1, 1, 1, 1]);
    expect(values((v) => mul(v, 0), mode, odd)).toEqual([0, 0, 0, 0, 0]);
    expect(values((v) => trueDiv(0, v), mode, odd)).toEqual([0, 0, 0, 0, 0]);
    expect(values((v) => sub(v, v), mode, odd)).toEqual([0, 0, 0, 0, 0]);
    expect(values((v) => pow(v, 0), mode, odd)).toEqual([1, 1, 1, 1, 1]);
    expect(values((v) => trueDiv(mul(v, 3), v), mode, odd)).toEqual([3, 3, 3, 3, 3]);
    expect(values((v) => sub(add(v, 1), v), mode, [1e20, Infinity])).toEqual([1, 1]);
  });

  it('of the same without the rules that lose NaN', () => {
    const strict = mode.excluding('unsafe-nan');
    expect(values((v) => trueDiv(v, v), strict, odd)).toEqual([NaN, NaN, NaN, NaN, 1]);
    expect(values((v) => mul(v, 0), strict, odd)).toEqual([0, NaN, NaN, NaN, 0]);
    expect(values((v) => trueDiv(0, v), strict, odd)).toEqual([NaN, NaN, 0, -0, 0]);
    expect(values((v) => sub(v, v), strict, odd)).toEqual([0, NaN, NaN, NaN, 0]);
    expect(values((v) => trueDiv(mul(v, 3), v), strict, [0, 2])).toEqual([NaN, 3]);
    expect(values((v) => sub(add(v, 1), v), strict, [1e20])).toEqual([0]);
  });

  it('of roots, squares and logarithms of negative numbers', () => {
    expect(values((v) => sqrt(mul(v, v)), mode, [-3, 1e200])).toEqual([3, 1e200]);
    expect(values((v) => sqr(sqrt(v)), mode, [-1])).toEqual([NaN]);
    expect(values((v) => exp(log(v)), mode, [-1])).toEqual([NaN]);
  });

  it('of logarithms and exponentials near 0 and far from it', () => {
    expect(values((v) => log(add(1, v)), mode, [1e-20, -1e-20])).toEqual([1e-20, -1e-20]);
    expect(values((v) => log(sub(1, v)), mode, [1e-20])).toEqual([-1e-20]);
    expect(values((v) => sub(exp(v), 1), mode, [1e-20])).toEqual([1e-20]);
    expect(values((v) => log(sigmoid(v)), mode, [-1000])).toEqual([-1000]);
    expect(values((v) => log(sub(1, sigmoid(v))), mode, [1000])).toEqual([-1000]);
    expect(values((v) => log(add(1, exp(v))), mode, [1000])).toEqual([1000]);
    expect(values((v) => log1p(exp(v)), mode, [1000])).toEqual([1000]);
    expect(values((v) => log(exp(v)), mode, [1000, -1000])).toEqual([1000, -1000]);
    expect(values(softplus, mode, [0])).toEqual([expect.closeTo(0.6931472, 7)]);
    const [tail] = values((v) => sub(1, sigmoid(v)), mode, [40]) as number[];
    expect(tail / 4.248354255291589e-18).toBeCloseTo(1, 12);
  });

  it('of log Σ e^x', () => {
    const spelled = (v: TensorVariable): TensorVariable => log(sum(exp(v)));
    expect(values(spelled, mode, [1000, 1000])).toBeCloseTo(1000.6931472, 6);
    expect(values(spelled, mode, [-Infinity, -Infinity])).toBe(-Infinity);
    expect(values(spelled, mode, [Infinity, 0])).toBe(Infinity);
    expect(values((v) => logsumexp(v), mode, [-Infinity, -Infinity])).toBe(-Infinity);
  });

  it('of binary cross-entropy at the wrong end', () => {
    const cost = (v: TensorVariable): TensorVariable => {
      const [p, t] = [sigmoid(v), cast(ndarrayVariable([0, 1]), 'float64')];
      return neg(add(mul(t, log(p)), mul(sub(1, t), log(sub(1, p)))));
    };
    expect(values(cost, mode, [1000, -1000])).toEqual([1000, 1000]);
  });

  it('of sums and maxima of nothing', () => {
    expect(values((v) => sum(mul(v, 2)), mode, [])).toBe(0);
    expect(values((v) => mean(v), mode, [])).toBe(NaN);
    expect(() => values((v) => max(exp(v)), mode, [])).toThrow(ShapeError);
  });
});

function ndarrayVariable(data: number[]): TensorVariable {
  return add(ndarray(data, 'float64'), 0);
}

const formulas: Readonly<Record<string, TensorVariable>> = {
  'a canonical product': mul(trueDiv(mul(x, 2), 4), 6),
  'a power': pow(x, -3),
  'a mean of squares': mean(sqr(sub(m, mean(m, 0)))),
  softmax: softmax(m),
  logSoftmax: logSoftmax(m, 0),
  logsumexp: logsumexp(m, 1),
  'log Σ e^x': log(sum(exp(x))),
  'a gradient of softmax': grad(sum(mul(softmax(m), leaves.n)), m),
  'a gradient by targets': grad(neg(mean(at(log(softmax(m)), arange(shapeOf(i, 0)), i))), m),
  'a gradient through a product': grad(sum(tanh(dot(m, leaves.q))), m),
  'a rank-one update': sub(leaves.n, mul(0.1, grad(sum(sqr(dot(m, x))), m))),
  'a slice': at(exp(m), { start: 1, step: 2 }, 0),
};

describe('optimizing', () => {
  it.each(Object.keys(formulas))('%s twice changes nothing', (name) => {
    for (const mode of Object.values(modes)) {
      const graph = graphOf([formulas[name]]);
      optimize(graph, anyTarget, mode, { verify: true });
      const once = formula(graph.outputs[0]);
      optimize(graph, anyTarget, mode, { verify: true });
      expect(formula(graph.outputs[0])).toBe(once);
    }
  });

  it('comes to rest in each phase', () => {
    const graph = graphOf(Object.values(formulas));
    for (const { rules } of phases(anyTarget)) {
      rewrite(graph, rules, { verify: true });
      const profile: OptimizerProfile = new Map();
      rewrite(graph, rules, { profile });
      expect([...profile].filter(([, { applied }]) => applied > 0)).toEqual([]);
    }
  });

  it('tells each phase, with nodes before and after', () => {
    const graph = graphOf([mul(trueDiv(mul(x, 2), 4), 6)]);
    const profile: OptimizerProfile = new Map();
    const told = optimize(graph, anyTarget, modes.FAST_RUN, { profile });
    expect(told.map((phase) => phase.name)).toEqual([
      'canonicalize',
      'stabilize',
      'specialize',
      'composites',
      'library',
      'branches',
      'expand',
    ]);
    expect(told[0]).toMatchObject({ nodesBefore: 6, nodesAfter: 1 });
    expect(profile.get('gather constants and signs of products')).toMatchObject({ applied: 2 });
  });

  it('has rules with distinct names and at least one phase tag each', () => {
    const rules = allRules();
    expect(new Set(rules.map((r) => r.name)).size).toBe(rules.length);
    const stages = ['canonicalize', 'stabilize', 'specialize', 'library', 'expand'];
    expect(rules.filter((r) => !r.tags.some((tag) => stages.includes(tag)))).toEqual([]);
  });

  it('runs the rules that an op brings along', () => {
    const halve = rule('halve', 'halved', ['canonicalize'], ({ inputs: [a] }) => mul(a, 0.5));
    const halved = defineOp({
      name: 'halved',
      props: {},
      types: ([a]) => [a.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: ([a]) => [a],
      pullback: 'not-differentiable',
      lower: { kind: 'host' },
      rules: [halve],
    });
    expect(optimized(apply1(halved, [x]))).toBe('halved(x)');
    const graph = graphOf([apply1(halved, [x])]);
    optimize(graph, anyTarget, modes.FAST_RUN);
    expect(formula(graph.outputs[0])).toBe('mul(x, [0.5])');
  });
});

describe('provenance', () => {
  const line = (trace: Trace | null): string =>
    /phases\.test\.ts:(\d+)/.exec(userFrames(trace, 1)[0] ?? '')?.[1] ?? 'none';

  it('every node of an optimized training graph names the line it stands for', () => {
    const device = createReferenceDevice();
    const [inputs, targets] = [dmatrix('inputs'), lvector('targets')];
    const W = shared(NDArray.zeros([3, 2], 'float64'), 'W', { device });
    const b = shared(NDArray.zeros([2], 'float64'), 'b', { device });
    const product = dot(inputs, W);
    const scores = add(product, b);
    const probabilities = softmax(scores);
    const logs = log(probabilities);
    const counts = arange(shapeOf(targets, 0));
    const chosen = at(logs, counts, targets);
    const cost = neg(mean(chosen));
    const [gW, gb] = grad(cost, [W, b]);
    const stepW = sub(W, mul(gW, 0.1));
    const stepB = sub(b, mul(gb, 0.1));
    const lines = new Map(
      Object.entries({
        product,
        scores,
        probabilities,
        logs,
        counts,
        chosen,
        cost,
        gW,
        stepW,
        stepB,
      }).map(([name, v]) => [line(v.trace), name]),
    );
    const graph = new FunctionGraph([inputs, targets], [cost, stepW, stepB]);
    optimize(graph, device.target, modes.FAST_RUN, { verify: true });
    const stands = (node: Apply): string =>
      `${node.op.name}: ${lines.get(line(node.trace)) ?? 'nothing'}`;
    expect(
      graph
        .nodes()
        .map(stands)
        .filter((text) => text.endsWith('nothing')),
    ).toEqual([]);
    expect(graph.nodes().map(stands)).toEqual(
      expect.arrayContaining([
        'gemm: scores',
        'log: logs',
        'max_or_least: logs',
        'advanced_subtensor: chosen',
        'advanced_inc_subtensor: logs',
        'gemm: stepW',
        'sub: stepB',
      ]),
    );
    const { sites } = lower(graph, 1, [W, b], device.target, modes.FAST_RUN);
    expect(
      sites
        .filter(Boolean)
        .map(stands)
        .filter((text) => text.endsWith('nothing')),
    ).toEqual([]);
    expect(sites.filter(Boolean).map(stands)).toContain('advanced_subtensor: chosen');
  });

  it('a product that took in a scale and a sum names the sum', () => {
    const product = dot(m, leaves.q);
    const sumOfBoth = add(product, 1);
    const graph = graphOf([sumOfBoth, y]);
    optimize(graph, anyTarget, modes.FAST_RUN);
    expect(line(graph.outputs[0].trace)).toBe(line(sumOfBoth.trace));
    expect(graph.outputs[0].owner?.op.name).toBe('gemm');
  });
});
