/** The walk of reverse accumulation: from cotangents of some variables to those of what they depend on. */
import { MissingGradient } from '../graph/missing-gradient.js';
import type { InputGradient, Pullback } from '../graph/op.js';
import { withTrace } from '../graph/trace.js';
import { toposort } from '../graph/traverse.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { gradientDType, zerosLike } from '../ops/alloc.js';
import { isFloat } from '../types/dtype.js';
import {
  cotangentFor,
  isPointwise,
  maskThrough,
  total,
  whole,
  type Cotangent,
} from './cotangent.js';

/** Variables of the graph through which one of `targets` is reached. */
function relevantTo(
  targets: ReadonlySet<TensorVariable>,
  order: readonly Apply[],
): Set<TensorVariable> {
  const relevant = new Set(targets);
  for (const node of order) {
    if (node.inputs.some((input) => relevant.has(input))) {
      node.outputs.forEach((output) => relevant.add(output));
    }
  }
  return relevant;
}

/**
 * Accumulates cotangents from `seeds` back to `targets`, stopping at `stop`; those of the seeds stay
 * what they are given as. Nothing flows on from an integer or bool that is computed: it moves in steps.
 */
export class BackwardWalk {
  private readonly cotangents = new Map<TensorVariable, Cotangent>();
  /** Variables whose gradient would come, also in part, from one that is missing. */
  private readonly missing = new Map<TensorVariable, MissingGradient>();
  private readonly connected: Set<TensorVariable>;
  private readonly relevant: ReadonlySet<TensorVariable>;

  constructor(
    roots: readonly TensorVariable[],
    private readonly seeds: ReadonlyMap<TensorVariable, TensorVariable>,
    targets: ReadonlySet<TensorVariable>,
    stop: ReadonlySet<TensorVariable>,
  ) {
    seeds.forEach((value, variable) => this.cotangents.set(variable, { value, mask: null }));
    this.connected = new Set(seeds.keys());
    const order = toposort(roots, stop);
    this.relevant = relevantTo(targets, order);
    for (const node of order.reverse()) withTrace(node.trace, () => this.visit(node));
  }

  /** The gradient by a variable, null where none arrived. */
  gradient(variable: TensorVariable): InputGradient {
    const missing = this.missing.get(variable);
    if (missing !== undefined) return missing;
    const found = this.cotangents.get(variable);
    return found === undefined ? null : whole(found);
  }

  /** Whether the roots depend on a variable, be it with a gradient of zero. */
  reaches(variable: TensorVariable): boolean {
    return this.connected.has(variable);
  }

  private visit(node: Apply): void {
    if (!node.outputs.some((output) => this.connected.has(output))) return;
    if (!node.inputs.some((input) => this.relevant.has(input))) return;
    const { pullback } = node.op;
    const missing = node.outputs.map((output) => this.missing.get(output)).find((m) => m);
    if (pullback === 'not-differentiable') node.inputs.forEach((v) => this.connected.add(v));
    else if (missing !== undefined) this.connect(node, pullback, missing);
    else if (node.outputs.some((output) => this.flowing(output) !== null))
      this.pull(node, pullback);
    else this.connect(node, pullback);
  }

  private flowing(output: TensorVariable): Cotangent | null {
    return isFloat(output.dtype) ? (this.cotangents.get(output) ?? null) : null;
  }

  /** Finds with zeros which inputs the outputs depend on; their gradients miss what those of the outputs miss. */
  private connect(node: Apply, pullback: Pullback, missing: MissingGradient | null = null): void {
    const zeros = node.outputs.map((v) =>
      this.connected.has(v) ? zerosLike(v, gradientDType(v)) : null,
    );
    pullback(node, zeros).forEach((g, k) => {
      if (g === null) return;
      const input = node.inputs[k];
      this.connected.add(input);
      const lost = g instanceof MissingGradient ? g : missing;
      if (lost !== null && !this.seeds.has(input)) this.missing.set(input, lost);
    });
  }

  private pull(node: Apply, pullback: Pullback): void {
    const flowing = node.outputs.map((output) => this.flowing(output));
    const [single] = flowing;
    if (single !== null && isPointwise(node)) {
      const gradients = pullback(node, [single.value]);
      this.receiveAll(node, gradients, () => single.mask);
      return;
    }
    const gradients = pullback(
      node,
      flowing.map((g) => g && whole(g)),
    );
    const only = flowing.length === 1 ? single : null;
    this.receiveAll(node, gradients, (k) => only && maskThrough(node, only, k));
  }

  private receiveAll(
    node: Apply,
    gradients: readonly InputGradient[],
    maskOf: (k: number) => TensorVariable | null,
  ): void {
    node.inputs.forEach((input, k) => {
      const g = gradients[k];
      if (g === null || !this.relevant.has(input)) return;
      this.connected.add(input);
      if (this.seeds.has(input)) return;
      if (g instanceof MissingGradient) {
        this.missing.set(input, g);
        return;
      }
      const own = cotangentFor(input, g, maskOf(k));
      const before = this.cotangents.get(input);
      this.cotangents.set(input, before === undefined ? own : total(before, own));
    });
  }
}
