/** The functions of the public interface that infer dtype and rank; their implementations are the ops'. */
import type { TensorVariable } from '../graph/variable.js';
import type { Literal, TensorLike } from '../ops/as-variable.js';
import * as arithmetic from '../ops/arithmetic.js';
import * as compare from '../ops/compare.js';
import * as transcendental from '../ops/transcendental.js';
import * as softmaxes from '../ops/softmax.js';
import type { DType } from '../types/dtype.js';
import type { Promote } from '../types/promote.js';
import * as reductions from '../ops/reduce.js';
import type { Axes, ReduceOptions } from '../ops/reduce.js';
import { logsumexp as logSumExp } from '../ops/logsumexp.js';
import * as products from '../ops/dot.js';
import * as shapes from '../ops/reshape.js';
import * as ranges from '../ops/arange.js';
import { flatNonzero as findNonzero } from '../ops/nonzero.js';
import type { DotRank, FloatOf, MaxRank, PreviousRank, SumTable, WithLiteral } from './dtype-types.js';

interface FloatFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike): TensorVariable;
}

interface SameFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>): TensorVariable<D, R>;
  (x: TensorLike): TensorVariable;
}

interface BinaryFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(x: TensorVariable<D, R>, y: TensorVariable<E, S>): TensorVariable<Promote<D, E>, MaxRank[R][S]>;
  <D extends DType, R extends number>(x: TensorVariable<D, R>, y: Literal): TensorVariable<WithLiteral<D>, R>;
  <D extends DType, R extends number>(x: Literal, y: TensorVariable<D, R>): TensorVariable<WithLiteral<D>, R>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

interface ComparisonFunction {
  <R extends number, S extends number>(x: TensorVariable<DType, R>, y: TensorVariable<DType, S>): TensorVariable<'bool', MaxRank[R][S]>;
  <R extends number>(x: TensorVariable<DType, R>, y: Literal): TensorVariable<'bool', R>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

interface DivisionFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(x: TensorVariable<D, R>, y: TensorVariable<E, S>): TensorVariable<FloatOf<Promote<D, E>>, MaxRank[R][S]>;
  <D extends DType, R extends number>(x: TensorVariable<D, R>, y: Literal): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

interface AxisFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>, axis?: number): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, axis?: number): TensorVariable;
}

interface ReduceFunction<Kind extends 'sum' | 'float' | 'same' | 'int64' | 'bool'> {
  <D extends DType>(x: TensorVariable<D>, axes?: null, options?: { keepdims?: false }): TensorVariable<Reduced<D>[Kind], 0>;
  <D extends DType, R extends number>(x: TensorVariable<D, R>, axes: Axes, options: { keepdims: true }): TensorVariable<Reduced<D>[Kind], R>;
  <D extends DType, R extends number>(x: TensorVariable<D, R>, axis: number, options?: { keepdims?: false }): TensorVariable<Reduced<D>[Kind], PreviousRank[R]>;
  (x: TensorLike, axes?: Axes, options?: ReduceOptions): TensorVariable;
}

/** What reductions make of a dtype. */
interface Reduced<D extends DType> {
  sum: SumTable[D];
  float: FloatOf<D>;
  same: D;
  int64: 'int64';
  bool: 'bool';
}

interface DotFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(x: TensorVariable<D, R>, y: TensorVariable<E, S>): TensorVariable<Promote<D, E>, DotRank[R][S]>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

interface ChoiceFunction {
  <D extends DType, R extends number, E extends DType, S extends number, Q extends number>(
    condition: TensorVariable<DType, Q>,
    a: TensorVariable<D, R>,
    b: TensorVariable<E, S>,
  ): TensorVariable<Promote<D, E>, MaxRank[Q][MaxRank[R][S]]>;
  <D extends DType, R extends number, Q extends number>(condition: TensorVariable<DType, Q>, a: TensorVariable<D, R>, b: Literal): TensorVariable<WithLiteral<D>, MaxRank[Q][R]>;
  <D extends DType, R extends number, Q extends number>(condition: TensorVariable<DType, Q>, a: Literal, b: TensorVariable<D, R>): TensorVariable<WithLiteral<D>, MaxRank[Q][R]>;
  (condition: TensorLike, a: TensorLike, b: TensorLike): TensorVariable;
}

interface ReshapeFunction {
  <D extends DType, const S extends readonly TensorLike[]>(x: TensorVariable<D>, sizes: S): TensorVariable<D, S['length']>;
  (x: TensorLike, sizes: readonly TensorLike[]): TensorVariable;
}

interface ArangeFunction {
  (start: TensorLike, stop?: TensorLike, step?: TensorLike): TensorVariable<'int64', 1>;
  <D extends DType>(start: TensorLike, stop: TensorLike, step: TensorLike, dtype: D): TensorVariable<D, 1>;
}

const typed = <F>(f: unknown): F => f as F;

export const add = typed<BinaryFunction>(arithmetic.add);
export const sub = typed<BinaryFunction>(arithmetic.sub);
export const mul = typed<BinaryFunction>(arithmetic.mul);
/** x / y; floatX for integers. */
export const div = typed<DivisionFunction>(arithmetic.trueDiv);
/** ⌊x / y⌋; 0 for an integer zero divisor. */
export const intDiv = typed<BinaryFunction>(arithmetic.intDiv);
/** Remainder with the divisor's sign; 0 for an integer zero divisor. */
export const mod = typed<BinaryFunction>(arithmetic.mod);
export const pow = typed<BinaryFunction>(arithmetic.pow);
/** Elementwise maximum; NaN wins. */
export const maximum = typed<BinaryFunction>(arithmetic.maximum);
/** Elementwise minimum; NaN wins. */
export const minimum = typed<BinaryFunction>(arithmetic.minimum);
export const neg = typed<SameFunction>(arithmetic.neg);
export const abs = typed<SameFunction>(arithmetic.abs);
export const sgn = typed<SameFunction>(arithmetic.sgn);
export const sqr = typed<SameFunction>(arithmetic.sqr);
/** max(x, 0); its gradient at 0 is 0. */
export const relu = typed<SameFunction>(arithmetic.relu);
export const sqrt = typed<FloatFunction>(arithmetic.sqrt);
export const reciprocal = typed<FloatFunction>(arithmetic.reciprocal);
export const floor = typed<FloatFunction>(arithmetic.floor);
export const ceil = typed<FloatFunction>(arithmetic.ceil);
export const trunc = typed<FloatFunction>(arithmetic.trunc);
/** Rounds half to even. */
export const round = typed<FloatFunction>(arithmetic.round);
export const exp = typed<FloatFunction>(transcendental.exp);
export const exp2 = typed<FloatFunction>(transcendental.exp2);
export const expm1 = typed<FloatFunction>(transcendental.expm1);
export const log = typed<FloatFunction>(transcendental.log);
export const log2 = typed<FloatFunction>(transcendental.log2);
export const log10 = typed<FloatFunction>(transcendental.log10);
export const log1p = typed<FloatFunction>(transcendental.log1p);
/** 1 / (1 + e^-x). */
export const sigmoid = typed<FloatFunction>(transcendental.sigmoid);
/** log(1 + e^x). */
export const softplus = typed<FloatFunction>(transcendental.softplus);
export const tanh = typed<FloatFunction>(transcendental.tanh);
export const sin = typed<FloatFunction>(transcendental.sin);
export const cos = typed<FloatFunction>(transcendental.cos);
export const tan = typed<FloatFunction>(transcendental.tan);
export const arcsin = typed<FloatFunction>(transcendental.arcsin);
export const arccos = typed<FloatFunction>(transcendental.arccos);
export const arctan = typed<FloatFunction>(transcendental.arctan);
export const sinh = typed<FloatFunction>(transcendental.sinh);
export const cosh = typed<FloatFunction>(transcendental.cosh);
/** The angle of (x, y). */
export const arctan2 = typed<DivisionFunction>(transcendental.arctan2);
export const eq = typed<ComparisonFunction>(compare.eq);
export const neq = typed<ComparisonFunction>(compare.neq);
export const lt = typed<ComparisonFunction>(compare.lt);
export const le = typed<ComparisonFunction>(compare.le);
export const gt = typed<ComparisonFunction>(compare.gt);
export const ge = typed<ComparisonFunction>(compare.ge);
export const and = typed<BinaryFunction>(compare.and);
export const or = typed<BinaryFunction>(compare.or);
export const xor = typed<BinaryFunction>(compare.xor);
export const invert = typed<SameFunction>(compare.invert);
/** e^x / Σ e^x along an axis, by default the last. */
export const softmax = typed<AxisFunction>(softmaxes.softmax);
/** log softmax(x) without underflow, along an axis, by default the last. */
export const logSoftmax = typed<AxisFunction>(softmaxes.logSoftmax);

export const sum = typed<ReduceFunction<'sum'>>(reductions.sum);
export const prod = typed<ReduceFunction<'sum'>>(reductions.prod);
/** Arithmetic mean; floatX for integers; NaN over no elements. */
export const mean = typed<ReduceFunction<'float'>>(reductions.mean);
/** log Σ e^x without overflow; -inf over all -inf. */
export const logsumexp = typed<ReduceFunction<'float'>>(logSumExp);
export const max = typed<ReduceFunction<'same'>>(reductions.max);
export const min = typed<ReduceFunction<'same'>>(reductions.min);
/** Position of the first maximum; the first NaN wins. */
export const argmax = typed<ReduceFunction<'int64'>>(reductions.argmax);
/** Position of the first minimum; the first NaN wins. */
export const argmin = typed<ReduceFunction<'int64'>>(reductions.argmin);
export const all = typed<ReduceFunction<'bool'>>(reductions.all);
export const any = typed<ReduceFunction<'bool'>>(reductions.any);
/** Product of vectors and matrices. */
export const dot = typed<DotFunction>(products.dot);
/** `a` where the condition holds, else `b`; both are computed. Also exported as `switch` and `where`. */
export const switchOp = typed<ChoiceFunction>(compare.switchOp);
export const reshape = typed<ReshapeFunction>(shapes.reshape);
/** The integers from start (0) to before stop. */
export const arange = typed<ArangeFunction>(ranges.arange);
/** Positions, in the flattened tensor, of the elements that are not 0. */
export const flatNonzero = typed<(x: TensorLike) => TensorVariable<'int64', 1>>(findNonzero);
