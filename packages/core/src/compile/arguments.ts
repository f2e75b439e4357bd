/** From what a caller passes to arrays that a Program can read: dtype, rank and static sizes checked. */
import { DTypeError, InputError, ShapeError, type TnoErrorOptions } from '../errors.js';
import { userFrames } from '../graph/trace.js';
import { TensorVariable } from '../graph/variable.js';
import { canCastExactly } from '../types/dtype.js';
import { fromTyped } from '../types/from-typed.js';
import { typedDType, type TypedArray } from '../types/typed-input.js';
import { isNDArray, NDArray, ndarray, type NDArrayInput } from '../types/ndarray.js';

/** An input of a compiled function, and how errors call it. */
export interface InputSlot {
  readonly variable: TensorVariable;
  readonly label: string;
  /** Whether arrays and lists are converted where a value does not fit. */
  readonly allowDowncast: boolean;
  /** Whether only arrays of exactly its dtype are taken. */
  readonly strict: boolean;
}

function made({ variable }: InputSlot): TnoErrorOptions {
  const [frame] = userFrames(variable.trace, 1);
  return { trace: frame === undefined ? '' : `the input was made at ${frame}` };
}

function isScalarOrList(value: unknown): value is NDArrayInput {
  return ['number', 'bigint', 'boolean'].includes(typeof value) || Array.isArray(value);
}

/** What most calls that pass numbers pass; the general way takes some times as long. */
function floatScalar(dtype: 'float32' | 'float64', value: number): NDArray {
  const data = dtype === 'float32' ? new Float32Array(1) : new Float64Array(1);
  data[0] = value;
  return new NDArray(dtype, data, []);
}

function asArray(slot: InputSlot, value: unknown): NDArray {
  const { dtype } = slot.variable;
  if (typeof value === 'number' && !slot.strict && (dtype === 'float32' || dtype === 'float64')) {
    return floatScalar(dtype, value);
  }
  if (isNDArray(value)) return fitting(slot, value);
  if (typedDType(value) !== undefined) return fitting(slot, fromTyped(value as TypedArray, dtype));
  if (isScalarOrList(value) && !slot.strict) {
    return slot.allowDowncast ? ndarray(value).astype(dtype) : ndarray(value, dtype);
  }
  const got =
    value instanceof TensorVariable ? `the symbolic variable ${value.toString()}` : kindOf(value);
  throw new InputError(
    `[${slot.label}] expected an array${slot.strict ? '' : ' or number'} for ${slot.variable.type.key}, got ${got}`,
    made(slot),
  );
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? Object.prototype.toString.call(value) : `a ${typeof value}`;
}

/** Integers widen; a float64 array does not silently become float32. */
function fitting(slot: InputSlot, array: NDArray): NDArray {
  const { dtype } = slot.variable;
  if (array.dtype === dtype) return array;
  if (!slot.strict && (slot.allowDowncast || canCastExactly(array.dtype, dtype)))
    return array.astype(dtype);
  throw new DTypeError(
    `[${slot.label}] expected ${dtype}, got ${array.dtype}${slot.strict ? '' : ', whose values may not fit'}`,
    {
      ...made(slot),
      hint: `convert with .astype('${dtype}'), or compile with {allowInputDowncast: true}`,
    },
  );
}

/** `asArray`; what does not convert is an error that names the input. */
function converted(slot: InputSlot, value: unknown): NDArray {
  try {
    return asArray(slot, value);
  } catch (error) {
    const known = [DTypeError, ShapeError].find((one) => error instanceof one);
    const reason = /^\[ndarray\] (.*)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (known === undefined || reason === undefined) throw error;
    throw new known(`[${slot.label}] ${reason}`, made(slot));
  }
}

/**
 * The array for an input: of its dtype, rank and static sizes, contiguous, without a copy where it is
 * that already. Numbers and lists take the input's dtype: floats are rounded, integers must be exact.
 * @throws DTypeError, ShapeError, InputError naming the input and the line that made it
 */
export function toInput(slot: InputSlot, value: unknown): NDArray {
  const { type } = slot.variable;
  const array = converted(slot, value);
  if (!type.holds(array)) {
    const expected = array.rank === type.rank ? type.key : `rank ${type.rank}`;
    throw new ShapeError(
      `[${slot.label}] expected ${expected}, got shape (${array.shape.join(', ')})`,
      made(slot),
    );
  }
  return array.isContiguous ? array : array.copy();
}

/**
 * An input that nothing the caller does can reach: `array`, or a copy where it may be memory of `given`.
 * @throws InputError where its memory has been transferred or has shrunk
 */
export function ownedInput(slot: InputSlot, array: NDArray, given: unknown): NDArray {
  if (array.data.length < array.offset + array.size) {
    throw new InputError(
      `[${slot.label}] expected an array of ${array.size} elements, got one whose memory was transferred or has shrunk`,
      made(slot),
    );
  }
  const isFresh = !ArrayBuffer.isView(given) && given !== undefined && given !== array;
  return isFresh ? array : array.copy();
}
