import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.js';
import { add, mul, neg } from '../ops/arithmetic.js';
import { at } from '../ops/advanced-index.js';
import { sum } from '../ops/reduce.js';
import { exp } from '../ops/transcendental.js';
import { dscalar, fvector, row, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { cloneReplace } from './clone.js';
import { evaluate } from './evaluate.js';
import { dependsOn, leavesOf, toposort } from './traverse.js';
import type { TensorVariable } from './variable.js';

const namesOf = (outputs: readonly TensorVariable[]): string[] =>
  toposort(outputs).map((node) => node.op.name);

describe('toposort', () => {
  it('has inputs before users, each node once', () => {
    const x = fvector('x');
    const y = exp(x);
    expect(namesOf([add(mul(y, y), neg(y)), y])).toEqual(['exp', 'mul', 'neg', 'add']);
    expect(toposort([x])).toEqual([]);
  });

  it('stops where told', () => {
    const x = fvector('x');
    const y = exp(x);
    const z = neg(add(y, x));
    expect(toposort([z], new Set([y])).map((node) => node.op.name)).toEqual(['add', 'neg']);
    expect(toposort([y], new Set([y]))).toEqual([]);
  });

  it('is an order on random graphs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }), (pairs) => {
        const all: TensorVariable[] = [dscalar('x'), dscalar('y')];
        for (const [i, k] of pairs) all.push(add(all[i % all.length], all[k % all.length]));
        const order = toposort(all.slice(-2));
        const place = new Map(order.map((node, k) => [node, k]));
        order.forEach((node, k) => {
          for (const { owner } of node.inputs)
            if (owner !== null) expect(place.get(owner)).toBeLessThan(k);
        });
        expect(place.size).toBe(order.length);
      }),
      { seed: 6 },
    );
  });

  it('goes deeper than the call stack', () => {
    let y: TensorVariable = dscalar('x');
    for (let i = 0; i < 50_000; i++) y = neg(y);
    expect(toposort([y])).toHaveLength(50_000);
    expect(leavesOf([y])).toHaveLength(1);
  });
});

describe('leaves', () => {
  const [x, y, z] = ['x', 'y', 'z'].map((name) => dscalar(name));

  it('are listed in order of first use, with the variables that stop the walk', () => {
    expect(leavesOf([add(mul(y, x), y)])).toEqual([y, x]);
    const middle = exp(x);
    expect(leavesOf([add(middle, y)], new Set([middle]))).toEqual([middle, y]);
    expect(leavesOf([x])).toEqual([x]);
  });

  it('tell what an output depends on', () => {
    const middle = mul(x, y);
    expect(dependsOn(exp(middle), new Set([x]))).toBe(true);
    expect(dependsOn(exp(middle), new Set([middle]))).toBe(true);
    expect(dependsOn(exp(middle), new Set([z]))).toBe(false);
    expect(dependsOn(x, new Set([x]))).toBe(true);
  });
});

describe('cloneReplace', () => {
  const [x, y] = [dscalar('x'), dscalar('y')];

  it('puts variables in the place of others, all at once', () => {
    const [swapped] = cloneReplace(
      [add(mul(x, 10), y)],
      new Map([
        [x, y],
        [y, x],
      ]),
    ).outputs;
    expect(
      evaluate(
        [swapped],
        new Map([
          [x, ndarray(1)],
          [y, ndarray(2)],
        ]),
      )[0].item(),
    ).toBe(21);
  });

  it('copies only what changes, keeping names and traces', () => {
    const [kept, changed] = [exp(y), exp(x).named('e')];
    const { outputs, map } = cloneReplace([add(kept, changed)], new Map([[x, y]]));
    const [left, right] = outputs[0].owner?.inputs ?? [];
    expect(left).toBe(kept);
    expect(right).not.toBe(changed);
    expect(right.name).toBe('e');
    expect(right.trace).toBe(changed.trace);
    expect(map.get(changed)).toBe(right);
    expect(cloneReplace([kept], new Map([[x, y]])).outputs[0]).toBe(kept);
  });

  it('copies everything when asked', () => {
    const y1 = exp(x);
    const { outputs } = cloneReplace([y1], new Map(), true);
    expect(outputs[0]).not.toBe(y1);
    expect(outputs[0].owner?.inputs[0]).toBe(x);
  });

  it('infers types anew where inputs have others', () => {
    const [a, b] = [tensor('float32', [null, null]), row('b')];
    const [sumOfRows] = cloneReplace([exp(a)], new Map([[a, b]])).outputs;
    expect(sumOfRows.type.key).toBe('float32(1,?)');
    const inner = at(tensor('float32', [null], 'v'), 5);
    const leaf = leavesOf([inner])[0];
    expect(() =>
      cloneReplace([add(leaf, tensor('float32', [3]))], new Map([[leaf, tensor('float32', [4])]])),
    ).toThrow(ShapeError);
  });
});

describe('evaluate', () => {
  it('computes from leaves or from any variable, and says what is missing', () => {
    const x = dscalar('x');
    const middle = exp(x);
    const y = sum(mul(middle, 2));
    expect(evaluate([y], new Map([[x, ndarray(0)]]))[0].item()).toBe(2);
    expect(evaluate([y], new Map([[middle, ndarray(5)]]))[0].item()).toBe(10);
    expect(() => evaluate([y], new Map())).toThrow('[evaluate] expected a value for x');
  });
});
