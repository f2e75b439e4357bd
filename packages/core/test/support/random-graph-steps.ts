/** The steps of random graphs: what each op takes and makes; see random-graphs.ts. */
import { grad } from '../../src/grad/grad.js';
import type { TensorVariable } from '../../src/graph/variable.js';
import { at, incAt, setAt } from '../../src/ops/advanced-index.js';
import { scatter } from '../../src/ops/gather.js';
import { broadcastTo, zerosLike } from '../../src/ops/alloc.js';
import { arange } from '../../src/ops/arange.js';
import * as arithmetic from '../../src/ops/arithmetic.js';
import { cast } from '../../src/ops/cast.js';
import * as compare from '../../src/ops/compare.js';
import { dimshuffle, transpose } from '../../src/ops/dimshuffle.js';
import { dot, outer } from '../../src/ops/dot.js';
import { logsumexp } from '../../src/ops/logsumexp.js';
import { flatNonzero } from '../../src/ops/nonzero.js';
import { prod } from '../../src/ops/prod.js';
import * as reduce from '../../src/ops/reduce.js';
import { flatten, reshape } from '../../src/ops/reshape.js';
import { shapeOf, specifyShape } from '../../src/ops/shape.js';
import { logSoftmax, softmax } from '../../src/ops/softmax.js';
import * as functions from '../../src/ops/transcendental.js';
import { isFloat } from '../../src/types/dtype.js';
import { flatNumbers } from './random-graph-builder.js';
import type { GraphBuilder, Made, StepRecipe } from './random-graph-builder.js';

const isFloatMade = ({ variable }: Made): boolean => isFloat(variable.dtype);
const isExact = ({ error }: Made): boolean => error === 0;
const isBool = ({ variable }: Made): boolean => variable.dtype === 'bool';
const isInteger = ({ variable }: Made): boolean => /int/.test(variable.dtype);
const isNumber = (made: Made): boolean => !isBool(made);

/** Whether elementwise ops take both: axes aligned at the right are equal, or static 1. */
function aligned(a: Made, b: Made): boolean {
  const rank = Math.max(a.value.rank, b.value.rank);
  return Array.from({ length: rank }, (_, k) => k + 1).every((k) => {
    const [p, q] = [a, b].map(({ variable, value }) => {
      const axis = value.rank - k;
      return axis < 0 || variable.type.broadcasts(axis) ? null : value.shape[axis];
    });
    return p === null || q === null || p === q;
  });
}

export type Step = (builder: GraphBuilder, recipe: StepRecipe) => void;

/** A step on one operand. */
function one(
  fits: (made: Made) => boolean,
  make: (v: TensorVariable, recipe: StepRecipe, made: Made) => TensorVariable,
): Step {
  return (builder, recipe) => {
    const a = builder.find(recipe.a, fits);
    if (a !== null) builder.add(() => make(a.variable, recipe, a), [a]);
  };
}

/** A step on two operands that broadcast together. */
function two(
  fits: (made: Made) => boolean,
  make: (a: TensorVariable, b: TensorVariable, recipe: StepRecipe) => TensorVariable,
): Step {
  return (builder, recipe) => {
    const a = builder.find(recipe.a, fits);
    const b = a && builder.find(recipe.b, (made) => fits(made) && aligned(a, made));
    if (a !== null && b !== null) builder.add(() => make(a.variable, b.variable, recipe), [a, b]);
  };
}

const exactNumber = (made: Made): boolean => isExact(made) && isNumber(made);
const exactFloat = (made: Made): boolean => isExact(made) && isFloatMade(made);
const withAxes = (made: Made): boolean => made.value.rank > 0;
const hasElements = (made: Made): boolean => withAxes(made) && made.value.size > 0;
/** Scalars move out of sums, so that dividing by 0 shows even where nothing is divided. */
const hasNoZero = ({ value }: Made): boolean => !flatNumbers(value).includes(0);
const axisOf = (made: Made, k: number): number => k % made.value.rank;

const a = arithmetic;
const f = functions;
const unary = [a.neg, a.sqr, a.abs, a.sqrt, a.reciprocal, f.exp, f.log, f.log1p, f.expm1, f.sigmoid, f.softplus, f.tanh, f.sin, f.cos, f.arctan, f.exp2]; // prettier-ignore
const binary = [a.add, a.sub, a.mul, a.maximum, a.minimum, a.add, a.mul];
const literals = [0, 1, 2, -1, 0.5, 4, -3, 3];
const comparisons = [compare.eq, compare.neq, compare.lt, compare.le, compare.gt, compare.ge];

export const steps: readonly Step[] = [
  ...unary.map((op) => one(isFloatMade, (v) => op(v))),
  ...binary.map((op) => two(isFloatMade, (p, q) => op(p, q))),
  ...binary.map((op) =>
    one(isFloatMade, (v, { b, c }) =>
      c % 2 === 0 ? op(v, literals[b % 8]) : op(literals[b % 8], v),
    ),
  ),
  two(
    (made) => isFloatMade(made) && hasNoZero(made),
    (p, q) => a.trueDiv(p, q),
  ),
  one(
    (made) => isFloatMade(made) && hasNoZero(made),
    (v, { b, c }) =>
      c % 2 === 0 ? a.trueDiv(v, literals[1 + (b % 7)]) : a.trueDiv(literals[b % 8], v),
  ),
  one(isFloatMade, (v, { b }) => a.pow(v, [0, 1, 2, 3, -1, -2, 0.5, 5][b % 8])),
  two(isNumber, (p, q) => a.add(p, q)),
  two(isInteger, (p, q, { c }) =>
    [a.sub, a.mul, a.intDiv, a.mod, a.maximum, a.minimum][c % 6](p, q),
  ),
  one(isInteger, (v, { b }) => [a.neg, a.abs, a.sqr][b % 3](v)),
  two(exactFloat, (p, q, { c }) => (c % 2 === 0 ? a.intDiv(p, q) : a.mod(p, q))),
  one(exactFloat, (v, { b }) => [a.floor, a.ceil, a.trunc, a.round, a.sgn, a.relu][b % 6](v)),
  one(isFloatMade, (v) => a.clip(v, -1, 1.5)),
  ...[0, 1].map(() => two(exactNumber, (p, q, { c }) => comparisons[c % 6](p, q))),
  one(exactNumber, (v, { b, c }) => comparisons[c % 6](v, literals[b % 8])),
  two(isBool, (p, q, { c }) => [compare.and, compare.or, compare.xor][c % 3](p, q)),
  one(isBool, (v) => compare.invert(v)),
  ...[0, 1, 2].map((): Step => (builder, { a: i, b: j, c: k }) => {
    const cond = builder.find(i, isBool);
    const p = cond && builder.find(j, (made) => isNumber(made) && aligned(cond, made));
    const q =
      cond &&
      p &&
      builder.find(k, (made) => isNumber(made) && aligned(cond, made) && aligned(p, made));
    if (cond && p && q)
      builder.add(() => compare.switchOp(cond.variable, p.variable, q.variable), [cond, p, q]);
  }),
  one(exactNumber, (v, { b }) =>
    cast(
      v,
      (['float64', 'float32', 'int64', 'int32', 'uint8', 'bool', 'int8', 'float16'] as const)[
        b % 8
      ],
    ),
  ),
  one(isFloatMade, (v, { b }) => cast(v, b % 2 === 0 ? 'float64' : 'float32')),
  ...[reduce.sum, reduce.mean, reduce.max, reduce.min, prod, reduce.sum].map((op) =>
    one(
      (made) => withAxes(made) && isNumber(made),
      (v, { b, c }, made) => op(v, c % 3 === 0 ? null : axisOf(made, b), { keepdims: c % 2 === 0 }),
    ),
  ),
  one(
    (made) => withAxes(made) && exactNumber(made),
    (v, { b, c }, made) =>
      (c % 2 === 0 ? reduce.argmax : reduce.argmin)(v, c % 3 === 0 ? null : axisOf(made, b)),
  ),
  one(
    (made) => withAxes(made) && isBool(made),
    (v, { b, c }, made) =>
      (c % 2 === 0 ? reduce.any : reduce.all)(v, c % 3 === 0 ? null : axisOf(made, b)),
  ),
  ...[softmax, logSoftmax].map((op) =>
    one(
      (made) => withAxes(made) && isFloatMade(made),
      (v, { b }, made) => op(v, axisOf(made, b)),
    ),
  ),
  one(
    (made) => withAxes(made) && isFloatMade(made),
    (v, { b, c }, made) =>
      logsumexp(v, c % 2 === 0 ? null : axisOf(made, b), { keepdims: c % 3 === 0 }),
  ),
  one(withAxes, (v) => transpose(v)),
  one(
    (made) => made.value.rank < 3,
    (v, { b }) => {
      const order: (number | 'x')[] = Array.from({ length: v.type.rank }, (_, k) => k);
      order.splice(b % (order.length + 1), 0, 'x');
      return dimshuffle(v, order);
    },
  ),
  one(
    (made) => made.value.rank > 1,
    (v) => flatten(v),
  ),
  one(withAxes, (v, { b }, made) =>
    reshape(v, b % 2 === 0 ? [-1, made.value.shape[0] || 1] : [1, -1]),
  ),
  ...[0, 1].map(() =>
    one(withAxes, (v, { a: i, b, c }) => {
      const bound = (k: number): number | null => (k % 3 === 0 ? null : (k % 7) - 3);
      const slice = { start: bound(b), stop: bound(c), step: [1, 1, 2, -1, -2][(i + b) % 5] };
      return c % 2 === 0 || v.type.rank < 2 ? at(v, slice) : at(v, null, slice);
    }),
  ),
  one(withAxes, (v, { b, c }) =>
    v.type.rank > 1 && c % 2 === 0 ? at(v, null, (b % 4) - 2) : at(v, (b % 4) - 2),
  ),
  ...[0, 1].map((): Step => (builder, { a: i, b, c }) => {
    const source = builder.find(i, hasElements);
    const index = builder.find(
      b,
      (made) => isInteger(made) && made.value.rank > 0 && made.value.rank < 3,
    );
    if (source === null || index === null) return;
    const size = source.value.shape[0];
    const place = c % 2 === 0 ? a.mod(index.variable, Math.max(size, 1)) : index.variable;
    builder.add(() => at(source.variable, cast(place, 'int64')), [source, index]);
  }),
  one(
    (made) => made.value.rank > 1 && hasElements(made),
    (v, { b, c }, made) =>
      at(
        v,
        arange(shapeOf(v, 0)),
        a.mod(a.add(a.mul(arange(shapeOf(v, 0)), b % 3), c), made.value.shape[1] || 1),
      ),
  ),
  one(
    (made) => withAxes(made) && isNumber(made),
    (v, { b, c }) =>
      (c % 2 === 0 ? setAt : incAt)(
        v,
        [b % 3 === 0 ? 0 : { start: b % 3, stop: null }],
        literals[c % 8],
      ),
  ),
  ...[0, 1].map((): Step => (builder, { a: i, b, c }) => {
    const into = builder.find(i, (made) => withAxes(made) && isFloatMade(made));
    const from =
      into &&
      builder.find(
        b,
        (made) =>
          made.variable.dtype === into.variable.dtype &&
          made.value.rank < into.value.rank &&
          aligned(into, made),
      );
    if (into && from)
      builder.add(
        () => (c % 2 === 0 ? setAt : incAt)(into.variable, [(c % 5) - 2], from.variable),
        [into, from],
      );
  }),
  one(
    (made) => withAxes(made) && isFloatMade(made),
    (v, { b, c }, made) => {
      const n = made.value.shape[0] || 1;
      const index = a.mod(a.mul(arange(3), b), n);
      return scatter(
        c % 2 === 0 ? v : zerosLike(v),
        [index],
        literals[c % 8],
        b % 2 === 0 ? 'inc' : 'set',
      );
    },
  ),
  one(
    (made) => made.value.rank < 3,
    (v, { b }, made) => broadcastTo(v, [(b % 3) + 1, ...made.value.shape]),
  ),
  one(withAxes, (v, { b }, made) =>
    specifyShape(
      v,
      made.value.shape.map((n, k) => (k === axisOf(made, b) ? n : null)),
    ),
  ),
  ...[0, 1, 2].map((): Step => (builder, { a: i, b: j }) => {
    const p = builder.find(
      i,
      (made) => isFloatMade(made) && (made.value.rank === 1 || made.value.rank === 2),
    );
    const inner = p?.value.shape.at(-1);
    const q =
      p &&
      builder.find(
        j,
        (made) =>
          made.variable.dtype === p.variable.dtype &&
          (made.value.rank === 1 || made.value.rank === 2) &&
          made.value.shape[0] === inner,
      );
    if (p && q) builder.add(() => dot(p.variable, q.variable), [p, q]);
  }),
  (builder, { a: i, b: j }) => {
    const p = builder.find(i, (made) => isFloatMade(made) && made.value.rank === 1);
    const q = builder.find(j, (made) => isFloatMade(made) && made.value.rank === 1);
    if (p && q) builder.add(() => outer(p.variable, q.variable), [p, q]);
  },
  one(withAxes, (v, { b }, made) => shapeOf(v, axisOf(made, b))),
  one(
    (made) => isInteger(made) && made.value.rank === 0,
    (v, { b }) => arange(a.mod(v, 4), 5, (b % 2) + 1),
  ),
  one(
    (made) => isBool(made) && withAxes(made),
    (v) => flatNonzero(v),
  ),
  ...[0, 1, 2, 3].map((): Step => (builder, { a: i, b: j, c }) => {
    const cost = builder.find(i, (made) => isFloatMade(made) && made.variable.owner !== null);
    const wrt = builder.inputs
      .filter(isFloatMade)
      .at(j % Math.max(1, builder.inputs.filter(isFloatMade).length));
    if (cost === null || wrt === undefined) return;
    const weighted = c % 2 === 0 ? cost.variable : a.mul(cost.variable, f.tanh(cost.variable));
    builder.add(
      () => grad(reduce.sum(weighted), wrt.variable, { disconnectedInputs: 'ignore' }),
      [],
      true,
    );
  }),
];
