import { elementwise, givesIntegers, named, piecewiseConstant, smooth } from '../make-row.js';
import type { Family } from '../row.js';
import * as tno from '@tno/core';
import { awayFromZero, between, distinct, halves, numbers, positive, real } from '../values.js';

const refusesBool = /expected another dtype than bool/;
const arithmeticOn = { dtypes: numbers, refuses: refusesBool, result: 'same' } as const;
const rounding = { result: 'float', gradient: piecewiseConstant, values: halves } as const;
const chooses = { operands: 2, values: distinct } as const;

export const arithmetic: Family = {
  name: 'arithmetic',
  title: 'Arithmetic',
  rows: [
    elementwise('add', {
      operands: 2,
      oracle: 'a + b',
      result: 'same',
      gradient: smooth(),
      names: named('add'),
    }),
    elementwise('sub', {
      ...arithmeticOn,
      operands: 2,
      oracle: 'a - b',
      gradient: smooth(),
      names: named('sub', { numpy: 'np.subtract', jax: 'jnp.subtract' }),
    }),
    elementwise('mul', {
      operands: 2,
      oracle: 'a * b',
      result: 'same',
      gradient: smooth(),
      names: named('mul', { numpy: 'np.multiply', jax: 'jnp.multiply' }),
    }),
    elementwise('div', {
      operands: 2,
      oracle: 'a / b',
      result: 'float',
      values: [real, awayFromZero()],
      gradient: smooth(),
      names: named('true_div', {
        numpy: 'np.true_divide',
        pytorch: 'torch.div',
        jax: 'jnp.true_divide',
      }),
      note: 'makes floats of integers',
    }),
    elementwise('intDiv', {
      ...arithmeticOn,
      operands: 2,
      oracle: 'int_div(a, b)',
      values: [real, awayFromZero()],
      gradient: piecewiseConstant,
      names: named('int_div', {
        numpy: 'np.floor_divide',
        pytorch: 'torch.floor_divide',
        jax: 'jnp.floor_divide',
      }),
      note: 'x//0 is 0 for integers',
    }),
    elementwise('mod', {
      ...arithmeticOn,
      jumps: true,
      operands: 2,
      oracle: 'mod(a, b)',
      values: [real, awayFromZero()],
      gradient: smooth(),
      names: named('mod', { pytorch: 'torch.remainder' }),
      note: "the divisor's sign; x%0 is 0 for integers",
    }),
    elementwise('pow', {
      ...arithmeticOn,
      operands: 2,
      oracle: 'power(a, b)',
      values: [positive, between(-2, 3)],
      tolerance: { float16: 1, float32: 2, float64: 2 },
      gradient: smooth(),
      names: named('pow', { numpy: 'np.power', jax: 'jnp.power' }),
    }),
    elementwise('maximum', {
      ...chooses,
      oracle: 'maximum(a, b)',
      result: 'same',
      gradient: smooth({ points: [real, real] }),
      names: named('maximum'),
      note: 'NaN wins; ties halve the gradient',
    }),
    elementwise('minimum', {
      ...chooses,
      oracle: 'minimum(a, b)',
      result: 'same',
      gradient: smooth({ points: [real, real] }),
      names: named('minimum'),
      note: 'NaN wins; ties halve the gradient',
    }),
    elementwise('clip', {
      build: (x) => tno.clip(x, 0, 1),
      oracle: 'np.clip(a.astype(dtype), 0, 1)',
      result: (dtype) => (dtype === 'bool' ? 'int8' : dtype),
      gradient: smooth(),
      names: named('clip'),
    }),
    elementwise('neg', {
      ...arithmeticOn,
      oracle: '-a',
      gradient: smooth(),
      names: named('neg', { numpy: 'np.negative', jax: 'jnp.negative' }),
    }),
    elementwise('abs', {
      ...arithmeticOn,
      oracle: 'np.abs(a)',
      values: awayFromZero(),
      gradient: smooth(),
      names: named('abs'),
    }),
    elementwise('sgn', {
      ...arithmeticOn,
      oracle: 'np.sign(a)',
      values: awayFromZero(),
      gradient: piecewiseConstant,
      names: named('sgn', { numpy: 'np.sign', pytorch: 'torch.sign', jax: 'jnp.sign' }),
    }),
    elementwise('sqr', {
      ...arithmeticOn,
      oracle: 'a * a',
      gradient: smooth(),
      names: named('sqr', { numpy: 'np.square', pytorch: 'torch.square', jax: 'jnp.square' }),
    }),
    elementwise('sqrt', {
      oracle: 'np.sqrt(a)',
      result: 'float',
      values: positive,
      gradient: smooth(),
      names: named('sqrt'),
    }),
    elementwise('reciprocal', {
      oracle: '1 / a',
      result: 'float',
      values: awayFromZero(),
      gradient: smooth(),
      names: named('inv', {
        numpy: 'np.reciprocal',
        pytorch: 'torch.reciprocal',
        jax: 'jnp.reciprocal',
      }),
    }),
    elementwise('relu', {
      oracle: 'np.where(np.isnan(a), a, np.where(a > 0, a, 0)).astype(a.dtype)',
      result: 'same',
      values: awayFromZero(),
      gradient: smooth(),
      names: named('nnet.relu', { numpy: null, pytorch: 'torch.relu', jax: 'jax.nn.relu' }),
      note: 'its gradient at 0 is 0',
    }),
    elementwise('floor', { ...rounding, oracle: 'np.floor(a)', names: named('floor') }),
    elementwise('ceil', { ...rounding, oracle: 'np.ceil(a)', names: named('ceil') }),
    elementwise('trunc', { ...rounding, oracle: 'np.trunc(a)', names: named('trunc') }),
    elementwise('round', {
      ...rounding,
      oracle: 'np.round(a)',
      names: named('round'),
      note: 'half to even',
    }),
    elementwise('iround', {
      oracle: 'np.round(a).astype(np.int64)',
      values: halves,
      result: 'int64',
      gradient: givesIntegers,
      names: named('iround', { numpy: null, pytorch: null, jax: null }),
      blank: { special: 'integers of NaN and infinities are what C makes of them' },
    }),
    elementwise('ceilIntDiv', {
      ...arithmeticOn,
      operands: 2,
      oracle: 'ceil_int_div(a, b)',
      values: [real, awayFromZero()],
      gradient: piecewiseConstant,
      names: named('ceil_intdiv', { numpy: null, pytorch: null, jax: null }),
      note: '0 for a zero divisor',
    }),
  ],
};
