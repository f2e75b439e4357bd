/** Looking at values while a compiled function runs: print and breakpoint call back into JavaScript. */
import { TypeInferenceError } from '../errors.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, applyOp, type TensorVariable } from '../graph/variable.js';
import type { NDArray } from '../types/ndarray.js';
import { asVariable, type TensorLike } from './as-variable.js';

let count = 0;

/** The first inputs' values, passed on after `look` has seen all. */
function lookingOp(name: string, skipped: number, look: (values: readonly NDArray[]) => void): Op {
  const passed = <T>(all: readonly T[]): readonly T[] => all.slice(skipped);
  return defineOp({
    name,
    props: { callback: count++ },
    types: (inputs) => passed(inputs).map(({ type }) => type),
    shapes: (_algebra, shapes) => passed(shapes),
    perform: (values) => {
      look(values);
      return passed(values);
    },
    pullback: ({ inputs }, cotangents) =>
      inputs.map((_, k) => (k < skipped ? null : cotangents[k - skipped])),
    pushforward: (_node, tangents) => passed(tangents),
    lower: { kind: 'host' },
  });
}

export interface PrintOptions {
  /** What is written of the value; by default the value itself. */
  readonly show?: (value: NDArray) => string;
  /** Where it is written; by default `console.log`. */
  readonly write?: (line: string) => void;
}

/** `x`; whenever its value is computed, `message` and the value are written. Its gradient passes unseen. */
export function print<V extends TensorVariable>(
  x: V,
  message: string = x.toString(),
  options: PrintOptions = {},
): V {
  const { show = String, write = (line: string) => console.log(line) } = options;
  const op = lookingOp('print', 0, ([value]) => write(`${message} ${show(value)}`));
  return apply1(op, [asVariable(x)]) as V;
}

/** Stops a debugger, where one is attached. */
function stop(_values: readonly NDArray[]): void {
  // eslint-disable-next-line no-debugger
  debugger;
}

/**
 * The variables; whenever they are computed and the scalar `condition` holds, `callback` is called with
 * their values. By default it stops the debugger, where they are `_values`.
 * @throws TypeInferenceError where the condition is no bool scalar
 */
export function breakpoint<const L extends readonly TensorVariable[]>(
  condition: TensorLike,
  variables: L,
  callback: (values: readonly NDArray[]) => void = stop,
): { -readonly [K in keyof L]: L[K] } {
  const cond = asVariable(condition);
  if (cond.dtype !== 'bool' || cond.type.rank !== 0)
    throw new TypeInferenceError(
      `[breakpoint] expected a bool scalar as condition, got ${cond.type.key}`,
    );
  const op = lookingOp('breakpoint', 1, ([flag, ...values]) => {
    if (flag.item() === true) callback(values);
  });
  return [...applyOp(op, [cond, ...variables])] as unknown as { -readonly [K in keyof L]: L[K] };
}
