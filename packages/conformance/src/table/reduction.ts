import * as tno from '@tno/core';
import { givesBool, givesIntegers, named, row, smooth, way } from '../make-row.js';
import type {
  Call,
  Family,
  Gradient,
  Input,
  Names,
  Result,
  Row,
  Tolerance,
  Values,
} from '../row.js';
import { between, distinct, numbers, real } from '../values.js';

type Reduce = (
  x: tno.TensorVariable,
  axes?: tno.Axes,
  options?: tno.ReduceOptions,
) => tno.TensorVariable;

interface Reduction {
  /** A Python function that takes an array and the keywords axis and keepdims. */
  readonly oracle: string;
  readonly result: Result;
  readonly gradient: Gradient;
  readonly names: Names;
  readonly tolerance?: Tolerance;
  readonly values?: Values;
  /** The message where there is nothing to choose from. */
  readonly emptyFails?: RegExp;
  /** Sizes in which the ends of integers do not overflow, of rank 3. */
  readonly special?: readonly number[];
  /** Several axes have no form in NumPy. */
  readonly oneAxis?: boolean;
  readonly note?: string;
  readonly dtypes?: Row['dtypes'];
  readonly refuses?: RegExp;
}

function reduction(op: string, options: Reduction): Row {
  const { oracle, values = real, emptyFails, oneAxis = false, special, ...rest } = options;
  const reduce = (tno as unknown as Readonly<Record<string, Reduce>>)[op];
  const inputs: readonly Input[] = [{ shape: [4, 5], values }];
  const fails = emptyFails && { throws: { empty: emptyFails } };
  const calls: Call[] = [
    way('', inputs, { build: (x) => reduce(x), oracle: `${oracle}(a)`, ...fails }),
    way('axis 0', inputs, { build: (x) => reduce(x, 0), oracle: `${oracle}(a, axis=0)`, ...fails }),
    way('axis -1 keepdims', inputs, {
      build: (x) => reduce(x, -1, { keepdims: true }),
      oracle: `${oracle}(a, axis=-1, keepdims=True)`,
    }),
  ];
  const several = way('axes 0 and 2', [{ shape: [2, 3, 2], values }], {
    build: (x) => reduce(x, [0, 2]),
    oracle: `${oracle}(a, axis=(0, 2))`,
    ...fails,
    ...(special && { shapes: { special: [special] } }),
  });
  return row(op, {
    ...rest,
    calls: oneAxis ? calls : [...calls, several],
  });
}

const adds: Tolerance = { float16: 1, float32: 4, float64: 8, beside: 'array' };

export const reductions: Family = {
  name: 'reduction',
  title: 'Reductions',
  rows: [
    reduction('sum', {
      oracle: 'reduced(np.sum)',
      result: 'sum',
      gradient: smooth(),
      tolerance: adds,
      names: named('sum'),
    }),
    reduction('prod', {
      oracle: 'reduced(np.prod)',
      result: 'sum',
      gradient: smooth(),
      tolerance: adds,
      values: between(0.5, 2),
      names: named('prod'),
    }),
    reduction('mean', {
      oracle: 'np.mean',
      result: 'float',
      gradient: smooth(),
      tolerance: adds,
      names: named('mean'),
    }),
    reduction('variance', {
      oracle: 'np.var',
      result: 'float',
      gradient: smooth(),
      tolerance: adds,
      special: [1, 3, 2],
      names: named('var'),
      note: 'option ddof; `x.var()`',
    }),
    reduction('std', {
      oracle: 'np.std',
      result: 'float',
      gradient: smooth(),
      tolerance: adds,
      special: [1, 3, 2],
      names: named('std'),
      note: 'option ddof',
    }),
    reduction('countNonzero', {
      oracle: 'np.count_nonzero',
      result: 'int64',
      gradient: givesIntegers,
      values: between(-1, 1),
      names: named('count_nonzero', { theano: null }),
    }),
    reduction('median', {
      oracle: 'np.median',
      result: 'float',
      gradient: smooth({ points: [distinct] }),
      tolerance: adds,
      emptyFails: /expected an? /,
      names: named('median', { theano: null }),
      note: 'the mean of the two middle elements',
    }),
    reduction('max', {
      oracle: 'np.max',
      result: 'same',
      gradient: smooth(),
      values: distinct,
      emptyFails: /at least one element/,
      names: named('max', { pytorch: 'torch.amax' }),
      note: 'ties share the gradient',
    }),
    reduction('min', {
      oracle: 'np.min',
      result: 'same',
      gradient: smooth(),
      values: distinct,
      emptyFails: /at least one element/,
      names: named('min', { pytorch: 'torch.amin' }),
      note: 'ties share the gradient',
    }),
    reduction('argmax', {
      oracle: 'np.argmax',
      result: 'int64',
      gradient: givesIntegers,
      values: distinct,
      oneAxis: true,
      emptyFails: /at least one element/,
      names: named('argmax'),
    }),
    reduction('argmin', {
      oracle: 'np.argmin',
      result: 'int64',
      gradient: givesIntegers,
      values: distinct,
      oneAxis: true,
      emptyFails: /at least one element/,
      names: named('argmin'),
    }),
    reduction('ptp', {
      oracle: 'np.ptp',
      result: 'same',
      dtypes: numbers,
      refuses: /expected another dtype than bool/,
      gradient: smooth(),
      values: distinct,
      emptyFails: /at least one element/,
      names: named('ptp', { pytorch: null }),
    }),
    row('maxAndArgmax', {
      calls: [
        way('axis 1', [{ shape: [4, 5], values: distinct }], {
          build: (x) => tno.maxAndArgmax(x, 1),
          oracle: '(np.max(a, axis=1), np.argmax(a, axis=1))',
        }),
        way('all', [{ shape: [4, 5], values: distinct }], {
          build: (x) => tno.maxAndArgmax(x),
          oracle: '(np.max(a), np.argmax(a))',
          throws: { empty: /at least one element/ },
        }),
      ],
      result: ['same', 'int64'],
      gradient: smooth(),
      names: { theano: 'max_and_argmax', numpy: null, pytorch: 'torch.max', jax: null },
    }),
    reduction('all', {
      oracle: 'np.all',
      result: 'bool',
      gradient: givesBool,
      values: between(0, 2),
      names: named('all'),
    }),
    reduction('any', {
      oracle: 'np.any',
      result: 'bool',
      gradient: givesBool,
      values: between(0, 1),
      names: named('any'),
    }),
    reduction('logsumexp', {
      oracle: 'logsumexp',
      result: 'float',
      gradient: smooth(),
      tolerance: adds,
      names: {
        theano: 'logsumexp',
        numpy: 'scipy.special.logsumexp',
        pytorch: 'torch.logsumexp',
        jax: 'jax.nn.logsumexp',
      },
    }),
  ],
};
