/**
 * Logarithms without underflow. `logOf` knows how to take the logarithm of an expression without
 * computing the expression: through softmax, sigmoid and exp, through views and indexing, through
 * products, choices, totals and one-hot sums. One rule applies it wherever a log is taken.
 */
import { apply1, type Apply, type TensorVariable } from '../../graph/variable.js';
import { add, maximum, minimum, mul, neg, sub, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { and, ge, lt, switchOp } from '../../ops/compare.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { logErfc, logNdtr } from '../../ops/error-functions.js';
import { log1mexp } from '../../ops/logarithms.js';
import { logsumexp } from '../../ops/logsumexp.js';
import { max, min, sum } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { logSoftmax } from '../../ops/softmax.js';
import { log, log1p, logaddexp, softplus } from '../../ops/transcendental.js';
import { isFloat, isUnsigned } from '../../types/dtype.js';
import {
  axesOf,
  inPlaceOf,
  inputsOf,
  isUniform,
  NOTHING_GONE,
  ownerIf,
  uniformValue,
} from '../match.js';
import { rule, type Rule } from '../rule.js';
import { oneHotOf } from './one-hot.js';

/** Ops that only move elements: a function of elements commutes with them. */
const movers = [
  'dimshuffle',
  'reshape',
  'subtensor',
  'advanced_subtensor',
  'specify_shape',
  'alloc',
];

/** Nodes deeper than this below a log are not looked at. */
const MOST_DEPTH = 40;

/** Whether no element of `v` can be negative, as far as its formula tells; `known`: what has been told before. */
export function isNonNegative(
  v: TensorVariable,
  known = new Map<TensorVariable, boolean>(),
  depth = 0,
): boolean {
  const found = known.get(v);
  if (found !== undefined) return found;
  const told = tellsNonNegative(v, (operand) => isNonNegative(operand, known, depth + 1), depth);
  known.set(v, told);
  return told;
}

function tellsNonNegative(
  v: TensorVariable,
  is: (operand: TensorVariable) => boolean,
  depth: number,
): boolean {
  if (isUnsigned(v.dtype) || v.dtype === 'bool') return true;
  const value = uniformValue(v);
  if (value !== null) return Number(value) >= 0;
  const node = v.owner;
  if (node === null || depth > MOST_DEPTH) return false;
  const { name } = node.op;
  if (/^(exp2?|softmax|sigmoid|softplus|sqr|sqrt|abs|erfcx?|ndtr|gammaincc?|betainc)$/.test(name))
    return true;
  if (/^(add|mul|true_div|maximum|minimum)$/.test(name)) return node.inputs.every(is);
  if (/^(sum|prod|max|min|cast|reciprocal|pow)$/.test(name) || movers.includes(name)) {
    return is(node.inputs[0]);
  }
  if (name === 'sub') {
    const [one, part] = node.inputs;
    return isUniform(one, 1) && ownerIf(part, 'sigmoid', 'erf', 'ndtr') !== null;
  }
  return name === 'switch' && node.inputs.slice(1).every(is);
}

/** log(v) in a form that neither under- nor overflows, or null where `v` is nothing special. */
export function logOf(v: TensorVariable): TensorVariable | null {
  return new Logarithm().of(v, 0);
}

/**
 * The logarithm of what is negative is NaN in both forms, but that of a sum, a product or a square of such
 * is not: their parts are asked for with `ofNonNegative`.
 */
class Logarithm {
  private readonly known = new Map<TensorVariable, TensorVariable | null>();
  private readonly signs = new Map<TensorVariable, boolean>();

  of(v: TensorVariable, depth: number): TensorVariable | null {
    const found = this.known.get(v);
    if (found !== undefined) return found;
    const made = v.owner === null || depth > MOST_DEPTH ? null : this.make(v.owner, depth + 1);
    this.known.set(v, made);
    return made;
  }

  private ofNonNegative(v: TensorVariable, depth: number): TensorVariable | null {
    return isNonNegative(v, this.signs) ? this.of(v, depth) : null;
  }

  private make(node: Apply, depth: number): TensorVariable | null {
    const [a, b] = node.inputs;
    const { name } = node.op;
    switch (name) {
      case 'softmax':
        return logSoftmax(a, Number(node.op.props['axis']));
      case 'sigmoid':
        return neg(softplus(neg(a)));
      case 'exp':
        return a;
      case 'erfc':
        return logErfc(a);
      case 'ndtr':
        return logNdtr(a);
      case 'neg':
        return logOfNegated(a);
      case 'exp2':
        return mul(a, Math.LN2);
      case 'sqr': {
        const inner = this.ofNonNegative(a, depth);
        return inner && mul(inner, 2);
      }
      case 'sqrt': {
        const inner = this.of(a, depth);
        return inner && mul(inner, 0.5);
      }
      case 'add':
        return this.ofAddition(a, b, depth);
      case 'sub':
        return isUniform(a, 1) ? logOfComplement(b) : null;
      case 'mul':
        return this.ofProduct(a, b, depth);
      case 'true_div':
        return this.ofPair(a, b, trueDiv, depth);
      case 'reciprocal': {
        const inner = this.of(a, depth);
        return inner && neg(inner);
      }
      case 'pow': {
        const inner = this.ofNonNegative(a, depth);
        return inner && mul(b, inner);
      }
      case 'switch':
        return this.ofChoice(node, depth);
      case 'maximum':
      case 'minimum': {
        const [p, q] = [this.ofNonNegative(a, depth), this.ofNonNegative(b, depth)];
        return p === null || q === null ? null : (name === 'maximum' ? maximum : minimum)(p, q);
      }
      case 'cast':
        return this.ofCast(node, depth);
      default:
        return this.ofReduced(node, depth) ?? this.ofMoved(node, depth);
    }
  }

  private ofMoved(node: Apply, depth: number): TensorVariable | null {
    if (!movers.includes(node.op.name)) return null;
    const inner = this.of(node.inputs[0], depth);
    return inner && apply1(node.op, [inner, ...node.inputs.slice(1)]);
  }

  private ofReduced(node: Apply, depth: number): TensorVariable | null {
    const { name } = node.op;
    if (name === 'sum') return this.ofTotal(node, depth);
    if (name !== 'prod' && name !== 'max' && name !== 'min') return null;
    const inner = this.ofNonNegative(node.inputs[0], depth);
    return inner && { prod: sum, max, min }[name].on(inner, axesOf(node));
  }

  /** log(1 + e^x) = softplus(x), log(e^x + e^y) = logaddexp(x, y). */
  private ofAddition(a: TensorVariable, b: TensorVariable, depth: number): TensorVariable | null {
    for (const [constant, x] of [
      [a, b],
      [b, a],
    ]) {
      const exponent = inputsOf(x, 'exp');
      const value = uniformValue(constant);
      if (exponent === null || value === null || Number(value) <= 0) continue;
      return Number(value) === 1 ? softplus(exponent[0]) : logaddexp(exponent[0], log(constant));
    }
    const [p, q] = [this.ofNonNegative(a, depth), this.ofNonNegative(b, depth)];
    return p === null || q === null ? null : logaddexp(p, q);
  }

  private ofProduct(a: TensorVariable, b: TensorVariable, depth: number): TensorVariable | null {
    for (const [mask, x] of [
      [a, b],
      [b, a],
    ]) {
      const condition = conditionOf(mask);
      const inner = condition === null ? null : this.of(x, depth);
      if (condition !== null && inner !== null) return switchOp(condition, inner, -Infinity);
    }
    return this.ofPair(a, b, mul, depth);
  }

  /** log(a·b) = log a + log b for any b where a is not negative; else log(c·d·b) = log c + log(d·b) for such a c. */
  private ofPair(
    a: TensorVariable,
    b: TensorVariable,
    combine: typeof mul,
    depth: number,
  ): TensorVariable | null {
    const together = combine === mul ? add : sub;
    const [p, q] = [this.ofNonNegative(a, depth), this.ofNonNegative(b, depth)];
    if (p !== null || q !== null) {
      return together(p ?? this.of(a, depth) ?? log(a), q ?? this.of(b, depth) ?? log(b));
    }
    const left = this.splitProduct(a, depth);
    if (left !== null) return add(left.known, log(combine(left.rest, b)));
    const right = this.splitProduct(b, depth);
    return right && together(log(combine(a, right.rest)), right.known);
  }

  /** A product as a factor that is not negative, by its logarithm, and what is left. */
  private splitProduct(
    v: TensorVariable,
    depth: number,
  ): { readonly known: TensorVariable; readonly rest: TensorVariable } | null {
    const product = depth > MOST_DEPTH ? null : inputsOf(v, 'mul');
    for (const [a, b] of product === null ? [] : [product, [...product].reverse()]) {
      const known = this.ofNonNegative(a, depth);
      if (known !== null) return { known, rest: b };
      const part = this.splitProduct(a, depth + 1);
      if (part !== null) return { known: part.known, rest: mul(part.rest, b) };
    }
    return null;
  }

  /** A branch that nothing is known of is 1 where it is not taken: its log has no part in the gradient there. */
  private ofChoice({ inputs: [cond, a, b] }: Apply, depth: number): TensorVariable | null {
    const [p, q] = [this.of(a, depth), this.of(b, depth)];
    if (p === null && q === null) return null;
    const plain = (v: TensorVariable, taken: boolean): TensorVariable => {
      if (uniformValue(v) !== null) return log(v);
      return log(taken ? switchOp(cond, v, 1) : switchOp(cond, 1, v));
    };
    return switchOp(cond, p ?? plain(a, true), q ?? plain(b, false));
  }

  private ofCast(node: Apply, depth: number): TensorVariable | null {
    const [out] = node.outputs;
    const [x] = node.inputs;
    if (!isFloat(x.dtype) || !isFloat(out.dtype)) return null;
    const inner = this.of(x, depth);
    return inner && cast(inner, out.dtype);
  }

  /** log Σ e^x, and log Σ p·onehot = Σ onehot·log p. */
  private ofTotal(node: Apply, depth: number): TensorVariable | null {
    const [terms] = node.inputs;
    const axes = axesOf(node);
    const picked = this.ofPicked(terms, axes, depth);
    if (picked !== null) return picked;
    const inner = this.ofNonNegative(terms, depth);
    return inner && logsumexp(inner, axes);
  }

  /** One element along the axis by a one-hot factor; none where the index is out of range: log 0. */
  private ofPicked(
    terms: TensorVariable,
    axes: readonly number[],
    depth: number,
  ): TensorVariable | null {
    const product = inputsOf(terms, 'mul');
    const choice = inputsOf(terms, 'switch');
    const pairs: (readonly TensorVariable[])[] = [];
    if (product !== null) pairs.push(product, [product[1], product[0]]);
    if (choice !== null && isUniform(choice[2], 0)) pairs.push(choice);
    for (const [hot, p] of pairs) {
      const place = oneHotOf(hot);
      if (place === null || axes.length !== 1 || axes[0] !== place.axis) continue;
      const inner = this.of(p, depth);
      if (inner === null) continue;
      const within = and(ge(place.index, 0), lt(place.index, shapeOf(place.positions, place.axis)));
      const others = terms.type.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
      const picked = sum.on(switchOp(place.condition, inner, 0), axes);
      return switchOp(dimshuffle(within, others), picked, -Infinity);
    }
    return null;
  }
}

/** The bool behind a factor that is 1 where it holds and 0 elsewhere. */
function conditionOf(v: TensorVariable): TensorVariable | null {
  const inner = inputsOf(v, 'cast');
  return inner !== null && inner[0].dtype === 'bool' ? inner[0] : null;
}

/** log(1 - sigmoid(x)) = -softplus(x), log(1 - e^x), log(1 - erf(x)), log(1 - Φ(x)) = log Φ(-x) */
function logOfComplement(v: TensorVariable): TensorVariable | null {
  const node = v.owner;
  const [x] = node?.inputs ?? [];
  switch (node?.op.name) {
    case 'sigmoid':
      return neg(softplus(x));
    case 'exp':
      return log1mexp(x);
    case 'erf':
      return logErfc(x);
    case 'ndtr':
      return logNdtr(neg(x));
    default:
      return null;
  }
}

/** log(-(e^x - 1)) */
function logOfNegated(v: TensorVariable): TensorVariable | null {
  const argument = inputsOf(v, 'expm1');
  return argument && log1mexp(argument[0]);
}

/** By how much the logarithm to the op's base differs from the natural one. */
const scales: Readonly<Record<string, number>> = { log: 1, log2: Math.LOG2E, log10: Math.LOG10E };

const stabilizeLog = rule(
  'take logs without underflow',
  ['log', 'log2', 'log10'],
  ['stabilize', 'nnet'],
  (node, { shapes }) => {
    const stable = logOf(node.inputs[0]);
    if (stable === null) return null;
    const scale = scales[node.op.name];
    return inPlaceOf(scale === 1 ? stable : mul(stable, scale), node, shapes, NOTHING_GONE);
  },
);

const stabilizeLog1p = rule(
  'log1p of exp and of -sigmoid',
  'log1p',
  ['stabilize', 'nnet'],
  ({ inputs: [x] }) => {
    const exponent = inputsOf(x, 'exp');
    if (exponent !== null) return softplus(exponent[0]);
    const negated = inputsOf(x, 'neg');
    return negated === null ? null : logOfComplement(negated[0]);
  },
);

const useLog1p = rule(
  'log(1+x) is log1p(x)',
  'log',
  ['stabilize', 'elemwise'],
  (node, { shapes }) => {
    const rest = beyondOne(node.inputs[0]);
    return rest === null ? null : inPlaceOf(log1p(rest), node, shapes, NOTHING_GONE);
  },
);

/** The x of 1 + x and of 1 - (-x). */
function beyondOne(v: TensorVariable): TensorVariable | null {
  const node = ownerIf(v, 'add', 'sub');
  if (node === null) return null;
  const [a, b] = node.inputs;
  if (isUniform(a, 1)) return node.op.name === 'add' ? b : neg(b);
  return node.op.name === 'add' && isUniform(b, 1) ? a : null;
}

export const logRules: readonly Rule[] = [stabilizeLog, stabilizeLog1p, useLog1p];
