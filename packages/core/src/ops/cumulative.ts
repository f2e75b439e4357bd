/**
 * Running sums, products and extremes along an axis. Sums and products are of the dtype of `x` (int64 for bool): floats accumulate in
 * float64, integers wrap.
 */
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { Op, Pullback } from '../graph/op.js';
import { type DType } from '../types/dtype.js';
import { along } from './along.js';
import { at } from './advanced-index.js';
import { mul, trueDiv } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { and, eq, switchOp } from './compare.js';
import { flatten } from './reshape.js';
import { routineOp } from './routine-op.js';
import { slice } from './subtensor.js';
import { takeAlongAxis } from './take.js';
import { TensorType } from '../types/tensor-type.js';

/** Of each line from its end. */
function fromEnd(x: TensorVariable): TensorVariable {
  const back = (v: TensorVariable): TensorVariable => at(v, '...', slice(null, null, -1));
  return back(apply1(cumsumOp, [back(x)]));
}

function runningOp(routine: 'cumsum' | 'cumprod', pullback: Pullback): ReturnType<typeof routineOp> {
  return routineOp({
    routine,
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    pullback,
  });
} // prettier-ignore

const cumsumOp = runningOp('cumsum', (_node, [g]) => [g && fromEnd(g)]);

// Products behind the first 0 of a line depend on that 0 alone, as products of all others.
const cumprodOp = runningOp('cumprod', ({ inputs: [x], outputs: [y] }, [g]) => {
  if (g === null) return [null];
  const isZero = eq(x, 0);
  const zeros = apply1(cumsumOp, [cast(isZero, 'int64')]);
  const first = and(isZero, eq(zeros, 1));
  const others = apply1(cumprodOp, [switchOp(first, 1, x)]);
  const before = trueDiv(fromEnd(mul(g, y)), switchOp(isZero, 1, x));
  return [switchOp(eq(zeros, 0), before, switchOp(first, fromEnd(mul(g, others)), 0))];
});

const running =
  (name: 'cumsum' | 'cumprod', op: ReturnType<typeof routineOp>) =>
  (x: TensorLike, axis: number | null = null, dtype?: DType): TensorVariable => {
    const given = asVariable(x);
    const own = dtype ?? (given.dtype === 'bool' ? 'int64' : given.dtype);
    const v = cast(axis === null ? flatten(given) : given, own);
    return along(name, v, axis ?? 0, (lines) => apply1(op, [lines]));
  };

/** Running sums along an axis, or of the flattened tensor. */
export const cumsum = running('cumsum', cumsumOp);
/** Running products along an axis, or of the flattened tensor. */
export const cumprod = running('cumprod', cumprodOp);

const cumargmaxOps = [0, 1].map((least) =>
  routineOp({
    routine: 'cumargmax',
    props: { least },
    params: [least],
    types: ([x]) => [new TensorType('int64', x.type.shape)],
    shapes: (_algebra, [shape]) => [shape],
    pullback: 'not-differentiable',
  }),
);

const extreme =
  (name: 'cummax' | 'cummin', op: Op) =>
  (x: TensorLike, axis: number | null = null): TensorVariable => {
    const given = asVariable(x);
    const v = axis === null ? flatten(given) : given;
    return along(name, v, axis ?? 0, (lines) => takeAlongAxis(lines, apply1(op, [lines])));
  };

/** The greatest element up to each, along an axis or of the flattened tensor; the first of equal ones has the gradient. NaN stays. */
export const cummax = extreme('cummax', cumargmaxOps[0]);
/** The least element up to each, likewise. */
export const cummin = extreme('cummin', cumargmaxOps[1]);
