/**
 * A step for each row of the table: the op on values made before, or, every third time, on new inputs
 * filled as its row says, which lie in its domain for certain.
 */
import * as tno from '@tno/core';
import { cellValue, outputsOf, resultDTypes } from '../cases.js';
import type { Call, Family, Input, Row } from '../row.js';
import { isFloat, randomOf } from '../values.js';
import type { GraphBuilder, Made } from './builder.js';
import type { StepRecipe } from './recipes.js';
import { aligned, isExact, type Step } from './structure-steps.js';

/** Ops that random graphs cannot hold to a value, and why. */
const left: Readonly<Record<string, string>> = {};

export function tableSteps(families: readonly Family[]): ReadonlyMap<string, Step> {
  const rows = families.flatMap((family) => family.rows).filter(({ op }) => !(op in left));
  const steps = new Map<string, Step>();
  for (const { op } of rows) {
    const same = rows.filter((row) => row.op === op);
    steps.set(op, (builder, recipe) => takeStep(builder, recipe, same[recipe.c % same.length]));
  }
  return steps;
}

function takeStep(builder: GraphBuilder, recipe: StepRecipe, row: Row): void {
  const call = row.calls[recipe.b % row.calls.length];
  const operands =
    recipe.c % 3 === 0 ? newOperands : row.elementwise ? sameOperands : fittedOperands;
  const chosen = operands(builder, recipe, row, call);
  if (chosen === null) return;
  const added = builder.add(() => {
    const outputs = outputsOf(call, chosen.variables);
    return outputs[recipe.a % outputs.length];
  }, chosen.made);
  if (added) builder.seen.add(row.op);
}

interface Operands {
  readonly variables: readonly tno.TensorVariable[];
  /** What was made before and goes into them. */
  readonly made: readonly Made[];
}

type Choose = (builder: GraphBuilder, recipe: StepRecipe, row: Row, call: Call) => Operands | null;

/** New inputs, or constants where the dtype is not the row's. */
const newOperands: Choose = (builder, { a, b }, row, { inputs }) => {
  const dtype = row.dtypes[a % row.dtypes.length];
  const made: Made[] = [];
  const variables = inputs.map((input, k) => {
    const value = filled(input, dtype, `${a} ${b} ${k}`);
    if (input.dtype !== undefined) return tno.asVariable(value);
    made.push(builder.leaf(value));
    return made[made.length - 1].variable;
  });
  return { variables, made };
};

/** Values of one dtype that broadcast together. */
const sameOperands: Choose = (builder, recipe, row, call) => {
  const first = firstOperand(builder, recipe, row, call);
  if (first === null) return null;
  const made: Made[] = [];
  for (const [k, input] of call.inputs.entries()) {
    const dtype = input.dtype ?? first.variable.dtype;
    const next =
      k === 0 && input.dtype === undefined
        ? first
        : builder.find(
            recipe.b + 7 * k,
            (one) =>
              one.variable.dtype === dtype &&
              (isExact(one) || !isFloat(dtype) || !needsExact(row, call, dtype)) &&
              [first, ...made].every((other) => aligned(one, other)),
          );
    if (next === null) return null;
    made.push(next);
  }
  return { variables: made.map(({ variable }) => variable), made };
};

/** Elements of values made before, in the shapes that the call asks for. */
const fittedOperands: Choose = (builder, recipe, row, call) => {
  const first = firstOperand(builder, recipe, row, call);
  if (first === null) return null;
  const made: Made[] = [];
  const variables = call.inputs.map((input, k) => {
    const { dtype } = first.variable;
    if (input.dtype !== undefined) return tno.asVariable(filled(input, dtype, `${recipe.a} ${k}`));
    const next =
      builder.find(
        recipe.a + 5 * k,
        (one) =>
          one.variable.dtype === dtype &&
          one.value.size > 0 &&
          (isExact(one) || !needsExact(row, call, dtype)),
      ) ?? first;
    made.push(next);
    return fitted(next, input.shape, recipe.b);
  });
  return { variables, made };
};

const firstOperand = (
  builder: GraphBuilder,
  { a }: StepRecipe,
  row: Row,
  call: Call,
): Made | null =>
  builder.find(
    a,
    (made) =>
      row.dtypes.includes(made.variable.dtype) &&
      made.value.size > 0 &&
      (isExact(made) || !needsExact(row, call, made.variable.dtype)),
  );

/** Whether a rounding error of an operand may change the result by more than a rounding error. */
function needsExact(row: Row, call: Call, dtype: tno.DType): boolean {
  if (!isFloat(dtype)) return false;
  if (row.jumps === true || row.gradient.kind !== 'smooth') return true;
  return resultDTypes(row, call, dtype).some((result) => !isFloat(result));
}

function fitted(
  { variable, value }: Made,
  shape: readonly number[],
  offset: number,
): tno.TensorVariable {
  if (value.shape.join() === shape.join()) return variable;
  const size = shape.reduce((p, q) => p * q, 1);
  const places = Array.from({ length: size }, (_, k) => (k + offset) % value.size);
  return tno.reshape(tno.take(tno.flatten(variable), tno.ndarray(places, 'int64')), shape);
}

function filled(input: Input, rowDType: tno.DType, seed: string): tno.NDArray {
  const dtype = input.dtype ?? rowDType;
  const random = randomOf(seed);
  const size = input.shape.reduce((p, q) => p * q, 1);
  const elements = Array.from({ length: size }, (_, k) =>
    cellValue(input.values(random, dtype, k, size), dtype),
  );
  return tno.ndarray(elements, dtype).reshape(input.shape);
}
