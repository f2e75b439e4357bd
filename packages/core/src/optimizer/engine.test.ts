import { describe, expect, it } from 'vitest';
import { formula, graphOf, leaves } from '../../test/support/rule-cases.js';
import { RewriteError } from '../errors.js';
import { FunctionGraph } from '../graph/function-graph.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, neg, sqr, sub } from '../ops/arithmetic.js';
import { at } from '../ops/advanced-index.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/subtensor.js';
import { exp, sigmoid, tanh } from '../ops/transcendental.js';
import { dmatrix, dvector } from '../tensor/create.js';
import { tensor } from '../tensor/create.js';
import { rewrite, type OptimizerProfile } from './engine.js';
import { inputsOf } from './match.js';
import { Progress } from './progress.js';
import { rule, type Rule } from './rule.js';

const { x, y, m } = leaves;
const swap = rule('swap', 'add', ['arith'], ({ inputs: [a, b] }) => add(b, a));
const square = rule('square', 'mul', ['arith'], ({ inputs: [a, b] }) => (a === b ? sqr(a) : null));
const twice = rule('twice', 'neg', ['arith'], ({ inputs: [a] }) => inputsOf(a, 'neg')?.[0] ?? null);

describe('rewriting', () => {
  it('stops a rule that makes the graph grow without end, and names it', () => {
    let made = 0;
    const sprout = rule('sprout', 'tanh', ['arith'], ({ inputs: [a] }) => {
      const leaves = Array.from({ length: 50 }, () => add(sigmoid(a), tanh(add(a, ++made))));
      return leaves.reduce((sum, leaf) => add(sum, leaf));
    });
    expect(() => rewrite(graphOf([tanh(x)]), [sprout])).toThrow(
      /expected rewriting to keep the graph below 10000 nodes, got 1\d{4}: sprout added \d+/,
    );
  });

  it('counts growth over all sets of rules that follow one another', () => {
    let tower: TensorVariable = x;
    for (let k = 0; k < 1500; k++) tower = tanh(tower);
    const graph = graphOf([tower]);
    const progress = new Progress(graph);
    const heads = ['tanh', 'sigmoid', 'sqr'] as const;
    const into = [sigmoid, sqr, exp];
    // Each makes three nodes of one.
    const widen = (k: number): Rule =>
      rule(`widen ${heads[k]}`, heads[k], ['arith'], ({ inputs: [a] }) =>
        into[k](neg(mul(a, k + 2))),
      );
    rewrite(graph, [widen(0)], { progress });
    rewrite(graph, [widen(1)], { progress });
    expect(() => {
      rewrite(graph, [widen(2)], { progress });
      rewrite(
        graph,
        [rule('more', 'neg', ['arith'], ({ inputs: [a] }) => add(a, tanh(exp(mul(a, 9)))))],
        { progress },
      );
    }).toThrow(/below 15000 nodes, got 15\d\d\d: more added \d+/);
  });

  it('stops a rule that does not come to an end', () => {
    const graph = graphOf([add(x, y)]);
    expect(() => rewrite(graph, [swap])).toThrow(RewriteError);
    expect(() => rewrite(graphOf([add(x, y)]), [swap])).toThrow(
      /expected swap to come to an end, got 1001 uses/,
    );
  });

  it('allows a rule as many uses as a large graph needs', () => {
    let tower: TensorVariable = x;
    for (let k = 0; k < 3000; k++) tower = neg(exp(tower));
    const graph = graphOf([tower]);
    rewrite(graph, [rule('smooth', 'exp', ['arith'], ({ inputs: [a] }) => tanh(a))]);
    expect(graph.nodes().every((node) => node.op.name !== 'exp')).toBe(true);
  });

  it('counts what each rule was tried on and applied to', () => {
    const graph = graphOf([mul(neg(neg(x)), neg(neg(neg(neg(x)))))]);
    const profile: OptimizerProfile = new Map();
    rewrite(graph, [square, twice], { profile });
    expect(formula(graph.outputs[0])).toBe('sqr(x)');
    expect(profile.get('square')).toMatchObject({ applied: 1 });
    expect(profile.get('twice')?.applied).toBeGreaterThanOrEqual(2);
    expect(profile.get('twice')?.tried).toBeGreaterThan(profile.get('twice')?.applied ?? 0);
    expect(profile.get('twice')?.time).toBeGreaterThanOrEqual(0);
  });

  it('adds to a profile that holds counts already', () => {
    const profile: OptimizerProfile = new Map();
    rewrite(graphOf([neg(neg(x))]), [twice], { profile });
    rewrite(graphOf([neg(neg(x))]), [twice], { profile });
    expect(profile.get('twice')?.applied).toBe(2);
  });

  it('visits again what a change far below makes room for', () => {
    // `deep` looks two nodes down: it is tried before the node there has become a sigmoid.
    const deep = rule('deep', 'tanh', ['arith'], ({ inputs: [a] }) => {
      const inner = inputsOf(inputsOf(a, 'neg')?.[0] ?? a, 'sigmoid');
      return inner === null ? null : neg(inner[0]);
    });
    const late = rule(
      'late',
      'exp',
      ['arith'],
      ({ inputs: [a] }) => inputsOf(a, 'sqr') && sigmoid(a),
    );
    const graph = graphOf([tanh(neg(exp(mul(x, x))))]);
    rewrite(graph, [deep, late, square], { verify: true });
    expect(formula(graph.outputs[0])).toBe('neg(sqr(x))');
  });

  it('merges what becomes equal', () => {
    const graph = graphOf([exp(neg(neg(x))), exp(x)]);
    rewrite(graph, [twice], { verify: true });
    expect(graph.outputs[0]).toBe(graph.outputs[1]);
    expect(graph.nodeCount).toBe(1);
  });

  it('passes names on', () => {
    const named = neg(neg(exp(x))).named('cost');
    const graph = graphOf([named]);
    rewrite(graph, [twice]);
    expect(graph.outputs[0].name).toBe('cost');
  });

  it('refuses a replacement that reads what it replaces', () => {
    const loop = rule('loop', 'exp', ['arith'], ({ outputs: [out] }) => neg(out));
    expect(() => rewrite(graphOf([exp(x)]), [loop])).toThrow(
      /loop: .* got one in which neg reads it/,
    );
  });

  it('tells which rule failed, and on which line of the user', () => {
    const broken = rule('broken', 'exp', ['arith', 'nnet'], () => {
      throw new TypeError('no');
    });
    const run = (): void => rewrite(graphOf([exp(x)]), [broken]);
    expect(run).toThrow(RewriteError);
    expect(run).toThrow(
      /^\[optimizer\] broken: expected no error for exp, got: no\nmade at .*engine\.test\.ts:\d+.*\nhint: .*arith, nnet/,
    );
  });

  it('refuses a replacement of another type or number', () => {
    const rank = rule('rank', 'exp', ['arith'], () => m);
    const none = rule('none', 'exp', ['arith'], () => []);
    expect(() => rewrite(graphOf([exp(x)]), [rank])).toThrow(RewriteError);
    expect(() => rewrite(graphOf([exp(x)]), [none])).toThrow(/none: expected 1 outputs, got 0/);
  });

  it('keeps a replacement broadcasting where the old variable did', () => {
    const five = tensor('float64', [5, 3], 'five');
    const view = reshape(at(five, slice(0, 1)), [1, 3]);
    const wide = dmatrix('wide');
    const graph = new FunctionGraph([five, wide], [sub(wide, view)]);
    const merge = rule('merge', 'reshape', ['shape'], ({ inputs: [v] }) => v);
    rewrite(graph, [merge], { verify: true });
    expect(formula(graph.outputs[0])).toBe(
      'sub(wide, specify_shape[1,3](subtensor[[slice,true,true,1]](five, 0, 1)))',
    );
  });

  it('leaves a graph without a matching rule as it is', () => {
    const graph = graphOf([add(x, y)]);
    const before = graph.outputs[0];
    rewrite(graph, [square, twice], { verify: true });
    expect(graph.outputs[0]).toBe(before);
  });

  it('treats inputs that other variables compute as inputs', () => {
    const inner = neg(neg(x));
    const graph = new FunctionGraph([inner], [exp(inner)]);
    rewrite(graph, [twice], { verify: true });
    expect(graph.outputs[0].owner?.inputs[0]).toBe(inner);
  });

  it('needs a number of tries that grows with the graph, not with its square', () => {
    const tries = (length: number): number => {
      let v: TensorVariable = dvector('v');
      for (let k = 0; k < length; k++) v = neg(neg(exp(v)));
      const profile: OptimizerProfile = new Map();
      rewrite(graphOf([v]), [twice, square], { profile });
      return profile.get('twice')?.tried ?? 0;
    };
    expect(tries(800) / tries(400)).toBeLessThan(2.2);
  });
});
