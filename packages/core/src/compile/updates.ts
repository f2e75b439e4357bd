/** The updates and givens of `function()`, each checked against the variable it is for. */
import { GivensError, UpdateError } from '../errors.js';
import { constant, type Constant } from '../graph/constant.js';
import { isShared, SharedVariable } from '../graph/shared.js';
import { userFrames } from '../graph/trace.js';
import { leavesOf } from '../graph/traverse.js';
import { TensorVariable } from '../graph/variable.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import { ndarray, type NDArrayInput } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';

/** New values of shared variables, assigned together after everything has been computed from the old ones. */
export type Updates = Iterable<readonly [SharedVariable, TensorLike]>;
/** Replacements made before anything else, all at once. */
export type Givens = Iterable<readonly [TensorVariable, TensorLike]>;

/** A shared variable and its new value. */
export interface Update {
  readonly target: SharedVariable;
  readonly value: TensorVariable;
}

/** @throws UpdateError */
export function listUpdates(updates: Updates): Update[] {
  const found: Update[] = [];
  for (const [target, expression] of updates) {
    if (!(target instanceof SharedVariable))
      throw new UpdateError(
        `[updates] expected a shared variable to update, got ${String(target)}`,
      );
    if (found.some((other) => other.target === target))
      throw new UpdateError(`[updates] expected one update for ${target.toString()}, got two`);
    found.push({ target, value: standIn(expression, target, 'updates', UpdateError) });
  }
  return found;
}

/** Shared variables whose `defaultUpdate` is not made: all of them, or these. */
export type NoDefaultUpdates = boolean | Iterable<SharedVariable>;

/**
 * The default updates of the shared variables that `roots` and the updates themselves depend on, apart
 * from `made` and those excluded. `replaced` applies the givens. @throws UpdateError
 */
export function defaultUpdates(
  roots: readonly TensorVariable[],
  stop: ReadonlySet<TensorVariable>,
  made: readonly SharedVariable[],
  excluded: NoDefaultUpdates,
  replaced: (variable: TensorVariable) => TensorVariable,
): Update[] {
  if (excluded === true) return [];
  const known = new Set([...made, ...(excluded === false ? [] : excluded)]);
  const found: Update[] = [];
  for (let open = roots; open.length > 0;) {
    const fresh: Update[] = [];
    for (const target of leavesOf(open, stop)) {
      if (!isShared(target) || target.defaultUpdate === null || known.has(target)) continue;
      known.add(target);
      const value = standIn(target.defaultUpdate, target, 'default update', UpdateError);
      fresh.push({ target, value: replaced(value) });
    }
    found.push(...fresh);
    open = fresh.map(({ value }) => value);
  }
  return found;
}

/** A variable for `value` whose type fits that of `variable`; lists of numbers take its dtype. */
export function standIn(
  value: TensorLike,
  variable: TensorVariable,
  where: string,
  Mismatch: typeof UpdateError,
): TensorVariable {
  const { type } = variable;
  const found = Array.isArray(value)
    ? constantFor(value as NDArrayInput, type.dtype)
    : asVariable(value, type.dtype);
  if (type.accepts(found.type)) return found;
  throw new Mismatch(
    `[${where}] expected ${type.key} for ${variable.toString()}, got ${found.type.key}`,
    {
      trace: userFrames(found.trace, 1)
        .map((frame) => `made at ${frame}`)
        .join(''),
      hint: adviceFor(type, found.type),
    },
  );
}

function constantFor(list: NDArrayInput, dtype: DType): Constant {
  const array = ndarray(list);
  const fits =
    array.dtype === 'float64' &&
    (isFloat(dtype) || array.equals(array.astype(dtype).astype('float64')));
  return constant(fits ? array.astype(dtype) : array);
}

function adviceFor(wanted: TensorType, got: TensorType): string {
  if (wanted.dtype !== got.dtype) return `convert with .cast('${wanted.dtype}')`;
  if (wanted.rank !== got.rank)
    return 'reduce, reshape or dimshuffle it to the rank of what it stands for';
  return `promise its sizes with specifyShape(..., [${wanted.shape.map(String).join(', ')}])`;
}

/** What stands for each replaced variable. @throws GivensError */
export function listGivens(
  givens: Givens,
  inputs: readonly TensorVariable[],
): Map<TensorVariable, TensorVariable> {
  const map = new Map<TensorVariable, TensorVariable>();
  for (const [variable, replacement] of givens) {
    if (!(variable instanceof TensorVariable))
      throw new GivensError(`[givens] expected a variable to replace, got ${String(variable)}`);
    if (map.has(variable))
      throw new GivensError(
        `[givens] expected one replacement for ${variable.toString()}, got two`,
      );
    if (inputs.includes(variable))
      throw new GivensError(
        `[givens] expected a variable that is not an input, got ${variable.toString()}`,
      );
    map.set(variable, standIn(replacement, variable, 'givens', GivensError));
  }
  return map;
}
