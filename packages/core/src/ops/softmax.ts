/** softmax and logSoftmax along one axis, stable for any finite input. */
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { NDArray } from '../types/ndarray.js';
import { mapElements, reduceAxes } from '../types/strided.js';
import { normalizeAxis } from '../types/tensor-type.js';
import { mul, sub, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { asFloat } from './floats.js';
import { keepAxes, maxOrLeast, sum } from './reduce.js';
import { exp, log } from './transcendental.js';

/** x - max(x), and the exponentials' sum, kept along the axis: shared by both expansions, so that they merge. */
function shifted(
  x: TensorVariable,
  axis: number,
): { centred: TensorVariable; powers: TensorVariable; total: TensorVariable } {
  const centred = sub(x, keepAxes(maxOrLeast.on(x, [axis]), [axis], x.type.rank));
  const powers = exp(centred);
  return { centred, powers, total: keepAxes(sum.on(powers, [axis]), [axis], x.type.rank) };
}

function performShifted(
  x: NDArray,
  axis: number,
  finish: (centred: number, total: number) => number,
): NDArray {
  const wide = x.astype('float64');
  const top = reduceAxes(wide, axis, true, 'float64', -Infinity, (a: number, v: number) =>
    a !== a || v !== v ? NaN : Math.max(a, v),
  );
  const centred = mapElements('float64', [wide, top], x.shape, (a: number, b: number) => a - b);
  const total = reduceAxes(
    centred,
    axis,
    true,
    'float64',
    0,
    (a: number, v: number) => a + Math.exp(v),
  );
  return mapElements(x.dtype, [centred, total], x.shape, finish);
}

function axisOp(
  name: string,
  axis: number,
  definition: Pick<Op, 'perform' | 'pullback' | 'lower'>,
): Op {
  return defineOp({
    name,
    props: { axis },
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    ...definition,
  });
}

const softmaxOp = (axis: number): Op =>
  axisOp('softmax', axis, {
    perform: ([x]) => [performShifted(x, axis, (centred, total) => Math.exp(centred) / total)],
    // p·(g - Σ g·p)
    pullback: ({ inputs: [x], outputs: [p] }, [g]) => {
      if (g === null) return [null];
      const weighted = mul(g, p);
      return [sub(weighted, mul(p, keepAxes(sum.on(weighted, [axis]), [axis], x.type.rank)))];
    },
    lower: {
      kind: 'composite',
      expand: ({ inputs: [x] }) => {
        const { powers, total } = shifted(x, axis);
        return [trueDiv(powers, total)];
      },
    },
  });

const logSoftmaxOp = (axis: number): Op =>
  axisOp('log_softmax', axis, {
    perform: ([x]) => [performShifted(x, axis, (centred, total) => centred - Math.log(total))],
    // g - softmax(x)·Σ g
    pullback: ({ inputs: [x] }, [g]) =>
      g === null
        ? [null]
        : [sub(g, mul(softmax(x, axis), keepAxes(sum.on(g, [axis]), [axis], x.type.rank)))],
    lower: {
      kind: 'composite',
      expand: ({ inputs: [x] }) => {
        const { centred, total } = shifted(x, axis);
        return [sub(centred, log(total))];
      },
    },
  });

/** e^x / Σ e^x along `axis` (default: the last); of no elements none. @throws ShapeError for an axis that `x` has not */
export function softmax(x: TensorLike, axis = -1): TensorVariable {
  const v = asFloat(x);
  return apply1(softmaxOp(normalizeAxis('softmax', axis, v.type.rank)), [v]);
}

/** log softmax(x), computed without the exponential's underflow, along `axis` (default: the last); of no elements none. @throws ShapeError for an axis that `x` has not */
export function logSoftmax(x: TensorLike, axis = -1): TensorVariable {
  const v = asFloat(x);
  return apply1(logSoftmaxOp(normalizeAxis('log_softmax', axis, v.type.rank)), [v]);
}
