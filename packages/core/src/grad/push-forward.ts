/**
 * The walk of forward mode: from tangents of some variables to those of what depends on them. An op may
 * bring its own `pushforward`. Else it follows from the pullback: the Jacobian of a function of single
 * elements is diagonal, hence its own transpose; an op that moves or adds elements is its own derivative;
 * of any other the pullback is pulled back again, being linear in the cotangent.
 */
import { NullGradientError } from '../errors.js';
import { cloneReplace } from '../graph/clone.js';
import { isGradient, MissingGradient, nullGradientError } from '../graph/missing-gradient.js';
import type { InputGradient, Pullback } from '../graph/op.js';
import { withTrace } from '../graph/trace.js';
import { toposort } from '../graph/traverse.js';
import { applyOp, TensorVariable, type Apply } from '../graph/variable.js';
import { broadcastTo, gradientDType, zerosLike } from '../ops/alloc.js';
import { add } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { sumTo } from '../ops/reduce.js';
import { sizesOf } from '../ops/shape.js';
import { isFloat } from '../types/dtype.js';
import { isPointwise } from './cotangent.js';
import { BackwardWalk } from './pull-back.js';
import { barrier } from './stabilized.js';

type Tangents = readonly (TensorVariable | null)[];

/**
 * The tangents of `roots`, null where they are zero, given those of other variables, which stay what they
 * are given as. @throws NullGradientError where that of a root comes of one that is missing
 */
export function pushForward(
  roots: readonly TensorVariable[],
  given: ReadonlyMap<TensorVariable, TensorVariable>,
): Tangents {
  const tangents = new Map(given);
  const missing = new Map<TensorVariable, NullGradientError>();
  for (const node of toposort(roots, new Set(given.keys()))) {
    const lost = node.inputs.findIndex((input, k) => missing.has(input) && dependsOn(node, k));
    if (lost >= 0) {
      const error = missing.get(node.inputs[lost]) as NullGradientError;
      for (const output of node.outputs) if (!given.has(output)) missing.set(output, error);
      continue;
    }
    const own = node.inputs.map((input) => tangents.get(input) ?? null);
    if (own.every((t) => t === null)) continue;
    const results = withTrace(node.trace, () => pushThrough(node, own));
    node.outputs.forEach((output, k) => {
      const t = results[k];
      if (t === null || !isFloat(output.dtype) || given.has(output)) return;
      if (t instanceof MissingGradient) missing.set(output, missingTangent(node, output, t));
      else tangents.set(output, cast(t, output.dtype));
    });
  }
  return roots.map((root) => {
    const error = missing.get(root);
    if (error !== undefined) throw error;
    return tangents.get(root) ?? null;
  });
}

function missingTangent(
  { op }: Apply,
  output: TensorVariable,
  { kind, reason }: MissingGradient,
): NullGradientError {
  return new NullGradientError(
    `[${op.name}] expected a derivative of ${output.toString()}, got one that is ${kind}: ${reason}`,
  );
}

/** Whether outputs change with the values of an input, not with its shape alone. */
function dependsOn(node: Apply, k: number): boolean {
  const { pullback } = node.op;
  if (pullback === 'not-differentiable') return false;
  const zeros = node.outputs.map((v) => zerosLike(v, gradientDType(v)));
  return pullback(node, zeros)[k] !== null;
}

function pushThrough(node: Apply, tangents: Tangents): readonly InputGradient[] {
  const { pullback, pushforward } = node.op;
  if (pushforward !== undefined) return pushforward(node, tangents);
  if (pullback === 'not-differentiable') return node.outputs.map(() => null);
  if (isPointwise(node)) return [pointwise(node, pullback, tangents)];
  const linear = linearInputs(node);
  if (linear > 0) return alongItself(node, tangents, linear);
  return pulledBackTwice(node, pullback, tangents);
}

/** Σ ∂y/∂xᵢ·tᵢ: what the pullback makes of each tangent in the cotangent's place. */
function pointwise(node: Apply, pullback: Pullback, tangents: Tangents): TensorVariable | null {
  const [output] = node.outputs;
  const terms = tangents.flatMap((t, k) => {
    const g = t === null ? null : pullback(node, [stretched(t, output)])[k];
    return tangentFrom(node, k, g) ?? [];
  });
  return terms.length === 0 ? null : terms.reduce((a, b) => add(a, b));
}

/** A gradient by input `k` in the place of a tangent. @throws NullGradientError where it is missing */
export function tangentFrom(node: Apply, k: number, g: InputGradient): TensorVariable | null {
  if (g instanceof MissingGradient) throw nullGradientError('Rop', node.inputs[k], g);
  return g;
}

/** `t` broadcast along the axes where `output` does not broadcast. */
function stretched(t: TensorVariable, output: TensorVariable): TensorVariable {
  const fits = output.type.shape.every(
    (_, axis) => !t.type.broadcasts(axis) || output.type.broadcasts(axis),
  );
  return fits ? t : broadcastTo(t, sizesOf(output));
}

/** How many of the first inputs the node is jointly linear in, whatever their values. */
function linearInputs({ op: { lower } }: Apply): number {
  if (lower.kind === 'scatter') return 2;
  const moves = lower.kind === 'index' || lower.kind === 'reshape';
  return moves || (lower.kind === 'reduce' && lower.op === 'sum') ? 1 : 0;
}

function alongItself(node: Apply, tangents: Tangents, linear: number): Tangents {
  const inputs = node.inputs.map((input, k) =>
    k < linear ? (tangents[k] ?? zerosLike(input)) : input,
  );
  return tangents.slice(0, linear).every((t) => t === null)
    ? node.outputs.map(() => null)
    : applyOp(node.op, inputs);
}

/** With x̄ = Jᵀ·u the pullback, ∂⟨x̄, t⟩/∂u = J·t. */
function pulledBackTwice(
  node: Apply,
  pullback: Pullback,
  tangents: Tangents,
): readonly InputGradient[] {
  const u = node.outputs.map((y) => (isFloat(y.dtype) ? new TensorVariable(y.type) : null));
  const targets = u.filter((v) => v !== null);
  const seeds = new Map<TensorVariable, TensorVariable>();
  pullback(node, u).forEach((g, k) => {
    const t = tangents[k];
    const input = node.inputs[k];
    const row = t && tangentFrom(node, k, g);
    if (row !== null)
      seeds.set(barrier(sumTo(cast(row, gradientDType(input)), input)), t as TensorVariable);
  });
  const around = new Set([...node.inputs, ...node.outputs]);
  const walk = new BackwardWalk([...seeds.keys()], seeds, new Set(targets), around);
  const found = u.map((v) => v && walk.gradient(v));
  // Where u is still read it is for its shape alone.
  const known = new Map([...around, ...seeds.values()].map((v) => [v, v]));
  u.forEach((v, k) => v !== null && known.set(v, zerosLike(node.outputs[k])));
  return found.map((t) => (isGradient(t) ? cloneReplace([t], known).outputs[0] : t));
}
