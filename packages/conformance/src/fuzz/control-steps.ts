/** Choices, assertions, graphs as ops, loops over rows, and derivatives along a direction. */
import * as tno from '@tno/core';
import type { TensorVariable } from '@tno/core';
import { isFilledTensor, isFloatMade, one, type Step } from './structure-steps.js';

type Control = (x: TensorVariable, choice: number) => TensorVariable;

const { exp, mul, shapeOf, sum, tanh } = tno;

const controls: readonly Control[] = [
  (x, choice) => tno.ifElse(tno.gt(shapeOf(x, 0), choice % 3), exp(tanh(x)), mul(sum(x), x)),
  (x, choice) => tno.ifElse(tno.lt(choice % 2, 1), exp(tanh(x)), mul(x, 2)),
  (x) => tno.assert(x, tno.lt(shapeOf(x, 0), 1000), 'less than 1000 rows'),
  (x) => tno.assert(x, tno.ge(shapeOf(x, 0), shapeOf(x, 0)), 'as many rows as rows'),
  (x) => squash(true)(x),
  (x) => squash(false)(x),
  (x) => tno.mapRows(shapeOf(x, 0), (i) => [mul(tno.at(x, i), tno.cast(i, x.dtype))])[0],
];

/** x·tanh(x) as an op, put in its place when compiled, or kept apart. */
const squash =
  (inline: boolean): ((x: TensorVariable) => TensorVariable) =>
  (x) => {
    const v = tno.tensor(x.dtype, x.type.shape);
    return tno.opFromGraph([v], mul(v, tanh(v)), { name: 'squash', inline })(x);
  };

/** The derivative of a value that was made by an input, along that input itself. */
const forwardStep: Step = (builder, { a, b }) => {
  const made = builder.find(a, (one) => isFloatMade(one) && one.variable.owner !== null);
  const inputs = builder.inputs.filter(isFloatMade);
  if (made === null || inputs.length === 0) return;
  const { variable: wrt } = inputs[b % inputs.length];
  builder.add(() => tno.Rop(made.variable, wrt, wrt), [], true);
};

export const controlSteps: readonly Step[] = [
  ...controls.map((control) => one(isFilledTensor, (x, { b }) => control(x, b))),
  forwardStep,
  forwardStep,
];
