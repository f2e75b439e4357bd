/**
 * Running sums, products and extremes along an axis. Sums and products are of the dtype of `x` (int64 for bool): floats accumulate in
 * float64, integers wrap.
 */
import { scalarConstant } from '../graph/constant.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { Op, Pullback } from '../graph/op.js';
import { type DType } from '../types/dtype.js';
import { along } from './along.js';
import { at } from './advanced-index.js';
import { arange } from './arange.js';
import { add, mul, sub } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq, switchOp } from './compare.js';
import { flatten } from './reshape.js';
import { routineOp } from './routine-op.js';
import { shapeOf } from './shape.js';
import { slice } from './subtensor.js';
import { take, takeAlongAxis } from './take.js';
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

/** The neighbours of the elements of each line, `by` places on; `edge` where there is none. */
function shifted(x: TensorVariable, by: 1 | -1, edge: number): TensorVariable {
  const length = shapeOf(x, -1);
  const place = arange(length);
  const last = sub(length, 1);
  const isEdge = eq(place, by === 1 ? last : 0);
  const beside = take(x, switchOp(isEdge, place, add(place, by)), -1);
  return switchOp(isEdge, scalarConstant(edge, x.dtype), beside);
}

/** s_i = a_i·s_(i-1) + b_i along each line, or from its end: the running sum where what was is weighed anew. */
const recurrenceOps: readonly Op[] = [false, true].map((fromEnd) =>
  routineOp({
    routine: 'recurrence',
    props: { fromEnd },
    params: [Number(fromEnd)],
    types: ([, b]) => [b.type],
    shapes: (_algebra, [, shape]) => [shape],
    pullback: ({ inputs: [a], outputs: [s] }, [g]) => {
      if (g === null) return [null, null];
      const [before, behind] = fromEnd ? ([1, -1] as const) : ([-1, 1] as const);
      const gb = apply1(recurrenceOps[Number(!fromEnd)], [shifted(a, behind, 0), g]);
      return [mul(gb, shifted(s, before, 0)), gb];
    },
  }),
);

// What x_j is a factor of: Σ g_i·x_0…x_i without x_j, for i from j on. Nothing is divided, so zeros are no matter.
const cumprodOp = runningOp('cumprod', ({ inputs: [x], outputs: [y] }, [g]) => {
  if (g === null) return [null];
  const behind = apply1(recurrenceOps[1], [shifted(x, 1, 0), g]);
  return [mul(shifted(y, -1, 1), behind)];
});

/** Of each line the product of all elements but one, for each; right among zeros, to any derivative. */
export function productsOfOthers(x: TensorVariable): TensorVariable {
  const back = (v: TensorVariable): TensorVariable => at(v, '...', slice(null, null, -1));
  const before = (v: TensorVariable): TensorVariable => shifted(apply1(cumprodOp, [v]), -1, 1);
  return mul(before(x), back(before(back(x))));
}

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
