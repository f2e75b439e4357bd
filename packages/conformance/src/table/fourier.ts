/** Fourier transforms; complex numbers as pairs along a last axis. */
import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, row, smooth, way } from '../make-row.js';
import type { Call, Cell, Family, Input, Names } from '../row.js';
import { between } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: between(-2, 2) });
/** Sizes of the cells whose usual ones do not fit: a single number is transformed exactly. */
const sizes = (
  ...[empty, one, special]: readonly (readonly number[])[]
): Partial<Record<Cell, readonly (readonly number[])[]>> => ({
  empty: [empty],
  one: [one],
  special: [special],
});
const real = sizes([0, 4], [1, 1], [12, 1]);
const complex = sizes([0, 3, 2], [1, 1, 2], [6, 1, 2]);
const sums = { float16: 8, float32: 8, float64: 16, beside: 'array' } as const;
const names = (name: string, theano: string | null = null): Names => ({
  theano,
  numpy: `np.fft.${name}`,
  pytorch: `torch.fft.${name}`,
  jax: `jnp.fft.${name}`,
});
const { fft } = tno;
const notPairs = (call: (x: tno.TensorVariable) => unknown) =>
  failsAtBuild('no pairs', /expected real and imaginary parts on a last axis of size 2/, () =>
    call(tno.tensor('float32', [4, 3])),
  );

/** Of as many numbers as an operand has; of none the frequency 0 is 0 / 0. */
const frequencies = (
  op: 'fftfreq' | 'rfftfreq',
  spacing: number,
): Pick<Call, 'build' | 'oracle'> => ({
  build: (x) => fft[op](tno.shapeOf(x, 0), spacing),
  oracle: `np.fft.${op}(len(a), ${spacing}) if len(a) else np.full(${op === 'fftfreq' ? 0 : 1}, np.nan)`,
});

export const fouriers: Family = {
  name: 'fourier',
  title: 'Fourier transforms',
  rows: [
    row('fft.rfft', {
      calls: [
        way('', [of(2, 8)], {
          build: (x) => fft.rfft(x),
          oracle: 'pairs(np.fft.rfft(a))',
          shapes: real,
        }),
        way('odd, ortho', [of(3, 7)], {
          build: (x) => fft.rfft(x, { norm: 'ortho' }),
          oracle: "pairs(np.fft.rfft(a, norm='ortho'))",
          shapes: real,
        }),
        way('axis 0, n', [of(5, 3)], {
          build: (x) => fft.rfft(x, { n: 6, axis: 0, norm: 'forward' }),
          oracle: "np.moveaxis(pairs(np.fft.rfft(a.T, 6, norm='forward')), 0, 1)",
          shapes: { empty: [[5, 0]], special: [[0, 12]] },
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('a scalar', /expected .*axis.*, got -1/, () => fft.rfft(tno.scalar('x'))),
        failsAtRun(
          'nothing to transform',
          /\[rfft\] expected at least 1 number to transform, got 0/,
          [tno.NDArray.ones([2, 0])],
          (x) => fft.rfft(x),
        ),
      ],
      names: names('rfft', 'fft.rfft'),
      note: "Theano's is `rfftn` of all axes but the first",
    }),
    row('fft.irfft', {
      calls: [
        way('', [of(2, 5, 2)], {
          build: (x) => fft.irfft(x),
          oracle: 'np.fft.irfft(unpaired(a), 2 * (a.shape[1] - 1))',
          shapes: { ...complex, one: [[1, 2, 2]], special: [[0, 3, 2]] },
        }),
        way('odd', [of(2, 4, 2)], {
          build: (x) => fft.irfft(x, { odd: true, norm: 'none' }),
          oracle: "np.fft.irfft(unpaired(a), 2 * a.shape[1] - 1, norm='forward')",
          shapes: complex,
        }),
        way('axis 0, n', [of(3, 2, 2)], {
          build: (x) => fft.irfft(x, { n: 7, axis: 0 }),
          oracle: 'np.fft.irfft(unpaired(a), 7, axis=0)',
          shapes: { empty: [[3, 0, 2]], one: [[1, 1, 2]], special: [[4, 0, 2]] },
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [notPairs((x) => fft.irfft(x))],
      names: names('irfft', 'fft.irfft'),
    }),
    ...(['fft', 'ifft'] as const).map((op) =>
      row(`fft.${op}`, {
        calls: [
          way('', [of(2, 6, 2)], {
            build: (x) => fft[op](x),
            oracle: `pairs(np.fft.${op}(unpaired(a)))`,
            shapes: complex,
          }),
          way('axis 0', [of(5, 2, 2)], {
            build: (x) => fft[op](x, { axis: 0 }),
            oracle: `pairs(np.fft.${op}(unpaired(a), axis=0))`,
            shapes: { empty: [[5, 0, 2]], one: [[1, 1, 2]], special: [[1, 6, 2]] },
          }),
        ],
        result: 'float',
        tolerance: sums,
        gradient: smooth(),
        failures: [notPairs((x) => fft[op](x))],
        names: names(op),
      }),
    ),
    row('fft.rfftn', {
      calls: [
        way('all but the first', [of(2, 3, 4)], {
          build: (x) => fft.rfftn(x, { axes: [1, 2] }),
          oracle: 'pairs(np.fft.rfftn(a, axes=(1, 2)))',
          shapes: sizes([0, 3, 4], [1, 1, 1], [12, 1, 1]),
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('no axes', /expected at least one axis, got none/, () =>
          fft.rfftn(tno.matrix('x'), { axes: [] }),
        ),
      ],
      names: names('rfftn', 'fft.rfft'),
    }),
    row('fft.irfftn', {
      calls: [
        way('all but the first', [of(2, 3, 3, 2)], {
          build: (x) => fft.irfftn(x, { axes: [1, 2], odd: true }),
          oracle: 'np.fft.irfftn(unpaired(a), (a.shape[1], 2 * a.shape[2] - 1), axes=(1, 2))',
          shapes: sizes([0, 3, 4, 2], [1, 1, 1, 2], [6, 1, 1, 2]),
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [notPairs((x) => fft.irfftn(x))],
      names: names('irfftn', 'fft.irfft'),
    }),
    ...(['fftn', 'ifftn'] as const).map((op) =>
      row(`fft.${op}`, {
        calls: [
          way('', [of(2, 3, 2, 2)], {
            build: (x) => fft[op](x, { norm: 'ortho' }),
            oracle: `pairs(np.fft.${op}(unpaired(a), norm='ortho'))`,
            shapes: sizes([0, 3, 2, 2], [1, 1, 1, 2], [1, 1, 1, 2]),
            throws: { empty: /expected at least 1 number to transform, got 0/ },
          }),
        ],
        result: 'float',
        tolerance: sums,
        gradient: smooth(),
        failures: [notPairs((x) => fft[op](x))],
        names: names(op),
      }),
    ),
    ...(['fftfreq', 'rfftfreq'] as const).map((op) =>
      row(`fft.${op}`, {
        calls: [
          way('', [of(8)], frequencies(op, 1)),
          way('odd, spacing', [of(7)], frequencies(op, 0.25)),
        ],
        result: 'float32',
        tolerance: { float32: 1 },
        gradient: { kind: 'none', why: 'sizes do not depend on values' },
        failures: [
          failsAtBuild('a number of no integer', /expected (an )?integer/, () => fft[op](2.5)),
        ],
        names: names(op),
      }),
    ),
    ...(['fftshift', 'ifftshift'] as const).map((op) =>
      row(`fft.${op}`, {
        calls: [
          way('', [of(5, 4)], {
            build: (x) => fft[op](x, [0, 1]),
            oracle: `np.fft.${op}(a)`,
          }),
        ],
        result: 'same',
        gradient: smooth(),
        failures: [
          failsAtBuild('axis out of range', /expected an axis in .* got 3/, () =>
            fft[op](tno.vector(), [3]),
          ),
        ],
        names: names(op),
      }),
    ),
  ],
};
