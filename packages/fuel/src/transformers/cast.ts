import type { DType } from '@tno/core';
import type { Batch } from '../dataset.js';
import type { Stream } from '../stream.js';
import { changeSources, Mapping } from './mapping.js';
import type { WithDType } from './mapping.js';

/** The stream with the named sources in another dtype. */
export class Cast<B extends Batch, K extends keyof B & string, D extends DType> extends Mapping<
  B,
  WithDType<B, K, D>
> {
  constructor(stream: Stream<B>, dtype: D, which: readonly K[]) {
    super(
      stream,
      changeSources(which, (array) => array.astype(dtype)),
    );
  }
}
