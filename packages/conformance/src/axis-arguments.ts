/** How each op that takes a number of an axis is given one. */
import * as tno from '@tno/core';

const device = tno.createReferenceDevice();
type WithAxis = (x: tno.TensorVariable, axis: number) => unknown;
const { fft, linalg } = tno;
const positions = tno.lmatrix('i');

const axisSecond = [
  'sum', 'prod', 'mean', 'variance', 'std', 'countNonzero', 'median', 'max', 'min', 'argmax', 'argmin', 'ptp',
  'maxAndArgmax', 'all', 'any', 'logsumexp', 'sort', 'argsort', 'cumsum', 'cumprod', 'cummax', 'cummin', 'softmax',
  'logSoftmax', 'squeeze', 'expandDims', 'addBroadcast', 'unbroadcast', 'flip', 'shapeOf', 'joinDims',
] as const; // prettier-ignore

/** Calls with a number of an axis, of a matrix. */
export const axisArguments: Readonly<Record<string, WithAxis>> = {
  ...Object.fromEntries(axisSecond.map((op): [string, WithAxis] => [op, (x, k) => tno[op](x, k)])),
  topk: (x, axis) => tno.topk(x, 1, axis),
  argtopk: (x, axis) => tno.argtopk(x, 1, axis),
  topkAndArgtopk: (x, axis) => tno.topkAndArgtopk(x, 1, axis),
  diff: (x, axis) => tno.diff(x, 1, axis),
  quantile: (x, axis) => tno.quantile(x, 0.5, axis),
  transpose: (x, axis) => tno.transpose(x, [0, axis] as never),
  dimshuffle: (x, axis) => tno.dimshuffle(x, [0, axis] as never),
  swapaxes: (x, axis) => tno.swapaxes(x, 0, axis),
  moveaxis: (x, axis) => tno.moveaxis(x, 0, axis),
  splitDims: (x, axis) => tno.splitDims(x, axis, [1, -1]),
  concatenate: (x, axis) => tno.concatenate([x, x], axis),
  stack: (x, axis) => tno.stack([x, x], axis),
  split: (x, axis) => tno.split(x, 2, axis),
  rot90: (x, axis) => tno.rot90(x, 1, [0, axis]),
  roll: (x, axis) => tno.roll(x, 1, axis),
  repeat: (x, axis) => tno.repeat(x, 2, axis),
  take: (x, axis) => tno.take(x, positions, axis),
  takeAlongAxis: (x, axis) => tno.takeAlongAxis(x, positions, axis),
  putAlongAxis: (x, axis) => tno.putAlongAxis(x, positions, x, axis),
  compress: (x, axis) => tno.compress(tno.tensor('bool', [null]), x, axis),
  diagonal: (x, axis) => tno.diagonal(x, 0, 0, axis),
  trace: (x, axis) => tno.trace(x, 0, 0, axis),
  tensordot: (x, axis) => tno.tensordot(x, x, [[axis], [0]]),
  batchedTensordot: (x, axis) => tno.batchedTensordot(x, x, [[axis], [1]]),
  'linalg.norm': (x, axis) => linalg.norm(x, null, axis),
  'fft.rfft': (x, axis) => fft.rfft(x, { axis }),
  'fft.irfft': (x, axis) => fft.irfft(x, { axis }),
  'fft.fft': (x, axis) => fft.fft(x, { axis }),
  'fft.ifft': (x, axis) => fft.ifft(x, { axis }),
  'fft.rfftn': (x, axis) => fft.rfftn(x, { axes: [axis] }),
  'fft.irfftn': (x, axis) => fft.irfftn(x, { axes: [axis] }),
  'fft.fftn': (x, axis) => fft.fftn(x, { axes: [axis] }),
  'fft.ifftn': (x, axis) => fft.ifftn(x, { axes: [axis] }),
  'fft.fftshift': (x, axis) => fft.fftshift(x, [axis]),
  'fft.ifftshift': (x, axis) => fft.ifftshift(x, [axis]),
  layerNormalization: (x, axis) => tno.layerNormalization(x, undefined, undefined, { axes: axis }),
  batchNormalizationTrain: (x, axis) => tno.batchNormalizationTrain(x, 1, 0, [axis]),
  batchNormalizationTest: (x, axis) => tno.batchNormalizationTest(x, 1, 0, 0, 1, [axis]),
  dropout: (x, axis) =>
    tno.dropout(new tno.RandomStream(0, { device }), x, 0.5, { sharedAxes: [axis] }),
};

/** Public functions with an axis among their parameters, as their text shows; of methods the op is the last name. */
export function saysAxis(op: string): boolean {
  const own = op
    .split('.')
    .reduce<unknown>((owner, key) => (owner as Record<string, unknown> | undefined)?.[key], tno);
  return /^[^{]*\b(axis|axes|axis2)\b/.test(String(own).slice(0, 120));
}
