/**
 * An op from outside core, through public names only: `iterate(f, x, n)` is f(f(…f(x))), n times, with
 * f as an inner graph. It lowers to a loop; its gradient replays the states and pulls back through f;
 * its rewrite turns one known iteration into f itself.
 */
import type { Apply, NDArray } from '../../src/index.js';
import {
  Constant,
  TensorVariable,
  applyOp,
  cloneReplace,
  defineOp,
  evaluate,
  grad,
  rule,
  type BufferId,
  type Op,
  type SizeId,
  type StepScope,
} from '../../src/index.js';

interface Inner {
  readonly input: TensorVariable;
  readonly output: TensorVariable;
}

let count = 0;

/** The states before each step, stacked: [n, ...shape of x]. What the gradient reads. */
function outputsOf(inner: Inner, x: TensorVariable, n: TensorVariable): readonly TensorVariable[] {
  return applyOp(iterateOp(inner), [x, n]);
}

const innerOf = new Map<string, number>();

function iterateOp(inner: Inner): Op {
  const id = innerOf.get(`${inner.output.id}`) ?? count++;
  innerOf.set(`${inner.output.id}`, id);
  return defineOp({
    name: 'iterate',
    props: { inner: id },
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x, n]) => {
      let state = x;
      for (let k = 0; k < Number(n.item()); k++)
        [state] = evaluate([inner.output], new Map([[inner.input, state]]));
      return [state];
    },
    // d iterate / dx by recomputing: the cotangent goes back through f at the states n-1 … 0.
    pullback: ({ inputs: [x, n] }, [g]) => [g && applyOp(iterateBackOp(inner), [x, n, g])[0], null],
    lower: { kind: 'steps', build: (scope, node) => [buildLoop(scope, node, inner)] },
    rules: [
      rule('one iteration is the step itself', 'iterate', ['canonicalize'], ({ inputs: [x, n] }) =>
        n instanceof Constant && Number(n.scalar) === 1
          ? cloneReplace([inner.output], new Map([[inner.input, x]])).outputs[0]
          : null,
      ),
    ],
  });
}

function buildLoop(scope: StepScope, node: Apply, inner: Inner): BufferId {
  const { builder } = scope;
  const [x, n] = node.inputs;
  const shape = scope.shape(x);
  const site = builder.site('iterate');
  const state = builder.temp(x.dtype, shape);
  const next = builder.temp(x.dtype, shape);
  builder.copy(scope.buffer(x), state, site);
  builder.loop(scope.sizeOf(n), { site }, () => {
    scope.lower([inner.output], new Map([[inner.input, state]]), [next]);
    builder.copy(next, state, site);
  });
  return state;
}

/** The gradient's op: keeps every state in a trace, then walks back over windows of it. */
function iterateBackOp(inner: Inner): Op {
  const g = new TensorVariable(inner.output.type);
  const back = grad(null, inner.input, { knownGrads: [[inner.output, g]] });
  return defineOp({
    name: 'iterate_back',
    props: { inner: innerOf.get(`${inner.output.id}`) as number },
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x, n, cotangent]) => {
      const states: NDArray[] = [x];
      for (let k = 1; k < Number(n.item()); k++)
        states.push(evaluate([inner.output], new Map([[inner.input, states[k - 1]]]))[0]);
      let result = cotangent;
      for (let k = Number(n.item()) - 1; k >= 0; k--)
        [result] = evaluate(
          [back],
          new Map([
            [inner.input, states[k]],
            [g, result],
          ]),
        );
      return [result];
    },
    pullback: 'not-differentiable',
    lower: {
      kind: 'steps',
      build: (scope, node) => {
        const { builder } = scope;
        const { sizes } = builder;
        const [x, n, cotangent] = node.inputs;
        const shape = scope.shape(x);
        const site = builder.site('iterate_back');
        const trips = sizes.binary('max', scope.sizeOf(n), sizes.const(0));
        const size = sizes.product(shape);
        const trace = builder.temp(x.dtype, [sizes.add(trips, sizes.const(1)), ...shape]);
        const window = (at: SizeId): BufferId =>
          builder.view(trace, shape, sizes.mul(at, size), builder.strides(trace).slice(1));
        builder.copy(scope.buffer(x), window(sizes.const(0)), site);
        builder.loop(trips, { site }, (_b, t) => {
          const [next] = scope.lower([inner.output], new Map([[inner.input, window(t)]]));
          builder.copy(next, window(sizes.add(t, sizes.const(1))), site);
        });
        const result = builder.temp(x.dtype, shape);
        const fresh = builder.temp(x.dtype, shape);
        builder.copy(scope.buffer(cotangent), result, site);
        builder.loop(trips, { site }, (_b, t) => {
          const at = sizes.sub(sizes.sub(trips, t), sizes.const(1));
          scope.lower(
            [back],
            new Map([
              [inner.input, window(at)],
              [g, result],
            ]),
            [fresh],
          );
          builder.copy(fresh, result, site);
        });
        return [result];
      },
    },
  });
}

/** f(f(…f(x))), n times; f must keep dtype and shape. */
export function iterate<V extends TensorVariable>(
  f: (h: V) => TensorVariable,
  x: V,
  n: TensorVariable,
): V {
  const input = new TensorVariable(x.type);
  return outputsOf({ input, output: f(input as V) }, x, n)[0] as V;
}
