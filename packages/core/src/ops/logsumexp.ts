/** logsumexp: log Σ e^x along axes, without overflow. */
import { config } from '../config/config.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { reduceBlocks } from '../types/strided.js';
import { TensorType, normalizeAxes } from '../types/tensor-type.js';
import { add, mul, sub } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { isinf, switchOp } from './compare.js';
import { keepAxes, maxOrLeast, sum, type Axes, type ReduceOptions } from './reduce.js';
import { exp, log } from './transcendental.js';

/** `v`, or 0 where it is infinite, so that what it is taken from stays what it is. */
function finiteOrZero(v: TensorVariable): TensorVariable {
  return switchOp(isinf(v), 0, v);
}

function performLogSumExp(values: readonly number[]): number {
  const top = values.reduce((a, b) => (a !== a || a > b ? a : b), -Infinity);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(values.reduce((total, value) => total + Math.exp(value - top), 0));
}

function logsumexpOp(axes: readonly number[]): Op {
  return defineOp({
    name: 'logsumexp',
    props: { axes },
    types: ([x]) => [
      new TensorType(
        x.dtype,
        x.type.shape.filter((_, axis) => !axes.includes(axis)),
      ),
    ],
    shapes: (_algebra, [shape]) => [shape.filter((_, axis) => !axes.includes(axis))],
    perform: ([x]) => [reduceBlocks(x, axes, false, x.dtype, performLogSumExp)],
    // g·e^(x - y): the shares of the sum
    pullback: ({ inputs: [x], outputs: [y] }, [g]) => {
      if (g === null) return [null];
      const keep = (v: TensorVariable): TensorVariable => keepAxes(v, axes, x.type.rank);
      return [mul(keep(g), exp(sub(x, keep(finiteOrZero(y)))))];
    },
    lower: {
      kind: 'composite',
      expand: ({ inputs: [x] }) => {
        const keep = (v: TensorVariable): TensorVariable => keepAxes(v, axes, x.type.rank);
        const top = finiteOrZero(maxOrLeast.on(x, axes));
        return [add(log(sum.on(exp(sub(x, keep(top))), axes)), top)];
      },
    },
  });
}

/** log Σ e^x without overflow; -inf over no elements, and over all -inf. All axes by default. */
export function logsumexp(
  x: TensorLike,
  axes: Axes = null,
  options: ReduceOptions = {},
): TensorVariable {
  const given = asVariable(x);
  const v = isFloat(given.dtype) ? given : cast(given, config.floatX);
  const list = normalizeAxes('logsumexp', axes, v.type.rank);
  const reduced = list.length === 0 ? v : apply1(logsumexpOp(list), [v]);
  return options.keepdims === true ? keepAxes(reduced, list, v.type.rank) : reduced;
}
