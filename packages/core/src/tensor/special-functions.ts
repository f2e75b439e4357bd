/** Special functions of the public interface, typed; integers become floatX. Their implementations are the ops'. */
import * as bessel from '../ops/bessel.js';
import * as errors from '../ops/error-functions.js';
import * as gammas from '../ops/gamma.js';
import { hyp2f1 as gauss } from '../ops/hypergeometric.js';
import * as incompleteBeta from '../ops/incomplete-beta.js';
import * as incompleteGamma from '../ops/incomplete-gamma.js';
import * as logarithms from '../ops/logarithms.js';
import { owensT as owens } from '../ops/owens-t.js';
import type * as f from './signatures.js';

const typed = <F>(implementation: unknown): F => implementation as F;

/** log(1 - e^x) for x < 0, without cancellation. */
export const log1mexp = typed<f.FloatFunction>(logarithms.log1mexp);
/** log(1 + e^x), without overflow: softplus. */
export const log1pexp = typed<f.FloatFunction>(logarithms.log1pexp);
/** x·log x; 0 at 0. */
export const xlogx = typed<f.FloatFunction>(logarithms.xlogx);
/** x·log y; 0 where x is 0. Theano's xlogy0. */
export const xlogy = typed<f.FloatBinaryFunction>(logarithms.xlogy);
/** The error function 2/√π ∫₀ˣ e^(-t²) dt. */
export const erf = typed<f.FloatFunction>(errors.erf);
/** 1 - erf(x), without cancellation. */
export const erfc = typed<f.FloatFunction>(errors.erfc);
/** e^(x²)·erfc(x). */
export const erfcx = typed<f.FloatFunction>(errors.erfcx);
/** The y with erf(y) = x. */
export const erfinv = typed<f.FloatFunction>(errors.erfinv);
/** The y with erfc(y) = x. */
export const erfcinv = typed<f.FloatFunction>(errors.erfcinv);
/** log(erfc(x)), where erfc(x) itself may underflow. */
export const logErfc = typed<f.FloatFunction>(errors.logErfc);
/** The standard normal distribution function Φ(x). */
export const ndtr = typed<f.FloatFunction>(errors.ndtr);
/** log Φ(x), where Φ(x) itself may underflow. */
export const logNdtr = typed<f.FloatFunction>(errors.logNdtr);
/** The x with Φ(x) = p. */
export const ndtri = typed<f.FloatFunction>(errors.ndtri);
/** The x with log Φ(x) = y. */
export const ndtriExp = typed<f.FloatFunction>(errors.ndtriExp);
/** Γ(x). */
export const gamma = typed<f.FloatFunction>(gammas.gamma);
/** log |Γ(x)|. */
export const gammaln = typed<f.FloatFunction>(gammas.gammaln);
/** The digamma function, the derivative of log Γ. */
export const psi = typed<f.FloatFunction>(gammas.psi);
/** The derivative of psi. */
export const triGamma = typed<f.FloatFunction>(gammas.triGamma);
/** The n-th derivative of psi, for whole n ≥ 0. */
export const polygamma = typed<f.FloatBinaryFunction>(gammas.polygamma);
/** Hurwitz's zeta function Σ (q + k)^-s over k = 0, 1, …, for s > 1. */
export const zeta = typed<f.FloatBinaryFunction>(gammas.zeta);
/** log |B(a, b)|. */
export const betaln = typed<f.FloatBinaryFunction>(gammas.betaln);
/** B(a, b) for a, b > 0. */
export const beta = typed<f.FloatBinaryFunction>(gammas.beta);
/** P(a, x), the regularised lower incomplete gamma function. */
export const gammainc = typed<f.FloatBinaryFunction>(incompleteGamma.gammainc);
/** Q(a, x) = 1 - P(a, x). */
export const gammaincc = typed<f.FloatBinaryFunction>(incompleteGamma.gammaincc);
/** The x with P(a, x) = p. */
export const gammaincinv = typed<f.FloatBinaryFunction>(incompleteGamma.gammaincinv);
/** The x with Q(a, x) = q. */
export const gammainccinv = typed<f.FloatBinaryFunction>(incompleteGamma.gammainccinv);
/** P(a, x)Γ(a). */
export const gammal = typed<f.FloatBinaryFunction>(incompleteGamma.gammal);
/** Q(a, x)Γ(a). */
export const gammau = typed<f.FloatBinaryFunction>(incompleteGamma.gammau);
/** The chance that a chi-squared variable of k degrees of freedom exceeds x: chi2sf(x, k). */
export const chi2sf = typed<f.FloatBinaryFunction>(incompleteGamma.chi2sf);
/** I_x(a, b), the regularised incomplete beta function: betainc(a, b, x). */
export const betainc = typed<f.FloatTernaryFunction>(incompleteBeta.betainc);
/** The x with I_x(a, b) = p: betaincinv(a, b, p). */
export const betaincinv = typed<f.FloatTernaryFunction>(incompleteBeta.betaincinv);
/** The Bessel function J of order 0. */
export const j0 = typed<f.FloatFunction>(bessel.j0);
/** The Bessel function J of order 1. */
export const j1 = typed<f.FloatFunction>(bessel.j1);
/** The Bessel function J of real order: jv(v, x). */
export const jv = typed<f.FloatBinaryFunction>(bessel.jv);
/** The modified Bessel function I of order 0. */
export const i0 = typed<f.FloatFunction>(bessel.i0);
/** The modified Bessel function I of order 1. */
export const i1 = typed<f.FloatFunction>(bessel.i1);
/** The modified Bessel function I of real order: iv(v, x). */
export const iv = typed<f.FloatBinaryFunction>(bessel.iv);
/** e^-|x|·I of order v: ive(v, x). */
export const ive = typed<f.FloatBinaryFunction>(bessel.ive);
/** The modified Bessel function K of real order, for x ≥ 0: kv(v, x). */
export const kv = typed<f.FloatBinaryFunction>(bessel.kv);
/** e^x·K of order v: kve(v, x). */
export const kve = typed<f.FloatBinaryFunction>(bessel.kve);
/** Owen's T function T(h, a). */
export const owensT = typed<f.FloatBinaryFunction>(owens);
/** Gauss' hypergeometric function ₂F₁(a, b; c; z), for z ≤ 1. */
export const hyp2f1 = typed<f.FloatQuaternaryFunction>(gauss);
