import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedEvaluate } from '../../test/support/checked-evaluate.js';
import { RewriteError, VerifyError } from '../errors.js';
import { add, mul, neg, sub } from '../ops/arithmetic.js';
import { exp, tanh } from '../ops/transcendental.js';
import { dvector, fvector, ivector } from '../tensor/create.js';
import type { NDArray } from '../types/ndarray.js';
import { ndarray } from '../types/ndarray.js';
import { cloneReplace } from './clone.js';
import { constant } from './constant.js';
import { FunctionGraph } from './function-graph.js';
import { defineOp } from './op.js';
import { dependsOn } from './traverse.js';
import { applyOp } from './variable.js';
import type { TensorVariable } from './variable.js';

const names = (graph: FunctionGraph): string[] => graph.nodes().map((node) => node.op.name);

/** An op with two outputs: the sum and the difference. */
const bothOp = defineOp({
  name: 'sum_and_difference',
  props: {},
  types: ([a]) => [a.type, a.type],
  shapes: (_algebra, [shape]) => [shape, shape],
  perform: ([a, b]) => [a, b],
  pullback: 'not-differentiable',
  lower: { kind: 'host' },
});

describe('FunctionGraph', () => {
  it("clones nodes, keeps leaves, and leaves the user's graph alone", () => {
    const x = fvector('x');
    const y = exp(x).named('y');
    const graph = new FunctionGraph([x], [y]);
    expect(graph.outputs[0]).not.toBe(y);
    expect(graph.outputs[0].name).toBe('y');
    expect(graph.outputs[0].trace).toBe(y.trace);
    expect(graph.outputs[0].owner?.inputs[0]).toBe(x);
    graph.replace(graph.outputs[0], neg(x));
    expect(y.owner?.op.name).toBe('exp');
    graph.verify();
  });

  it('merges equal nodes, and constants by their bits, as they come in', () => {
    const x = dvector('x');
    const twice = (): TensorVariable => mul(exp(x), constant(ndarray([1, 2])));
    const graph = new FunctionGraph([x], [add(twice(), twice())]);
    expect(graph.nodeCount).toBe(3);
    const zeros = new FunctionGraph([x], [add(mul(x, 0), mul(x, -0))]);
    expect(names(zeros).filter((name) => name === 'mul')).toHaveLength(2);
    const nans = new FunctionGraph([x], [add(mul(x, NaN), mul(x, NaN))]);
    expect(names(nans).filter((name) => name === 'mul')).toHaveLength(1);
  });

  it('knows the clients of every variable', () => {
    const x = fvector('x');
    const graph = new FunctionGraph([x], [mul(x, x), neg(x)]);
    expect(graph.clients(x)).toHaveLength(3);
    const [product, negation] = graph.outputs;
    expect(graph.clients(product)).toMatchObject([{ node: 'output', index: 0 }]);
    expect(graph.clients(negation)).toMatchObject([{ node: 'output', index: 1 }]);
    expect(graph.clients(fvector())).toEqual([]);
  });

  it('stops at inputs that are computed', () => {
    const x = fvector('x');
    const hidden = exp(x);
    const graph = new FunctionGraph([hidden], [neg(hidden)]);
    expect(names(graph)).toEqual(['neg']);
    graph.verify();
  });
});

describe('replace', () => {
  it('puts the new variable in every place of the old, passes its name on, and drops what nobody uses', () => {
    const [x, y] = [fvector('x'), fvector('y')];
    const graph = new FunctionGraph([x, y], [neg(exp(add(x, y)).named('middle')), exp(add(x, y))]);
    const middle = graph.outputs[1];
    graph.replace(middle, mul(x, y));
    graph.verify();
    expect(names(graph).sort()).toEqual(['mul', 'neg']);
    expect(graph.outputs[1].name).toBe('middle');
    expect(graph.outputs[0].owner?.inputs[0]).toBe(graph.outputs[1]);
  });

  it('merges what has become equal, all the way up', () => {
    const [x, y] = [fvector('x'), fvector('y')];
    const tower = (v: TensorVariable): TensorVariable => neg(exp(neg(v)));
    const graph = new FunctionGraph([x, y], [add(tower(add(x, y)), tower(mul(x, y)))]);
    expect(graph.nodeCount).toBe(9);
    const product = graph.nodes().find((node) => node.op.name === 'mul');
    graph.replace(product!.outputs[0], add(x, y));
    graph.verify();
    expect(graph.nodeCount).toBe(5);
    const [left, right] = graph.outputs[0].owner!.inputs;
    expect(left).toBe(right);
  });

  it('merges nodes that meet again lower down, whichever comes first', () => {
    // g(x, f(x)) and g(y, f(y)) meet in two steps: first as g(y, f(x)), then as g(y, f(y)).
    for (const order of [0, 1]) {
      const [x, y, w, z] = ['x', 'y', 'w', 'z'].map((name) => ivector(name));
      const [first, second] = [neg(z), neg(y)];
      const graph = new FunctionGraph([x, y, w, z], [add(w, first), add(y, first), second, first]);
      graph.replace(order === 0 ? w : z, x);
      graph.replace(order === 0 ? z : w, x);
      graph.replace(x, y);
      graph.verify();
      expect(graph.outputs[0]).toBe(graph.outputs[1]);
      expect(graph.outputs[2]).toBe(graph.outputs[3]);
      expect(names(graph)).toEqual(['neg', 'add']);
    }
  });

  it('replaces one of several outputs of a node', () => {
    const [x, y] = [fvector('x'), fvector('y')];
    const graph = new FunctionGraph([x, y], applyOp(bothOp, [x, y]));
    graph.replace(graph.outputs[1], neg(y));
    graph.verify();
    expect(names(graph).sort()).toEqual(['neg', 'sum_and_difference']);
    graph.replace(graph.outputs[0], x);
    graph.verify();
    expect(names(graph)).toEqual(['neg']);
  });

  it('takes variables of its own, of the user, and leaves', () => {
    const x = fvector('x');
    const outside = exp(x);
    const graph = new FunctionGraph([x], [neg(outside), mul(x, 2)]);
    graph.replace(graph.outputs[1], outside);
    graph.verify();
    expect(graph.outputs[0].owner?.inputs[0]).toBe(graph.outputs[1]);
    graph.replace(graph.outputs[1], x);
    graph.verify();
    expect(graph.outputs[1]).toBe(x);
    graph.replace(graph.outputs[0], graph.outputs[0]);
    graph.verify();
  });

  it('refuses another type, and what depends on the variable itself', () => {
    const x = fvector('x');
    const graph = new FunctionGraph([x], [neg(exp(x))]);
    const middle = graph.outputs[0].owner!.inputs[0];
    expect(() => graph.replace(middle, dvector('y'))).toThrow(
      '[replace] expected float32(?) for exp(x), got float64(?)',
    );
    expect(() => graph.replace(middle, add(middle, 1))).toThrow(RewriteError);
    graph.verify();
    expect(names(graph)).toEqual(['exp', 'neg']);
  });

  it('tells of every node that came in or got new inputs', () => {
    const x = fvector('x');
    const graph = new FunctionGraph([x], [neg(exp(x))]);
    const seen = new Set<string>();
    graph.onChange = (node) => seen.add(node.op.name);
    graph.replace(graph.outputs[0].owner!.inputs[0], mul(x, 2));
    expect([...seen].filter((name) => name !== 'dimshuffle').sort()).toEqual(['mul', 'neg']);
  });

  it('tells of a node that is left as the only user of something', () => {
    const x = fvector('x');
    const shared = exp(x);
    const graph = new FunctionGraph([x], [neg(shared), tanh(shared)]);
    const seen: string[] = [];
    graph.onChange = (node) => seen.push(node.op.name);
    graph.replace(graph.outputs[0], x);
    expect(seen).toEqual(['tanh']);
  });
});

describe('verify', () => {
  const broken = (): { graph: FunctionGraph; x: TensorVariable } => {
    const x = fvector('x');
    return { graph: new FunctionGraph([x], [neg(exp(x))]), x };
  };

  it("finds an input that changed behind the graph's back", () => {
    const { graph, x } = broken();
    (graph.outputs[0].owner!.inputs as TensorVariable[])[0] = x;
    expect(() => graph.verify()).toThrow(VerifyError);
  });

  it('finds a node that is not of the graph', () => {
    const { graph, x } = broken();
    graph.outputs[0] = exp(neg(x));
    expect(() => graph.verify()).toThrow('is in use but not of this graph');
  });

  it('finds a cycle', () => {
    const { graph } = broken();
    const [negation, power] = [graph.outputs[0], graph.outputs[0].owner!.inputs[0]];
    (power.owner!.inputs as TensorVariable[])[0] = negation;
    expect(() => graph.verify()).toThrow(VerifyError);
  });
});

describe('random graphs', () => {
  /** A graph of integer vectors as a list of steps, each on earlier variables. */
  const steps = fc.array(
    fc.tuple(fc.constantFrom('add', 'mul', 'sub', 'neg'), fc.nat(), fc.nat()),
    { minLength: 1, maxLength: 25 },
  );
  const build = (
    leaves: readonly TensorVariable[],
    list: readonly (readonly [string, number, number])[],
  ): TensorVariable[] => {
    const all = [...leaves];
    for (const [op, i, k] of list) {
      const [a, b] = [all[i % all.length], all[k % all.length]];
      all.push(
        op === 'add' ? add(a, b) : op === 'mul' ? mul(a, b) : op === 'sub' ? sub(a, b) : neg(a),
      );
    }
    return all;
  };
  const values = [
    [3, -2],
    [5, 7],
    [-1, 2],
  ].map((v) => ndarray(v, 'int32'));

  it('stay sound and keep their meaning under replacements', () => {
    const edits = fc.array(fc.tuple(fc.nat(), steps), { maxLength: 12 });
    fc.assert(
      fc.property(steps, edits, (list, changes) => {
        const leaves = ['x', 'y', 'z'].map((name) => ivector(name));
        const given = new Map<TensorVariable, NDArray>(leaves.map((leaf, k) => [leaf, values[k]]));
        const all = build(leaves, list);
        const graph = new FunctionGraph(leaves, all.slice(-3));
        graph.verify();
        for (const [which, more] of changes) {
          const nodes = graph.nodes();
          if (nodes.length === 0) break;
          const old = nodes[which % nodes.length].outputs[0];
          // Anything that does not need the old variable may stand for it, with new steps on top.
          const free = [...leaves, ...nodes.map((node) => node.outputs[0])].filter(
            (v) => !dependsOn(v, new Set([old])),
          );
          const made = build(free, more.slice(0, which % 4));
          const replacement = made[made.length - 1];
          const replaced = cloneReplace(graph.outputs, new Map([[old, replacement]])).outputs;
          const before = checkedEvaluate(graph.outputs, given);
          let expected = checkedEvaluate(replaced, given);
          try {
            graph.replace(old, replacement);
          } catch (error) {
            // New steps may spell the old variable; then nothing may have changed.
            expect(error).toBeInstanceOf(RewriteError);
            expected = before;
          }
          graph.verify();
          const actual = checkedEvaluate(graph.outputs, given);
          actual.forEach((value, k) => expect(value.toNested()).toEqual(expected[k].toNested()));
        }
      }),
      { numRuns: 400, seed: 3 },
    );
  });

  it('have no two equal nodes, and every node a use', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const leaves = ['x', 'y', 'z'].map((name) => ivector(name));
        const graph = new FunctionGraph(leaves, build(leaves, list).slice(-2));
        const keys = graph
          .nodes()
          .map((node) => `${node.op.key} ${node.inputs.map((v) => v.id).join()}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(
          graph.nodes().every((node) => node.outputs.some((v) => graph.clients(v).length > 0)),
        ).toBe(true);
        expect(graph.nodeCount).toBe(keys.length);
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
