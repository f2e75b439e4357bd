/**
 * Shapes of a graph's variables as ids of a size table: runs the ops' shape rules, once a variable.
 * The optimizer uses it to compare shapes, the lowering to fill a Program; they differ only in what a
 * leaf's sizes are and in what happens to a requirement.
 */
import type { SizeAlgebra } from '../graph/op.js';
import { sizeArithmetic, type SizeSource } from '../graph/size-arithmetic.js';
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
  private readonly algebra: SizeAlgebra<SizeId>;
  private readonly source: SizeSource<SizeId>;
  /** The node whose rule runs: requirements are its own. */
  private current: Apply | null = null;

  constructor(
    readonly sizes: SizeTable,
    private readonly hooks: ShapeHooks,
    /** Variables that are leaves here, whatever computes them. */
    private readonly leaves: ReadonlySet<TensorVariable> = new Set(),
  ) {
    this.algebra = this.algebraOf(() => this.current as Apply);
    this.source = {
      algebra: this.algebra,
      shapeOf: (variable) => this.of(variable),
      valueOf: (variable) => this.valueOf(variable),
    };
  }

  /** Shape of a variable. */
  of(variable: TensorVariable): readonly SizeId[] {
    const found = this.known.get(variable);
    if (found !== undefined) return found;
    const stack = [variable];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const node = this.ownerOf(top);
      const height = stack.length;
      for (const input of node?.inputs ?? []) if (!this.known.has(input)) stack.push(input);
      if (stack.length > height) continue;
      stack.pop();
      if (!this.known.has(top)) this.compute(top, node);
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
    const shapes = this.during(node, () =>
      node.op.shapes(
        this.algebra,
        node.inputs.map((input) => this.known.get(input) as readonly SizeId[]),
        node,
      ),
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

  /** Runs a rule of `node`, which may have others run. */
  private during<T>(node: Apply | null, run: () => T): T {
    const before = this.current;
    this.current = node;
    const result = run();
    this.current = before;
    return result;
  }

  private algebraOf(current: () => Apply): SizeAlgebra<SizeId> {
    const { sizes, hooks } = this;
    return {
      const: (value) => sizes.const(value),
      binary: (op, a, b) => sizes.binary(op, a, b),
      select: (c, a, b) => sizes.select(c, a, b),
      valueOf: (variable) => this.valueOf(variable),
      requireEqual: (a, b, text) => (a === b ? a : hooks.requireEqual(a, b, text, current())),
      requireAtMost: (a, b, text, error = 'shape') =>
        hooks.requireAtMost(a, b, text, error, current()),
    };
  }

  /** An integer scalar as a size: size arithmetic where it is that, else its value. */
  valueOf(variable: TensorVariable): SizeId {
    const found = this.values.get(variable);
    if (found !== undefined) return found;
    const node = this.ownerOf(variable);
    const value =
      this.during(node, () => sizeArithmetic(variable, node, this.source)) ??
      this.hooks.value(variable);
    this.values.set(variable, value);
    return value;
  }
}
