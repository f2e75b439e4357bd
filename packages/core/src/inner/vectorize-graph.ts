/**
 * vectorizeGraph: a graph made for single values, applied to many at once. Elementwise ops, products,
 * reductions, moved axes and linear algebra take the new axes in front as they are; any other op runs in a
 * loop over them (mapRows).
 */
import { ShapeError } from '../errors.js';
import { toposort } from '../graph/traverse.js';
import { applyOp, type Apply, type TensorVariable } from '../graph/variable.js';
import { broadcastTo } from '../ops/alloc.js';
import { at } from '../ops/advanced-index.js';
import { mul } from '../ops/arithmetic.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { padLeft } from '../ops/elementwise.js';
import { matmul, matvec, vecdot, vecmat } from '../ops/matmul.js';
import { prod } from '../ops/prod.js';
import { all, any, argmax, argmin, max, min, sum } from '../ops/reduce.js';
import { reshape } from '../ops/reshape.js';
import { shapeOf, sizesOf } from '../ops/shape.js';
import { mapRows } from './map-rows.js';

type Variables = readonly TensorVariable[];
/** Which variable stands for which in front of it. */
export type Replacements =
  | ReadonlyMap<TensorVariable, TensorVariable>
  | readonly (readonly [TensorVariable, TensorVariable])[];

const reductions = { sum, prod, max, min, all, any, argmax, argmin };

/** Ops of stacks of matrices, which are the last two axes. */
const ofStacks = new Set([
  'cholesky', 'lu', 'lu_solve', 'solve', 'solve_triangular', 'solve_tridiagonal', 'inverse', 'det', 'slogdet',
  'qr', 'eigh', 'eigvalsh', 'svd', 'svdvals', 'pinv', 'expm', 'schur', 'qz', 'matmul', 'batched_gemm',
]); // prettier-ignore

class Vectorization {
  private readonly made: Map<TensorVariable, TensorVariable>;
  private readonly batched: Set<TensorVariable>;

  constructor(
    replace: ReadonlyMap<TensorVariable, TensorVariable>,
    /** Axes in front. */
    private readonly axes: number,
    private readonly sizes: readonly TensorVariable[],
  ) {
    this.made = new Map(replace);
    this.batched = new Set(replace.keys());
  }

  of(outputs: Variables): TensorVariable[] {
    for (const node of toposort(outputs, new Set(this.made.keys()))) {
      if (!node.inputs.some((v) => this.made.has(v))) continue;
      const isBatched = node.op.name !== 'shape_i' && node.inputs.some((v) => this.batched.has(v));
      const results = isBatched ? (this.whole(node) ?? this.byRows(node)) : this.once(node);
      node.outputs.forEach((v, k) => {
        if (this.made.has(v)) return;
        this.made.set(v, results[k]);
        if (isBatched) this.batched.add(v);
      });
    }
    return outputs.map((v) => this.madeOf(v));
  }

  private madeOf(v: TensorVariable): TensorVariable {
    return this.made.get(v) ?? v;
  }

  /** A size, or what is made of sizes: the same for all. */
  private once({ op, inputs }: Apply): Variables {
    const given = inputs.map((v) => this.madeOf(v));
    if (op.name !== 'shape_i' || !this.batched.has(inputs[0])) return applyOp(op, given);
    return [shapeOf(given[0], (op.props['axis'] as number) + this.axes)];
  }

  /** The node on everything at once, or null. */
  private whole(node: Apply): Variables | null {
    const { op, inputs } = node;
    if (op.lower.kind === 'scalar' || op.name === 'cast' || ofStacks.has(op.name))
      return applyOp(op, this.padded(inputs));
    const [x, ...others] = inputs.map((v) => this.madeOf(v));
    if (op.name === 'dimshuffle')
      return [this.moved(x, op.props['order'] as readonly (number | 'x')[])];
    if (op.lower.kind === 'reduce' && Object.hasOwn(reductions, op.name)) {
      const reduce = reductions[op.name as keyof typeof reductions];
      const axes = op.lower.axes.map((axis) => axis + this.axes);
      const reduced = reduce(x, axes);
      return reduced.dtype === node.outputs[0].dtype ? [reduced] : null;
    }
    if (op.name === 'alloc' && !inputs.slice(1).some((v) => this.batched.has(v))) {
      const lead = others.map(() => 'x' as const).slice(inputs[0].type.rank);
      const value = this.moved(x, [...lead, ...inputs[0].type.shape.keys()]);
      return [broadcastTo(value, [...this.sizes, ...others])];
    }
    return op.name === 'dot' ? [this.product(inputs)] : null;
  }

  /** Axes behind the new ones in another order. */
  private moved(x: TensorVariable, order: readonly (number | 'x')[]): TensorVariable {
    const front = Array.from({ length: this.axes }, (_, axis) => axis);
    const behind = order.map((axis) => (axis === 'x' ? axis : axis + this.axes));
    return dimshuffle(x, [...front, ...behind]);
  }

  /** Inputs with the new axes in front, of size 1 where they do not have them. */
  private padded(inputs: Variables): TensorVariable[] {
    return inputs.map((v) =>
      this.batched.has(v) ? this.madeOf(v) : padLeft(this.madeOf(v), v.type.rank + this.axes),
    );
  }

  private product([a, b]: Variables): TensorVariable {
    const [x, y] = this.padded([a, b]);
    if (a.type.rank === 1) return b.type.rank === 1 ? vecdot(x, y) : vecmat(x, y);
    return b.type.rank === 1 ? matvec(x, y) : matmul(x, y);
  }

  private byRows(node: Apply): TensorVariable[] {
    const count = this.sizes.reduce((n, size) => mul(n, size));
    const rows = node.inputs.map((v) => {
      if (!this.batched.has(v)) return null;
      const whole = this.madeOf(v);
      return this.axes === 1 ? whole : reshape(whole, [count, ...sizesOf(whole).slice(this.axes)]);
    });
    const results: Variables = mapRows(count, (i) =>
      applyOp(
        node.op,
        node.inputs.map((v, k) => (rows[k] === null ? this.madeOf(v) : at(rows[k], i))),
      ),
    );
    if (this.axes === 1) return [...results];
    return results.map((y) => reshape(y, [...this.sizes, ...sizesOf(y).slice(1)]));
  }
}

/** How many axes the replacements have in front. @throws ShapeError where they differ, or dtypes do */
function axesInFront(replace: ReadonlyMap<TensorVariable, TensorVariable>): number {
  const counts = [...replace].map(([v, by]) => {
    const count = by.type.rank - v.type.rank;
    if (by.dtype === v.dtype && count > 0) return count;
    throw new ShapeError(
      `[vectorizeGraph] expected ${v.dtype} of more axes than ${v.type.rank} for ${v.toString()}, got ${by.type.key} (${by.toString()})`,
    );
  });
  const [count] = counts;
  if (count === undefined || counts.some((other) => other !== count))
    throw new ShapeError(
      `[vectorizeGraph] expected as many axes in front of all variables, got ${counts.join(', ') || 'no variables'}`,
    );
  return count;
}

/**
 * `outputs` for all values at once: each key of `replace` is replaced by its value, which has more axes in front,
 * and so have the outputs that depend on one; others stay as they are. All values have the same axes in front,
 * of the same sizes. So the gradients of each example of a batch are
 * `vectorizeGraph(grad(cost, W), [[x, xs], [y, ys]])`. A random draw is the same for all, unless its state is
 * replaced. @throws ShapeError
 */
export function vectorizeGraph(outputs: TensorVariable, replace: Replacements): TensorVariable;
export function vectorizeGraph(outputs: Variables, replace: Replacements): TensorVariable[];
export function vectorizeGraph(
  outputs: TensorVariable | Variables,
  replace: Replacements,
): TensorVariable | TensorVariable[] {
  const given = new Map(replace);
  const axes = axesInFront(given);
  const [first] = given.values();
  const sizes = Array.from({ length: axes }, (_, axis) => shapeOf(first, axis));
  const vectorization = new Vectorization(given, axes, sizes);
  return outputs instanceof Array ? vectorization.of(outputs) : vectorization.of([outputs])[0];
}
