import { describeRules, leaves } from '../../../test/support/rule-cases.js';
import { at } from '../../ops/advanced-index.js';
import { add } from '../../ops/arithmetic.js';
import { concatenate, split } from '../../ops/join.js';
import { prod } from '../../ops/prod.js';
import { sum } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { slice } from '../../ops/subtensor.js';

const { x, y, z, m, n, k } = leaves;
const three = concatenate([x, y, z]);
const [a, b] = [shapeOf(x, 0), add(shapeOf(x, 0), shapeOf(y, 0))];

describeRules({
  'drop a split into one part': {
    tags: ['canonicalize', 'subtensor'],
    cases: {
      'one part': { from: split(x, 1)[0], to: 'x' },
      'not into two': { from: split(m, 2)[1] },
    },
  },
  'read a part of what was joined': {
    tags: ['canonicalize', 'subtensor'],
    cases: {
      'the first': { from: at(three, slice(a)), to: 'x' },
      'one between': { from: at(three, slice(a, b)), to: 'y' },
      'the last': { from: at(three, slice(b, null)), to: 'z' },
      'along another axis': {
        from: at(concatenate([m, n], 1), null, slice(shapeOf(m, 1), null)),
        to: 'n',
      },
      'not some of a part': { from: at(three, slice(k)) },
      'not parts of two': { from: at(three, slice(1, b)) },
      'not backward': { from: at(three, { start: null, stop: a, step: -1 }) },
    },
  },
  'reduce what was joined part by part': {
    tags: ['specialize', 'reduce'],
    cases: {
      'a sum': { from: sum(three), to: 'add(add(sum[0](x), sum[0](y)), sum[0](z))' },
      'a product over both axes': {
        from: prod(concatenate([m, n])),
        to: 'mul(prod[0,1](m), prod[0,1](n))',
      },
      'not along the other axis': { from: sum(concatenate([m, n]), 1) },
      'not where others need it': { from: sum(three), beside: [three] },
    },
  },
});
