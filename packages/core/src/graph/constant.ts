/** Constants: leaves with a value. Two constants are equal when dtype, shape and bits are. */
import { ndarray, type NDArray } from '../types/ndarray.js';
import { wrapScalar, type DType } from '../types/dtype.js';
import { TensorType } from '../types/tensor-type.js';
import { TensorVariable } from './variable.js';

/** Elements up to which constants are compared; the text of more would cost more than merging saves. */
const MOST_COMPARED = 4096;

export class Constant<D extends DType = DType, R extends number = number> extends TensorVariable<
  D,
  R
> {
  private bits: string | null = null;

  constructor(readonly data: NDArray<D>) {
    super(new TensorType(data.dtype, data.shape));
  }

  /** Identity by bit pattern: 0.0 and -0.0 differ, all NaN are one. Large constants equal only themselves. */
  get key(): string {
    const { size } = this.data;
    this.bits ??= `${this.type.key}:${size > MOST_COMPARED ? `#${this.id}` : bitString(this.data)}`;
    return this.bits;
  }

  /** The value of a constant with one element, else null; a bigint where no number holds it. */
  get scalar(): number | bigint | null {
    if (this.data.size !== 1) return null;
    const value = this.data.item({ bigint: true });
    if (typeof value === 'boolean') return Number(value);
    const number = Number(value);
    return typeof value === 'bigint' && !Number.isSafeInteger(number) ? value : number;
  }

  override toString(): string {
    if (this.name !== null) return this.name;
    return this.data.size === 1
      ? String(this.data.item({ bigint: true }))
      : `const${this.type.key}`;
  }
}

function bitString(data: NDArray): string {
  const flat = data.contiguous();
  const parts: string[] = [];
  for (let i = 0; i < flat.size; i++) {
    const value = flat.data[flat.offset + i];
    parts.push(Object.is(value, -0) ? '-0' : String(value));
  }
  return parts.join(',');
}

/** A constant variable holding a copy of `value`. */
export function constant<D extends DType>(value: NDArray<D>): Constant<D> {
  return new Constant(value.copy());
}

/** A rank-0 constant of the dtype. */
export function scalarConstant<D extends DType>(
  value: number | bigint | boolean,
  dtype: D,
): Constant<D, 0> {
  const wrapped = wrapScalar(dtype, value);
  return new Constant<D, 0>(ndarray(wrapped, dtype));
}

/** Whether the variable is a constant. */
export function isConstant(variable: TensorVariable): variable is Constant {
  return variable instanceof Constant;
}
