/**
 * Finds what is wrong with a call in the graph as the user wrote it. The Program that ran is made of
 * rewritten nodes; here the shape rules of the original ones are run with the sizes of the call, so that
 * an error speaks of the user's own operations. Costs nothing until a call has failed.
 */
import { isShared } from '../graph/shared.js';
import { toposort } from '../graph/traverse.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { ShapeInference } from '../lower/shape-inference.js';
import { SizeTable } from '../lower/size-table.js';
import { isFloat } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';

/** A requirement on sizes that does not hold. */
export interface Clash {
  readonly node: Apply;
  readonly text: string;
  readonly a: number;
  readonly b: number;
  readonly error: 'shape' | 'index' | 'assert';
}

/** The first node of the graph of `roots` whose sizes do not agree, given the values of its inputs. */
export function findClash(
  roots: readonly TensorVariable[],
  inputs: ReadonlyMap<TensorVariable, NDArray>,
): Clash | null {
  const sizes = new SizeTable();
  let found: Clash | null = null;
  const require = (holds: (a: number, b: number) => boolean, clash: Clash): void => {
    const [a, b] = [sizes.constant(clash.a), sizes.constant(clash.b)];
    if (a !== null && b !== null && !holds(a, b)) found ??= { ...clash, a, b };
  };
  const shapes = new ShapeInference(
    sizes,
    {
      dim: (variable, axis) => {
        const shape =
          inputs.get(variable)?.shape ?? (isShared(variable) ? variable.storage.shape : null);
        return shape === null ? sizes.dim(variable.id, axis) : sizes.const(shape[axis]);
      },
      value: (variable) => {
        const value = inputs.get(variable) ?? (isShared(variable) ? variable.getValue() : null);
        return value === null || isFloat(value.dtype)
          ? sizes.value(variable.id)
          : sizes.const(Number(value.item({ bigint: true })));
      },
      requireEqual: (a, b, text, node) => {
        require((p, q) => p === q, { node, text, a, b, error: 'shape' });
        return a;
      },
      requireAtMost: (a, b, text, error, node) => {
        require((p, q) => p <= q, { node, text, a, b, error });
      },
    },
    new Set(inputs.keys()),
  );
  const nodes = toposort(roots, new Set(inputs.keys()));
  // What a branch that is not taken requires is no mistake.
  if (nodes.some(({ op }) => op.name === 'if_else')) return null;
  for (const node of nodes) {
    shapes.of(node.outputs[0]);
    if (found !== null) return found;
  }
  return null;
}

/** The node of the graph of `roots` that a rewritten node stands for, as far as traces tell; it picks elements by index. */
export function originalGather(roots: readonly TensorVariable[], node: Apply): Apply {
  const gathers = ({ op: { lower } }: Apply): boolean =>
    'gathers' in lower && lower.gathers === true;
  return toposort(roots).find((own) => own.trace === node.trace && gathers(own)) ?? node;
}
