/** Variables with the value of another and a gradient that is changed on its way back: stopped, clipped, scaled, refused. */
import { GradError } from '../errors.js';
import { gradUndefined } from '../graph/missing-gradient.js';
import { defineOp, type InputGradient, type Op, type PropValue } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { rule } from '../optimizer/rule.js';
import { gradientDType, zerosLike } from '../ops/alloc.js';
import { clip, mul } from '../ops/arithmetic.js';
import { asVariable } from '../ops/as-variable.js';
import { tangentFrom } from './push-forward.js';

/** The identity, with `flow` as its derivative in both modes. */
function flowOp(
  name: string,
  props: Readonly<Record<string, PropValue>>,
  flow: (g: TensorVariable, x: TensorVariable) => InputGradient,
): Op {
  return defineOp({
    name,
    props,
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x]) => [x],
    pullback: ({ inputs: [x] }, [g]) => [g && flow(g, x)],
    pushforward: (node, [t]) => [t && tangentFrom(node, 0, flow(t, node.inputs[0]))],
    lower: { kind: 'index', gathers: false, map: (_scope, _node, point) => point },
    rules: [rule('values pass', name, ['canonicalize'], ({ inputs: [x] }) => x)],
  });
}

const zeroOp = flowOp('zero_grad', {}, (_g, x) => zerosLike(x, gradientDType(x)));
const disconnectedOp = flowOp('disconnected_grad', {}, () => null);
const undefinedOp = flowOp('undefined_grad', {}, (_g, x) =>
  gradUndefined(`undefinedGrad(${x.toString()})`),
);

/** `x`, with a gradient of zero: the cost depends on it, though not differentiably. */
export function zeroGrad<V extends TensorVariable>(x: V): V {
  return apply1(zeroOp, [asVariable(x)]) as V;
}

/** `x`, held constant by gradients: another name of `zeroGrad`. */
export const considerConstant: <V extends TensorVariable>(x: V) => V = zeroGrad;

/** `x`, without a gradient: asking for one through it alone is a DisconnectedInputError. */
export function disconnectedGrad<V extends TensorVariable>(x: V): V {
  return apply1(disconnectedOp, [asVariable(x)]) as V;
}

/** `x`, through which no gradient may be asked for. @throws NullGradientError, by `grad` */
export function undefinedGrad<V extends TensorVariable>(x: V): V {
  return apply1(undefinedOp, [asVariable(x)]) as V;
}

/** `x`, whose gradient is limited to [low, high]. @throws GradError where low > high */
export function gradClip<V extends TensorVariable>(x: V, low: number, high: number): V {
  if (!(low <= high))
    throw new GradError(`[gradClip] expected bounds in order, got ${low} and ${high}`);
  return apply1(
    flowOp('grad_clip', { low, high }, (g) => clip(g, low, high)),
    [asVariable(x)],
  ) as V;
}

/** `x`, whose gradient is multiplied by `factor`; a negative one turns it around. */
export function gradScale<V extends TensorVariable>(x: V, factor: number): V {
  return apply1(
    flowOp('grad_scale', { factor }, (g) => mul(g, factor)),
    [asVariable(x)],
  ) as V;
}
