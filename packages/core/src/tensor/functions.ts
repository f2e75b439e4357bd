/** The functions of the public interface that infer dtype and rank; their implementations are the ops'. */
import * as activations from '../ops/activations.js';
import * as indexing from '../ops/advanced-index.js';
import * as allocation from '../ops/alloc.js';
import * as ranges from '../ops/arange.js';
import * as arithmetic from '../ops/arithmetic.js';
import type { TensorLike } from '../ops/as-variable.js';
import { cast as castTo } from '../ops/cast.js';
import { choose as chooseAmong } from '../ops/choose.js';
import * as close from '../ops/close.js';
import * as compare from '../ops/compare.js';
import * as axes from '../ops/dimshuffle.js';
import * as products from '../ops/dot.js';
import { logsumexp as logSumExp } from '../ops/logsumexp.js';
import { flatNonzero as findNonzero } from '../ops/nonzero.js';
import { prod as product } from '../ops/prod.js';
import * as reductions from '../ops/reduce.js';
import * as reshaping from '../ops/reshape.js';
import * as rounding from '../ops/rounding.js';
import * as shapes from '../ops/shape.js';
import * as softmaxes from '../ops/softmax.js';
import * as picking from '../ops/take.js';
import * as transcendental from '../ops/transcendental.js';
import type { TensorVariable } from '../graph/variable.js';
import type * as f from './signatures.js';

const typed = <F>(implementation: unknown): F => implementation as F;

export const add = typed<f.BinaryFunction>(arithmetic.add);
export const sub = typed<f.BinaryFunction>(arithmetic.sub);
export const mul = typed<f.BinaryFunction>(arithmetic.mul);
/** x / y; floatX for integers. */
export const div = typed<f.FloatBinaryFunction>(arithmetic.trueDiv);
/** ⌊x / y⌋; 0 for an integer zero divisor. */
export const intDiv = typed<f.BinaryFunction>(arithmetic.intDiv);
/** Remainder with the divisor's sign; 0 for an integer zero divisor. */
export const mod = typed<f.BinaryFunction>(arithmetic.mod);
export const pow = typed<f.BinaryFunction>(arithmetic.pow);
/** Elementwise maximum; NaN wins. */
export const maximum = typed<f.BinaryFunction>(arithmetic.maximum);
/** Elementwise minimum; NaN wins. */
export const minimum = typed<f.BinaryFunction>(arithmetic.minimum);
/** x limited to [low, high]. */
export const clip = typed<f.ClipFunction>(arithmetic.clip);
/** x converted to a dtype, as NDArray.astype converts. */
export const cast = typed<f.CastFunction>(castTo);
export const neg = typed<f.SameFunction>(arithmetic.neg);
export const abs = typed<f.SameFunction>(arithmetic.abs);
export const sgn = typed<f.SameFunction>(arithmetic.sgn);
export const sqr = typed<f.SameFunction>(arithmetic.sqr);
/** max(x, 0); its gradient at 0 is 0. */
export const relu = typed<f.SameFunction>(arithmetic.relu);
/** x where positive, else slope·x; the slope is 0.01 unless given. */
export const leakyRelu = typed<f.ScaledFunction>(activations.leakyRelu);
/** x where positive, else alpha·(e^x - 1); alpha is 1 unless given. */
export const elu = typed<f.ScaledFunction>(activations.elu);
/** The elu that keeps mean 0 and variance 1. */
export const selu = typed<f.FloatFunction>(activations.selu);
/** x / (1 + |x|). */
export const softsign = typed<f.FloatFunction>(activations.softsign);
/** x·sigmoid(beta·x); beta is 1 unless given. */
export const swish = typed<f.ScaledFunction>(activations.swish);
/** x·Φ(x), or its approximation with tanh. */
export const gelu = typed<f.GeluFunction>(activations.gelu);
/** 0.2x + 0.5 limited to [0, 1]. */
export const hardSigmoid = typed<f.FloatFunction>(activations.hardSigmoid);
/** A sigmoid without an exponential, off by at most 0.02. */
export const ultraFastSigmoid = typed<f.FloatFunction>(activations.ultraFastSigmoid);
export const sqrt = typed<f.FloatFunction>(arithmetic.sqrt);
export const reciprocal = typed<f.FloatFunction>(arithmetic.reciprocal);
export const floor = typed<f.FloatFunction>(arithmetic.floor);
export const ceil = typed<f.FloatFunction>(arithmetic.ceil);
export const trunc = typed<f.FloatFunction>(arithmetic.trunc);
/** To the nearest whole number, halves to even, or away from zero if asked. */
export const round = typed<f.RoundFunction>(rounding.round);
/** To the nearest integer, as int64; rounds as `round`. */
export const iround = typed<f.IntegerRoundFunction>(rounding.iround);
/** [⌊x / y⌋, x mod y]. */
export const divmod = typed<f.DivmodFunction>(rounding.divmod);
/** ⌈x / y⌉ without leaving the integers; 0 for an integer zero divisor. */
export const ceilIntDiv = typed<f.BinaryFunction>(rounding.ceilIntDiv);
/** Whether |x - y| ≤ atol + rtol·|y|, elementwise. */
export const isclose = typed<f.CloseFunction>(close.isclose);
/** Whether `isclose` holds everywhere. */
export const allclose = typed<f.AllCloseFunction>(close.allclose);
/** Of each point the element of `choices[index]` there. */
export const choose = typed<f.ChooseFunction>(chooseAmong);
export const exp = typed<f.FloatFunction>(transcendental.exp);
export const exp2 = typed<f.FloatFunction>(transcendental.exp2);
export const expm1 = typed<f.FloatFunction>(transcendental.expm1);
export const log = typed<f.FloatFunction>(transcendental.log);
export const log2 = typed<f.FloatFunction>(transcendental.log2);
export const log10 = typed<f.FloatFunction>(transcendental.log10);
export const log1p = typed<f.FloatFunction>(transcendental.log1p);
/** 1 / (1 + e^-x). */
export const sigmoid = typed<f.FloatFunction>(transcendental.sigmoid);
/** log(1 + e^x). */
export const softplus = typed<f.FloatFunction>(transcendental.softplus);
export const tanh = typed<f.FloatFunction>(transcendental.tanh);
export const sin = typed<f.FloatFunction>(transcendental.sin);
export const cos = typed<f.FloatFunction>(transcendental.cos);
export const tan = typed<f.FloatFunction>(transcendental.tan);
export const arcsin = typed<f.FloatFunction>(transcendental.arcsin);
export const arccos = typed<f.FloatFunction>(transcendental.arccos);
export const arctan = typed<f.FloatFunction>(transcendental.arctan);
export const sinh = typed<f.FloatFunction>(transcendental.sinh);
export const cosh = typed<f.FloatFunction>(transcendental.cosh);
export const arcsinh = typed<f.FloatFunction>(transcendental.arcsinh);
export const arccosh = typed<f.FloatFunction>(transcendental.arccosh);
export const arctanh = typed<f.FloatFunction>(transcendental.arctanh);
/** Degrees to radians. */
export const deg2rad = typed<f.FloatFunction>(transcendental.deg2rad);
/** Radians to degrees. */
export const rad2deg = typed<f.FloatFunction>(transcendental.rad2deg);
/** The angle of (x, y). */
export const arctan2 = typed<f.FloatBinaryFunction>(transcendental.arctan2);
/** log(e^x + e^y) without overflow. */
export const logaddexp = typed<f.FloatBinaryFunction>(transcendental.logaddexp);
export const eq = typed<f.ComparisonFunction>(compare.eq);
export const neq = typed<f.ComparisonFunction>(compare.neq);
export const lt = typed<f.ComparisonFunction>(compare.lt);
export const le = typed<f.ComparisonFunction>(compare.le);
export const gt = typed<f.ComparisonFunction>(compare.gt);
export const ge = typed<f.ComparisonFunction>(compare.ge);
export const and = typed<f.BinaryFunction>(compare.and);
export const or = typed<f.BinaryFunction>(compare.or);
export const xor = typed<f.BinaryFunction>(compare.xor);
export const isnan = typed<f.TestFunction>(compare.isnan);
export const isinf = typed<f.TestFunction>(compare.isinf);
export const invert = typed<f.SameFunction>(compare.invert);
/** e^x / Σ e^x along an axis, by default the last. */
export const softmax = typed<f.AxisFunction>(softmaxes.softmax);
/** log softmax(x) without underflow, along an axis, by default the last. */
export const logSoftmax = typed<f.AxisFunction>(softmaxes.logSoftmax);

export const sum = typed<f.AccumulatingFunction<'sum'>>(reductions.sum);
export const prod = typed<f.AccumulatingFunction<'sum', f.NoZeros>>(product);
/** Arithmetic mean; floatX for integers; NaN over no elements. */
export const mean = typed<f.AccumulatingFunction<'float'>>(reductions.mean);
/** log Σ e^x without overflow; -inf over all -inf. */
export const logsumexp = typed<f.ReduceFunction<'float'>>(logSumExp);
export const max = typed<f.ReduceFunction<'same'>>(reductions.max);
export const min = typed<f.ReduceFunction<'same'>>(reductions.min);
/** Position of the first maximum; the first NaN wins. */
export const argmax = typed<f.ReduceFunction<'int64'>>(reductions.argmax);
/** Position of the first minimum; the first NaN wins. */
export const argmin = typed<f.ReduceFunction<'int64'>>(reductions.argmin);
export const all = typed<f.ReduceFunction<'bool'>>(reductions.all);
export const any = typed<f.ReduceFunction<'bool'>>(reductions.any);
/** Mean squared distance from the mean. */
export const variance = typed<f.AccumulatingFunction<'float', f.Correction>>(reductions.variance);
/** Product of vectors and matrices. */
export const dot = typed<f.DotFunction>(products.dot);
/** x·yᵀ of vectors. */
export const outer = typed<f.OuterFunction>(products.outer);
/** `a` where the condition holds, else `b`; both are computed. Also exported as `switch` and `where`. */
export const switchOp = typed<f.ChoiceFunction>(compare.switchOp);
export const reshape = typed<f.ReshapeFunction>(reshaping.reshape);
/** One axis of all elements, or `rank` axes of which the last takes the rest. */
export const flatten = typed<f.FlattenFunction>(reshaping.flatten);
/** Axes in another order; 'x' adds one of size 1 that broadcasts, axes of static size 1 may be left out. */
export const dimshuffle = typed<f.DimshuffleFunction>(axes.dimshuffle);
/** Axes reversed, or in the order given. */
export const transpose = typed<f.TransposeFunction>(axes.transpose);
/** Sizes as an int64 vector, known without a value. */
export const shape = typed<(x: TensorLike) => TensorVariable<'int64', 1>>(shapes.shape);
/** The size of one axis, known without a value. */
export const shapeOf = typed<(x: TensorVariable, axis: number) => TensorVariable<'int64', 0>>(
  shapes.shapeOf,
);
/** x, promised to have these sizes; checked when it runs. An axis promised to be 1 broadcasts. */
export const specifyShape = typed<f.SpecifyShapeFunction>(shapes.specifyShape);
/** The value repeated to these sizes. */
export const broadcastTo = typed<f.BroadcastFunction>(allocation.broadcastTo);
export const full = typed<f.FullFunction>(allocation.full);
export const zeros = typed<f.FillFunction>(allocation.zeros);
export const ones = typed<f.FillFunction>(allocation.ones);
export const zerosLike = typed<f.LikeFunction>(allocation.zerosLike);
export const onesLike = typed<f.LikeFunction>(allocation.onesLike);
/** The integers from start (0) to before stop. */
export const arange = typed<f.ArangeFunction>(ranges.arange);

/** Integers drop an axis, slices (see `slice`) and null keep it, arrays and masks pick, 'x' adds an axis, '...' is the rest. */
export const at = typed<f.AtFunction>(indexing.at);
/** Elements along an axis at integer positions. */
export const take = typed<f.TakeFunction>(picking.take);
/** A copy in which the indexed part is `values`. */
export const setSubtensor = typed<f.AssignFunction>(indexing.setSubtensor);
/** A copy in which `values` are added to the indexed part; values for one place add up. */
export const incSubtensor = typed<f.AssignFunction>(indexing.incSubtensor);
/** Positions, in the flattened tensor, of the elements that are not 0. */
export const flatNonzero = typed<(x: TensorLike) => TensorVariable<'int64', 1>>(findNonzero);
