/**
 * Op: what an Apply does. One object holds what defines the meaning: type rule, shape rule, reference
 * `perform`, `pullback`, target-neutral `lower`, and the op's own rewrites.
 *
 * Ops are frozen values; two ops with the same `key` (name and props) are the same op.
 */
import type { SizeBinary } from '../lower/program.js';
import type { Lowering } from '../lower/lowering.js';
import type { Rule } from '../optimizer/rule.js';
import type { NDArray } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';
import type { MissingGradient } from './missing-gradient.js';
import type { Apply, TensorVariable } from './variable.js';

/**
 * Arithmetic on sizes in whatever form they are needed: graph variables (shape without computing) or
 * ids of a Program's size table. Shape rules are written once against it.
 */
export interface SizeAlgebra<S> {
  const(value: number): S;
  binary(op: SizeBinary, a: S, b: S): S;
  select(cond: S, a: S, b: S): S;
  /** The value of a rank-0 integer or bool variable, as a size. */
  valueOf(variable: TensorVariable): S;
  /** Requires `a` and `b` to be equal when the function runs; `text` holds `{a}` and `{b}`. Returns the one to go on with. */
  requireEqual(a: S, b: S, text: string): S;
  /** Requires `a` <= `b`. */
  requireAtMost(a: S, b: S, text: string, error?: 'shape' | 'index' | 'assert'): void;
}

/**
 * Gradient of one input: a variable; null where the output does not depend on the input (disconnected);
 * a MissingGradient where it does, but there is no derivative.
 */
export type InputGradient = TensorVariable | MissingGradient | null;

/**
 * Vector-Jacobian product: from the cotangents of the outputs (null where none arrives) those of the
 * inputs. Cotangents of broadcast inputs may have the output's shape: the gradient walk sums them back.
 */
export type Pullback = (
  node: Apply,
  cotangents: readonly (TensorVariable | null)[],
) => readonly InputGradient[];

/**
 * Jacobian-vector product: from the tangents of the inputs (null where zero; else of the input's shape)
 * those of the outputs (null where zero; a MissingGradient where there is none).
 */
export type Pushforward = (
  node: Apply,
  tangents: readonly (TensorVariable | null)[],
) => readonly (TensorVariable | MissingGradient | null)[];

export type PropValue = string | number | boolean | null | readonly PropValue[];

export interface Op {
  readonly name: string;
  readonly props: Readonly<Record<string, PropValue>>;
  readonly key: string;
  /** Output types. @throws on inputs that do not fit. */
  types(inputs: readonly TensorVariable[]): readonly TensorType[];
  /** Output shapes from input shapes; null for an output whose size only its computation tells. */
  shapes<S>(
    algebra: SizeAlgebra<S>,
    shapes: readonly (readonly S[])[],
    node: Apply,
  ): readonly (readonly S[] | null)[];
  /** The reference: values of the outputs from values of the inputs. */
  perform(inputs: readonly NDArray[], node: Apply): readonly NDArray[];
  /** `'not-differentiable'`: piecewise constant or discrete; the inputs are connected, their gradients zero. */
  readonly pullback: Pullback | 'not-differentiable';
  /** Where it is not given, forward mode follows from the pullback. */
  readonly pushforward?: Pushforward;
  readonly lower: Lowering;
  /** Rewrites that travel with the op. */
  readonly rules?: readonly Rule[];
}

/** The identity of an op: its name and props. */
export function opKey(name: string, props: Readonly<Record<string, PropValue>>): string {
  const names = Object.keys(props).sort();
  return names.length === 0
    ? name
    : `${name}{${names.map((k) => `${k}=${JSON.stringify(props[k])}`).join(',')}}`;
}

/** Fills in `key` and freezes: how every op is made. */
export function defineOp(definition: Omit<Op, 'key'>): Op {
  return Object.freeze({ ...definition, key: opKey(definition.name, definition.props) });
}
