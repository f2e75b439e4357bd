/** The memory of a shared variable on the cpu device. */
import { AsyncInFlightError, dtypeInfo, DTypeError, NDArray, ShapeError } from '@tno/core';
import type { DType, SharedStorage } from '@tno/core';
import { ASYNC_IN_FLIGHT } from './native.js';
import type { NativeAddon, NativeShared } from './native.js';

export class CpuShared implements SharedStorage {
  readonly dtype: DType;
  /** @internal */
  readonly native: NativeShared;
  private readonly rank: number;

  constructor(addon: NativeAddon, value: NDArray) {
    this.dtype = value.dtype;
    this.rank = value.shape.length;
    this.native = new addon.SharedStorage(dtypeInfo[value.dtype].code, this.rank);
    this.write(value);
  }

  get shape(): readonly number[] {
    return inTurn(() => this.native.dims());
  }

  get version(): number {
    return inTurn(() => this.native.version);
  }

  read(options: { borrow?: boolean } = {}): NDArray {
    const { shape } = this;
    const memory = options.borrow === true ? this.native.borrow() : undefined;
    const { storage } = dtypeInfo[this.dtype];
    let size = 1;
    for (const length of shape) size *= length;
    return new NDArray(this.dtype, new storage(memory ?? this.native.read(), 0, size), shape);
  }

  /** @throws DTypeError, ShapeError when dtype or rank are not those of the variable. */
  write(value: NDArray): void {
    if (value.dtype !== this.dtype) {
      throw new DTypeError(`[shared] expected ${this.dtype}, got ${value.dtype}`);
    }
    if (value.shape.length !== this.rank) {
      throw new ShapeError(`[shared] expected rank ${this.rank}, got rank ${value.shape.length}`);
    }
    const { data, offset, shape } = value.isContiguous ? value : value.copy();
    inTurn(() => this.native.write(data, offset, shape));
  }
}

/** What waits for calls in flight. @throws AsyncInFlightError where that would never end */
function inTurn<T>(access: () => T): T {
  try {
    return access();
  } catch (error) {
    if (error instanceof Error && error.message === ASYNC_IN_FLIGHT) throw new AsyncInFlightError();
    throw error;
  }
}
