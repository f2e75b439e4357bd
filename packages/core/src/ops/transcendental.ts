/** Exponentials, logarithms, and the functions made of them; integers become floatX. */
import type { TensorVariable } from '../graph/variable.js';
import type { ScalarOp } from '../lower/scalar-op.js';
import { abs, add, maximum, mul, neg, reciprocal, sqr, sqrt, sub, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { eq, switchOp as where } from './compare.js';
import { elementwise } from './elementwise.js';
import { asFloat, asFloats } from './floats.js';

type Derivative = (x: TensorVariable, y: TensorVariable, g: TensorVariable) => TensorVariable;
type Float1 = ReturnType<typeof elementwise>;

/** A float function of one variable; `derivative(x, y, g)` is g·f'(x), with y = f(x) at hand. */
function float1(
  name: string,
  scalar: ScalarOp,
  evaluate: (x: number) => number,
  derivative: Derivative,
): Float1 {
  return elementwise(name, {
    scalar,
    evaluate,
    result: 'float',
    pullback: ({ inputs: [x], outputs: [y] }, [g]) => [g && derivative(x, y, g)],
  });
}

const LN2 = Math.LN2;

export const exp = float1('exp', 'exp', Math.exp, (_x, y, g) => mul(g, y));
export const exp2 = float1(
  'exp2',
  'exp2',
  (x) => 2 ** x,
  (_x, y, g) => mul(g, mul(y, LN2)),
);
export const expm1 = float1('expm1', 'expm1', Math.expm1, (_x, y, g) => mul(g, add(y, 1)));
export const log = float1('log', 'log', Math.log, (x, _y, g) => trueDiv(g, x));
export const log2 = float1('log2', 'log2', Math.log2, (x, _y, g) => trueDiv(g, mul(x, LN2)));
export const log10 = float1('log10', 'log10', Math.log10, (x, _y, g) =>
  trueDiv(g, mul(x, Math.LN10)),
);
export const log1p = float1('log1p', 'log1p', Math.log1p, (x, _y, g) => trueDiv(g, add(x, 1)));

/** 1 / (1 + e^-x), without overflow at either end. */
export const sigmoid = float1(
  'sigmoid',
  'sigmoid',
  (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  (_x, y, g) => mul(g, mul(y, sub(1, y))),
);

/** log(1 + e^x), without overflow. */
export const softplus = float1(
  'softplus',
  'softplus',
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  (x, _y, g) => mul(g, sigmoid(x)),
);

export const tanh = float1('tanh', 'tanh', Math.tanh, (_x, y, g) => mul(g, sub(1, sqr(y))));
export const sin = float1('sin', 'sin', Math.sin, (x, _y, g) => mul(g, cos(x)));
export const cos: Float1 = float1('cos', 'cos', Math.cos, (x, _y, g) => neg(mul(g, sin(x))));
export const tan = float1('tan', 'tan', Math.tan, (_x, y, g) => mul(g, add(1, sqr(y))));
export const arcsin = float1('arcsin', 'arcsin', Math.asin, (x, _y, g) =>
  trueDiv(g, sqrt(sub(1, sqr(x)))),
);
export const arccos = float1('arccos', 'arccos', Math.acos, (x, _y, g) =>
  neg(trueDiv(g, sqrt(sub(1, sqr(x))))),
);
export const arctan = float1('arctan', 'arctan', Math.atan, (x, _y, g) =>
  trueDiv(g, add(1, sqr(x))),
);
export const sinh = float1('sinh', 'sinh', Math.sinh, (x, _y, g) => mul(g, cosh(x)));
export const cosh: Float1 = float1('cosh', 'cosh', Math.cosh, (x, _y, g) => mul(g, sinh(x)));

export const arcsinh = float1('arcsinh', 'arcsinh', Math.asinh, (x, _y, g) =>
  trueDiv(g, sqrt(add(sqr(x), 1))),
);
export const arccosh = float1('arccosh', 'arccosh', Math.acosh, (x, _y, g) =>
  // Not the root of x² - 1, which is real for x < -1 too.
  trueDiv(g, mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))),
);
export const arctanh = float1('arctanh', 'arctanh', Math.atanh, (x, _y, g) =>
  trueDiv(g, mul(sub(1, x), add(1, x))),
);

/** Radians of an angle in degrees. */
export function deg2rad(x: TensorLike): TensorVariable {
  return mul(asFloat(x), Math.PI / 180);
}

/** Degrees of an angle in radians. */
export function rad2deg(x: TensorLike): TensorVariable {
  return mul(asFloat(x), 180 / Math.PI);
}

/** The angle of (x, y), in (-π, π]. */
export const arctan2 = elementwise('arctan2', {
  scalar: 'arctan2',
  evaluate: (y: number, x: number) => Math.atan2(y, x),
  result: 'float',
  pullback: ({ inputs: [y, x] }, [g]) => {
    if (g === null) return [null, null];
    const scaled = mul(g, reciprocal(add(sqr(x), sqr(y))));
    return [mul(scaled, x), neg(mul(scaled, y))];
  },
});

/** log(e^x + e^y), without overflow; infinities of either sign are taken. */
export function logaddexp(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = asFloats(x, y);
  // Equal infinities have no difference.
  const gap = where(eq(a, b), 0, abs(sub(a, b)));
  return add(maximum(a, b), softplus(neg(gap)));
}
