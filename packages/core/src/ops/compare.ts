/** Comparisons, logic and choice. Comparisons give bool; logic is bitwise on integers. */
import { config } from '../config/config.js';
import { DTypeError } from '../errors.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { ScalarOp } from '../lower/scalar-op.js';
import { isFloat, type DType } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { mapElements } from '../types/strided.js';
import { TensorType } from '../types/tensor-type.js';
import { zerosLike } from './alloc.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import {
  alignRanks,
  broadcastShapes,
  broadcastStatic,
  elementwise,
  runtimeBroadcast,
} from './elementwise.js';

type Binary = ReturnType<typeof elementwise>;

function comparison(name: ScalarOp, evaluate: (a: number, b: number) => boolean): Binary {
  return elementwise(name, {
    scalar: name,
    evaluate,
    result: 'bool',
    pullback: 'not-differentiable',
  });
}

export const eq = comparison('eq', (a, b) => a === b);
export const neq = comparison('neq', (a, b) => a !== b);
export const lt = comparison('lt', (a, b) => a < b);
export const le = comparison('le', (a, b) => a <= b);
export const gt = comparison('gt', (a, b) => a > b);
export const ge = comparison('ge', (a, b) => a >= b);

type FloatTest = ((x: TensorLike) => TensorVariable) & { op: Op };

/** A test of floats; false of everything else. */
function floatTest(name: 'isnan' | 'isinf', evaluate: (a: number) => boolean): FloatTest {
  const test = elementwise(name, {
    scalar: name,
    evaluate,
    result: 'bool',
    pullback: 'not-differentiable',
  });
  const call = (x: TensorLike): TensorVariable => {
    const v = asVariable(x);
    return isFloat(v.dtype) ? test(v) : zerosLike(v, 'bool');
  };
  return Object.assign(call, { op: test.op });
}

export const isnan = floatTest('isnan', (a) => a !== a);
export const isinf = floatTest('isinf', (a) => a === Infinity || a === -Infinity);

const notOnFloats = {
  dtypes: isFloat,
  hint: 'compare first (x.gt(0)), or cast to an integer dtype',
};

function logic(name: 'and' | 'or' | 'xor', evaluate: (a: number, b: number) => number): Binary {
  return elementwise(name, {
    scalar: name,
    evaluate,
    result: 'same',
    refuses: notOnFloats,
    pullback: 'not-differentiable',
  });
}

export const and = logic('and', (a, b) => a & b);
export const or = logic('or', (a, b) => a | b);
export const xor = logic('xor', (a, b) => a ^ b);

const invertOp = defineOp({
  name: 'invert',
  props: {},
  types: ([x]) => [x.type],
  shapes: (_algebra, [shape]) => [shape],
  perform: ([x]) => {
    const isBool = x.dtype === 'bool';
    return [mapElements(x.dtype, [x], x.shape, (a) => (isBool ? Number(!a) : ~a))];
  },
  pullback: 'not-differentiable',
  lower: { kind: 'scalar', fn: 'not' },
});

/** Logical not of bool, bitwise not of integers. @throws DTypeError for floats */
export function invert(x: TensorLike): TensorVariable {
  const v = asVariable(x);
  if (isFloat(v.dtype))
    throw new DTypeError(`[invert] expected bool or an integer dtype, got ${v.dtype}`);
  return apply1(invertOp, [v]);
}

const choiceOp = defineOp({
  name: 'switch',
  props: {},
  types: (inputs) => [new TensorType(inputs[1].dtype, broadcastStatic('switch', inputs))],
  shapes: (algebra, shapes, node) => [broadcastShapes(algebra, 'switch', node, shapes)],
  perform: (inputs, node) => [
    mapElements(
      node.outputs[0].dtype,
      inputs,
      runtimeBroadcast('switch', inputs, node),
      (c, a, b) => (c ? a : b),
    ),
  ],
  // The cotangent is masked before it enters a branch: a branch not taken receives an exact zero.
  pullback: ({ inputs: [cond] }, [g]) => {
    if (g === null) return [null, null, null];
    return [zerosLike(cond, config.floatX), switchOp(cond, g, 0), switchOp(cond, 0, g)];
  },
  lower: { kind: 'scalar', fn: 'select' },
});

/** `a` where `cond` holds, else `b`, elementwise; both are computed. */
export function switchOp(cond: TensorLike, a: TensorLike, b: TensorLike): TensorVariable {
  const condition = asVariable(cond);
  const test = condition.dtype === 'bool' ? condition : neq(condition, 0);
  const branches = asVariables([a, b]);
  const dtype = branches.map((branch): DType => branch.dtype).reduce(promote);
  return apply1(choiceOp, alignRanks([test, ...branches.map((branch) => cast(branch, dtype))]));
}
