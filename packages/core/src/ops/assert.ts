/** assert: a value that exists only while conditions hold; checked by whatever device runs it, with no call back. */
import { AssertError, TypeInferenceError } from '../errors.js';
import { isConstant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { rule } from '../optimizer/rule.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { all } from './reduce.js';

function assertOp(message: string): Op {
  const text = `[assert] expected ${message}, got false`;
  return defineOp({
    name: 'assert',
    props: { message },
    types: ([x]) => [x.type],
    // A condition is required as a size is: before anything that the call changes is changed.
    shapes: (algebra, [shape], { inputs: [, ...conditions] }) => {
      for (const condition of conditions)
        algebra.requireAtMost(algebra.const(1), algebra.valueOf(condition), text, 'assert');
      return [shape];
    },
    perform: ([x, ...conditions]) => {
      if (conditions.every((condition) => Boolean(condition.item()))) return [x];
      throw new AssertError(text);
    },
    pullback: ({ inputs }, [g]) => inputs.map((_, k) => (k === 0 ? g : null)),
    lower: {
      kind: 'index',
      gathers: false,
      sizesFrom: 1,
      map: (_scope, _node, point) => point,
    },
    rules: [
      rule('remove assertions', 'assert', ['remove-assert'], ({ inputs: [x] }) => x),
      rule(
        'drop an assertion that holds',
        'assert',
        ['canonicalize'],
        ({ inputs: [x, ...conditions] }) =>
          conditions.every((v) => isConstant(v) && v.scalar !== null && Number(v.scalar) !== 0)
            ? x
            : null,
      ),
    ],
  });
}

/**
 * `x`, provided that the conditions (bools, of any shape) hold; a call in which one does not fails with an
 * AssertError that says `expected MESSAGE`, where the assertion was made, and leaves shared variables as
 * they were. `modes.FAST_RUN.including('remove-assert')` leaves assertions out.
 * @throws TypeInferenceError where a condition is no bool
 */
export function assert<V extends TensorVariable>(
  x: V,
  conditions: TensorLike | readonly TensorVariable[],
  message = 'a condition to hold',
): V {
  const list = Array.isArray(conditions) ? (conditions as TensorLike[]) : [conditions];
  const flags = list.map((condition) => {
    const v = asVariable(condition);
    if (v.dtype !== 'bool')
      throw new TypeInferenceError(
        `[assert] expected bool conditions, got ${v.type.key} (${v.toString()})`,
      );
    return v.type.rank === 0 ? v : all(v);
  });
  return apply1(assertOp(message), [asVariable(x), ...flags]) as V;
}
