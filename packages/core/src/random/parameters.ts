/** What every draw asks of its arguments: a dtype, a shape, and parameters that fit both. */
import { config } from '../config/config.js';
import { DTypeError, ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { add } from '../ops/arithmetic.js';
import { asVariable, isLiteral, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { sizesOf } from '../ops/shape.js';
import { isFloat, type DType, type FloatDType } from '../types/dtype.js';
import { promote } from '../types/promote.js';

/** Sizes of a draw; null: those that its parameters have, broadcast together. */
export type DrawSizes = readonly TensorLike[] | null;

export interface Drawn<K extends string> {
  readonly dtype: FloatDType;
  readonly sizes: readonly TensorLike[];
  /** The parameters as variables of the dtype, numbers among them. */
  readonly parameters: Readonly<Record<K, TensorVariable>>;
}

/**
 * Checked arguments of a draw of floats. The dtype is the one asked for, else that of the parameters that
 * are tensors of floats, else floatX. @throws ShapeError, DTypeError
 */
export function floatDraw<K extends string>(
  name: string,
  sizes: DrawSizes,
  given: Readonly<Record<K, TensorLike>>,
  asked?: DType,
): Drawn<K> {
  const values = Object.values<TensorLike>(given);
  const floats = values
    .filter((value) => !isLiteral(value))
    .map((value): DType => asVariable(value).dtype)
    .filter(isFloat);
  const dtype = asked ?? (floats.length === 0 ? config.floatX : floats.reduce(promote));
  if (!isFloat(dtype)) throw new DTypeError(`[${name}] expected a float dtype, got ${dtype}`);
  const parameters = Object.fromEntries(
    Object.entries<TensorLike>(given).map(([key, value]) => [
      key,
      cast(isLiteral(value) ? asVariable(value, dtype) : asVariable(value), dtype),
    ]),
  ) as Record<K, TensorVariable>;
  return { dtype, parameters, sizes: sizesFor(name, sizes, Object.values(parameters)) };
}

/** The sizes of a draw with these parameters. @throws ShapeError for a parameter of a higher rank */
export function sizesFor(
  name: string,
  sizes: DrawSizes,
  parameters: readonly TensorVariable[],
): readonly TensorLike[] {
  if (sizes === null) {
    return parameters.length === 0 ? [] : sizesOf(parameters.reduce((a, b) => add(a, b)));
  }
  for (const parameter of parameters) {
    if (parameter.type.rank <= sizes.length) continue;
    throw new ShapeError(
      `[${name}] expected parameters of at most ${sizes.length} axes, got ${parameter.type.rank} (${parameter.toString()})`,
    );
  }
  return sizes;
}
