/**
 * A graph inside an op: what is done in a loop's body or a branch, or what an op stands for. Its inputs
 * are leaves of its own; every other leaf is a constant. Equal inner graphs have equal ids, so that equal
 * nodes with inner graphs merge.
 */
import { cloneReplace } from '../graph/clone.js';
import { isConstant } from '../graph/constant.js';
import { evaluate } from '../graph/evaluate.js';
import type { SizeAlgebra } from '../graph/op.js';
import { sizeArithmetic } from '../graph/size-arithmetic.js';
import { leavesOf, toposort } from '../graph/traverse.js';
import { TensorVariable, type Apply } from '../graph/variable.js';
import { numberSizes } from '../ops/number-sizes.js';
import type { NDArray } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';

/** Says of sizes whether they are late. */
const lateness: SizeAlgebra<boolean> = {
  const: () => false,
  binary: (_op, a, b) => a || b,
  select: (cond, a, b) => cond || a || b,
  valueOf: () => true,
  requireEqual: (a) => a,
  requireAtMost: () => undefined,
};

const ids = new Map<string, number>();

export class InnerGraph {
  readonly id: number;

  private constructor(
    readonly inputs: readonly TensorVariable[],
    readonly outputs: readonly TensorVariable[],
  ) {
    const text = describe(inputs, outputs);
    const known = ids.get(text);
    this.id = known ?? ids.size;
    if (known === undefined) ids.set(text, this.id);
  }

  /** The graph of `outputs` with fresh leaves for `inputs`, which may be any variables. */
  static of(inputs: readonly TensorVariable[], outputs: readonly TensorVariable[]): InnerGraph {
    const fresh = inputs.map((v) => new TensorVariable(v.type, null, 0, v.name));
    const map = new Map(inputs.map((v, k) => [v, fresh[k]]));
    return new InnerGraph(fresh, cloneReplace(outputs, map).outputs);
  }

  /** The outputs made of other variables in the inputs' places. */
  instantiate(given: readonly TensorVariable[]): TensorVariable[] {
    const map = new Map(this.inputs.map((v, k) => [v, given[k]]));
    return cloneReplace(this.outputs, map).outputs;
  }

  types(given: readonly TensorVariable[]): TensorType[] {
    const same = given.every((v, k) => v.type.equals(this.inputs[k].type));
    return (same ? this.outputs : this.instantiate(given)).map(({ type }) => type);
  }

  evaluate(values: readonly NDArray[]): NDArray[] {
    return evaluate(this.outputs, new Map(this.inputs.map((v, k) => [v, values[k]])));
  }

  /**
   * Shapes of the outputs, which must not be late (see `hasLateSizes`); `valueOf` gives the values of
   * inputs, by number, null where there is none. What the ops inside require of sizes is left to where
   * they run.
   */
  shapes<S>(
    algebra: SizeAlgebra<S>,
    shapes: readonly (readonly S[])[],
    valueOf: (input: number) => S | null,
  ): (readonly S[])[] {
    return new InnerShapes(algebra, algebra.const(0), this.inputs, shapes, valueOf).of(
      this.outputs,
    );
  }

  /** Whether a size of the outputs depends on what is computed inside, or on the value of one of the `unknown` inputs (by number). */
  hasLateSizes(unknown: readonly number[] = []): boolean {
    const shapes = this.inputs.map((v) => v.type.shape.map(() => false));
    const valueOf = (k: number): boolean => unknown.includes(k);
    return new InnerShapes(lateness, true, this.inputs, shapes, valueOf)
      .of(this.outputs)
      .some((shape) => shape.includes(true));
  }

  /** Shapes of the outputs at given values of the inputs. */
  shapesAt(values: readonly NDArray[]): (readonly number[])[] {
    return this.shapes(
      numberSizes,
      values.map(({ shape }) => shape),
      (k) => (values[k].rank === 0 ? Number(values[k].item()) : null),
    );
  }
}

/** The graph as text: equal for equal graphs. */
function describe(inputs: readonly TensorVariable[], outputs: readonly TensorVariable[]): string {
  const numbers = new Map(inputs.map((v, k) => [v, `i${k}`]));
  const nameOf = (v: TensorVariable): string =>
    numbers.get(v) ?? (isConstant(v) ? `c${v.key}` : `v${v.id}`);
  const lines = toposort(outputs, new Set(inputs)).map((node, n) => {
    node.outputs.forEach((output, k) => numbers.set(output, `${n}.${k}`));
    return `${node.op.key}(${node.inputs.map(nameOf).join(' ')})`;
  });
  return [...inputs.map(({ type }) => type.key), ...lines, ...outputs.map(nameOf)].join('\n');
}

/** Runs the shape rules of an inner graph; `unknown` stands for sizes that they do not tell. */
class InnerShapes<S> {
  private readonly known = new Map<TensorVariable, readonly S[]>();
  private readonly values = new Map<TensorVariable, S>();
  private readonly algebra: SizeAlgebra<S>;

  constructor(
    outside: SizeAlgebra<S>,
    private readonly unknown: S,
    private readonly inputs: readonly TensorVariable[],
    shapes: readonly (readonly S[])[],
    private readonly inputValue: (input: number) => S | null,
  ) {
    inputs.forEach((v, k) => this.known.set(v, shapes[k]));
    this.algebra = {
      ...outside,
      valueOf: (v) => this.valueOf(v),
      requireEqual: (a) => a,
      requireAtMost: () => undefined,
    };
  }

  of(outputs: readonly TensorVariable[]): (readonly S[])[] {
    for (const node of toposort(outputs, new Set(this.known.keys()))) {
      const inputs = node.inputs.map((v) => this.shapeOf(v));
      const shapes = node.op.shapes(this.algebra, inputs, node);
      node.outputs.forEach((v, k) => {
        const shape = shapes[k];
        if (shape !== null) this.known.set(v, shape);
      });
    }
    return outputs.map((v) => this.shapeOf(v));
  }

  shapeOf(v: TensorVariable): readonly S[] {
    const found = this.known.get(v);
    if (found !== undefined) return found;
    return v.type.shape.map((n) => (n === null ? this.unknown : this.algebra.const(n)));
  }

  private valueOf(v: TensorVariable): S {
    const found = this.values.get(v);
    if (found !== undefined) return found;
    const value = this.compute(v) ?? this.unknown;
    this.values.set(v, value);
    return value;
  }

  private compute(v: TensorVariable): S | null {
    const input = this.inputs.indexOf(v);
    if (input >= 0) return this.inputValue(input);
    return sizeArithmetic(v, v.owner, {
      algebra: this.algebra,
      shapeOf: (w) => this.shapeOf(w),
      valueOf: (w) => this.valueOf(w),
    });
  }
}

/** The nodes between `inputs` and `outputs` at which sizes of these become late: because of a value computed there or before. */
export function lateSources(
  inputs: readonly TensorVariable[],
  outputs: readonly TensorVariable[],
): Apply[] {
  const known = inputs.map((v) => v.type.shape.map(() => false));
  const shapes = new InnerShapes(lateness, true, inputs, known, () => false);
  shapes.of(outputs);
  const isLate = (v: TensorVariable): boolean => shapes.shapeOf(v).includes(true);
  const found = new Set<Apply>();
  const visited = new Set<TensorVariable>();
  const visit = (v: TensorVariable): void => {
    if (v.owner === null || visited.has(v) || !isLate(v)) return;
    visited.add(v);
    if (!v.owner.inputs.some(isLate)) found.add(v.owner);
    v.owner.inputs.forEach(visit);
  };
  outputs.forEach(visit);
  return [...found];
}

/** Leaves of `outputs` that are no constants, in order of first use. */
export function freeLeaves(
  outputs: readonly TensorVariable[],
  stop: ReadonlySet<TensorVariable> = new Set(),
): TensorVariable[] {
  return leavesOf(outputs, stop).filter((v) => !isConstant(v));
}

/** What `results` are made of that does not depend on `varying`: the variables at the border. */
export function capturedBy(
  results: readonly TensorVariable[],
  varying: readonly TensorVariable[],
): TensorVariable[] {
  const inside = new Set(varying);
  const nodes = toposort(results, inside);
  for (const node of nodes) {
    if (node.inputs.some((v) => inside.has(v))) node.outputs.forEach((v) => inside.add(v));
  }
  const used = [
    ...nodes.flatMap((node) => (inside.has(node.outputs[0]) ? node.inputs : [])),
    ...results,
  ];
  return [...new Set(used)].filter((v) => !inside.has(v) && !isConstant(v));
}
