/**
 * Shapes of a graph's variables as ids of a size table: runs the ops' shape rules, once a variable.
 * The optimizer uses it to compare shapes, the lowering to fill a Program; they differ only in what a
 * leaf's sizes are and in what happens to a requirement.
 */
import { Constant } from '../graph/constant.js';
import type { SizeAlgebra } from '../graph/op.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import type { SizeBinary, SizeId } from './program.js';
import type { SizeTable } from './size-table.js';

export interface ShapeHooks {
  /** Size of an axis of a variable that no rule computes: a leaf, or a result of late size. */
  dim(variable: TensorVariable, axis: number): SizeId;
  /** The value of an integer scalar that is not size arithmetic. */
  value(variable: TensorVariable): SizeId;
  requireEqual(a: SizeId, b: SizeId, text: string, node: Apply): SizeId;
  requireAtMost(a: SizeId, b: SizeId, text: string, error: 'shape' | 'index', node: Apply): void;
}

const binaryOf: Readonly<Record<string, SizeBinary>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  int_div: 'floordiv',
  mod: 'mod',
  minimum: 'min',
  maximum: 'max',
  eq: 'eq',
  lt: 'lt',
};

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
    const value = this.arithmetic(variable) ?? this.hooks.value(variable);
    this.values.set(variable, value);
    return value;
  }

  private arithmetic(variable: TensorVariable): SizeId | null {
    const { sizes } = this;
    if (variable instanceof Constant) return sizes.const(Number(variable.scalar));
    const node = this.ownerOf(variable);
    if (node === null || isFloat(variable.dtype)) return null;
    const { op, inputs } = node;
    if (inputs.some((input) => isFloat(input.dtype)) && op.name !== 'shape_i') return null;
    if (op.name === 'shape_i') return this.of(inputs[0])[Number(op.props['axis'])];
    if (op.name === 'leftover_size') return this.leftover(node);
    if (op.name === 'cast') return variable.dtype === 'int64' ? this.valueOf(inputs[0]) : null;
    if (variable.dtype !== 'int64' && variable.dtype !== 'bool') return null;
    if (op.name === 'neg') return sizes.sub(sizes.const(0), this.valueOf(inputs[0]));
    if (op.name === 'switch')
      return sizes.select(
        this.valueOf(inputs[0]),
        this.valueOf(inputs[1]),
        this.valueOf(inputs[2]),
      );
    const binary = binaryOf[op.name] as SizeBinary | undefined;
    if (binary === undefined || inputs[0].type.rank !== 0) return null;
    return sizes.binary(binary, this.valueOf(inputs[0]), this.valueOf(inputs[1]));
  }

  /** reshape's -1: what the given sizes leave of all elements; 0 of 0. */
  private leftover(node: Apply): SizeId {
    const [total, given] = node.inputs.map((input) => this.valueOf(input));
    const rest = this.sizes.binary('floordiv', total, given);
    const text = '[reshape] expected {b} elements to divide evenly, got {a} that fit';
    this.hooks.requireEqual(this.sizes.mul(rest, given), total, text, node);
    return rest;
  }
}
