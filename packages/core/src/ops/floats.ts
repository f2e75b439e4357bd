/** Operands as floats: integers and bool become floatX. And work on float16 that is done in float32. */
import { config } from '../config/config.js';
import { DTypeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { isFloat, type DType, type FloatDType } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import type { Accumulation } from './reduce.js';

const floatOf = (dtype: DType): FloatDType => (isFloat(dtype) ? dtype : config.floatX);

/** `x` as floats. */
export function asFloat(x: TensorLike): TensorVariable {
  const v = asVariable(x);
  return cast(v, floatOf(v.dtype));
}

/** Both as floats of their common dtype. */
export function asFloats(a: TensorLike, b: TensorLike): [TensorVariable, TensorVariable] {
  const [x, y] = asVariables([a, b]);
  const dtype = floatOf(promote(x.dtype, y.dtype));
  return [cast(x, dtype), cast(y, dtype)];
}

/** `f` of float32 or float64; its results in the float dtype of `x`. */
export function inFloats(
  x: TensorLike,
  f: (v: TensorVariable) => TensorVariable[],
): TensorVariable[] {
  const v = asFloat(x);
  if (v.dtype !== 'float16') return f(v);
  return f(cast(v, 'float32')).map((result) =>
    isFloat(result.dtype) ? cast(result, 'float16') : result,
  );
}

/** Like `inFloats`, for functions with one result. */
export function inFloat(x: TensorLike, f: (v: TensorVariable) => TensorVariable): TensorVariable {
  return inFloats(x, (v) => [f(v)])[0];
}

/** `f` of floats that can hold a count, float32 for float16, unless the dtypes are given. @throws DTypeError */
export function inWiderFloat(
  name: string,
  x: TensorLike,
  { dtype, accDtype }: Accumulation,
  f: (v: TensorVariable) => TensorVariable,
): TensorVariable {
  const v = asVariable(x);
  const result = dtype ?? floatOf(v.dtype);
  const within = accDtype ?? (result === 'float16' ? 'float32' : result);
  for (const wanted of [result, within]) {
    if (!isFloat(wanted)) throw new DTypeError(`[${name}] expected a float dtype, got ${wanted}`);
  }
  return cast(f(cast(v, within)), result);
}
