/**
 * Evaluates graphs with the ops' `perform` and holds every node to its own rules on the way: results
 * have the dtype, rank and static sizes of their types and the shapes that the shape rule gives.
 */
import { expect } from 'vitest';
import { isConstant } from '../../src/graph/constant.js';
import type { SizeAlgebra } from '../../src/graph/op.js';
import { toposort } from '../../src/graph/traverse.js';
import { TensorVariable } from '../../src/graph/variable.js';
import { IndexRangeError, ShapeError } from '../../src/errors.js';
import type { NDArray } from '../../src/types/ndarray.js';
import { TensorType } from '../../src/types/tensor-type.js';
import type { StaticShape } from '../../src/types/tensor-type.js';

type Values = ReadonlyMap<TensorVariable, NDArray>;

/** Sizes as plain numbers. */
function numberAlgebra(values: Values): SizeAlgebra<number> {
  const fill = (text: string, a: number, b: number): string =>
    text.replace('{a}', String(a)).replace('{b}', String(b));
  const operations = {
    add: (a: number, b: number) => a + b,
    sub: (a: number, b: number) => a - b,
    mul: (a: number, b: number) => a * b,
    floordiv: (a: number, b: number) => (b === 0 ? 0 : Math.floor(a / b)),
    mod: (a: number, b: number) => (b === 0 ? 0 : a - b * Math.floor(a / b)),
    min: Math.min,
    max: Math.max,
    eq: (a: number, b: number) => Number(a === b),
    lt: (a: number, b: number) => Number(a < b),
  };
  return {
    const: (value) => value,
    binary: (op, a, b) => operations[op](a, b),
    select: (cond, a, b) => (cond !== 0 ? a : b),
    valueOf: (variable) => Number(valueIn(values, variable).item()),
    requireEqual(a, b, text) {
      if (a !== b) throw new ShapeError(fill(text, a, b));
      return a;
    },
    requireAtMost(a, b, text, error = 'shape') {
      if (a > b) throw new (error === 'index' ? IndexRangeError : ShapeError)(fill(text, a, b));
    },
  };
}

function valueIn(values: Values, variable: TensorVariable): NDArray {
  const value = values.get(variable) ?? (isConstant(variable) ? variable.data : undefined);
  if (value === undefined) throw new Error(`no value for ${variable.toString()}`);
  return value;
}

/** Values of `outputs`; see above. */
export function checkedEvaluate(outputs: readonly TensorVariable[], given: Values): NDArray[] {
  const values = new Map(given);
  for (const node of toposort(outputs, new Set(given.keys()))) {
    const inputs = node.inputs.map((input) => valueIn(values, input));
    const results = node.op.perform(inputs, node);
    const shapes = node.op.shapes(
      numberAlgebra(values),
      inputs.map((x) => x.shape),
      node,
    );
    node.outputs.forEach((output, k) => {
      const result = results[k];
      const due = shapes[k] ?? result.shape;
      if (!output.type.holds(result) || due.join() !== result.shape.join()) {
        const of = inputs.map((x) => x.shape.join('x')).join(', ');
        const got = `${result.dtype}(${result.shape.join(',')})`;
        expect.fail(
          `${node.op.key} of (${of}): expected ${output.type.key} of shape (${due.join(',')}), got ${got}`,
        );
      }
      if (!values.has(output)) values.set(output, result);
    });
  }
  return outputs.map((output) => valueIn(values, output));
}

/** A leaf for each array, with no known sizes but those in `statics`. */
export function leavesFor(
  inputs: readonly NDArray[],
  statics: readonly (StaticShape | null)[] = [],
): TensorVariable[] {
  return inputs.map(
    (x, k) => new TensorVariable(new TensorType(x.dtype, statics[k] ?? x.shape.map(() => null))),
  );
}

/** The value of `build` at `inputs`. */
export function run(
  build: (...inputs: TensorVariable[]) => TensorVariable,
  inputs: readonly NDArray[],
  statics: readonly (StaticShape | null)[] = [],
): NDArray {
  const leaves = leavesFor(inputs, statics);
  return checkedEvaluate(
    [build(...leaves)],
    new Map(leaves.map((leaf, k) => [leaf, inputs[k]])),
  )[0];
}
