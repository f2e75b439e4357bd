/**
 * Stable forms of logarithms and exponentials. `logOf` knows how to take the logarithm of an expression
 * without computing the expression: through softmax, sigmoid and exp, through views and indexing, through
 * products, choices and one-hot sums. One rule applies it wherever a log is taken.
 */
import type { TensorVariable } from '../../graph/variable.js';
import { apply1 } from '../../graph/variable.js';
import { add, mul, neg, sub } from '../../ops/arithmetic.js';
import { switchOp } from '../../ops/compare.js';
import { logsumexp, max, min, sum } from '../../ops/reduce.js';
import { logSoftmax } from '../../ops/softmax.js';
import { exp, expm1, log, log1p, sigmoid, softplus } from '../../ops/transcendental.js';
import { axesOf, inputsOf, isUniform, ownerIf, uniformValue } from '../match.js';
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
] as const;

/** log(v) in a form that neither under- nor overflows, or null where `v` is nothing special. */
export function logOf(v: TensorVariable): TensorVariable | null {
  const node = v.owner;
  if (node === null) return null;
  const [a, b] = node.inputs;
  switch (node.op.name) {
    case 'softmax':
      return logSoftmax(a, Number(node.op.props['axis']));
    case 'sigmoid':
      return neg(softplus(neg(a)));
    case 'exp':
      return a;
    case 'add':
      return logOfSum(a, b) ?? logOfSum(b, a);
    case 'sub':
      return isUniform(a, 1) ? logOfComplement(b) : null;
    case 'mul':
      return logOfProduct(a, b);
    case 'true_div':
      return logOfQuotient(a, b);
    case 'reciprocal': {
      const inner = logOf(a);
      return inner && neg(inner);
    }
    case 'pow': {
      const inner = logOf(a);
      return inner && mul(b, inner);
    }
    case 'switch':
      return logOfChoice(a, b, node.inputs[2]);
    case 'sum':
      return logOfTotal(v);
    case 'prod': {
      const inner = logOf(a);
      return inner && sum.on(inner, axesOf(node));
    }
    case 'max':
    case 'min': {
      const inner = logOf(a);
      return inner && (node.op.name === 'max' ? max : min).on(inner, axesOf(node));
    }
    default: {
      if (!(movers as readonly string[]).includes(node.op.name)) return null;
      const inner = logOf(a);
      return inner && apply1(node.op, [inner, ...node.inputs.slice(1)]);
    }
  }
}

// log(1 + e^x) = softplus(x)
function logOfSum(one: TensorVariable, x: TensorVariable): TensorVariable | null {
  if (!isUniform(one, 1)) return null;
  const exponent = inputsOf(x, 'exp');
  return exponent && softplus(exponent[0]);
}

// log(1 - sigmoid(x)) = -softplus(x)
function logOfComplement(x: TensorVariable): TensorVariable | null {
  const argument = inputsOf(x, 'sigmoid');
  return argument && neg(softplus(argument[0]));
}

// What logOf knows is positive, so that log(a·b) = log a + log b for any b.
function logOfProduct(a: TensorVariable, b: TensorVariable): TensorVariable | null {
  const [p, q] = [logOf(a), logOf(b)];
  if (p === null && q === null) return null;
  return add(p ?? log(a), q ?? log(b));
}

function logOfQuotient(a: TensorVariable, b: TensorVariable): TensorVariable | null {
  const [p, q] = [logOf(a), logOf(b)];
  if (p === null && q === null) return null;
  return sub(p ?? log(a), q ?? log(b));
}

function logOfChoice(
  cond: TensorVariable,
  a: TensorVariable,
  b: TensorVariable,
): TensorVariable | null {
  const [p, q] = [logOf(a), logOf(b)];
  if (p === null && q === null) return null;
  const known = (v: TensorVariable): TensorVariable | null =>
    uniformValue(v) === null ? null : log(v);
  const [x, y] = [p ?? known(a), q ?? known(b)];
  return x === null || y === null ? null : switchOp(cond, x, y);
}

/** log Σ e^x, and log Σ p·onehot = Σ onehot·log p. */
function logOfTotal(v: TensorVariable): TensorVariable | null {
  const node = ownerIf(v, 'sum');
  if (node === null) return null;
  const axes = axesOf(node);
  const [terms] = node.inputs;
  const exponent = inputsOf(terms, 'exp');
  if (exponent !== null) return logsumexp(exponent[0], axes);
  const product = inputsOf(terms, 'mul');
  const choice = inputsOf(terms, 'switch');
  const pairs =
    product !== null
      ? [product, [product[1], product[0]]]
      : choice !== null && isUniform(choice[2], 0)
        ? [[choice[0], choice[1]]]
        : [];
  for (const [hot, p] of pairs) {
    const position = oneHotOf(hot);
    const inner =
      position !== null && axes.length === 1 && axes[0] === position.axis ? logOf(p) : null;
    if (position !== null && inner !== null)
      return sum.on(switchOp(position.condition, inner, 0), axes);
  }
  return null;
}

const stabilizeLog = rule(
  'take logs without underflow',
  'log',
  ['stabilize', 'nnet'],
  ({ inputs: [x], outputs: [out] }) => {
    const stable = logOf(x);
    return stable !== null && stable.type.rank === out.type.rank ? stable : null;
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
  ({ inputs: [x], outputs: [out] }) => {
    const one = (v: TensorVariable): boolean => isUniform(v, 1);
    const total = inputsOf(x, 'add');
    const rest = total === null ? null : one(total[0]) ? total[1] : one(total[1]) ? total[0] : null;
    if (rest !== null) return rest.type.key === out.type.key ? log1p(rest) : null;
    const difference = inputsOf(x, 'sub');
    return difference !== null && one(difference[0]) && difference[1].type.key === out.type.key
      ? log1p(neg(difference[1]))
      : null;
  },
);

const useExpm1 = rule(
  'exp(x)-1 is expm1(x)',
  ['sub', 'add'],
  ['stabilize', 'elemwise'],
  ({ op, inputs: [a, b] }) => {
    const wanted = op.name === 'sub' ? 1 : -1;
    const exponent = inputsOf(a, 'exp');
    if (exponent !== null && isUniform(b, wanted) && a.type.rank === b.type.rank)
      return expm1(exponent[0]);
    const other = op.name === 'add' ? inputsOf(b, 'exp') : null;
    return other !== null && isUniform(a, -1) ? expm1(other[0]) : null;
  },
);

const complementOfSigmoid = rule(
  '1-sigmoid(x) is sigmoid(-x)',
  'sub',
  ['stabilize', 'nnet'],
  ({ inputs: [a, b], outputs: [out] }) => {
    const argument = inputsOf(b, 'sigmoid');
    return argument !== null && isUniform(a, 1) && argument[0].type.key === out.type.key
      ? sigmoid(neg(argument[0]))
      : null;
  },
);

/** The x of 1 + e^x, or null. */
function onePlusExp(v: TensorVariable): TensorVariable | null {
  const total = inputsOf(v, 'add');
  if (total === null) return null;
  for (const [one, power] of [total, [total[1], total[0]]]) {
    const exponent = isUniform(one, 1) ? inputsOf(power, 'exp') : null;
    if (exponent !== null) return exponent[0];
  }
  return null;
}

const recogniseSigmoid = rule(
  '1/(1+exp(-x)) is sigmoid(x)',
  ['true_div', 'reciprocal'],
  ['stabilize', 'nnet'],
  ({ op, inputs: [a, b], outputs: [out] }) => {
    const exponent = onePlusExp(op.name === 'reciprocal' ? a : b);
    if (exponent === null || exponent.type.key !== out.type.key) return null;
    if (op.name === 'reciprocal' || isUniform(a, 1)) return sigmoid(neg(exponent));
    const numerator = inputsOf(a, 'exp');
    if (numerator === null) return null;
    return numerator[0] === exponent ? sigmoid(exponent) : null;
  },
);

const mergeExps = rule(
  'exp(x)*exp(y) is exp(x+y), exp(-x) for 1/exp(x)',
  ['mul', 'true_div', 'reciprocal'],
  ['stabilize', 'elemwise'],
  ({ op, inputs: [a, b] }, { graph }) => {
    const x = inputsOf(a, 'exp');
    if (x === null || graph.clients(a).length > 1) return null;
    if (op.name === 'reciprocal') return exp(neg(x[0]));
    const y = inputsOf(b, 'exp');
    if (y === null || graph.clients(b).length > 1) return null;
    return op.name === 'mul' ? exp(add(x[0], y[0])) : exp(sub(x[0], y[0]));
  },
);

export const stabilizeRules: readonly Rule[] = [
  complementOfSigmoid,
  recogniseSigmoid,
  stabilizeLog,
  stabilizeLog1p,
  useLog1p,
  useExpm1,
  mergeExps,
];
