/** Draws of continuous distributions; gradients pass through their parameters, at a share of the distribution that stays. */
import type { TensorVariable } from '../graph/variable.js';
import { abs, add, floor, mul, neg, sqrt, sub, trueDiv } from '../ops/arithmetic.js';
import { isLiteral, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { lt, switchOp } from '../ops/compare.js';
import { drawLogGamma, drawVonMises, drawWald } from '../ops/draws.js';
import { randomNormal, randomSide, randomUniform } from '../ops/random.js';
import { exp, expm1, log1p, sigmoid } from '../ops/transcendental.js';
import type { FloatX } from '../tensor/dtype-types.js';
import type { FloatDType } from '../types/dtype.js';
import { cauchyOf, exponentialOf, gumbelOf, laplaceOf, logisticOf } from './inverses.js';
import type * as o from './options.js';
import { floatDraw, type Drawn, type DrawSizes } from './parameters.js';
import { RandomStates } from './states.js';
import { drawTruncatedNormal } from './truncated.js';
import { drawDirichlet, drawMultivariateNormal } from './vectors.js';

/** Where sixteen bits are too few to draw from. */
const wideOf = (dtype: FloatDType): 'float32' | 'float64' =>
  dtype === 'float64' ? 'float64' : 'float32';

export class ContinuousStream extends RandomStates {
  /** Uniform in [low, high): of [0, 1) every multiple of 2^-24 (float64: 2^-53, float16: 2^-11). */
  uniform<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.UniformOptions<D> = {},
  ): o.Draw<D, S> {
    const { low = 0, high = 1 } = options;
    const draw = floatDraw('uniform', sizes, { low, high }, options.dtype);
    const u = randomUniform(draw.dtype, this.state(), draw.sizes);
    if (isLiteral(low) && isLiteral(high) && Number(low) === 0 && Number(high) === 1)
      return u as never;
    const { low: from, high: to } = draw.parameters;
    return add(from, mul(u, sub(to, from))) as never;
  }

  /** Normal. */
  normal<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.NormalOptions<D> = {},
  ): o.Draw<D, S> {
    const { mean = 0, std = 1 } = options;
    const { dtype, parameters, sizes: shape } = floatDraw('normal', sizes, { mean, std }, options.dtype);
    const z = randomNormal(dtype, this.state(), shape);
    return add(parameters.mean, mul(parameters.std, z)) as never;
  } // prettier-ignore

  /** Exponential: waiting times. */
  exponential<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.ExponentialOptions<D> = {},
  ): o.Draw<D, S> {
    const { scale = 1 } = options;
    const draw = floatDraw('exponential', sizes, { scale }, options.dtype);
    const u = randomUniform(draw.dtype, this.state(), draw.sizes);
    return mul(draw.parameters.scale, neg(log1p(neg(u)))) as never;
  }

  /** Normal, between bounds in standard deviations from the mean. */
  truncatedNormal<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.TruncatedNormalOptions<D> = {},
  ): o.Draw<D, S> {
    const { mean = 0, std = 1, low = -2, high = 2 } = options;
    const draw = floatDraw('truncatedNormal', sizes, { mean, std, low, high }, options.dtype);
    const { mean: centre, std: spread, ...bounds } = draw.parameters;
    const [from, to] = [bounds.low, bounds.high].map((bound) => cast(bound, 'float64'));
    const z = drawTruncatedNormal(this.state(), draw.sizes, from, to);
    return add(centre, mul(spread, cast(z, draw.dtype))) as never;
  }

  /** Gamma, of a shape and a scale. Differentiable by both, once by the shape. */
  gamma<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { shape, scale = 1, dtype }: o.ShapeOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('gamma', sizes, { shape, scale }, dtype);
    const value = exp(this.logGamma(draw.sizes, draw.parameters.shape));
    return mul(draw.parameters.scale, cast(value, draw.dtype)) as never;
  }

  /** Beta. Differentiable by both parameters, once. */
  beta<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { a, b, dtype }: o.BetaOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('beta', sizes, { a, b }, dtype);
    const [x, y] = [draw.parameters.a, draw.parameters.b].map((parameter) =>
      this.logGamma(draw.sizes, parameter),
    );
    return cast(sigmoid(sub(x, y)), draw.dtype) as never;
  }

  /** e to the power of a normal variable of this mean and deviation. */
  logNormal<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.NormalOptions<D> = {},
  ): o.Draw<D, S> {
    return exp(this.normal(sizes, options)) as never;
  }

  /** The distance of a normal variable from its mean, `loc`. */
  halfNormal<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.LocationOptions<D> = {},
  ): o.Draw<D, S> {
    const { loc = 0, scale = 1, dtype } = options;
    const draw = floatDraw('halfNormal', sizes, { loc, scale }, dtype);
    const z = abs(randomNormal(draw.dtype, this.state(), draw.sizes));
    return add(draw.parameters.loc, mul(draw.parameters.scale, z)) as never;
  }

  /** Laplace: exponential to both sides. */
  laplace<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.LocationOptions<D> = {},
  ): o.Draw<D, S> {
    return this.located('laplace', sizes, options, laplaceOf) as never;
  }

  /** Logistic. */
  logistic<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.LocationOptions<D> = {},
  ): o.Draw<D, S> {
    return this.located('logistic', sizes, options, logisticOf) as never;
  }

  /** Gumbel: of the largest of many. */
  gumbel<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.LocationOptions<D> = {},
  ): o.Draw<D, S> {
    return this.located('gumbel', sizes, options, gumbelOf) as never;
  }

  /** Cauchy. */
  cauchy<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.LocationOptions<D> = {},
  ): o.Draw<D, S> {
    return this.located('cauchy', sizes, options, cauchyOf) as never;
  }

  /** The distance of a Cauchy variable from its centre, `loc`. */
  halfCauchy<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.LocationOptions<D> = {},
  ): o.Draw<D, S> {
    return this.located('halfCauchy', sizes, options, (side) => abs(cauchyOf(side))) as never;
  }

  /** Weibull: a power of exponential waiting times. */
  weibull<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { shape, scale = 1, dtype }: o.ShapeOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('weibull', sizes, { shape, scale }, dtype);
    const power = trueDiv(neg(gumbelOf(this.side(draw))), draw.parameters.shape);
    return cast(mul(draw.parameters.scale, exp(power)), draw.dtype) as never;
  }

  /** Pareto, from `scale` on. */
  pareto<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { shape, scale = 1, dtype }: o.ShapeOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('pareto', sizes, { shape, scale }, dtype);
    const power = trueDiv(exponentialOf(this.side(draw)), draw.parameters.shape);
    return cast(mul(draw.parameters.scale, exp(power)), draw.dtype) as never;
  }

  /** Triangular: the density rises from `low` to `mode` and falls to `high`. */
  triangular<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { low, mode, high, dtype }: o.TriangularOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('triangular', sizes, { low, mode, high }, dtype);
    const { low: from, mode: top, high: to } = draw.parameters;
    const u = randomUniform(wideOf(draw.dtype), this.state(), draw.sizes);
    const [width, rise] = [sub(to, from), sub(top, from)];
    const below = add(from, sqrt(mul(u, mul(width, rise))));
    const above = sub(to, sqrt(mul(sub(1, u), mul(width, sub(to, top)))));
    return cast(switchOp(lt(mul(u, width), rise), below, above), draw.dtype) as never;
  }

  /** Exponential, but at most `high` scales above `loc`. */
  truncatedExponential<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { high, loc = 0, scale = 1, dtype }: o.TruncatedExponentialOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('truncatedExponential', sizes, { high, loc, scale }, dtype);
    const u = randomUniform(wideOf(draw.dtype), this.state(), draw.sizes);
    const x = neg(log1p(mul(u, expm1(neg(draw.parameters.high)))));
    return cast(add(draw.parameters.loc, mul(draw.parameters.scale, x)), draw.dtype) as never;
  }

  /** The reciprocal of a gamma variable, times `scale`. Differentiable once by the shape. */
  invGamma<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { shape, scale = 1, dtype }: o.ShapeOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('invGamma', sizes, { shape, scale }, dtype);
    const logs = this.logGamma(draw.sizes, draw.parameters.shape);
    return mul(draw.parameters.scale, cast(exp(neg(logs)), draw.dtype)) as never;
  }

  /** The density is as x^(alpha - 1)·e^(-(x / scale)^p). Differentiable once by alpha and p. */
  generalizedGamma<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.GeneralizedGammaOptions<D> = {},
  ): o.Draw<D, S> {
    const { alpha = 1, p = 1, scale = 1, dtype } = options;
    const draw = floatDraw('generalizedGamma', sizes, { alpha, p, scale }, dtype);
    const { alpha: a, p: power, scale: factor } = draw.parameters;
    const logs = this.logGamma(draw.sizes, trueDiv(a, power));
    return mul(factor, cast(exp(trueDiv(logs, power)), draw.dtype)) as never;
  }

  /** The sum of `df` squares of normal variables. Differentiable once by df. */
  chiSquare<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { df, dtype }: o.DegreesOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('chiSquare', sizes, { df }, dtype);
    const logs = this.logGamma(draw.sizes, mul(draw.parameters.df, 0.5));
    return cast(mul(exp(logs), 2), draw.dtype) as never;
  }

  /** Student's t. Differentiable once by df. */
  studentT<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { df, loc = 0, scale = 1, dtype }: o.StudentOptions<D>,
  ): o.Draw<D, S> {
    const draw = floatDraw('studentT', sizes, { df, loc, scale }, dtype);
    const half = cast(mul(draw.parameters.df, 0.5), 'float64');
    const z = randomNormal('float64', this.state(), draw.sizes);
    const stretch = mul(sqrt(half), exp(mul(this.logGamma(draw.sizes, half), -0.5)));
    const t = cast(mul(z, stretch), draw.dtype);
    return add(draw.parameters.loc, mul(draw.parameters.scale, t)) as never;
  }

  /** Inverse Gaussian. */
  wald<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.WaldOptions<D> = {},
  ): o.Draw<D, S> {
    const { mean = 1, scale = 1, dtype } = options;
    const draw = floatDraw('wald', sizes, { mean, scale }, dtype);
    const shape = trueDiv(draw.parameters.scale, draw.parameters.mean);
    const x = drawWald(this.state(), draw.sizes, cast(shape, 'float64'));
    return mul(draw.parameters.mean, cast(x, draw.dtype)) as never;
  }

  /** Von Mises: angles within [-π, π] around a direction. Differentiable once by kappa. */
  vonMises<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: o.VonMisesOptions<D> = {},
  ): o.Draw<D, S> {
    const { mu = 0, kappa = 1, dtype } = options;
    const draw = floatDraw('vonMises', sizes, { mu, kappa }, dtype);
    const around = drawVonMises(this.state(), draw.sizes, cast(draw.parameters.kappa, 'float64'));
    const angle = add(draw.parameters.mu, around);
    const turns = floor(trueDiv(add(angle, Math.PI), 2 * Math.PI));
    return cast(sub(angle, mul(turns, 2 * Math.PI)), draw.dtype) as never;
  }

  /** Vectors of a Dirichlet distribution: [...sizes, k] for alpha [..., k]. Differentiable once by alpha. @throws ShapeError */
  dirichlet<D extends FloatDType = FloatX>(
    sizes: DrawSizes,
    options: o.DirichletOptions<D>,
  ): TensorVariable<D> {
    return drawDirichlet(this.state(), sizes, options) as never;
  }

  /** Normal vectors: [...sizes, k] for a mean [..., k] and a covariance [..., k, k]. @throws ShapeError; NumericalError for a cov that is not positive definite */
  multivariateNormal<D extends FloatDType = FloatX>(
    sizes: DrawSizes,
    options: o.MultivariateNormalOptions<D>,
  ): TensorVariable<D> {
    return drawMultivariateNormal(this.state(), sizes, options) as never;
  }

  /** `loc` and `scale` of what `standard` makes of a side. */
  private located(
    name: string,
    sizes: DrawSizes,
    { loc = 0, scale = 1, dtype }: o.LocationOptions<FloatDType>,
    standard: (side: TensorVariable) => TensorVariable,
  ): TensorVariable {
    const draw = floatDraw(name, sizes, { loc, scale }, dtype);
    const x = cast(standard(this.side(draw)), draw.dtype);
    return add(draw.parameters.loc, mul(draw.parameters.scale, x));
  }

  private side({ dtype, sizes }: Pick<Drawn<string>, 'dtype' | 'sizes'>): TensorVariable {
    return randomSide(wideOf(dtype), this.state(), sizes);
  }

  private logGamma(sizes: readonly TensorLike[], shape: TensorVariable): TensorVariable {
    return drawLogGamma(this.state(), sizes, cast(shape, 'float64'));
  }
}
