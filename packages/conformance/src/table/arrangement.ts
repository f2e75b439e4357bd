import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, named, row, smooth, way } from '../make-row.js';
import type { Call, Failure, Family, Input, Names, Row } from '../row.js';
import { below, real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: real });
const counts = (...shape: number[]): Input => ({ shape, values: below(4), dtype: 'int64' });
const vector = [of(5)];
const matrix = [of(3, 4)];
const cube = [of(2, 3, 4)];
const ones = (...shape: number[]): tno.NDArray => tno.NDArray.ones(shape);
const { shapeOf } = tno;

/** Elements in other places: of any dtype, which stays; linear, so that two orders are soon checked. */
const moves = (
  op: string,
  calls: readonly Call[],
  failures: readonly Failure[],
  names: Names,
): Row =>
  row(op, {
    calls,
    failures,
    names,
    result: 'same',
    gradient: smooth(),
    ...(op.startsWith('atleast') && { cannotFail: 'takes any tensor' }),
  });

const x2 = tno.matrix('x');

const paddings: readonly Call[] = (
  ['edge', 'reflect', 'symmetric', 'wrap', 'maximum', 'minimum'] as const
).map((mode) =>
  way(mode, [of(4, 3)], {
    build: (x) =>
      tno.pad(
        x,
        [
          [2, 5],
          [1, 0],
        ],
        mode,
      ),
    oracle: `np.pad(a, ((2, 5), (1, 0)), '${mode}')`,
    // A column: of zeros of both signs either is the least.
    shapes: { empty: [[3, 0]], special: [[10, 1]] },
    ...(mode === 'edge' || mode === 'reflect' || mode === 'symmetric' || mode === 'wrap'
      ? { throws: { empty: /expected an index within/ } }
      : { throws: { empty: /at least one element/ } }),
  }),
);

export const arrangement: Family = {
  name: 'arrangement',
  title: 'Axes and places',
  rows: [
    moves(
      'swapaxes',
      [way('', cube, { build: (x) => tno.swapaxes(x, 0, -1), oracle: 'np.swapaxes(a, 0, -1)' })],
      [],
      named('swapaxes'),
    ),
    moves(
      'moveaxis',
      [
        way('', cube, { build: (x) => tno.moveaxis(x, 0, -1), oracle: 'np.moveaxis(a, 0, -1)' }),
        way('two', cube, {
          build: (x) => tno.moveaxis(x, [0, 2], [1, 0]),
          oracle: 'np.moveaxis(a, [0, 2], [1, 0])',
        }),
      ],
      [failsAtBuild('an axis twice', /expected as many/, () => tno.moveaxis(x2, [0, 0], [0, 1]))],
      named('moveaxis', { theano: null }),
    ),
    moves(
      'squeeze',
      [
        way('axis 1', [of(3, 1, 4)], {
          build: (x) => tno.squeeze(x, 1),
          oracle: 'np.squeeze(a, 1)',
        }),
        way('axes 0 and 2', [of(1, 3, 1)], {
          build: (x) => tno.squeeze(x, [0, -1]),
          oracle: 'np.squeeze(a, (0, -1))',
          shapes: { empty: [[1, 0, 1]] },
        }),
      ],
      [
        failsAtRun('another size', /expected size 1 on axis 0, got 3/, [ones(3)], (x) =>
          tno.squeeze(x, 0),
        ),
        failsAtBuild('another known size', /\[squeeze\] expected size 1/, () =>
          tno.squeeze(tno.tensor('float32', [3]), 0),
        ),
      ],
      named('squeeze'),
    ),
    moves(
      'expandDims',
      [
        way('', matrix, { build: (x) => tno.expandDims(x, 1), oracle: 'np.expand_dims(a, 1)' }),
        way('two', matrix, {
          build: (x) => tno.expandDims(x, [0, -1]),
          oracle: 'np.expand_dims(a, (0, -1))',
        }),
      ],
      [],
      named('expand_dims', { pytorch: 'torch.unsqueeze' }),
    ),
    moves(
      'shapePadLeft',
      [way('', matrix, { build: (x) => tno.shapePadLeft(x, 2), oracle: 'a[None, None]' })],
      [
        failsAtBuild('less than none', /expected a whole number of axes, got -1/, () =>
          tno.shapePadLeft(tno.vector(), -1),
        ),
      ],
      named('shape_padleft', { numpy: null, pytorch: null, jax: null }),
    ),
    moves(
      'shapePadRight',
      [way('', matrix, { build: (x) => tno.shapePadRight(x, 2), oracle: 'a[..., None, None]' })],
      [
        failsAtBuild('less than none', /expected a whole number of axes, got -1/, () =>
          tno.shapePadRight(tno.vector(), -1),
        ),
      ],
      named('shape_padright', { numpy: null, pytorch: null, jax: null }),
    ),
    ...([1, 2, 3] as const).map((n) =>
      moves(
        `atleast${n}d`,
        [of(), of(3), of(3, 4)].map((input) =>
          way(`rank ${input.shape.length}`, [input], {
            build: (x) => [tno.atleast1d, tno.atleast2d, tno.atleast3d][n - 1](x),
            oracle: `np.atleast_${n}d(a)`,
          }),
        ),
        [],
        named(`atleast_${n}d`),
      ),
    ),
    moves(
      'splitDims',
      [
        way('', [of(6, 2)], {
          build: (x) => tno.splitDims(x, 0, [3, -1]),
          oracle: 'a.reshape(3, -1, a.shape[1])',
          shapes: { one: [[3, 1]] },
        }),
      ],
      [
        failsAtRun('sizes that do not fit', /\[reshape\] expected/, [ones(5)], (x) =>
          tno.splitDims(x, 0, [2, 3, 4]),
        ),
      ],
      named('split_dims', { numpy: null, pytorch: 'torch.unflatten', jax: null }),
    ),
    moves(
      'joinDims',
      [
        way('', cube, {
          build: (x) => tno.joinDims(x),
          oracle: 'a.reshape(a.shape[0] * a.shape[1], a.shape[2])',
        }),
        way('the last two', cube, {
          build: (x) => tno.joinDims(x, 1, 2),
          oracle: 'a.reshape(a.shape[0], a.shape[1] * a.shape[2])',
        }),
      ],
      [
        failsAtBuild('too many', /\[joinDims\] expected from 1 to 1 axes/, () =>
          tno.joinDims(x2, 1),
        ),
      ],
      named('join_dims', { numpy: null, pytorch: 'torch.flatten', jax: null }),
    ),
    moves(
      'addBroadcast',
      [
        way('', [of(1, 4)], {
          build: (x) => tno.addBroadcast(x, 0),
          oracle: 'a',
          shapes: { empty: [[1, 0]] },
        }),
      ],
      [failsAtRun('another size', /expected size 1/, [ones(3)], (x) => tno.addBroadcast(x, 0))],
      named('addbroadcast', { numpy: null, pytorch: null, jax: null }),
    ),
    moves(
      'unbroadcast',
      [
        way('', [of(1, 4)], {
          build: (x) => tno.unbroadcast(tno.specifyShape(x, [1, null]), 0),
          oracle: 'a',
          shapes: { empty: [[1, 0]] },
        }),
      ],
      [],
      named('unbroadcast', { numpy: null, pytorch: null, jax: null }),
    ),
    moves(
      'patternBroadcast',
      [
        way('', [of(1, 4)], {
          build: (x) => tno.patternBroadcast(x, [true, false]),
          oracle: 'a',
          shapes: { empty: [[1, 0]], one: [[1, 4]] },
        }),
      ],
      [failsAtBuild('another rank', /expected 2 entries/, () => tno.patternBroadcast(x2, [true]))],
      named('patternbroadcast', { numpy: null, pytorch: null, jax: null }),
    ),
    row('broadcastShape', {
      calls: [
        way('', [of(3, 1), of(1, 4)], {
          build: (x, y) =>
            tno.broadcastShape(tno.specifyShape(x, [null, 1]), tno.specifyShape(y, [1, null])),
          oracle: 'tuple(np.array(n) for n in np.broadcast_shapes(a.shape, b.shape))',
          shapes: {
            empty: [
              [0, 1],
              [1, 4],
            ],
            broadcast: [
              [3, 1],
              [1, 4],
            ],
          },
        }),
      ],
      result: ['int64', 'int64'],
      gradient: { kind: 'none', why: 'sizes do not depend on values' },
      failures: [
        failsAtBuild('known sizes that differ', /expected equal sizes/, () =>
          tno.broadcastShape(tno.tensor('float32', [3]), tno.tensor('float32', [4])),
        ),
      ],
      names: named('broadcast_shapes', { theano: 'broadcast_shape' }),
    }),
    row('broadcastArrays', {
      calls: [
        way('', [of(3, 1), of(1, 4)], {
          build: (x, y) =>
            tno.broadcastArrays(tno.specifyShape(x, [null, 1]), tno.specifyShape(y, [1, null])),
          oracle: 'np.broadcast_arrays(a, b)',
          shapes: {
            empty: [
              [0, 1],
              [1, 4],
            ],
            broadcast: [
              [3, 1],
              [1, 4],
            ],
          },
        }),
      ],
      result: ['same', 'same'],
      gradient: smooth(),
      failures: [
        failsAtRun(
          'sizes that differ',
          /expected (equal sizes|size 2) on axis 0, got .*3/,
          [tno.NDArray.ones([2]), tno.NDArray.ones([3])],
          (x, y) => tno.broadcastArrays(x, y),
        ),
      ],
      names: named('broadcast_arrays', { pytorch: 'torch.broadcast_tensors' }),
    }),
    moves(
      'concatenate',
      [
        way('', [of(2, 3), of(3, 3)], {
          build: (x, y) => tno.concatenate([x, y]),
          oracle: 'np.concatenate([a, b])',
        }),
        way('axis 1', [of(2, 3), of(2, 1), of(2, 2)], {
          build: (x, y, z) => tno.concatenate([x, y, z], 1),
          oracle: 'np.concatenate([a, b, c], 1)',
          shapes: {
            empty: [
              [2, 0],
              [2, 1],
              [2, 0],
            ],
          },
        }),
        way('computed parts', [of(3), of(3)], {
          build: (x, y) => tno.concatenate([tno.maximum(x, y), tno.at(y, { step: -1 })]),
          oracle: 'np.concatenate([maximum(a, b), b[::-1]])',
        }),
      ],
      [
        failsAtRun(
          'sizes that differ',
          /\[join\] expected equal sizes on axis 1, got 3 and 2/,
          [ones(2, 3), ones(2, 2)],
          (x, y) => tno.concatenate([x, y]),
        ),
        failsAtBuild('ranks that differ', /\[join\] expected tensors of one rank/, () =>
          tno.concatenate([x2, tno.vector()]),
        ),
      ],
      named('concatenate', { theano: 'join, concatenate', pytorch: 'torch.cat' }),
    ),
    moves(
      'stack',
      [
        way('', [of(3), of(3)], { build: (x, y) => tno.stack([x, y]), oracle: 'np.stack([a, b])' }),
        way('axis -1', [of(2, 3), of(2, 3)], {
          build: (x, y) => tno.stack([x, y], -1),
          oracle: 'np.stack([a, b], -1)',
        }),
      ],
      [
        failsAtRun('sizes that differ', /expected equal sizes/, [ones(2), ones(3)], (x, y) =>
          tno.stack([x, y]),
        ),
      ],
      named('stack'),
    ),
    moves(
      'stacklists',
      [
        way('', [of(3), of(3)], {
          build: (x, y) =>
            tno.stacklists([
              [x, y],
              [y, x],
              [x, x],
            ]),
          oracle: 'np.array([[a, b], [b, a], [a, a]])',
        }),
      ],
      [
        failsAtRun(
          'sizes that differ',
          /expected equal sizes on axis 1, got 2 and 3/,
          [tno.NDArray.ones([2]), tno.NDArray.ones([3])],
          (x, y) => tno.stacklists([[x, y]]),
        ),
      ],
      named('stacklists', { numpy: 'np.array', pytorch: null, jax: 'jnp.array' }),
    ),
    moves(
      'hstack',
      [
        way('', [of(2, 3), of(2, 2)], {
          build: (x, y) => tno.hstack([x, y]),
          oracle: 'np.hstack([a, b])',
        }),
        way('vectors', [of(2), of(3)], {
          build: (x, y) => tno.hstack([x, y]),
          oracle: 'np.hstack([a, b])',
        }),
      ],
      [
        failsAtRun(
          'rows that differ',
          /expected equal sizes on axis 0, got 2 and 3/,
          [tno.NDArray.ones([2, 2]), tno.NDArray.ones([3, 2])],
          (x, y) => tno.hstack([x, y]),
        ),
      ],
      named('hstack', { theano: 'horizontal_stack' }),
    ),
    moves(
      'vstack',
      [
        way('', [of(2, 3), of(1, 3)], {
          build: (x, y) => tno.vstack([x, y]),
          oracle: 'np.vstack([a, b])',
        }),
        way('vectors', [of(3), of(3)], {
          build: (x, y) => tno.vstack([x, y]),
          oracle: 'np.vstack([a, b])',
        }),
      ],
      [
        failsAtRun(
          'columns that differ',
          /expected equal sizes on axis 1, got 2 and 3/,
          [tno.NDArray.ones([2, 2]), tno.NDArray.ones([2, 3])],
          (x, y) => tno.vstack([x, y]),
        ),
      ],
      named('vstack', { theano: 'vertical_stack' }),
    ),
    row('split', {
      calls: [
        way('in two', [of(4, 3)], {
          build: (x) => tno.split(x, 2),
          oracle: 'tuple(np.split(a, 2))',
          shapes: { one: [[2, 1]] },
        }),
        way('of sizes', [of(2, 5)], {
          build: (x) => tno.split(x, [2, tno.sub(shapeOf(x, 1), 2)], 1),
          oracle: 'tuple(np.split(a, [2], 1))',
          shapes: { one: [[1, 2]] },
        }),
      ],
      result: ['same', 'same'],
      gradient: smooth(),
      failures: [
        failsAtRun(
          'parts that do not divide it',
          /\[split\] expected sizes that sum to 5 on axis 0, got (4|2, 2)/,
          [ones(5)],
          (x) => tno.split(x, 2),
        ),
        failsAtBuild('known sizes of another sum', /\[split\] expected sizes that sum to 4/, () =>
          tno.split(tno.tensor('float32', [4]), [1, 2]),
        ),
      ],
      names: named('split'),
      note: 'equal parts, or parts of given sizes, which may be symbolic',
    }),
    moves(
      'flip',
      [
        way('', matrix, { build: (x) => tno.flip(x), oracle: 'np.flip(a)' }),
        way('axis 1', matrix, { build: (x) => tno.flip(x, 1), oracle: 'np.flip(a, 1)' }),
      ],
      [],
      named('flip'),
    ),
    moves(
      'rot90',
      [1, 2, 3].map((times) =>
        way(`${times}`, matrix, {
          build: (x) => tno.rot90(x, times),
          oracle: `np.rot90(a, ${times})`,
        }),
      ),
      [failsAtBuild('one axis twice', /expected two axes/, () => tno.rot90(x2, 1, [0, 0]))],
      named('rot90', { theano: null }),
    ),
    moves(
      'roll',
      [
        way('', matrix, { build: (x) => tno.roll(x, 5), oracle: 'np.roll(a, 5)' }),
        way('axis 1', matrix, { build: (x) => tno.roll(x, -1, 1), oracle: 'np.roll(a, -1, 1)' }),
        way('two axes', matrix, {
          build: (x) => tno.roll(x, [1, 6], [0, 1]),
          oracle: 'np.roll(a, (1, 6), (0, 1))',
        }),
        way('symbolic', [of(5), { shape: [], values: below(20), dtype: 'int64' }], {
          build: (x, n) => tno.roll(x, n, 0),
          oracle: 'np.roll(a, b, 0)',
        }),
      ],
      [],
      named('roll'),
    ),
    moves(
      'repeat',
      [
        way('axis 1', matrix, { build: (x) => tno.repeat(x, 3, 1), oracle: 'np.repeat(a, 3, 1)' }),
        way('flattened', matrix, { build: (x) => tno.repeat(x, 2), oracle: 'np.repeat(a, 2)' }),
        way('a vector of counts', [of(4, 2), counts(4)], {
          build: (x, n) => tno.repeat(x, n, 0),
          oracle: 'np.repeat(a, b, 0)',
        }),
        way('constant counts', matrix, {
          build: (x) => tno.repeat(x, [2, 0, 1, 3], 1),
          oracle: 'np.repeat(a, [2, 0, 1, 3], 1)',
          shapes: { one: [[1, 4]] },
        }),
      ],
      [
        failsAtRun(
          'another number of counts',
          /expected size 3/,
          [ones(3), tno.ndarray([1n, 2n])],
          (x, n) => tno.repeat(x, n, 0),
        ),
        failsAtBuild('counts that are no integers', /\[repeat\] expected an integer/, () =>
          tno.repeat(x2, 0.5, 0),
        ),
      ],
      named('repeat', { pytorch: 'torch.repeat_interleave' }),
    ),
    moves(
      'tile',
      [
        way('', matrix, { build: (x) => tno.tile(x, [2, 3]), oracle: 'np.tile(a, (2, 3))' }),
        way('last axis', matrix, { build: (x) => tno.tile(x, 2), oracle: 'np.tile(a, 2)' }),
        way('more axes', vector, {
          build: (x) => tno.tile(x, [3, 1, 2]),
          oracle: 'np.tile(a, (3, 1, 2))',
        }),
      ],
      [failsAtBuild('a fraction', /\[tile\] expected integer/, () => tno.tile(x2, 1.5))],
      named('tile'),
    ),
    moves(
      'pad',
      [
        way('constant', matrix, {
          build: (x) =>
            tno.pad(x, [
              [1, 2],
              [0, 3],
            ]),
          oracle: 'np.pad(a, ((1, 2), (0, 3)))',
        }),
        way('another constant', vector, {
          build: (x) => tno.pad(x, 2, 'constant', { constantValue: tno.at(x, 0) }),
          oracle: "np.pad(a, 2, 'constant', constant_values=a[0])",
          shapes: { empty: [[1]] },
        }),
        ...paddings,
      ],
      [
        failsAtBuild(
          'widths of another number of axes',
          /\[pad\] expected widths for 2 axes, got 1/,
          () => tno.pad(x2, [[1, 1]]),
        ),
      ],
      named('pad', { pytorch: 'F.pad' }),
    ),
  ],
};
