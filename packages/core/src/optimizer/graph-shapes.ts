/** Symbolic shapes while rewriting: two axes with equal ids are equal whenever the function runs. */
import { ShapeInference } from '../lower/shape-inference.js';
import { SizeTable } from '../lower/size-table.js';

export type GraphShapes = ShapeInference;

/** Leaves' sizes stand for themselves; requirements are left to the lowering. */
export function graphShapes(): GraphShapes {
  const sizes = new SizeTable();
  return new ShapeInference(sizes, {
    dim: (variable, axis) => sizes.dim(variable.id, axis),
    value: (variable) => sizes.value(variable.id),
    requireEqual: (a) => a,
    requireAtMost: () => undefined,
  });
}
