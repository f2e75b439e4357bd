/** Symbolic shapes while rewriting: two axes with equal ids are equal whenever the function runs. */
import type { TensorVariable } from '../graph/variable.js';
import type { SizeId } from '../lower/program.js';
import { ShapeInference } from '../lower/shape-inference.js';
import { SizeTable } from '../lower/size-table.js';

export class GraphShapes extends ShapeInference {
  /** Sizes that have been spelled as graphs. */
  readonly spelled = new Map<SizeId, TensorVariable>();
  private readonly origins: ReadonlyMap<number, TensorVariable>;

  /** Leaves' sizes stand for themselves; requirements are left to the lowering. */
  constructor(leaves: ReadonlySet<TensorVariable> = new Set()) {
    const sizes = new SizeTable();
    const origins = new Map<number, TensorVariable>();
    const from = (variable: TensorVariable): number => {
      origins.set(variable.id, variable);
      return variable.id;
    };
    super(
      sizes,
      {
        dim: (variable, axis) => sizes.dim(from(variable), axis),
        value: (variable) => sizes.value(from(variable)),
        requireEqual: (a) => a,
        requireAtMost: () => undefined,
      },
      leaves,
    );
    this.origins = origins;
  }

  /** Whether `holds` of every variable that sizes are read from. */
  originsAre(holds: (variable: TensorVariable) => boolean): boolean {
    for (const variable of this.origins.values()) if (!holds(variable)) return false;
    return true;
  }

  /** The variable that a `dim` or `value` node of the sizes refers to. */
  origin(buffer: number): TensorVariable {
    return this.origins.get(buffer) as TensorVariable;
  }
}
