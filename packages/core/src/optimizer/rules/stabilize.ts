/** Stable forms of exponentials: expm1, sigmoid however it is spelled, products of exponentials. */
import type { TensorVariable } from '../../graph/variable.js';
import { add, neg, sub } from '../../ops/arithmetic.js';
import { erf, erfc, ndtr } from '../../ops/error-functions.js';
import { gammainc, gammaincc } from '../../ops/incomplete-gamma.js';
import { exp, expm1, log, sigmoid } from '../../ops/transcendental.js';
import { inPlaceOf, inputsOf, isUniform, NOTHING_GONE, uniformValue, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';

const useExpm1 = rule(
  'exp(x)-1 is expm1(x)',
  ['sub', 'add'],
  ['stabilize', 'elemwise'],
  (node, { shapes }) => {
    const [a, b] = node.inputs;
    const isSum = node.op.name === 'add';
    const left = isUniform(b, isSum ? -1 : 1) ? inputsOf(a, 'exp') : null;
    const power = left ?? (isSum && isUniform(a, -1) ? inputsOf(b, 'exp') : null);
    return power === null ? null : inPlaceOf(expm1(power[0]), node, shapes, NOTHING_GONE);
  },
);

const complementOfSigmoid = rule(
  '1-sigmoid(x) is sigmoid(-x)',
  'sub',
  ['stabilize', 'nnet'],
  (node, { shapes }) => {
    const [a, b] = node.inputs;
    const argument = isUniform(a, 1) ? inputsOf(b, 'sigmoid') : null;
    return argument === null
      ? null
      : inPlaceOf(sigmoid(neg(argument[0])), node, shapes, NOTHING_GONE);
  },
);

/** The x of c + e^x, and log c; null for anything else. */
function shiftedPower(
  v: TensorVariable,
): { exponent: TensorVariable; logShift: TensorVariable | null } | null {
  const terms = inputsOf(v, 'add');
  if (terms === null) return null;
  for (const [constant, power] of [terms, [terms[1], terms[0]]]) {
    const value = uniformValue(constant);
    const exponent = inputsOf(power, 'exp')?.[0];
    if (exponent === undefined || value === null || Number(value) <= 0) continue;
    return { exponent, logShift: Number(value) === 1 ? null : log(constant) };
  }
  return null;
}

/** 1/(1 + e^-x) = e^x/(1 + e^x) = sigmoid(x) */
const recogniseSigmoid = rule(
  '1/(1+exp(-x)) is sigmoid(x)',
  ['true_div', 'reciprocal'],
  ['stabilize', 'nnet'],
  (node, { shapes }) => {
    const inverse = node.op.name === 'reciprocal';
    const [a, b] = inverse ? [null, node.inputs[0]] : node.inputs;
    const below = shiftedPower(b);
    if (below === null) return null;
    const { exponent, logShift } = below;
    const x = logShift === null ? exponent : sub(exponent, logShift);
    const isNumerator = a !== null && inputsOf(a, 'exp')?.[0] === exponent;
    if (isNumerator) return inPlaceOf(sigmoid(x), node, shapes, NOTHING_GONE);
    const isOne = a === null || isUniform(a, 1);
    return isOne && logShift === null
      ? inPlaceOf(sigmoid(neg(x)), node, shapes, NOTHING_GONE)
      : null;
  },
);

/** e^x/(e^x + e^y) = sigmoid(x - y) */
const recogniseChoiceOfTwo = rule(
  'exp(x)/(exp(x)+exp(y)) is sigmoid(x-y)',
  'true_div',
  ['stabilize', 'nnet'],
  (node, { shapes }) => {
    const [a, b] = node.inputs;
    const terms = inputsOf(b, 'add');
    if (terms === null || !terms.includes(a)) return null;
    const x = inputsOf(a, 'exp');
    const y = inputsOf(terms[0] === a ? terms[1] : terms[0], 'exp');
    if (x === null || y === null) return null;
    return inPlaceOf(sigmoid(sub(x[0], y[0])), node, shapes, NOTHING_GONE);
  },
);

const mergeExps = rule(
  'exp(x)*exp(y) is exp(x+y), exp(-x) for 1/exp(x)',
  ['mul', 'true_div', 'reciprocal'],
  ['stabilize', 'elemwise'],
  (node, { graph, shapes }) => {
    const [a, b] = node.inputs;
    const power = (v: TensorVariable): TensorVariable | null =>
      usedOnce(graph, v) ? (inputsOf(v, 'exp')?.[0] ?? null) : null;
    if (node.op.name === 'reciprocal') {
      const x = power(a);
      return x && exp(neg(x));
    }
    const y = power(b);
    if (y === null) return null;
    if (node.op.name === 'true_div' && isUniform(a, 1)) {
      return inPlaceOf(exp(neg(y)), node, shapes, NOTHING_GONE);
    }
    const x = power(a);
    return x && exp(node.op.name === 'mul' ? add(x, y) : sub(x, y));
  },
);

/** What 1 - f is, by the name of f. */
const complements: Readonly<
  Record<string, (...inputs: readonly TensorVariable[]) => TensorVariable>
> = {
  erf: (x) => erfc(x),
  erfc: (x) => erf(x),
  ndtr: (x) => ndtr(neg(x)),
  gammainc: (a, x) => gammaincc(a, x),
  gammaincc: (a, x) => gammainc(a, x),
};

const complementOfDistribution = rule(
  '1-erf(x) is erfc(x), and so on',
  ['sub', 'add'],
  ['stabilize', 'elemwise'],
  (node, { shapes }) => {
    const [a, b] = node.inputs;
    if (node.op.name === 'add') {
      const x = isUniform(a, 1) ? inputsOf(b, 'erf') : isUniform(b, 1) ? inputsOf(a, 'erf') : null;
      return x && inPlaceOf(erfc(neg(x[0])), node, shapes, NOTHING_GONE);
    }
    const of = isUniform(a, 1) ? b.owner : null;
    if (of === null || !Object.hasOwn(complements, of.op.name)) return null;
    return inPlaceOf(complements[of.op.name](...of.inputs), node, shapes, NOTHING_GONE);
  },
);

export const stabilizeRules: readonly Rule[] = [
  complementOfSigmoid,
  complementOfDistribution,
  recogniseSigmoid,
  recogniseChoiceOfTwo,
  useExpm1,
  mergeExps,
];
