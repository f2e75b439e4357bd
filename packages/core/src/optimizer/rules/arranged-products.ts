/**
 * Products whose elements are given another order or shape, as those that convolutions are made of:
 * what scales the result, or is added to it, goes into the product.
 */
import type { FunctionGraph } from '../../graph/function-graph.js';
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { add, sub } from '../../ops/arithmetic.js';
import { reshapeTo } from '../../ops/reshape.js';
import { sizesOf } from '../../ops/shape.js';
import { isFloat } from '../../types/dtype.js';
import { ownerIf, reapply, scalingOf, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { scaledProduct } from './blas.js';

/** The last of the views, each used once, through which `v` shows a product. */
function viewOfProduct(v: TensorVariable, graph: FunctionGraph): Apply | null {
  const view = ownerIf(v, 'reshape', 'dimshuffle', 'subtensor');
  if (view === null || !isFloat(v.dtype) || !usedOnce(graph, v)) return null;
  const [x] = view.inputs;
  return scaledProduct(x, graph) !== null || viewOfProduct(x, graph) !== null ? view : null;
}

const scaleFirst = rule(
  'scale a product before it is arranged',
  ['mul', 'true_div', 'neg'],
  ['library', 'blas'],
  ({ outputs: [out] }, { graph }) => {
    const scaling = scalingOf(out);
    const view = scaling && viewOfProduct(scaling.inner, graph);
    if (scaling === null || view === null) return null;
    const [x, ...rest] = view.inputs;
    return reapply(view, [scaling.scale(x), ...rest]);
  },
);

const addFirst = rule(
  'add into a product before it is arranged',
  ['add', 'sub'],
  ['library', 'blas'],
  ({ op, inputs, outputs: [out] }, { graph, shapes }) => {
    for (const [v, other] of [inputs, [...inputs].reverse()]) {
      const view = usedOnce(graph, v) ? ownerIf(v, 'reshape') : null;
      const product = view && scaledProduct(view.inputs[0], graph);
      if (view === null || product === null) continue;
      if (!shapes.same(other, out) || !shapes.same(v, out)) continue;
      const [x, ...sizes] = view.inputs;
      // Of what it is made of: whoever asks the product itself is one more that uses it.
      const [a, b] = product.factors;
      const addend = reshapeTo(other, [...sizesOf(a).slice(0, -1), ...sizesOf(b).slice(1)]);
      const combine = op.name === 'add' ? add : sub;
      return reapply(view, [v === inputs[0] ? combine(x, addend) : combine(addend, x), ...sizes]);
    }
    return null;
  },
);

export const arrangedProductRules: readonly Rule[] = [scaleFirst, addFirst];
