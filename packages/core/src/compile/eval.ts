/** `x.eval()`: the value of a variable, for looking at things. */
import { InputError } from '../errors.js';
import { isShared } from '../graph/shared.js';
import { leavesOf } from '../graph/traverse.js';
import { TensorVariable } from '../graph/variable.js';
import { isConstant } from '../graph/constant.js';
import { compile } from './function.js';

/** Values of variables: pairs, a Map, or a record by the names of the variables. */
export type EvalValues =
  Iterable<readonly [TensorVariable, unknown]> | Readonly<Record<string, unknown>>;

interface Compiled {
  readonly inputs: readonly TensorVariable[];
  readonly f: (...values: unknown[]) => unknown;
}
const compiled = new WeakMap<TensorVariable, Compiled[]>();

/**
 * The value of `variable`, given those of what it depends on. Compiles a function at the first call for
 * the same inputs, and keeps it with the variable.
 * @throws InputError where a name is that of no variable, or of several; what the function throws
 */
export function evaluateVariable(variable: TensorVariable, values: EvalValues = {}): unknown {
  const pairs = isIterable(values) ? [...values] : byName(variable, values);
  const inputs = pairs.map(([input]) => input);
  const known = compiled.get(variable) ?? [];
  compiled.set(variable, known);
  let found = known.find((one) => sameList(one.inputs, inputs));
  if (found === undefined) {
    const f = compile(inputs, variable, { onUnusedInput: 'ignore' });
    known.push((found = { inputs, f: f as Compiled['f'] }));
  }
  return found.f(...pairs.map(([, value]) => value));
}

function isIterable(values: EvalValues): values is Iterable<readonly [TensorVariable, unknown]> {
  return Symbol.iterator in values;
}

function byName(
  variable: TensorVariable,
  values: Readonly<Record<string, unknown>>,
): (readonly [TensorVariable, unknown])[] {
  const free = leavesOf([variable]).filter((leaf) => !isConstant(leaf) && !isShared(leaf));
  return Object.entries(values).map(([name, value]) => {
    const named = free.filter((leaf) => leaf.name === name);
    if (named.length === 1) return [named[0], value];
    const names = free.map(String).join(', ');
    throw new InputError(
      `[eval] expected a name of one of ${names === '' ? 'no variables' : names}, got ${name}` +
        (named.length > 1 ? ', the name of several' : ''),
    );
  });
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, k) => one === b[k]);
}

/** Puts `eval` on TensorVariable; the package entry calls it. */
export function bindEval(): void {
  Object.defineProperty(TensorVariable.prototype, 'eval', {
    configurable: true,
    value(this: TensorVariable, values?: EvalValues): unknown {
      return evaluateVariable(this, values);
    },
  });
}
