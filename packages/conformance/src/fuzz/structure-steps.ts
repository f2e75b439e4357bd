/**
 * Steps of random graphs whose form is random too: slices, axes, literals, dtypes that meet, gradients,
 * and ops that are written in JavaScript where tables would say one case only.
 */
import * as tno from '@tno/core';
import { isFloat, type TensorVariable } from '@tno/core';
import type { GraphBuilder, Made } from './builder.js';
import type { StepRecipe } from './recipes.js';
import { flatNumbers } from './elements.js';

export const isFloatMade = ({ variable }: Made): boolean => isFloat(variable.dtype);
export const isExact = ({ error }: Made): boolean => error === 0;
/** Floats with at least one axis, and an element: nothing has no maximum. */
export const isFilledTensor = (made: Made): boolean =>
  isFloatMade(made) && made.value.rank > 0 && made.value.size > 0;
export const isFilledMatrix = (made: Made): boolean =>
  isFilledTensor(made) && made.value.rank === 2;
const isBool = ({ variable }: Made): boolean => variable.dtype === 'bool';
const isInteger = ({ variable }: Made): boolean => /int/.test(variable.dtype);
const isNumber = (made: Made): boolean => !isBool(made);

/** Whether elementwise ops take both: axes aligned at the right are equal, or static 1. */
export function aligned(a: Made, b: Made): boolean {
  const rank = Math.max(a.value.rank, b.value.rank);
  return Array.from({ length: rank }, (_, k) => k + 1).every((k) => {
    const [p, q] = [a, b].map(({ variable, value }) => {
      const axis = value.rank - k;
      return axis < 0 || variable.type.broadcasts(axis) ? null : value.shape[axis];
    });
    return p === null || q === null || p === q;
  });
}

/** Adds to the graph, where something fits. */
export type Step = (builder: GraphBuilder, recipe: StepRecipe) => void;

/** A step on one operand. */
export function one(
  fits: (made: Made) => boolean,
  make: (v: TensorVariable, recipe: StepRecipe, made: Made) => TensorVariable,
): Step {
  return (builder, recipe) => {
    const a = builder.find(recipe.a, fits);
    if (a !== null) builder.add(() => make(a.variable, recipe, a), [a]);
  };
}

/** A step on two operands that broadcast together; of one dtype unless `mixed`. */
export function two(
  fits: (made: Made) => boolean,
  make: (a: TensorVariable, b: TensorVariable, recipe: StepRecipe) => TensorVariable,
  mixed = true,
): Step {
  return (builder, recipe) => {
    const a = builder.find(recipe.a, fits);
    const b =
      a &&
      builder.find(
        recipe.b,
        (made) =>
          fits(made) && aligned(a, made) && (mixed || made.variable.dtype === a.variable.dtype),
      );
    if (a !== null && b !== null) builder.add(() => make(a.variable, b.variable, recipe), [a, b]);
  };
}

const exactNumber = (made: Made): boolean => isExact(made) && isNumber(made);
const exactFloat = (made: Made): boolean => isExact(made) && isFloatMade(made);
const withAxes = (made: Made): boolean => made.value.rank > 0;
const hasElements = (made: Made): boolean => withAxes(made) && made.value.size > 0;
/** Scalars move out of sums, so that dividing by 0 shows even where nothing is divided. */
const hasNoZero = ({ value, error }: Made): boolean =>
  flatNumbers(value).every((x) => Math.abs(x) > 100 * error);
const axisOf = (made: Made, k: number): number => k % made.value.rank;

const binary = [tno.add, tno.sub, tno.mul, tno.maximum, tno.minimum, tno.add, tno.mul];
const literals = [0, 1, 2, -1, 0.5, 4, -3, 3];
const comparisons = [tno.eq, tno.neq, tno.lt, tno.le, tno.gt, tno.ge];

const outerStep: Step = (builder, { a: i, b: j }) => {
  const p = builder.find(i, (made) => isFloatMade(made) && made.value.rank === 1);
  const q = builder.find(j, (made) => isFloatMade(made) && made.value.rank === 1);
  if (p && q) builder.add(() => tno.outer(p.variable, q.variable), [p, q]);
};

/** The gradient of a float value that was made with respect to an input. */
export const gradientStep: Step = (builder, { a: i, b: j, c }) => {
  const cost = builder.find(i, (made) => isFloatMade(made) && made.variable.owner !== null);
  const inputs = builder.inputs.filter(isFloatMade);
  if (cost === null || inputs.length === 0) return;
  const wrt = inputs[j % inputs.length].variable;
  const weighted = c % 2 === 0 ? cost.variable : tno.mul(cost.variable, tno.tanh(cost.variable));
  builder.add(() => tno.grad(tno.sum(weighted), wrt, { disconnectedInputs: 'ignore' }), [], true);
};

export const structureSteps: readonly Step[] = [
  ...binary.map((op) => two(isFloatMade, (p, q) => op(p, q))),
  ...binary.map((op) =>
    one(isFloatMade, (v, { b, c }) =>
      c % 2 === 0 ? op(v, literals[b % 8]) : op(literals[b % 8], v),
    ),
  ),
  two(
    (made) => isFloatMade(made) && hasNoZero(made),
    (p, q) => tno.div(p, q),
  ),
  one(
    (made) => isFloatMade(made) && hasNoZero(made),
    (v, { b, c }) =>
      c % 2 === 0 ? tno.div(v, literals[1 + (b % 7)]) : tno.div(literals[b % 8], v),
  ),
  one(isFloatMade, (v, { b }) => tno.pow(v, [0, 1, 2, 3, -1, -2, 0.5, 5][b % 8])),
  two(isNumber, (p, q) => tno.add(p, q)),
  two(isInteger, (p, q, { c }) =>
    [tno.sub, tno.mul, tno.intDiv, tno.mod, tno.maximum, tno.minimum][c % 6](p, q),
  ),
  one(isInteger, (v, { b }) => [tno.neg, tno.abs, tno.sqr][b % 3](v)),
  two(exactFloat, (p, q, { c }) => (c % 2 === 0 ? tno.intDiv(p, q) : tno.mod(p, q))),
  one(exactFloat, (v, { b }) =>
    [tno.floor, tno.ceil, tno.trunc, tno.round, tno.sgn, tno.relu][b % 6](v),
  ),
  one(isFloatMade, (v) => tno.clip(v, -1, 1.5)),
  ...[0, 1].map(() => two(exactNumber, (p, q, { c }) => comparisons[c % 6](p, q))),
  one(exactNumber, (v, { b, c }) => comparisons[c % 6](v, literals[b % 8])),
  two(isBool, (p, q, { c }) => [tno.and, tno.or, tno.xor][c % 3](p, q)),
  one(isBool, (v) => tno.invert(v)),
  ...[0, 1, 2].map((): Step => (builder, { a: i, b: j, c: k }) => {
    const cond = builder.find(i, isBool);
    const p = cond && builder.find(j, (made) => isNumber(made) && aligned(cond, made));
    const q =
      cond &&
      p &&
      builder.find(k, (made) => isNumber(made) && aligned(cond, made) && aligned(p, made));
    if (cond && p && q)
      builder.add(() => tno.switchOp(cond.variable, p.variable, q.variable), [cond, p, q]);
  }),
  one(exactNumber, (v, { b }) =>
    tno.cast(
      v,
      (['float64', 'float32', 'int64', 'int32', 'uint8', 'bool', 'int8', 'float16'] as const)[
        b % 8
      ],
    ),
  ),
  one(isFloatMade, (v, { b }) => tno.cast(v, b % 2 === 0 ? 'float64' : 'float32')),
  ...[tno.sum, tno.mean, tno.max, tno.min, tno.prod, tno.sum].map((op) =>
    one(
      (made) => withAxes(made) && isNumber(made),
      (v, { b, c }, made) => op(v, c % 3 === 0 ? null : axisOf(made, b), { keepdims: c % 2 === 0 }),
    ),
  ),
  one(
    (made) => withAxes(made) && exactNumber(made),
    (v, { b, c }, made) =>
      (c % 2 === 0 ? tno.argmax : tno.argmin)(v, c % 3 === 0 ? null : axisOf(made, b)),
  ),
  one(
    (made) => withAxes(made) && isBool(made),
    (v, { b, c }, made) =>
      (c % 2 === 0 ? tno.any : tno.all)(v, c % 3 === 0 ? null : axisOf(made, b)),
  ),
  ...[tno.softmax, tno.logSoftmax].map((op) =>
    one(
      (made) => withAxes(made) && isFloatMade(made),
      (v, { b }, made) => op(v, axisOf(made, b)),
    ),
  ),
  one(
    (made) => withAxes(made) && isFloatMade(made),
    (v, { b, c }, made) =>
      tno.logsumexp(v, c % 2 === 0 ? null : axisOf(made, b), { keepdims: c % 3 === 0 }),
  ),
  one(withAxes, (v) => tno.transpose(v)),
  one(
    (made) => made.value.rank < 3,
    (v, { b }) => {
      const order: (number | 'x')[] = Array.from({ length: v.type.rank }, (_, k) => k);
      order.splice(b % (order.length + 1), 0, 'x');
      return tno.dimshuffle(v, order);
    },
  ),
  one(
    (made) => made.value.rank > 1,
    (v) => tno.flatten(v),
  ),
  one(withAxes, (v, { b }, made) =>
    tno.reshape(v, b % 2 === 0 ? [-1, made.value.shape[0] || 1] : [1, -1]),
  ),
  ...[0, 1].map(() =>
    one(withAxes, (v, { a: i, b, c }) => {
      const bound = (k: number): number | null => (k % 3 === 0 ? null : (k % 7) - 3);
      const slice = { start: bound(b), stop: bound(c), step: [1, 1, 2, -1, -2][(i + b) % 5] };
      return c % 2 === 0 || v.type.rank < 2 ? tno.at(v, slice) : tno.at(v, null, slice);
    }),
  ),
  one(withAxes, (v, { b, c }) =>
    v.type.rank > 1 && c % 2 === 0 ? tno.at(v, null, (b % 4) - 2) : tno.at(v, (b % 4) - 2),
  ),
  ...[0, 1].map((): Step => (builder, { a: i, b, c }) => {
    const source = builder.find(i, hasElements);
    const index = builder.find(
      b,
      (made) => isInteger(made) && made.value.rank > 0 && made.value.rank < 3,
    );
    if (source === null || index === null) return;
    const size = source.value.shape[0];
    const place = c % 2 === 0 ? tno.mod(index.variable, Math.max(size, 1)) : index.variable;
    builder.add(() => tno.at(source.variable, tno.cast(place, 'int64')), [source, index]);
  }),
  one(
    (made) => made.value.rank > 1 && hasElements(made),
    (v, { b, c }, made) =>
      tno.at(
        v,
        tno.arange(tno.shapeOf(v, 0)),
        tno.mod(
          tno.add(tno.mul(tno.arange(tno.shapeOf(v, 0)), b % 3), c),
          made.value.shape[1] || 1,
        ),
      ),
  ),
  one(
    (made) => withAxes(made) && isNumber(made),
    (v, { b, c }) =>
      (c % 2 === 0 ? tno.setSubtensor : tno.incSubtensor)(
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
        () =>
          (c % 2 === 0 ? tno.setSubtensor : tno.incSubtensor)(
            into.variable,
            [(c % 5) - 2],
            from.variable,
          ),
        [into, from],
      );
  }),
  one(
    (made) => withAxes(made) && isFloatMade(made),
    (v, { b, c }, made) => {
      const n = made.value.shape[0] || 1;
      const index = tno.mod(tno.mul(tno.arange(3), b), n);
      const into = c % 2 === 0 ? v : tno.zerosLike(v);
      return (b % 2 === 0 ? tno.incSubtensor : tno.setSubtensor)(into, [index], literals[c % 8]);
    },
  ),
  one(
    (made) => made.value.rank < 3,
    (v, { b }, made) => tno.broadcastTo(v, [(b % 3) + 1, ...made.value.shape]),
  ),
  one(withAxes, (v, { b }, made) =>
    tno.specifyShape(
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
    if (p && q) builder.add(() => tno.dot(p.variable, q.variable), [p, q]);
  }),
  outerStep,
  one(withAxes, (v, { b }, made) => tno.shapeOf(v, axisOf(made, b))),
  one(
    (made) => isInteger(made) && made.value.rank === 0,
    (v, { b }) => tno.arange(tno.mod(v, 4), 5, (b % 2) + 1),
  ),
  one(
    (made) => isBool(made) && withAxes(made),
    (v) => tno.flatNonzero(v),
  ),
  ...[0, 1, 2, 3].map(() => gradientStep),
];
