/**
 * A loop that carries state from one iteration to the next until a condition holds. What the body makes
 * without the state is made once, outside.
 */
import { TypeInferenceError } from '../errors.js';
import { gradNotImplemented } from '../graph/missing-gradient.js';
import { defineOp, type Op } from '../graph/op.js';
import { applyOp, TensorVariable, type Apply } from '../graph/variable.js';
import type { StepScope } from '../lower/lowering.js';
import type { BufferId } from '../lower/program.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { sameSizes } from '../ops/same-sizes.js';
import { sizesOf } from '../ops/shape.js';
import { NDArray } from '../types/ndarray.js';
import { tensorType } from '../types/tensor-type.js';
import { capturedBy, InnerGraph } from './inner-graph.js';

type Variables = readonly TensorVariable[];

/** What an iteration makes of the state. */
export interface Iteration {
  /** As many variables as the state, of the same types and sizes. */
  readonly state: Variables;
  /** A bool scalar: the loop ends after an iteration that leaves it true. */
  readonly until: TensorVariable;
}

export interface Loop {
  readonly state: Variables;
  /** How many iterations were run; int64. */
  readonly taken: TensorVariable;
}

/**
 * Repeats `body` on the state, which begins as `starts`, at most `limit` times (an integer scalar). It has
 * no gradient of its own. @throws TypeInferenceError where the body changes a dtype or rank
 */
export function whileLoop(
  starts: Variables,
  limit: TensorLike,
  body: (state: Variables) => Iteration,
): Loop {
  const before = starts.map((v) => new TensorVariable(v.type, null, 0, v.name));
  const { state, until } = body(before);
  const after = before.map((v, k) => sameType(state[k], v));
  const captured = capturedBy([...after, until], before);
  const inner = InnerGraph.of([...before, ...captured], [...after, until]);
  const most = cast(asVariable(limit, 'int64'), 'int64');
  const results = applyOp(whileOp(inner), [most, ...starts, ...captured]);
  return { state: results.slice(0, -1), taken: results[starts.length] };
}

function sameType(next: TensorVariable, v: TensorVariable): TensorVariable {
  if (next.dtype === v.dtype && next.type.rank === v.type.rank)
    return sameSizes('while_loop', next, sizesOf(v));
  throw new TypeInferenceError(
    `[while_loop] expected ${v.type.key} as the next ${v.toString()}, got ${next.type.key}`,
  );
}

function whileOp(inner: InnerGraph): Op {
  const count = inner.outputs.length - 1;
  const statesOf = <T>(inputs: readonly T[]): readonly T[] => inputs.slice(1, 1 + count);
  return defineOp({
    name: 'while_loop',
    props: { graph: inner.id },
    types: (inputs) => [...statesOf(inputs).map(({ type }) => type), tensorType('int64', 0)],
    shapes: (_algebra, shapes) => [...statesOf(shapes), []],
    perform: ([limit, ...inputs]) => {
      const captured = inputs.slice(count);
      let state = inputs.slice(0, count);
      let taken = 0;
      for (let stop = false; !stop && taken < Number(limit.item()); taken++) {
        const results = inner.evaluate([...state, ...captured]);
        state = results.slice(0, count);
        stop = Boolean(results[count].item());
      }
      return [...state, NDArray.full([], BigInt(taken), 'int64')];
    },
    pullback: ({ inputs }) => {
      const missing = gradNotImplemented('a loop with a condition keeps its last state alone');
      return inputs.map((_, k) => (k === 0 ? null : missing));
    },
    lower: { kind: 'steps', build: (scope, node) => writeLoop(scope, node, inner) },
  });
}

/** Writes the loop; gives the buffers of the results. */
function writeLoop(scope: StepScope, node: Apply, inner: InnerGraph): BufferId[] {
  const { builder } = scope;
  const { sizes } = builder;
  const [limit, ...inputs] = node.inputs;
  const count = inner.outputs.length - 1;
  const site = builder.site('while_loop');
  const state = inputs.slice(0, count).map((v) => builder.temp(v.dtype, scope.shape(v)));
  state.forEach((place, k) => builder.copy(scope.buffer(inputs[k]), place, site));
  const captured = inputs.slice(count).map((v) => scope.buffer(v));
  const until = builder.temp('bool', []);
  const taken = builder.temp('int64', []);
  const bind = new Map(inner.inputs.map((v, k) => [v, [...state, ...captured][k]]));
  const trips = sizes.binary('max', scope.sizeOf(limit), sizes.const(0));
  builder.loop(trips, { site, until, taken }, () => {
    const after = scope.lower(inner.outputs, bind, [...state.map(() => null), until]);
    const apart = state.map((place, k) => {
      const isOther = after[k] !== place && state.includes(builder.base(after[k]));
      if (!isOther) return after[k];
      // What reads another part of the state has to be taken before that is written.
      const copy = builder.temp(builder.dtype(place), builder.shape(place));
      builder.copy(after[k], copy, site);
      return copy;
    });
    state.forEach((place, k) => {
      if (apart[k] !== place) builder.copy(apart[k], place, site);
    });
  });
  return [...state, taken];
}
