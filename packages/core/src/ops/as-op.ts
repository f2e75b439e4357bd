/** asOp: an op made of a JavaScript function. Compiled functions call it back where its turn comes. */
import { TypeInferenceError } from '../errors.js';
import { gradNotImplemented } from '../graph/missing-gradient.js';
import { defineOp, type InputGradient, type Op, type Pushforward } from '../graph/op.js';
import { applyOp, type TensorVariable } from '../graph/variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { specifyShape } from './shape.js';

type OutputTypes = TensorType | readonly TensorType[];
type VariableOf<T> = T extends TensorType<infer D extends DType> ? TensorVariable<D> : never;
type VariablesOf<O extends OutputTypes> = O extends readonly TensorType[]
  ? { -readonly [K in keyof O]: VariableOf<O[K]> }
  : VariableOf<O>;

export interface AsOpDefinition<O extends OutputTypes> {
  /** What errors and prints call it. */
  readonly name: string;
  /** Dtype and known sizes of each input: `tensorType('float64', 2)`. */
  readonly inputs: readonly TensorType[];
  /** The type of the one output, or of each. */
  readonly outputs: O;
  /** Values of the outputs, of the declared dtypes, from those of the inputs, which may be kept but not written. */
  readonly perform: (...values: NDArray[]) => NDArray | readonly NDArray[];
  /**
   * Shapes of the outputs from those of the inputs, such as `(_algebra, [x]) => [x]`; may be left out where
   * the output types know all sizes.
   */
  readonly shapes?: Op['shapes'];
  /**
   * Gradients of the inputs from the cotangents of the outputs (zeros where none arrives); null for an input
   * that no output depends on. Left out: asking for a gradient is an error.
   */
  readonly grad?: (
    inputs: readonly TensorVariable[],
    cotangents: readonly (TensorVariable | null)[],
    outputs: readonly TensorVariable[],
  ) => readonly InputGradient[];
  /** Forward mode; derived from `grad` where it is left out. */
  readonly pushforward?: Pushforward;
}

let count = 0;

/**
 * An op that calls `perform`: give it variables (or literals of the declared dtypes). It runs in
 * JavaScript wherever functions run, so it costs a call from native code.
 * @throws TypeInferenceError where the definition lacks shapes; the op, for inputs of other types
 */
export function asOp<const O extends OutputTypes>(
  definition: AsOpDefinition<O>,
): (...inputs: TensorLike[]) => VariablesOf<O> {
  const { name, inputs: inputTypes, outputs } = definition;
  const types: readonly TensorType[] = isList(outputs) ? outputs : [outputs];
  const op = defineOp({
    name,
    props: { function: count++ },
    types: () => types,
    shapes: definition.shapes ?? fixedShapes(name, types),
    perform: (values) => checked(name, types, definition.perform(...values)),
    pullback: ({ inputs, outputs: ys }, cotangents) =>
      definition.grad?.(inputs, cotangents, ys) ??
      inputs.map(({ dtype }) =>
        isFloat(dtype) ? gradNotImplemented(`${name} has no grad`) : null,
      ),
    ...(definition.pushforward && { pushforward: definition.pushforward }),
    lower: { kind: 'host' },
  });
  return (...values) => {
    const inputs = toInputs(name, inputTypes, values);
    const results = applyOp(op, inputs);
    return (isList(outputs) ? [...results] : results[0]) as VariablesOf<O>;
  };
}

function isList(outputs: OutputTypes): outputs is readonly TensorType[] {
  return Array.isArray(outputs);
}

function fixedShapes(name: string, types: readonly TensorType[]): Op['shapes'] {
  const unknown = types.findIndex(({ shape }) => shape.includes(null));
  if (unknown >= 0) {
    throw new TypeInferenceError(
      `[${name}] expected shapes, since output ${unknown} has sizes that its type does not know, got none`,
      { hint: 'for an output of the shape of the first input: shapes: (_algebra, [x]) => [x]' },
    );
  }
  return (algebra) => types.map(({ shape }) => shape.map((n) => algebra.const(n as number)));
}

function toInputs(
  name: string,
  types: readonly TensorType[],
  values: readonly TensorLike[],
): TensorVariable[] {
  if (values.length !== types.length) {
    throw new TypeInferenceError(`[${name}] expected ${types.length} inputs, got ${values.length}`);
  }
  return values.map((value, k) => {
    const { dtype, shape, rank, key } = types[k];
    const v = asVariable(value, dtype);
    if (v.dtype !== dtype || v.type.rank !== rank)
      throw new TypeInferenceError(`[${name}] expected ${key} for input ${k}, got ${v.type.key}`);
    return specifyShape(v, shape);
  });
}

function checked(
  name: string,
  types: readonly TensorType[],
  given: NDArray | readonly NDArray[],
): readonly NDArray[] {
  const results = Array.isArray(given) ? (given as readonly NDArray[]) : [given as NDArray];
  if (results.length !== types.length)
    throw new TypeInferenceError(
      `[${name}] expected ${types.length} results of perform, got ${results.length}`,
    );
  results.forEach((result, k) => {
    if (types[k].holds(result)) return;
    const got = `${result.dtype}(${result.shape.join(', ')})`;
    throw new TypeInferenceError(
      `[${name}] expected ${types[k].key} for result ${k} of perform, got ${got}`,
    );
  });
  return results;
}
