import { describe, expect, it } from 'vitest';
import { describeRules, graphOf, leaves, optimized } from '../../../test/support/rule-cases.js';
import { dot } from '../../ops/dot.js';
import { logsumexp } from '../../ops/logsumexp.js';
import { logSoftmax, softmax } from '../../ops/softmax.js';
import { exp } from '../../ops/transcendental.js';
import { rewrite } from '../engine.js';
import { asWritten } from '../mode.js';
import { expandRules } from './expand.js';

const { x, y, m } = leaves;

describeRules({
  'expand composites': {
    tags: ['expand'],
    cases: {
      softmax: {
        from: softmax(x),
        to: 'true_div(exp(sub(x, dimshuffle[x](max_or_least[0](x)))), dimshuffle[x](sum[0](exp(sub(x, dimshuffle[x](max_or_least[0](x)))))))',
      },
      logsumexp: {
        from: logsumexp(x),
        to: 'add(log(sum[0](exp(sub(x, dimshuffle[x](switch(isinf(max_or_least[0](x)), 0, max_or_least[0](x))))))), switch(isinf(max_or_least[0](x)), 0, max_or_least[0](x)))',
      },
      'not a primitive': { from: exp(x) },
      'not what a later phase may make a call of': { from: dot(x, y) },
    },
  },
  'expand the last composites': {
    tags: ['expand'],
    cases: {
      'a dot': { from: dot(x, y), to: 'sum[0](mul(x, y))' },
      'not a primitive': { from: exp(x) },
    },
  },
});

describe('expansion', () => {
  it('happens in every mode', () => {
    expect(optimized(logSoftmax(x), 'expand', asWritten)).toMatch(/^sub\(sub\(x, .*log\(/);
  });

  it('softmax and logSoftmax of one operand share their exponentials', () => {
    const graph = graphOf([softmax(m), logSoftmax(m)]);
    rewrite(graph, expandRules);
    expect(graph.nodes().filter((node) => node.op.name === 'exp')).toHaveLength(1);
  });
});
