import { describeRules, leaves } from '../../../test/support/rule-cases.js';
import { incSubtensor, setSubtensor } from '../../ops/advanced-index.js';
import { zeros, zerosLike } from '../../ops/alloc.js';
import { add } from '../../ops/arithmetic.js';
import { scatter } from '../../ops/gather.js';
import { slice } from '../../ops/subtensor.js';
import { exp } from '../../ops/transcendental.js';

const { x, y, z, m, n, s, i, u, k } = leaves;

describeRules({
  'write over what was written': {
    tags: ['canonicalize', 'subtensor'],
    cases: {
      'set twice': {
        from: setSubtensor(setSubtensor(x, [k], s), [k], 2),
        to: 'set_subtensor[at](x, 2, k)',
      },
      'set after an increment': {
        from: setSubtensor(incSubtensor(m, [0], y), [0], z),
        to: 'set_subtensor[at,[slice,false,false,1]](m, z, 0)',
      },
      'increments add up': {
        from: incSubtensor(incSubtensor(x, [1], s), [1], 3),
        to: 'inc_subtensor[at](x, add(s, 3), 1)',
      },
      'an increment of what was set': {
        from: incSubtensor(setSubtensor(m, [0], y), [0], z),
        to: 'set_subtensor[at,[slice,false,false,1]](m, add(y, z), 0)',
      },
      'not in another place': { from: setSubtensor(setSubtensor(x, [k], s), [1], 2) },
      'not an increment of what others need': {
        from: incSubtensor(setSubtensor(x, [k], s), [k], 2),
        beside: [exp(setSubtensor(x, [k], s))],
      },
    },
  },
  'scatter over what was scattered': {
    tags: ['canonicalize', 'subtensor'],
    cases: {
      'set twice': {
        from: scatter(scatter(x, [i], u, 'set'), [i], 2, 'set'),
        to: 'advanced_set_subtensor(x, dimshuffle[x](2), i)',
      },
      'increments add up': {
        from: scatter(scatter(x, [i], u, 'inc'), [i], u, 'inc'),
        to: 'advanced_inc_subtensor(x, add(u, u), i)',
      },
      'not an increment of what was set': {
        from: scatter(scatter(x, [i], u, 'set'), [i], u, 'inc'),
      },
    },
  },
  'drop an increment of zeros': {
    tags: ['canonicalize', 'subtensor'],
    cases: {
      'of a part': { from: incSubtensor(x, [slice(1, null)], 0), to: 'x' },
      'not of others': { from: incSubtensor(x, [0], 1) },
    },
  },
  'drop what is written over': {
    tags: ['canonicalize', 'subtensor'],
    cases: {
      'set everywhere': { from: setSubtensor(x, [slice(null)], exp(x)), to: 'exp(x)' },
      'added everywhere': { from: incSubtensor(m, [], exp(m)), to: 'add(m, exp(m))' },
      'not by other sizes': { from: setSubtensor(x, [slice(null)], y) },
      'not by one value': { from: setSubtensor(m, [], s) },
      'not a part': { from: setSubtensor(m, [0], y) },
    },
  },
  'set what is added to zeros': {
    tags: ['specialize', 'subtensor'],
    cases: {
      'a row': {
        from: incSubtensor(zerosLike(m), [0], y),
        to: 'set_subtensor[at,[slice,false,false,1]](alloc(0, shape_i0(m), shape_i1(m)), y, 0)',
      },
      'not what is added to others': { from: incSubtensor(n, [0], y) },
      'not in a sum, which takes it in': { from: add(m, incSubtensor(zerosLike(m), [0], y)) },
    },
  },
  'scatter into the sum': {
    tags: ['specialize', 'nnet', 'subtensor'],
    cases: {
      'a part of zeros': {
        from: add(m, incSubtensor(zerosLike(m), [0], y)),
        to: 'inc_subtensor[at](m, y, 0)',
      },
      'not of other sizes': { from: add(x, incSubtensor(zeros([3], 'float64'), [0], s)) },
    },
  },
});
