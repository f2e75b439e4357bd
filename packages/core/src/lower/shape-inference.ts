/**
 * Shapes of a graph's variables as ids of a size table: runs the ops' shape rules, once a variable.
 * The optimizer uses it to compare shapes, the lowering to fill a Program; they differ only in what a
 * leaf's sizes are and in what happens to a requirement.
 */
import type { SizeAlgebra } from '../graph/op.js';
import { sizeArithmetic } from '../graph/size-arithmetic.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { SizeId } from './program.js';
import type { SizeTable } from './size-table.js';

export interface ShapeHooks {
  /** Size of an axis of a variable that no rule computes: a leaf, or a result of late size. */
  dim(variable: TensorVariable, axis: number): SizeId;
  /** The value of an integer scalar that is not size arithmetic. */
  value(variable: TensorVariable): SizeId;
  requireEqual(a: SizeId, b: SizeId, text: string, node: Apply): SizeId;
  requireAtMost(
    a: SizeId,
    b: SizeId,
    text: string,
    error: 'shape' | 'index' | 'assert',
    node: Apply,
  ): void;
}

export class ShapeInference {
  private readonly known = new Map<TensorVariable, readonly SizeId[]>();
  private readonly values = new Map<TensorVariable, SizeId>();

  constructor(
    readonly sizes: SizeTable,
    private readonly hooks: ShapeHooks,
    /** Variables that are leaves here, whatever computes them. */
    private readonly leaves: ReadonlySet<TensorVariable> = new Set(),
  ) {}

  /** Shape of a variable. */
  of(variable: TensorVariable): readonly SizeId[] {
    const found = this.known.get(variable);
    if (found !== undefined) return found;
    const stack = [variable];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const node = this.ownerOf(top);
      const missing = node?.inputs.filter((input) => !this.known.has(input)) ?? [];
      if (missing.length > 0) stack.push(...missing);
      else {
        stack.pop();
        if (!this.known.has(top)) this.compute(top, node);
      }
    }
    return this.known.get(variable) as readonly SizeId[];
  }

  /** Whether shapes are known to be the same. */
  same(a: TensorVariable, b: TensorVariable): boolean {
    const [p, q] = [this.of(a), this.of(b)];
    return p.length === q.length && p.every((size, axis) => size === q[axis]);
  }

  /** Declares the shape of a variable (e.g. one bound to a buffer). */
  bind(variable: TensorVariable, shape: readonly SizeId[]): void {
    this.known.set(variable, shape);
  }

  private ownerOf(variable: TensorVariable): Apply | null {
    return this.leaves.has(variable) ? null : variable.owner;
  }

  private compute(variable: TensorVariable, node: Apply | null): void {
    if (node === null) {
      this.known.set(variable, this.leafShape(variable));
      return;
    }
    const shapes = node.op.shapes(
      this.algebra(node),
      node.inputs.map((input) => this.known.get(input) as readonly SizeId[]),
      node,
    );
    node.outputs.forEach((output, k) => {
      this.known.set(
        output,
        shapes[k] ?? output.type.shape.map((_, axis) => this.hooks.dim(output, axis)),
      );
    });
  }

  private leafShape(variable: TensorVariable): SizeId[] {
    return variable.type.shape.map((n, axis) =>
      n === null ? this.hooks.dim(variable, axis) : this.sizes.const(n),
    );
  }

  private algebra(node: Apply): SizeAlgebra<SizeId> {
    const { sizes, hooks } = this;
    return {
      const: (value) => sizes.const(value),
      binary: (op, a, b) => sizes.binary(op, a, b),
      select: (c, a, b) => sizes.select(c, a, b),
      valueOf: (variable) => this.valueOf(variable),
      requireEqual: (a, b, text) => (a === b ? a : hooks.requireEqual(a, b, text, node)),
      requireAtMost: (a, b, text, error = 'shape') => hooks.requireAtMost(a, b, text, error, node),
    };
  }

  /** An integer scalar as a size: size arithmetic where it is that, else its value. */
  valueOf(variable: TensorVariable): SizeId {
    const found = this.values.get(variable);
    if (found !== undefined) return found;
    const node = this.ownerOf(variable);
    const value =
      sizeArithmetic(variable, node, {
        algebra: this.algebra(node as Apply),
        shapeOf: (v) => this.of(v),
        valueOf: (v) => this.valueOf(v),
      }) ?? this.hooks.value(variable);
    this.values.set(variable, value);
    return value;
  }
}
