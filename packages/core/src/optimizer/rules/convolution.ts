/** Convolutions are linear in both of their operands: scalars come out of them. */
import type { FunctionGraph } from '../../graph/function-graph.js';
import type { TensorVariable } from '../../graph/variable.js';
import { convolutionOps } from '../../ops/convolution.js';
import { isFloat } from '../../types/dtype.js';
import { ownerIf, reapply, scalingOf, usedOnce, type Scaling } from '../match.js';
import { rule, type Rule } from '../rule.js';

/** A scaling, also of what is then given another shape. */
function scalingBelow(v: TensorVariable, graph: FunctionGraph): Scaling | null {
  const view = ownerIf(v, 'dimshuffle', 'reshape');
  if (view === null) return scalingOf(v);
  const [x, ...rest] = view.inputs;
  const below = usedOnce(graph, x) ? scalingBelow(x, graph) : null;
  return below && { ...below, inner: reapply(view, [below.inner, ...rest]) };
}

/** Whether only convolutions use `v`: else it would be kept beside what it scales. */
const isForConvolutions = (v: TensorVariable, graph: FunctionGraph): boolean =>
  graph.clients(v).every(({ node }) => node !== 'output' && convolutionOps.includes(node.op.name));

/** What a scalar of 0, NaN or Infinity makes of single elements is lost. */
const scalarOut = rule(
  'move scalars out of convolutions',
  convolutionOps,
  ['canonicalize', 'nnet', 'unsafe-nan'],
  (node, { graph }) => {
    if (!isFloat(node.outputs[0].dtype)) return null;
    for (const k of [0, 1]) {
      const scaling = scalingBelow(node.inputs[k], graph);
      if (scaling === null || !isForConvolutions(node.inputs[k], graph)) continue;
      const inputs = node.inputs.map((input, at) => (at === k ? scaling.inner : input));
      return scaling.scale(reapply(node, inputs));
    }
    return null;
  },
);

export const convolutionRules: readonly Rule[] = [scalarOut];
