/** Indices as NumPy's fixture writes them, as `at` takes them. */
import type { Index } from '../../src/ops/advanced-index.js';
import { ndarray } from '../../src/types/ndarray.js';
import { mixedIndexing, numpyOps } from './numpy-ops.js';
import type { RecordedIndex, RecordedIndexing } from './numpy-ops.js';

export function isArrayIndex(index: RecordedIndex): index is { readonly array: never } {
  return typeof index === 'object' && index !== null && 'array' in index;
}

export function isMaskIndex(index: RecordedIndex): index is { readonly mask: never } {
  return typeof index === 'object' && index !== null && 'mask' in index;
}

export function indexOf(index: RecordedIndex): Index {
  if (index === null || typeof index === 'number' || index === 'x' || index === '...') return index;
  if (isArrayIndex(index)) return ndarray(index.array, 'int64');
  if (isMaskIndex(index)) return ndarray(index.mask, 'bool');
  const [start, stop, step] = index as readonly (number | null)[];
  return { start, stop, step: step ?? 1 };
}

const named = ([recorded, spec, part, values, set, increased]: RecordedIndexing) => {
  const name = `${recorded.dtype} (${recorded.shape.join(', ')}) at ${JSON.stringify(spec)}`;
  return [name, { recorded, spec, part, values, set, increased }] as const;
};

/** The cases of indexing by integers, slices and integer arrays, with their names. */
export const indexCases = numpyOps.indexing.map(named);
/** The cases of indices of every kind, mixed. */
export const mixedCases = mixedIndexing.map(named);
