import type { Batch } from '../dataset.js';
import type { Stream } from '../stream.js';
import { changeSources, Mapping } from './mapping.js';

/** The stream with each example of the named sources as one vector: [n, ...] becomes [n, m]. */
export class Flatten<B extends Batch> extends Mapping<B, B> {
  constructor(stream: Stream<B>, which: readonly (keyof B & string)[]) {
    super(
      stream,
      changeSources(which, (array) => {
        const [n, ...sizes] = array.shape;
        return array.reshape([n, sizes.reduce((product, size) => product * size, 1)]);
      }),
    );
  }
}
