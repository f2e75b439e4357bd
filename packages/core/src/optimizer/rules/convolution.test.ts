import { describeRules, leaves } from '../../../test/support/rule-cases.js';
import { mul, neg, trueDiv } from '../../ops/arithmetic.js';
import { conv1d } from '../../ops/conv.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { exp } from '../../ops/transcendental.js';

const { m, n, s, t } = leaves;
const scaled = mul(t, s);
const asked = mul(t, 4);

describeRules({
  'move scalars out of convolutions': {
    tags: ['canonicalize', 'nnet', 'unsafe-nan'],
    cases: {
      'a scaled image': { from: conv1d(mul(t, 2), t), to: /^mul\(conv1d\S+\(t, t, 0, 0\), .*2/ },
      'divided filters': {
        from: conv1d(t, trueDiv(t, s)),
        to: /^true_div\(conv1d\S+\(t, t, 0, 0\), dimshuffle\[x,x,x\]\(s\)\)$/,
      },
      'a sign': { from: conv1d(neg(t), t), to: /^neg\(conv1d/ },
      'of both': { from: conv1d(scaled, scaled), to: /^mul\(mul\(conv1d\S+\(t, t, / },
      'below another shape': {
        from: conv1d(dimshuffle(mul(m, 2), ['x', 0, 1]), dimshuffle(neg(n), ['x', 0, 1])),
        to: /^mul\(neg\(conv1d\S+\(dimshuffle\[x,0,1\]\(m\), dimshuffle\[x,0,1\]\(n\)/,
      },
      'not of each element': { from: conv1d(exp(t), mul(t, t)) },
      'not of what others read too': { from: conv1d(asked, t), beside: [asked] },
    },
  },
});
