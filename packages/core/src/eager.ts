/**
 * Eager arithmetic on NDArrays: each function runs an op's reference implementation at once, with the
 * same rules of dtypes and broadcasting as in graphs (axes of size 1 count as statically 1). Convenient
 * in tests, scripts and at a prompt; not fast: compile what runs often. Slicing, transposing and
 * reshaping are methods of NDArray itself. All other functions of graphs join these in `nd` (nd.ts).
 */
import { constant, isConstant } from './graph/constant.js';
import { evaluate } from './graph/evaluate.js';
import type { TensorVariable } from './graph/variable.js';
import * as arithmetic from './ops/arithmetic.js';
import type { Literal, TensorLike } from './ops/as-variable.js';
import * as compare from './ops/compare.js';
import * as products from './ops/dot.js';
import { logsumexp as sumOfExponentials } from './ops/logsumexp.js';
import { nonzero as positions } from './ops/nonzero.js';
import { prod as product } from './ops/prod.js';
import * as reductions from './ops/reduce.js';
import type { Axes, ReduceOptions } from './ops/reduce.js';
import * as softmaxes from './ops/softmax.js';
import * as picking from './ops/take.js';
import * as transcendental from './ops/transcendental.js';
import { NDArray } from './types/ndarray.js';

/** What the functions take: arrays, nested lists, numbers. */
export type ArrayLike = NDArray | Literal | readonly unknown[];

function symbol(value: ArrayLike): TensorLike {
  return value instanceof NDArray ? constant(value) : value;
}

function run(result: TensorVariable): NDArray {
  return isConstant(result) ? result.data : evaluate([result], new Map())[0];
}

type SymbolicUnary = (x: TensorLike) => TensorVariable;
type SymbolicBinary = (x: TensorLike, y: TensorLike) => TensorVariable;
type SymbolicReduction = (x: TensorLike, axes?: Axes, options?: ReduceOptions) => TensorVariable;

const unary =
  (f: SymbolicUnary) =>
  (x: ArrayLike): NDArray =>
    run(f(symbol(x)));

const binary =
  (f: SymbolicBinary) =>
  (x: ArrayLike, y: ArrayLike): NDArray =>
    run(f(symbol(x), symbol(y)));

const reduction =
  (f: SymbolicReduction) =>
  (x: ArrayLike, axes: Axes = null, options: ReduceOptions = {}): NDArray =>
    run(f(symbol(x), axes, options));

export const add = binary(arithmetic.add);
export const sub = binary(arithmetic.sub);
export const mul = binary(arithmetic.mul);
export const div = binary(arithmetic.trueDiv);
export const intDiv = binary(arithmetic.intDiv);
export const mod = binary(arithmetic.mod);
export const pow = binary(arithmetic.pow);
export const maximum = binary(arithmetic.maximum);
export const minimum = binary(arithmetic.minimum);
export const neg = unary(arithmetic.neg);
export const abs = unary(arithmetic.abs);
export const sgn = unary(arithmetic.sgn);
export const sqr = unary(arithmetic.sqr);
export const sqrt = unary(arithmetic.sqrt);
export const reciprocal = unary(arithmetic.reciprocal);
export const floor = unary(arithmetic.floor);
export const ceil = unary(arithmetic.ceil);
export const trunc = unary(arithmetic.trunc);
/** Rounds half to even. */
export const round = unary(arithmetic.round);
export const relu = unary(arithmetic.relu);
export const exp = unary(transcendental.exp);
export const exp2 = unary(transcendental.exp2);
export const expm1 = unary(transcendental.expm1);
export const log = unary(transcendental.log);
export const log2 = unary(transcendental.log2);
export const log10 = unary(transcendental.log10);
export const log1p = unary(transcendental.log1p);
export const sigmoid = unary(transcendental.sigmoid);
export const softplus = unary(transcendental.softplus);
export const tanh = unary(transcendental.tanh);
export const sin = unary(transcendental.sin);
export const cos = unary(transcendental.cos);
export const tan = unary(transcendental.tan);
export const arcsin = unary(transcendental.arcsin);
export const arccos = unary(transcendental.arccos);
export const arctan = unary(transcendental.arctan);
export const arctan2 = binary(transcendental.arctan2);
export const sinh = unary(transcendental.sinh);
export const cosh = unary(transcendental.cosh);
export const arcsinh = unary(transcendental.arcsinh);
export const arccosh = unary(transcendental.arccosh);
export const arctanh = unary(transcendental.arctanh);
export const logaddexp = binary(transcendental.logaddexp);
export const isnan = unary(compare.isnan);
export const isinf = unary(compare.isinf);
export const eq = binary(compare.eq);
export const neq = binary(compare.neq);
export const lt = binary(compare.lt);
export const le = binary(compare.le);
export const gt = binary(compare.gt);
export const ge = binary(compare.ge);
export const and = binary(compare.and);
export const or = binary(compare.or);
export const xor = binary(compare.xor);
export const invert = unary(compare.invert);
export const sum = reduction(reductions.sum);
export const prod = reduction(product);
export const mean = reduction(reductions.mean);
export const variance = reduction(reductions.variance);
export const max = reduction(reductions.max);
export const min = reduction(reductions.min);
export const argmax = reduction(reductions.argmax);
export const argmin = reduction(reductions.argmin);
export const all = reduction(reductions.all);
export const any = reduction(reductions.any);
export const logsumexp = reduction(sumOfExponentials);
/** Product of vectors and matrices. */
export const dot = binary(products.dot);
export const outer = binary(products.outer);

/** e^x / Σ e^x along an axis, by default the last. */
export function softmax(x: ArrayLike, axis = -1): NDArray {
  return run(softmaxes.softmax(symbol(x), axis));
}

/** log softmax(x) without underflow, along an axis, by default the last. */
export function logSoftmax(x: ArrayLike, axis = -1): NDArray {
  return run(softmaxes.logSoftmax(symbol(x), axis));
}

/** `x` limited to [low, high]. */
export function clip(x: ArrayLike, low: ArrayLike, high: ArrayLike): NDArray {
  return run(arithmetic.clip(symbol(x), symbol(low), symbol(high)));
}

/** `a` where the condition holds, else `b`. */
export function where(condition: ArrayLike, a: ArrayLike, b: ArrayLike): NDArray {
  return run(compare.switchOp(symbol(condition), symbol(a), symbol(b)));
}

/** Elements of `x` along an axis at integer positions. */
export function take(x: ArrayLike, indices: ArrayLike, axis = 0): NDArray {
  return run(picking.take(symbol(x), symbol(indices), axis));
}

/** Where the elements are not 0: one vector of indices an axis. */
export function nonzero(x: ArrayLike): NDArray[] {
  return positions(symbol(x)).map(run);
}
