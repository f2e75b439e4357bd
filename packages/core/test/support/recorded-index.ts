/** Indices as NumPy's fixture writes them, as `at` takes them. */
import type { Index } from '../../src/ops/advanced-index.js';
import { ndarray } from '../../src/types/ndarray.js';
import { numpyOps } from './numpy-ops.js';
import type { RecordedIndex } from './numpy-ops.js';

export function isArrayIndex(index: RecordedIndex): index is { readonly array: never } {
  return typeof index === 'object' && index !== null && 'array' in index;
}

export function indexOf(index: RecordedIndex): Index {
  if (index === null || typeof index === 'number') return index;
  if (isArrayIndex(index)) return ndarray(index.array, 'int64');
  const [start, stop, step] = index as readonly (number | null)[];
  return { start, stop, step: step ?? 1 };
}

/** The cases of indexing with their names. */
export const indexCases = numpyOps.indexing.map(
  ([recorded, spec, part, values, set, increased]) => {
    const name = `${recorded.dtype} (${recorded.shape.join(', ')}) at ${JSON.stringify(spec)}`;
    return [name, { recorded, spec, part, values, set, increased }] as const;
  },
);
