/** Special functions of the public interface, typed; integers become floatX. Their implementations are the ops'. */
import * as errors from '../ops/error-functions.js';
import * as logarithms from '../ops/logarithms.js';
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
