/** From what users pass to variables: literals are weak, arrays become constants. */
import { config } from '../config/config.js';
import { InputError, TypeInferenceError } from '../errors.js';
import { constant, isConstant, scalarConstant, type Constant } from '../graph/constant.js';
import { TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { literalDType, promote } from '../types/promote.js';
import { typedDType, type DTypeOfTyped, type TypedArray } from '../types/typed-input.js';

/** A JavaScript scalar: takes the dtype of what it meets. */
export type Literal = number | bigint | boolean;
/** Anything that stands for a tensor in an expression. */
export type TensorLike = TensorVariable | NDArray | TypedArray | Literal | readonly unknown[];

export function isLiteral(value: unknown): value is Literal {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

function loneLiteralDType(value: Literal): DType {
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'int64' : config.floatX;
}

/** A variable for `value`; a literal takes `like`'s dtype by the rules of weak literals, or int64 / floatX / bool. */
export function asVariable(value: TensorLike, like: DType | null = null): TensorVariable {
  if (value instanceof TensorVariable) return value;
  if (value instanceof NDArray) return constant(value);
  if (isLiteral(value)) {
    return scalarConstant(
      value,
      like === null ? loneLiteralDType(value) : literalDType(like, value, config.floatX),
    );
  }
  if (Array.isArray(value)) {
    const array = ndarray(value as number[]);
    return constant(
      array.dtype === 'float64' ? array.astype(isIntegral(array) ? 'int64' : config.floatX) : array,
    );
  }
  if (typedDType(value) !== undefined) return constant(ndarray(value as TypedArray));
  throw new TypeInferenceError(
    `[asVariable] expected a variable, array or number, got ${typeof value}`,
  );
}

/**
 * A constant with a copy of a value. Arrays keep their dtype; plain numbers and nested lists of them
 * become int64 where all are whole, else floatX.
 * @throws InputError for a symbolic variable
 */
export function asConstant<D extends DType>(value: NDArray<D>): Constant<D>;
export function asConstant<T extends TypedArray>(value: T): Constant<DTypeOfTyped<T>, 1>;
export function asConstant(value: Literal): Constant<DType, 0>;
export function asConstant(value: Exclude<TensorLike, TensorVariable>): Constant;
export function asConstant(value: TensorLike): Constant {
  const variable = asVariable(value);
  if (value !== variable && isConstant(variable)) return variable;
  throw new InputError(
    `[constant] expected a value, got the symbolic variable ${variable.toString()}`,
  );
}

function isIntegral(array: NDArray): boolean {
  const flat = array.contiguous();
  for (let i = 0; i < flat.size; i++)
    if (!Number.isSafeInteger(flat.data[flat.offset + i])) return false;
  return true;
}

/** Variables for operands of one operation: literals adopt the dtype that the others promote to. */
export function asVariables(values: readonly TensorLike[]): TensorVariable[] {
  const strong = values.filter((value) => !isLiteral(value)).map((value) => asVariable(value));
  const like = strong.length === 0 ? null : strong.map((v): DType => v.dtype).reduce(promote);
  let next = 0;
  return values.map((value) => (isLiteral(value) ? asVariable(value, like) : strong[next++]));
}
