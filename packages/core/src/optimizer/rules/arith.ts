/** Canonical form of sums and products: constants merged, neutral elements gone, equal terms cancelled. */
import type { TensorVariable } from '../../graph/variable.js';
import { broadcastTo } from '../../ops/alloc.js';
import { add, abs, mul, neg, reciprocal, sqr, sqrt, sub, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { sizesOf } from '../../ops/shape.js';
import { scalarConstant } from '../../graph/constant.js';
import { isFloat } from '../../types/dtype.js';
import { inputsOf, isUniform, ownerIf, uniformScalar, uniformValue, usedOnce } from '../match.js';
import { rule, type Rule, type RuleContext } from '../rule.js';

/** `value` in the shape and dtype of `like`. */
function filled(like: TensorVariable, value: number): TensorVariable {
  return broadcastTo(scalarConstant(value, like.dtype), sizesOf(like));
}

/** `v` where it can stand for `like`: same dtype and provably the same shape; stretched where it broadcasts. */
function inPlaceOf(
  v: TensorVariable,
  like: TensorVariable,
  { shapes }: RuleContext,
): TensorVariable | null {
  if (v.dtype !== like.dtype || v.type.rank !== like.type.rank) return null;
  if (shapes.same(v, like)) return v;
  const fits = v.type.shape.every(
    (n, axis) => n === 1 || shapes.of(v)[axis] === shapes.of(like)[axis],
  );
  return fits ? broadcastTo(v, sizesOf(like)) : null;
}

const dropNeutral = rule(
  'drop neutral operands',
  ['add', 'sub', 'mul', 'true_div'],
  ['canonicalize', 'arith'],
  (node, context) => {
    const [a, b] = node.inputs;
    const neutral = node.op.name === 'add' || node.op.name === 'sub' ? 0 : 1;
    if (isUniform(b, neutral)) return inPlaceOf(a, node.outputs[0], context);
    const commutes = node.op.name === 'add' || node.op.name === 'mul';
    return commutes && isUniform(a, neutral) ? inPlaceOf(b, node.outputs[0], context) : null;
  },
);

const annihilate = rule(
  'x*0 is 0, 0/x is 0, x-x is 0, x/x is 1',
  ['mul', 'true_div', 'sub'],
  ['canonicalize', 'arith', 'unsafe-nan'],
  (node) => {
    const [a, b] = node.inputs;
    const out = node.outputs[0];
    switch (node.op.name) {
      case 'mul':
        return isUniform(a, 0) || isUniform(b, 0) ? filled(out, 0) : null;
      case 'true_div':
        if (a === b) return filled(out, 1);
        return isUniform(a, 0) ? filled(out, 0) : null;
      default:
        return a === b ? filled(out, 0) : null;
    }
  },
);

const mergeConstants = rule(
  'merge constants of products and sums',
  ['mul', 'add'],
  ['canonicalize', 'arith'],
  ({ op, inputs, outputs }, { graph }) => {
    const combine = op.name === 'mul' ? mul : add;
    for (const [outer, inner] of [inputs, [...inputs].reverse()]) {
      const c = uniformValue(outer);
      const nested = inputsOf(inner, op.name);
      if (c === null || nested === null || !usedOnce(graph, inner)) continue;
      for (const [k, x] of [nested, [...nested].reverse()]) {
        const d = uniformValue(k);
        if (d === null) continue;
        const dtype = outputs[0].dtype;
        const merged = combine(scalarConstant(c, dtype), scalarConstant(d, dtype));
        const result = combine(merged, x);
        return result.type.shape.length === outputs[0].type.rank ? result : null;
      }
    }
    return null;
  },
);

const signs = rule(
  'gather signs',
  ['neg', 'add', 'sub', 'mul', 'true_div'],
  ['canonicalize', 'arith'],
  ({ op, inputs, outputs }, { graph }) => {
    const [a, b] = inputs;
    const negated = (v: TensorVariable): TensorVariable | null => inputsOf(v, 'neg')?.[0] ?? null;
    if (op.name === 'neg') {
      const inner = negated(a);
      if (inner !== null) return inner;
      const difference = inputsOf(a, 'sub');
      if (difference !== null && usedOnce(graph, a)) return sub(difference[1], difference[0]);
      const product = ownerIf(a, 'mul', 'true_div');
      if (product === null || !usedOnce(graph, a)) return null;
      const [p, q] = product.inputs;
      const [c, d] = [uniformValue(p), uniformValue(q)];
      const combine = product.op.name === 'mul' ? mul : trueDiv;
      if (c !== null) return combine(scalarConstant(-Number(c), outputs[0].dtype), q);
      return d !== null ? combine(p, scalarConstant(-Number(d), outputs[0].dtype)) : null;
    }
    const [m, n] = [negated(a), negated(b)];
    if (op.name === 'add') return n !== null ? sub(a, n) : m !== null ? sub(b, m) : null;
    if (op.name === 'sub') {
      if (n !== null) return add(a, n);
      return isUniform(a, 0) &&
        b.type.rank === outputs[0].type.rank &&
        b.type.key === outputs[0].type.key
        ? neg(b)
        : null;
    }
    const combine = op.name === 'mul' ? mul : trueDiv;
    if (m !== null && n !== null) return combine(m, n);
    if (op.name === 'mul' && isFloat(outputs[0].dtype)) {
      if (isUniform(b, -1) && a.type.key === outputs[0].type.key) return neg(a);
      if (isUniform(a, -1) && b.type.key === outputs[0].type.key) return neg(b);
    }
    if (m !== null && usedOnce(graph, a)) return neg(combine(m, b));
    return n !== null && usedOnce(graph, b) ? neg(combine(a, n)) : null;
  },
);

/** Factors of a product of products and quotients whose inner nodes have no other client. */
function factors(
  v: TensorVariable,
  context: RuleContext,
  top: boolean,
  num: TensorVariable[],
  den: TensorVariable[],
): void {
  const node = top || usedOnce(context.graph, v) ? ownerIf(v, 'mul', 'true_div') : null;
  if (node === null) num.push(v);
  else {
    factors(node.inputs[0], context, false, num, den);
    if (node.op.name === 'mul') factors(node.inputs[1], context, false, num, den);
    else factors(node.inputs[1], context, false, den, num);
  }
}

/** (x·y)/x → y, also across nested products; NaN and 0 in x are lost. */
const cancelFactors = rule(
  'cancel equal factors',
  ['true_div', 'mul'],
  ['canonicalize', 'arith', 'unsafe-nan'],
  (node, context) => {
    const out = node.outputs[0];
    if (!isFloat(out.dtype)) return null;
    const num: TensorVariable[] = [];
    const den: TensorVariable[] = [];
    factors(out, context, true, num, den);
    const shared = num.find((v) => den.includes(v));
    if (shared === undefined) return null;
    num.splice(num.indexOf(shared), 1);
    den.splice(den.indexOf(shared), 1);
    const one = filled(out, 1);
    const top = num.length === 0 ? null : num.reduce((a, b) => mul(a, b));
    const bottom = den.length === 0 ? null : den.reduce((a, b) => mul(a, b));
    const result =
      bottom === null ? (top ?? one) : trueDiv(top ?? scalarConstant(1, out.dtype), bottom);
    return inPlaceOf(result, out, context);
  },
);

/** (x+y)-x → y, x-(x+y) → -y, (x-y)+y → x */
const cancelTerms = rule(
  'cancel equal terms',
  ['sub', 'add'],
  ['canonicalize', 'arith', 'unsafe-nan'],
  (node, context) => {
    const [a, b] = node.inputs;
    const out = node.outputs[0];
    const other = (
      pair: readonly TensorVariable[] | null,
      v: TensorVariable,
    ): TensorVariable | null =>
      pair === null ? null : pair[0] === v ? pair[1] : pair[1] === v ? pair[0] : null;
    if (node.op.name === 'sub') {
      const rest = other(inputsOf(a, 'add'), b);
      if (rest !== null) return inPlaceOf(rest, out, context);
      const minus = other(inputsOf(b, 'add'), a);
      return minus === null ? null : inPlaceOf(neg(minus), out, context);
    }
    for (const [x, y] of [
      [a, b],
      [b, a],
    ]) {
      const difference = inputsOf(x, 'sub');
      if (difference !== null && difference[1] === y) return inPlaceOf(difference[0], out, context);
    }
    return null;
  },
);

const powers = rule(
  'powers by multiplication',
  'pow',
  ['specialize', 'arith'],
  ({ inputs: [x, exponent], outputs: [out] }) => {
    const e = uniformValue(exponent);
    if (e === null || x.type.rank !== out.type.rank || x.type.key !== out.type.key) return null;
    const n = Number(e);
    if (n === 1) return x;
    if (n === 2) return sqr(x);
    if (!isFloat(x.dtype)) return n === 3 ? mul(sqr(x), x) : null;
    if (n === 0.5) return sqrt(x);
    if (n === -0.5) return reciprocal(sqrt(x));
    if (n === -1) return reciprocal(x);
    if (n === -2) return reciprocal(sqr(x));
    if (!Number.isInteger(n) || n < 3 || n > 16) return null;
    let result: TensorVariable | null = null;
    let square = x;
    for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = result === null ? square : mul(result, square);
      if (rest > 1) square = sqr(square);
    }
    return result;
  },
);

const powerOfZero = rule(
  'x**0 is 1',
  'pow',
  ['canonicalize', 'arith', 'unsafe-nan'],
  ({ inputs: [, exponent], outputs: [out] }) => (isUniform(exponent, 0) ? filled(out, 1) : null),
);

const squares = rule(
  'x*x is sqr, sqrt of sqr is abs',
  ['mul', 'sqrt'],
  ['specialize', 'arith'],
  ({ op, inputs: [a, b] }) => {
    if (op.name === 'mul') return a === b ? sqr(a) : null;
    const inner = inputsOf(a, 'sqr');
    return inner === null ? null : abs(inner[0]);
  },
);

const reciprocals = rule(
  '1/x is reciprocal',
  'true_div',
  ['specialize', 'arith'],
  ({ inputs: [a, b], outputs: [out] }) =>
    isUniform(a, 1) && b.type.key === out.type.key ? reciprocal(b) : null,
);

/** A factor that is one scalar goes before a dimshuffle, so that it stays one multiplication. */
const scalarBeforeShuffle = rule(
  'keep scalars scalar',
  'mul',
  ['canonicalize', 'arith'],
  ({ inputs: [a, b], outputs: [out] }) => {
    const [s, t] = [uniformScalar(a), uniformScalar(b)];
    if (s === null || t === null || out.type.rank === 0 || !isUnitPattern(a) || !isUnitPattern(b))
      return null;
    return dimshuffle(
      mul(s, t),
      out.type.shape.map(() => 'x' as const),
    );
  },
);

function isUnitPattern(v: TensorVariable): boolean {
  return v.type.shape.every((n) => n === 1);
}

const casts = rule(
  'merge casts',
  'cast',
  ['canonicalize', 'cast'],
  ({ inputs: [x], outputs: [out] }) => {
    if (x.dtype === out.dtype) return x;
    const inner = inputsOf(x, 'cast')?.[0];
    if (inner === undefined) return null;
    const widens = keepsValues(inner.dtype, x.dtype);
    return widens ? cast(inner, out.dtype) : null;
  },
);

const order = ['bool', 'uint8', 'int16', 'int32', 'int64'];

/** Whether every value of `from` is a value of `to`. */
function keepsValues(from: string, to: string): boolean {
  if (from === 'bool') return true;
  if (from === 'float32' || from === 'float16')
    return to === 'float64' || (from === 'float16' && to === 'float32');
  if (order.includes(from) && order.includes(to)) return order.indexOf(from) < order.indexOf(to);
  return to === 'float64' && from !== 'int64' && from !== 'uint64' && from !== 'float64';
}

export const arithRules: readonly Rule[] = [
  casts,
  dropNeutral,
  annihilate,
  powerOfZero,
  mergeConstants,
  signs,
  cancelFactors,
  cancelTerms,
  scalarBeforeShuffle,
  powers,
  squares,
  reciprocals,
];
