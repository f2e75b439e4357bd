import { describe, expect, it, vi } from 'vitest';
import { gradientAt, valuesOf, type Values } from '../../test/support/gradient-at.js';
import { compile } from '../compile/function.js';
import { createReferenceDevice } from '../device/reference-device.js';
import { DisconnectedInputError, GradError, NullGradientError } from '../errors.js';
import { gradNotImplemented } from '../graph/missing-gradient.js';
import { defineOp } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { add, floor, mul, sqr } from '../ops/arithmetic.js';
import { sum } from '../ops/reduce.js';
import { asWritten, modes } from '../optimizer/mode.js';
import { exp } from '../ops/transcendental.js';
import { dscalar, dvector } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import {
  considerConstant,
  disconnectedGrad,
  gradClip,
  gradScale,
  undefinedGrad,
  zeroGrad,
} from './gradient-flow.js';
import { grad } from './grad.js';
import { Rop } from './rop.js';
import { subgraphGrad } from './subgraph-grad.js';

const x = dscalar('x');
const at3: Values = [[x, ndarray(3)]];
const still = [considerConstant, zeroGrad, disconnectedGrad, undefinedGrad] as const;
const changed = [
  (v: TensorVariable) => gradClip(v, -1, 1),
  (v: TensorVariable) => gradScale(v, -1),
] as const;

describe('a changed gradient', () => {
  it('leaves the value, and nothing of itself in compiled functions', () => {
    for (const f of [...still, ...changed]) {
      expect(valuesOf([mul(f(x), 2)], at3)).toEqual([6]);
      for (const mode of [asWritten, modes.NONE, modes.FAST_COMPILE, modes.FAST_RUN]) {
        const compiled = compile([x], mul(f(x), 2), { device: createReferenceDevice(), mode });
        expect(compiled(3)).toBe(6);
        if (mode !== asWritten)
          expect(compiled.graph.nodes().map((n) => n.op.name)).toEqual(['mul']);
      }
    }
  });

  it('is stopped by considerConstant, zeroGrad and disconnectedGrad', () => {
    for (const f of [considerConstant, zeroGrad, disconnectedGrad]) {
      expect(gradientAt((v) => mul(v, f(v)), 3)).toBe(3);
      expect(valuesOf([Rop(mul(x, f(x)), x, 1)], at3)).toEqual([3]);
    }
    expect(gradientAt((v) => considerConstant(v), 3)).toBe(0);
    expect(() => grad(disconnectedGrad(x), x)).toThrow(DisconnectedInputError);
  });

  it('is clipped and scaled', () => {
    expect(gradientAt((v) => mul(gradClip(v, -1, 1), 10), 3)).toBe(1);
    expect(gradientAt((v) => mul(gradClip(v, -1, 1), -10), 3)).toBe(-1);
    expect(gradientAt((v) => mul(gradClip(v, -1, 1), 0.5), 3)).toBe(0.5);
    expect(gradientAt((v) => mul(gradScale(v, -1), 10), 3)).toBe(-10);
    expect(valuesOf([Rop(mul(gradScale(x, -1), 10), x, 1)], at3)).toEqual([-10]);
    expect(() => gradClip(x, 1, -1)).toThrow(GradError);
  });

  it('that is undefined is refused, whatever else flows', () => {
    const y = add(mul(x, x), undefinedGrad(x));
    expect(() => grad(y, x)).toThrow(NullGradientError);
    expect(() => grad(y, x)).toThrow(
      '[grad] expected a derivative by x, got one that is undefined: undefinedGrad(x)',
    );
    expect(() => grad(undefinedGrad(exp(x)), x)).toThrow(NullGradientError);
    expect(() => Rop(undefinedGrad(exp(x)), x, 1)).toThrow(NullGradientError);
    expect(grad(y, x, { nullGradients: 'return' })).toBeNull();
    const z = dscalar('z');
    const [gx, gz] = grad(mul(y, z), [x, z], { nullGradients: 'return' });
    expect(gx).toBeNull();
    expect(valuesOf([gz as TensorVariable], [...at3, [z, ndarray(1)]])).toEqual([12]);
  });

  it('that is undefined stays so under a step, but not above one', () => {
    expect(() => grad(floor(undefinedGrad(x)), x)).toThrow(NullGradientError);
    expect(gradientAt((v) => undefinedGrad(floor(v)), 2.5)).toBe(0);
  });

  it('that an op does not know is refused', () => {
    const op = defineOp({
      name: 'opaque',
      props: {},
      types: ([v]) => [v.type],
      shapes: (_algebra, [shape]) => [shape],
      perform: ([v]) => [v],
      pullback: () => [gradNotImplemented('nobody needed it')],
      lower: { kind: 'scalar', fn: 'abs' },
    });
    expect(() => grad(apply1(op, [x]), x)).toThrow('got one that is not implemented: nobody');
    expect(() => Rop(apply1(op, [x]), x, 1)).toThrow(NullGradientError);
  });
});

describe('options of grad', () => {
  const y = dvector('y');
  const values: Values = [...at3, [y, ndarray([1, 2])]];

  it('say what a disconnected variable gives', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const zeros = grad(sqr(x), y, { disconnectedInputs: 'warn' });
    expect(valuesOf([zeros], values)).toEqual([[0, 0]]);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('[grad] expected the cost to depend on y')],
    ]);
    warn.mockClear();
    expect(
      grad(sqr(x), y, { disconnectedInputs: 'ignore', returnDisconnected: 'null' }),
    ).toBeNull();
    const mixed = grad(sqr(x), [y, x], {
      disconnectedInputs: 'ignore',
      returnDisconnected: 'null',
    });
    expect(mixed[0]).toBeNull();
    expect(valuesOf([mixed[1] as TensorVariable], values)).toEqual([6]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('leave gradients without names', () => {
    const cost = sqr(x).named('C');
    expect(grad(cost, x).name).toBe('(dC/dx)');
    expect(grad(cost, x, { addNames: false }).name).toBeNull();
  });
});

describe('subgraphGrad', () => {
  const [w1, w2] = [dvector('w1'), dvector('w2')];
  const v = dvector('v');
  const h = exp(mul(v, w1)).named('h');
  const out = mul(h, w2);
  const cost = sum(sqr(out));
  const values: Values = [
    [v, ndarray([0.1, 0.2])],
    [w1, ndarray([1, 2])],
    [w2, ndarray([3, 4])],
  ];

  it('goes part by part to the gradients of the whole', () => {
    const [[g2], atH] = subgraphGrad([w2], [h], null, cost);
    const [[g1], nothing] = subgraphGrad([w1], [], [[h, atH[0]]]);
    expect(nothing).toEqual([]);
    expect(valuesOf([g1, g2], values)).toEqual(valuesOf(grad(cost, [w1, w2]), values));
  });

  it('lets nothing through its lower border, and adds a cost to the start', () => {
    const [[g1], [gh]] = subgraphGrad([w1], [h], null, cost);
    expect(valuesOf([g1], values)).toEqual([[0, 0]]);
    const [, [both]] = subgraphGrad([], [h], [[out, [1, 1]]], sum(out));
    expect(valuesOf([both], values)).toEqual([[6, 8]]);
    expect(gh.type.key).toBe('float64(?)');
  });

  it('wants a start or a cost', () => {
    expect(() => subgraphGrad([w1], [h])).toThrow(
      '[subgraphGrad] expected a start or a cost, got neither',
    );
  });
});
