/**
 * Variables and Applies: the two kinds of nodes of a graph.
 *
 * A Variable is a typed symbol. It is a leaf (an input, a constant, a shared variable) or one of the
 * outputs of an Apply, its `owner`. Graphs are acyclic; outside a FunctionGraph nodes never change.
 */
import { SymbolicValueError } from '../errors.js';
import type { TensorMethods } from '../tensor/methods.js';
import type { DType } from '../types/dtype.js';
import type { TensorType } from '../types/tensor-type.js';
import { refuseKnownClash } from './known-sizes.js';
import type { Op } from './op.js';
import { captureTrace, isTraceInherited, type Trace } from './trace.js';
import { warnFloat64 } from './warn-float64.js';

let nextId = 0;

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** The fluent methods, which the package entry puts on the class; declared so that bundled declarations keep them. */
export interface TensorVariable<
  D extends DType = DType,
  R extends number = number,
> extends TensorMethods<D, R> {
  readonly type: TensorType<D>;
}

/** A symbolic tensor with dtype type `D` and rank type `R` (`number` where the rank is not known to the type checker). */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class TensorVariable<D extends DType = DType, R extends number = number> {
  /** Counts variables in order of creation. */
  readonly id: number = nextId++;
  /** The Apply that computes this variable, null for a leaf. */
  readonly owner: Apply | null;
  /** Position among the owner's outputs. */
  readonly index: number;
  name: string | null;
  /** Where a leaf was made; a computed variable's trace is its owner's. */
  readonly leafTrace: Trace | null;
  /** Free for annotations (roles, test values). */
  readonly tag: Record<string, unknown> = {};
  declare protected readonly rankType: R;

  constructor(
    type: TensorType<D>,
    owner: Apply | null = null,
    index = 0,
    name: string | null = null,
  ) {
    (this as { type: TensorType<D> }).type = type;
    this.owner = owner;
    this.index = index;
    this.name = name;
    this.leafTrace = owner === null ? captureTrace() : null;
    warnFloat64(type, this.trace);
  }

  get dtype(): D {
    return this.type.dtype;
  }

  get rank(): R {
    return this.type.rank as R;
  }

  get trace(): Trace | null {
    return this.owner === null ? this.leafTrace : this.owner.trace;
  }

  /** Sets the name and returns the variable. */
  named(name: string): this {
    this.name = name;
    return this;
  }

  /** How errors call it: its name, or what computes it. */
  toString(): string {
    return (
      this.name ??
      (this.owner === null ? `<${this.type.key}>` : applicationText(this.owner, this.index))
    );
  }

  /** Symbols have no value: `x + y` and `if (x > y)` are mistakes. @throws SymbolicValueError */
  valueOf(): never {
    throw new SymbolicValueError(
      `[${this.toString()}] expected a number, got a symbolic variable: ` +
        'use methods for arithmetic and comparison (x.add(y), x.mul(y), x.gt(y)), tno.switch(cond, a, b) for a choice, ' +
        'and tno.function(...) to compute a value',
    );
  }

  /** How consoles show it: its name or what computes it, and its type. */
  [inspect](): string {
    const text = this.toString();
    return text === `<${this.type.key}>` ? this.type.key : `${text}: ${this.type.key}`;
  }

  [Symbol.toPrimitive](hint: 'default' | 'string' | 'number'): string {
    return hint === 'string' ? this.toString() : this.valueOf();
  }
}

/** Inputs that the text of an application writes out. */
const MOST_WRITTEN = 4;

/** `add(x, dot(…))`, axes put in for broadcasting left out; of one of several outputs, its number too. */
function applicationText({ op, inputs, outputs }: Apply, index: number): string {
  const written = inputs.slice(0, MOST_WRITTEN).map((input) => {
    let at = input;
    while (at.name === null && at.owner?.op.name === 'dimshuffle') [at] = at.owner.inputs;
    return at.name === null && at.owner !== null ? `${at.owner.op.name}(…)` : at.toString();
  });
  if (inputs.length > MOST_WRITTEN) written.push('…');
  const text = `${op.name}(${written.join(', ')})`;
  return outputs.length === 1 ? text : `${text}.${index}`;
}

/** One application of an Op to inputs. */
export class Apply {
  readonly id: number = nextId++;
  readonly outputs: readonly TensorVariable[];
  /** The last walk that came by, for `toposort` alone. */
  walked = 0;

  constructor(
    readonly op: Op,
    readonly inputs: readonly TensorVariable[],
    types: readonly TensorType[],
    /** Where the user's code made this node. */
    readonly trace: Trace | null = captureTrace(),
  ) {
    this.outputs = types.map((type, index) => new TensorVariable(type, this, index));
  }
}

/** Applies `op`: infers the output types (throws with the user's mistake) and returns the outputs. */
export function applyOp(op: Op, inputs: readonly TensorVariable[]): readonly TensorVariable[] {
  const node = new Apply(op, inputs, op.types(inputs));
  if (!isTraceInherited()) refuseKnownClash(node);
  return node.outputs;
}

/** `applyOp` for ops of one output. */
export function apply1(op: Op, inputs: readonly TensorVariable[]): TensorVariable {
  return applyOp(op, inputs)[0];
}
