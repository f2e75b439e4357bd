import * as tno from '@tno/core';
import {
  elementwise,
  failsAtBuild,
  givesBool,
  named,
  piecewiseConstant,
  row,
  smooth,
  way,
} from '../make-row.js';
import type { Family, Input, Row } from '../row.js';
import { all, halves, integers, real } from '../values.js';

const comparison = (op: string, oracle: string, names = named(op)): Row =>
  elementwise(op, {
    operands: 2,
    oracle,
    values: halves,
    result: 'bool',
    gradient: givesBool,
    names,
  });

const bitwise = (op: string, oracle: string, operands: number, numpy: string): Row =>
  elementwise(op, {
    operands,
    oracle,
    dtypes: ['bool', ...integers],
    refuses: /expected .*, got float|expected another dtype than float/,
    result: 'same',
    gradient: { kind: 'none', why: 'takes no floats' },
    names: named(op, {
      theano: `${op}_`.replace('xor_', 'xor').replace('invert_', 'invert'),
      numpy: `np.${numpy}`,
      pytorch: `torch.${numpy}`.replace('invert', 'bitwise_not'),
      jax: `jnp.${numpy}`,
    }),
    note: 'logical on bool, bitwise on integers',
  });

const test = (op: string): Row =>
  elementwise(op, {
    oracle: `np.${op}(a)`,
    result: 'bool',
    gradient: piecewiseConstant,
    names: named(op),
  });

const of = (...shape: number[]): Input => ({ shape, values: halves });

export const comparisons: Family = {
  name: 'comparison',
  title: 'Comparison, logic, choice',
  rows: [
    comparison('eq', 'a == b', named('eq', { numpy: 'np.equal', jax: 'jnp.equal' })),
    comparison(
      'neq',
      'a != b',
      named('neq', { numpy: 'np.not_equal', pytorch: 'torch.ne', jax: 'jnp.not_equal' }),
    ),
    comparison('lt', 'a < b', named('lt', { numpy: 'np.less', jax: 'jnp.less' })),
    comparison('le', 'a <= b', named('le', { numpy: 'np.less_equal', jax: 'jnp.less_equal' })),
    comparison('gt', 'a > b', named('gt', { numpy: 'np.greater', jax: 'jnp.greater' })),
    comparison(
      'ge',
      'a >= b',
      named('ge', { numpy: 'np.greater_equal', jax: 'jnp.greater_equal' }),
    ),
    bitwise('and', 'a & b', 2, 'bitwise_and'),
    bitwise('or', 'a | b', 2, 'bitwise_or'),
    bitwise('xor', 'a ^ b', 2, 'bitwise_xor'),
    bitwise('invert', '~a', 1, 'invert'),
    test('isnan'),
    test('isinf'),
    elementwise('isclose', {
      operands: 2,
      oracle: 'np.isclose(a, b)',
      values: halves,
      result: 'bool',
      gradient: givesBool,
      names: named('isclose'),
    }),
    row('allclose', {
      calls: [
        way('', [of(3, 4), of(3, 4)], {
          build: (x, y) => tno.allclose(x, y),
          oracle: 'np.allclose(a, b)',
        }),
        way('loosely, NaN too', [of(12), of(12)], {
          build: (x, y) => tno.allclose(x, y, { rtol: 0, atol: 9, equalNan: true }),
          oracle: 'np.allclose(a, b, 0, 9, True)',
        }),
      ],
      result: 'bool',
      gradient: givesBool,
      names: named('allclose'),
    }),
    elementwise('switch', {
      operands: 3,
      operandDTypes: ['bool', undefined, undefined],
      oracle: 'np.where(a, b, c)',
      values: real,
      result: 'same',
      gradient: smooth(),
      names: named('switch', { numpy: 'np.where', pytorch: 'torch.where', jax: 'jnp.where' }),
      note: 'also `where`; both branches are computed, the gradient is masked',
    }),
    row('cast', {
      calls: all.map((to) =>
        way(`to ${to}`, [{ shape: [3, 4], values: real }], {
          build: (x) => tno.cast(x, to),
          oracle: `cast(a, '${to}')`,
          result: to,
          shapes: { special: [[12]] },
        }),
      ),
      result: 'same',
      gradient: smooth({ calls: ['to float64'] }),
      failures: [
        failsAtBuild('no dtype', /\[cast\] expected one of bool, .*, got float31/, () =>
          tno.cast(tno.vector(), 'float31' as tno.DType),
        ),
      ],
      names: named('cast', {
        numpy: 'ndarray.astype',
        pytorch: 'Tensor.to',
        jax: 'lax.convert_element_type',
      }),
      note: 'float to integer truncates',
    }),
  ],
};
