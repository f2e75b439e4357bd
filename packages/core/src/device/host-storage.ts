/** The value of a shared variable in the host's own memory. */
import { DTypeError } from '../errors.js';
import { NDArray } from '../types/ndarray.js';
import type { DType } from '../types/dtype.js';
import { sizeOf } from '../types/shape.js';
import type { SharedStorage } from './target.js';

/** Invariant: `array` is C-contiguous from the start of its data and belongs to this storage alone. */
export class HostStorage implements SharedStorage {
  private array: NDArray;
  private writes = 0;

  /** `turn` waits for calls in flight that reading, or writing, has to come after. */
  constructor(
    value: NDArray,
    private readonly turn: (storage: HostStorage, writes: boolean) => void = () => undefined,
  ) {
    this.array = value.copy();
  }

  get dtype(): DType {
    return this.array.dtype;
  }

  get shape(): readonly number[] {
    this.turn(this, false);
    return this.array.shape;
  }

  get version(): number {
    this.turn(this, false);
    return this.writes;
  }

  read(options: { borrow?: boolean } = {}): NDArray {
    this.turn(this, false);
    return options.borrow === true ? this.array : this.array.copy();
  }

  /** @throws DTypeError (E_DTYPE) */
  write(value: NDArray): void {
    if (value.dtype !== this.dtype) {
      throw new DTypeError(`[shared] expected a value of ${this.dtype}, got ${value.dtype}`);
    }
    this.turn(this, true);
    this.replace(value.contiguous());
    this.writes++;
  }

  /** The memory itself; a device may write to it. @internal */
  get memory(): NDArray {
    return this.array;
  }

  /** Counts a run that writes. @internal */
  countWrite(): void {
    this.writes++;
  }

  /** Takes over the elements of a contiguous array; the memory stays the same while the size does. @internal */
  replace(value: NDArray, fresh?: NDArray): void {
    const size = sizeOf(value.shape);
    const { dtype } = this;
    const room = size === this.array.data.length ? this.array.data : fresh?.data;
    const target = room ?? NDArray.zeros(size, dtype).data;
    const source = value.data.subarray(value.offset, value.offset + size);
    (target as { set(from: typeof source): void }).set(source);
    this.array = new NDArray(dtype, target, value.shape);
  }
}
