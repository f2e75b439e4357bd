/** `In` and `Out`: an input or output of `function()` with options. */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import type { ValueFor } from './types.js';

export interface InOptions<V> {
  /** How errors call it; by default the record's key or the variable's name. */
  readonly name?: string;
  /** Its value in calls that give none. */
  readonly value?: ValueFor<V>;
  /**
   * Makes it a state: what the next call finds, computed with this call's values. It starts as `value`,
   * which is required; a call may give another one. It is kept in a shared variable of the function.
   */
  readonly update?: TensorLike;
  /** Converts what the dtype may not hold, as `NDArray.astype` does; the function's `allowInputDowncast` by default. */
  readonly allowDowncast?: boolean;
  /** Takes arrays of exactly its dtype, and converts nothing. */
  readonly strict?: boolean;
  /**
   * Calls in flight (`async`) read the argument's own memory, which until they settle must not be written,
   * transferred or resized: then nobody knows what they read. Without it they read a copy made at the call.
   * Plain calls never copy.
   */
  readonly borrow?: boolean;
}

/** An input with options; `H` tells whether a call may leave it out. */
export interface In<V extends TensorVariable = TensorVariable, H extends boolean = boolean> {
  readonly variable: V;
  readonly hasDefault: H;
}

/** What stands behind `In`. @internal */
export class InputWithOptions<V extends TensorVariable = TensorVariable> implements In<V> {
  readonly hasDefault: boolean;

  constructor(
    readonly variable: V,
    readonly options: InOptions<TensorVariable>,
  ) {
    this.hasDefault = options.value !== undefined;
  }
}

export function In<V extends TensorVariable>(
  variable: V,
  options: InOptions<V> & { readonly value: ValueFor<V> },
): In<V, true>;
export function In<V extends TensorVariable>(variable: V, options?: InOptions<V>): In<V, false>;
/** An input of `function()` with options: a name, a value for calls that give none, a state, what it takes. */
export function In(variable: TensorVariable, options: InOptions<TensorVariable> = {}): In {
  return new InputWithOptions(variable, options);
}

export interface OutOptions {
  /**
   * Gives the result in memory of the function's own: not to be written to, and overwritten by the next
   * call. It saves fresh memory a call. `async` and `into` take no notice of it.
   */
  readonly borrow?: boolean;
}

/** An output with options. */
export interface Out<V extends TensorVariable = TensorVariable> {
  readonly variable: V;
  readonly borrow: boolean;
}

/** What stands behind `Out`. @internal */
export class OutputWithOptions<V extends TensorVariable = TensorVariable> implements Out<V> {
  constructor(
    readonly variable: V,
    readonly borrow: boolean,
  ) {}
}

/** An output of `function()` with options. */
export function Out<V extends TensorVariable>(variable: V, options: OutOptions = {}): Out<V> {
  return new OutputWithOptions(variable, options.borrow === true);
}
