/**
 * Which updates happen in place, in the commit part of a Program.
 *
 * An update may write its shared variable's memory directly when its step cannot fail, reads the old
 * value only at the points it writes, has the same shape, and nothing else needs its result or, later in
 * the commit part, the old value: a shared buffer is not read after its update. All others are computed
 * beside and copied. Steps outside the commit part run before it, so they always see old values.
 */
import type { SharedVariable } from '../graph/shared.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { isPointwise, readsAligned, type Inlining } from './inlining.js';
import type { ShapeInference } from './shape-inference.js';

export interface UpdateRequest {
  readonly target: SharedVariable;
  readonly value: TensorVariable;
}

/** Values that are written straight into their shared variable, in execution order. */
export function planCommit(
  nodes: readonly Apply[],
  updates: readonly UpdateRequest[],
  outputs: ReadonlySet<TensorVariable>,
  inlining: Inlining,
  shapes: ShapeInference,
): Map<TensorVariable, SharedVariable> {
  const position = new Map(nodes.map((node, k) => [node, k]));
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const found = new Map<TensorVariable, SharedVariable>();
  const ordered = [...updates].sort(
    (a, b) =>
      (position.get(a.value.owner as Apply) ?? -1) - (position.get(b.value.owner as Apply) ?? -1),
  );
  for (const { target, value } of ordered) {
    const wantedOnce = updates.every((other) => other.value !== value || other.target === target);
    if (
      wantedOnce &&
      !outputs.has(value) &&
      !read.has(value) &&
      canWriteInPlace(target, value, inlining, shapes)
    )
      found.set(value, target);
  }
  while (dropOneConflict(found, inlining, position));
  return found;
}

function canWriteInPlace(
  target: SharedVariable,
  value: TensorVariable,
  inlining: Inlining,
  shapes: ShapeInference,
): boolean {
  const node = value.owner;
  if (node === null || !inlining.stored.has(value) || !shapes.same(value, target)) return false;
  if (inlining.users.get(target)?.has(node) !== true) return false;
  const { lower } = node.op;
  if (isPointwise(lower))
    return readsAligned(value, target, inlining.stored) && !mayFail(value, inlining);
  if (lower.kind !== 'call' && lower.kind !== 'scatter') return false;
  const base = lower.kind === 'scatter' || lower.callee === 'ger' ? node.inputs[0] : node.inputs[2];
  if (base !== target || node.inputs.filter((input) => input === target).length > 1) return false;
  if (lower.kind === 'call')
    return !node.inputs.some((input) => input !== target && readsMemoryOf(input, target, inlining));
  return (
    !lower.gathers &&
    !node.inputs
      .slice(1)
      .some((input) => readsMemoryOf(input, target, inlining) || mayFail(input, inlining))
  );
}

/** Whether what is computed on the way to `v` has an index that is checked when it runs. */
function mayFail(v: TensorVariable, inlining: Inlining): boolean {
  return inlined(v, inlining).some(
    (node) =>
      node.op.name === 'guard_index' || (node.op.lower.kind === 'index' && node.op.lower.gathers),
  );
}

function readsMemoryOf(v: TensorVariable, target: TensorVariable, inlining: Inlining): boolean {
  return (
    v === target ||
    inlined(v, inlining).some((node) => node.inputs.includes(target)) ||
    viewOf(v, target)
  );
}

function viewOf(v: TensorVariable, target: TensorVariable): boolean {
  for (
    let at = v;
    at.owner !== null &&
    (at.owner.op.lower.kind === 'index' || at.owner.op.lower.kind === 'reshape');
  ) {
    at = at.owner.inputs[0];
    if (at === target) return true;
  }
  return false;
}

/** Nodes that run inside the kernel of `v`. */
function inlined(v: TensorVariable, inlining: Inlining): Apply[] {
  const found = new Set<Apply>();
  const visit = (x: TensorVariable, top: boolean): void => {
    const node = x.owner;
    if (node === null || found.has(node) || (!top && inlining.stored.has(x))) return;
    if (isPointwise(node.op.lower) || node.op.lower.kind === 'reduce') {
      found.add(node);
      node.inputs.forEach((input) => visit(input, false));
    }
  };
  visit(v, true);
  return [...found];
}

/** A commit step that writes what a later one still reads loses its place. */
function dropOneConflict(
  found: Map<TensorVariable, SharedVariable>,
  inlining: Inlining,
  position: ReadonlyMap<Apply, number>,
): boolean {
  const steps = new Set([...found.keys()].map((v) => v.owner as Apply));
  for (const [value, target] of found) {
    const own = value.owner as Apply;
    const at = position.get(own) as number;
    const readLater = [...(inlining.users.get(target) ?? [])].some(
      (user) => user !== own && steps.has(user) && (position.get(user) as number) > at,
    );
    if (readLater) {
      found.delete(value);
      return true;
    }
  }
  return false;
}
