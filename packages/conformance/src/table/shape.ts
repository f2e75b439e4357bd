import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, named, row, smooth, way } from '../make-row.js';
import type { Family, Input } from '../row.js';
import { real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: real });
const cube = [of(2, 3, 4)];
const matrix = [of(3, 4)];
const ones = (...shape: number[]): tno.NDArray => tno.NDArray.ones(shape);

export const shapes: Family = {
  name: 'shape',
  title: 'Shape',
  rows: [
    row('transpose', {
      calls: [
        way('', cube, { build: (x) => tno.transpose(x), oracle: 'np.transpose(a)' }),
        way('axes 1 0 2', cube, {
          build: (x) => tno.transpose(x, [1, 0, 2]),
          oracle: 'np.transpose(a, (1, 0, 2))',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('an axis twice', /expected/, () => tno.transpose(tno.matrix('x'), [0, 0])),
      ],
      names: named('transpose', { pytorch: 'torch.permute' }),
      note: 'also `x.T`',
    }),
    row('dimshuffle', {
      calls: [
        way('1 x 0', matrix, {
          build: (x) => tno.dimshuffle(x, [1, 'x', 0]),
          oracle: 'a.T[:, None, :]',
        }),
        way('x 0', [of(5)], { build: (x) => tno.dimshuffle(x, ['x', 0]), oracle: 'a[None, :]' }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('an axis left out', /expected/, () => tno.dimshuffle(tno.matrix('x'), [0])),
      ],
      names: named('dimshuffle', {
        numpy: 'np.expand_dims, np.transpose',
        pytorch: 'torch.permute, unsqueeze',
        jax: 'lax.broadcast_in_dim',
      }),
    }),
    row('reshape', {
      calls: [
        way('', matrix, {
          build: (x) => tno.reshape(x, [2, 6]),
          oracle: 'a.reshape(2, 6)',
          shapes: { one: [[12, 1]] },
          throws: { empty: /as many elements as before, 0, got 12/ },
        }),
        way('with -1', matrix, {
          build: (x) => tno.reshape(x, [-1, 2]),
          oracle: 'a.reshape(-1, 2)',
          shapes: { one: [[2, 1]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtRun('other number of elements', /\[reshape\] expected/, [ones(3, 3)], (x) =>
          tno.reshape(x, [2, 4]),
        ),
        failsAtBuild('two sizes left open', /at most one -1/, () =>
          tno.reshape(tno.matrix('x'), [-1, -1]),
        ),
      ],
      names: named('reshape'),
      note: 'one size may be -1; sizes may be symbolic',
    }),
    row('flatten', {
      calls: [
        way('', cube, { build: (x) => tno.flatten(x), oracle: 'a.reshape(-1)' }),
        way('rank 2', cube, {
          build: (x) => tno.flatten(x, 2),
          oracle: 'a.reshape(a.shape[0], 12 if a.shape[1] == 3 else 1)',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('rank 0', /\[flatten\] expected/, () => tno.flatten(tno.matrix('x'), 0)),
      ],
      names: named('flatten', { numpy: 'ndarray.ravel', jax: 'jnp.ravel' }),
    }),
    row('shape', {
      calls: [way('', matrix, { build: (x) => tno.shape(x), oracle: 'np.array(a.shape)' })],
      result: 'int64',
      gradient: { kind: 'none', why: 'sizes do not depend on values' },
      cannotFail: 'takes any tensor',
      names: named('shape', { pytorch: 'Tensor.shape' }),
      note: 'known without a value; `x.shape`',
    }),
    row('shapeOf', {
      calls: [way('', matrix, { build: (x) => tno.shapeOf(x, 1), oracle: 'np.array(a.shape[1])' })],
      result: 'int64',
      gradient: { kind: 'none', why: 'sizes do not depend on values' },
      failures: [
        failsAtBuild('axis out of range', /\[shape\] expected/, () =>
          tno.shapeOf(tno.matrix('x'), 2),
        ),
      ],
      names: { theano: 'x.shape[i]', numpy: 'np.size', pytorch: 'Tensor.size', jax: 'jnp.size' },
    }),
    row('specifyShape', {
      calls: [
        way('', matrix, {
          build: (x) => tno.specifyShape(x, [null, 4]),
          oracle: 'a',
          shapes: { one: [[1, 4]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtRun('another size', /expected/, [ones(2, 3)], (x) => tno.specifyShape(x, [null, 4])),
        failsAtBuild('another rank', /\[specify_shape\] expected 2 sizes/, () =>
          tno.specifyShape(tno.matrix('x'), [1]),
        ),
      ],
      names: { theano: 'specify_shape', numpy: null, pytorch: null, jax: null },
    }),
    row('broadcastTo', {
      calls: [
        way('', [of(4)], {
          build: (x) => tno.broadcastTo(x, [3, tno.shapeOf(x, 0)]),
          oracle: 'np.broadcast_to(a, (3, a.shape[0]))',
        }),
        way('stretched', [of(1, 4)], {
          build: (x) => tno.broadcastTo(tno.specifyShape(x, [1, null]), [3, tno.shapeOf(x, 1)]),
          oracle: 'np.broadcast_to(a, (3, a.shape[1]))',
          shapes: { empty: [[1, 0]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtRun('another size', /\[alloc\] expected size 4/, [ones(3)], (x) =>
          tno.broadcastTo(x, [2, 4]),
        ),
      ],
      names: named('broadcast_to', { theano: 'alloc' }),
    }),
    ...(['zerosLike', 'onesLike'] as const).map((op) =>
      row(op, {
        calls: [
          way('', matrix, {
            build: (x) => tno[op](x),
            oracle: `np.${op === 'zerosLike' ? 'zeros' : 'ones'}_like(a)`,
          }),
        ],
        result: 'same',
        gradient: { kind: 'none', why: 'does not depend on values' },
        cannotFail: 'takes any tensor',
        names: named(op === 'zerosLike' ? 'zeros_like' : 'ones_like'),
      }),
    ),
    row('full', {
      calls: [
        way('', [of()], {
          build: (x) => tno.full([2, 3], x),
          oracle: 'np.full((2, 3), a)',
          blank: { empty: 'takes a scalar; the sizes of the result are in the row of zeros' },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild(
          'a size that is no integer',
          /expected integer scalars as sizes, got float32/,
          () => tno.full([2.5], 1),
        ),
      ],
      names: named('full', { theano: 'fill' }),
    }),
  ],
};
