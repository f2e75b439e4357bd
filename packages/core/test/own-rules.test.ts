/** Rules that ops bring along; those of the phases have their cases beside them. */
import { scalarConstant } from '../src/graph/constant.js';
import { disconnectedGrad } from '../src/grad/gradient-flow.js';
import { ifElse } from '../src/inner/if-else.js';
import { opFromGraph } from '../src/inner/op-from-graph.js';
import { mul } from '../src/ops/arithmetic.js';
import { assert } from '../src/ops/assert.js';
import { gt } from '../src/ops/compare.js';
import { exp } from '../src/ops/transcendental.js';
import { dvector } from '../src/tensor/create.js';
import { describeRules, leaves } from './support/rule-cases.js';

const { x, y, s } = leaves;
const isPositive = gt(s, 0);
const holds = scalarConstant(true, 'bool');
const [v, used] = [dvector('v'), exp(x)];
const twice = opFromGraph([v], mul(v, 2), { name: 'twice' });

describeRules({
  'remove assertions': {
    tags: ['remove-assert'],
    always: true,
    cases: { 'any': { from: assert(x, isPositive), to: 'x' } },
  },
  'drop an assertion that holds': {
    tags: ['canonicalize'],
    cases: {
      'of constants': { from: assert(x, [holds, holds]), to: 'x' },
      'not of what is known only when it runs': { from: assert(x, [holds, isPositive]) },
    },
  },
  'values pass': {
    tags: ['canonicalize'],
    always: true,
    cases: { 'any': { from: disconnectedGrad(x), to: 'x' } },
  },
  'choose a branch that is known': {
    tags: ['canonicalize'],
    cases: {
      'a true condition': { from: ifElse(holds, x, y), to: 'x' },
      'equal branches': { from: ifElse(isPositive, x, x), to: 'x' },
      'not an open condition': { from: ifElse(isPositive, x, y) },
    },
  },
  'move into a branch what it alone uses': {
    tags: ['lazy'],
    always: true,
    cases: {
      'work of one branch': { from: ifElse(isPositive, exp(x), y), to: /^branch\d+\(gt\(s, 0\), x, y\)$/ },
      'but what others use': { from: ifElse(isPositive, used, y), beside: [used], to: /^branch\d+\(gt\(s, 0\), exp\(x\), y\)$/ },
    },
  },
  'put twice in its place': {
    tags: ['canonicalize', 'stabilize'],
    always: true,
    cases: { 'any': { from: twice(x), to: 'mul(x, dimshuffle[x](2))' } },
  },
}); // prettier-ignore
