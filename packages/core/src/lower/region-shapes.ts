/**
 * Shapes of everything in a graph that is being lowered, as sizes of the Program, with the run-time
 * checks that they need. Says also where sizes that depend on values are read from.
 */
import { CompileError } from '../errors.js';
import { isConstant } from '../graph/constant.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import { isShared } from '../graph/shared.js';
import { toposort } from '../graph/traverse.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { constantBytes } from './kernel-writer.js';
import { sizeOperands } from './place-sizes.js';
import type { ProgramContext } from './program-context.js';
import type { BufferId, SizeId } from './program.js';
import { ShapeInference } from './shape-inference.js';

export class RegionShapes {
  /** Rank-0 temps of computed values that sizes depend on. */
  readonly scalars = new Map<TensorVariable, BufferId>();
  /** Rank-0 temps of late lengths. */
  readonly counts = new Map<TensorVariable, BufferId>();
  readonly inferred: ShapeInference;
  private readonly checked = new Set<string>();

  /**
   * @param bound buffers of the graph's inputs
   * @param parent of a graph inside a loop or branch: the shapes around it
   * @param asWritten roots of another graph of the same leaves: what their sizes require is required too
   */
  constructor(
    private readonly context: ProgramContext,
    private readonly graph: FunctionGraph,
    private readonly bound: ReadonlyMap<TensorVariable, BufferId>,
    private readonly parent: RegionShapes | null,
    asWritten: readonly TensorVariable[],
  ) {
    this.requireAsWritten(asWritten);
    this.inferred = this.infer();
  }

  of(variable: TensorVariable): readonly SizeId[] {
    return this.inferred.of(variable);
  }

  /** Whether sizes depend on the variable's value or length, which then has a place of its own. */
  isPlaced(variable: TensorVariable): boolean {
    return this.scalars.has(variable) || this.counts.has(variable);
  }

  /** Whether free steps read the variable that may ask for its value as a size: no output's buffer has that. */
  mayBeSize(variable: TensorVariable): boolean {
    if (variable.type.rank !== 0 || isFloat(variable.dtype)) return false;
    return this.graph
      .clients(variable)
      .some(({ node }) => node !== 'output' && node.op.lower.kind === 'steps');
  }

  isBound(variable: TensorVariable): boolean {
    return this.bound.has(variable);
  }

  /** Requires what the sizes of another graph of the same leaves require, as far as the leaves tell. */
  private requireAsWritten(roots: readonly TensorVariable[]): void {
    const { sizes } = this.context.builder;
    const open = new Set<SizeId>();
    const openSize = (): SizeId => {
      const id = sizes.value(this.context.builder.temp('int64', []));
      open.add(id);
      return id;
    };
    const openness: boolean[] = [];
    const isOpen = (id: SizeId): boolean => {
      for (let k = openness.length; k <= id; k++)
        openness[k] =
          open.has(k) || sizeOperands(sizes.nodes[k]).some((operand) => openness[operand]);
      return openness[id];
    };
    const require = (
      rel: 'eq' | 'le',
      a: SizeId,
      b: SizeId,
      error: 'shape' | 'index' | 'assert',
      text: string,
      node: Apply,
    ): void => {
      if (error !== 'assert' && !isOpen(a) && !isOpen(b))
        this.require(rel, a, b, error, text, node);
    };
    const stop = new Set(this.graph.inputs);
    const inference = new ShapeInference(
      sizes,
      {
        dim: (variable, axis) => {
          const leaf = this.leafBuffer(variable);
          return leaf === null ? openSize() : this.context.builder.shape(leaf)[axis];
        },
        value: (variable) => {
          const leaf = this.leafBuffer(variable);
          return leaf === null ? openSize() : sizes.value(leaf);
        },
        requireEqual: (a, b, text, node) => {
          require('eq', a, b, 'shape', text, node);
          return a;
        },
        requireAtMost: (a, b, text, error, node) => require('le', a, b, error, text, node),
      },
      stop,
    );
    for (const [variable, buffer] of this.bound)
      inference.bind(variable, this.boundShape(variable, buffer));
    const nodes = toposort(roots, stop);
    // What a branch requires is required where it is taken.
    if (nodes.some(({ op }) => op.name === 'if_else')) return;
    for (const node of nodes) inference.of(node.outputs[0]);
  }

  private infer(): ShapeInference {
    const { sizes } = this.context.builder;
    const inference = new ShapeInference(
      sizes,
      {
        dim: (variable, axis) => this.dim(variable, axis),
        value: (variable) => this.scalarValue(variable),
        requireEqual: (a, b, text, node) => {
          this.require('eq', a, b, 'shape', text, node);
          return a;
        },
        requireAtMost: (a, b, text, error, node) => this.require('le', a, b, error, text, node),
      },
      new Set(this.graph.inputs),
    );
    for (const [variable, buffer] of this.bound)
      inference.bind(variable, this.boundShape(variable, buffer));
    for (const node of this.graph.nodes()) node.outputs.forEach((output) => inference.of(output));
    return inference;
  }

  /** Sizes of a bound variable; those that its type knows are required of the buffer. */
  private boundShape(variable: TensorVariable, buffer: BufferId): SizeId[] {
    return this.context.builder.shape(buffer).map((size, axis) => {
      const known = variable.type.shape[axis];
      return known === null ? size : this.context.builder.sizes.const(known);
    });
  }

  private require(
    rel: 'eq' | 'le',
    a: SizeId,
    b: SizeId,
    error: 'shape' | 'index' | 'assert',
    text: string,
    node: Apply,
  ): void {
    const key = `${rel} ${Math.min(a, b)} ${Math.max(a, b)} ${rel === 'le' ? a : ''}`;
    if (this.checked.has(key)) return;
    this.checked.add(key);
    this.context.builder.check(rel, a, b, this.context.site(node), error, text);
  }

  private dim(variable: TensorVariable, axis: number): SizeId {
    const leaf = this.leafBuffer(variable);
    if (leaf !== null) return this.context.builder.shape(leaf)[axis];
    let count = this.counts.get(variable);
    if (count === undefined)
      this.counts.set(variable, (count = this.context.builder.temp('int64', [])));
    return this.context.builder.sizes.value(count);
  }

  private scalarValue(variable: TensorVariable): SizeId {
    const leaf = this.leafBuffer(variable);
    if (leaf !== null) return this.context.builder.sizes.value(leaf);
    let place = this.scalars.get(variable);
    if (place === undefined)
      this.scalars.set(variable, (place = this.context.builder.temp(variable.dtype, [])));
    return this.context.builder.sizes.value(place);
  }

  /** Buffer of a variable that is not computed here. */
  leafBuffer(variable: TensorVariable): BufferId | null {
    const bound = this.bound.get(variable);
    if (bound !== undefined) return bound;
    if (isShared(variable)) return this.context.shared(variable);
    if (isConstant(variable)) {
      return this.context.builder.constant({
        dtype: variable.dtype,
        shape: variable.data.shape,
        bytes: constantBytes(variable.data),
      });
    }
    if (variable.owner !== null) return null;
    const outer = this.parent?.leafBuffer(variable) ?? null;
    if (outer === null) throw new CompileError(`[lower] ${variable.toString()} has no value here`);
    return outer;
  }
}
