/**
 * opFromGraph: a graph as an op of its own, whose gradient may be replaced. It is put in its place when a
 * function is compiled, or kept as a step; with its own gradient, it is put in place before gradients are
 * taken too, so that these see through it.
 */
import { GradError, MissingInputError, TypeInferenceError } from '../errors.js';
import { defineOp, type InputGradient, type Op } from '../graph/op.js';
import { isShared } from '../graph/shared.js';
import { toposort } from '../graph/traverse.js';
import { applyOp, TensorVariable } from '../graph/variable.js';
import { pushForward } from '../grad/push-forward.js';
import { rule, type Rule } from '../optimizer/rule.js';
import { gradientDType, zerosLike } from '../ops/alloc.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { freeLeaves, InnerGraph } from './inner-graph.js';
import { innerPullback } from './inner-pullback.js';

type Variables = readonly TensorVariable[];
type Nullable = readonly (TensorVariable | null)[];
type OneOrList = TensorVariable | Variables;

/** What an op made of a graph is known by. */
export interface GraphOp {
  readonly op: Op;
}

/** An op made of a graph: call it with variables. Gives one output, or a list where it was made of a list. */
export interface OpFromGraph<O extends OneOrList = OneOrList> extends GraphOp {
  (...inputs: TensorLike[]): O extends Variables ? { -readonly [K in keyof O]: O[K] } : O;
}

/** A derivative: the graph's own, a function, another op (of the function's arguments in a row), or zero (null). */
export type Override<F> = 'default' | F | GraphOp | null;
/** Of one derivative of several. */
export type LopOverride = Override<
  (inputs: Variables, outputs: Variables, cotangents: Variables) => TensorVariable | null
>;
/** The gradient by one input; for all of them, a list of these or one function that gives a list. */
export type LopOverrides =
  | Override<(inputs: Variables, outputs: Variables, cotangents: Variables) => Nullable>
  | readonly LopOverride[];
export type RopOverride = Override<
  (inputs: Variables, tangents: Variables) => TensorVariable | null
>;
/** The tangent of one output; for all of them, a list of these or one function that gives a list. */
export type RopOverrides =
  Override<(inputs: Variables, tangents: Variables) => Nullable> | readonly RopOverride[];

export interface OpFromGraphOptions {
  readonly name?: string;
  /**
   * Put the graph in the op's place when a function is compiled (default), or keep it apart, as steps. A graph
   * that gives sizes which depend on what is computed is put in place at last in either case.
   */
  readonly inline?: boolean;
  /** Gradients by the inputs, in place of those of the graph. */
  readonly lopOverrides?: LopOverrides;
  /** Tangents of the outputs, in place of those of the graph. */
  readonly ropOverrides?: RopOverrides;
  /** For each input, for each output: whether the output depends on the input; by default as in the graph. */
  readonly connectionPattern?: readonly (readonly boolean[])[];
}

let count = 0;

/**
 * The graph from `inputs` to `outputs` as an op. Shared variables in it are inputs of the op too.
 * @throws MissingInputError where the graph needs a variable that is not among the inputs
 */
export function opFromGraph<const O extends OneOrList>(
  inputs: readonly TensorVariable[],
  outputs: O,
  options: OpFromGraphOptions = {},
): OpFromGraph<O> {
  const list: Variables = outputs instanceof TensorVariable ? [outputs] : outputs;
  const more = sharedIn(inputs, list);
  const inner = InnerGraph.of([...inputs, ...more], list);
  const op = graphOp(inner, options);
  const call = (...values: TensorLike[]): unknown => {
    const results = applyOp(op, [...toInputs(op.name, inputs, values), ...more]);
    return outputs instanceof TensorVariable ? results[0] : [...results];
  };
  return Object.assign(call, { op }) as unknown as OpFromGraph<O>;
}

function sharedIn(inputs: Variables, outputs: Variables): TensorVariable[] {
  const given = new Set(inputs);
  const free = freeLeaves(outputs, given).filter((v) => !given.has(v));
  const missing = free.find((v) => !isShared(v));
  if (missing !== undefined) {
    throw new MissingInputError(
      `[opFromGraph] expected ${missing.toString()} among the inputs: the graph needs it`,
    );
  }
  return free;
}

function toInputs(
  name: string,
  inputs: Variables,
  values: readonly TensorLike[],
): TensorVariable[] {
  if (values.length !== inputs.length)
    throw new TypeInferenceError(
      `[${name}] expected ${inputs.length} inputs, got ${values.length}`,
    );
  return values.map((value, k) => {
    const { dtype, rank, key } = inputs[k].type;
    const v = asVariable(value, dtype);
    if (v.dtype === dtype && v.type.rank === rank) return v;
    throw new TypeInferenceError(`[${name}] expected ${key} for input ${k}, got ${v.type.key}`);
  });
}

function graphOp(inner: InnerGraph, options: OpFromGraphOptions): Op {
  const { name = 'op_from_graph', inline = true, connectionPattern } = options;
  const { lopOverrides = 'default', ropOverrides = 'default' } = options;
  const own = lopOverrides === 'default' && ropOverrides === 'default' && !connectionPattern;
  // Steps need the sizes of their results before they run.
  const inPlace = inline || inner.hasLateSizes();
  const op: Op = defineOp({
    name,
    props: { graph: inner.id, inline, ...(own ? {} : { gradient: count++ }) },
    types: (inputs) => inner.types(inputs),
    shapes: (algebra, shapes, node) =>
      inner
        .shapes(algebra, shapes, (k) => algebra.valueOf(node.inputs[k]))
        .map((shape, k) => (inPlace && isLate(inner, k) ? null : shape)),
    perform: (values) => inner.evaluate(values),
    pullback: (node, cotangents) => {
      const found = new Gradients(inner, inline, node.inputs, node.outputs, cotangents);
      return found.all(lopOverrides, connectionPattern);
    },
    ...(ropOverrides !== 'default' && {
      pushforward: (node, tangents) =>
        pushed(inner, node.inputs, filledTangents(node.inputs, tangents), ropOverrides),
    }),
    lower: inPlace
      ? { kind: 'composite', expand: ({ inputs }) => inner.instantiate(inputs) }
      : {
          kind: 'steps',
          build: (scope, { inputs }) =>
            scope.lower(
              inner.outputs,
              new Map(inner.inputs.map((v, k) => [v, scope.buffer(inputs[k])])),
            ),
        },
    rules: inline ? [inlining(name, () => op.key, inner, own), ...rulesIn(inner)] : [],
  });
  return op;
}

function isLate(inner: InnerGraph, output: number): boolean {
  return InnerGraph.of(inner.inputs, [inner.outputs[output]]).hasLateSizes();
}

/** Puts the graph in the op's place; before gradients are taken too, where they are its own. */
function inlining(name: string, key: () => string, inner: InnerGraph, own: boolean): Rule {
  return rule(
    `put ${name} in its place`,
    name,
    own ? ['canonicalize', 'stabilize'] : ['canonicalize'],
    ({ op, inputs }) => (op.key === key() ? inner.instantiate(inputs) : null),
  );
}

/** Rewrites that travel with the ops inside. */
function rulesIn(inner: InnerGraph): readonly Rule[] {
  return [...new Set(toposort(inner.outputs).flatMap(({ op }) => op.rules ?? []))];
}

/** What an override gives for lists of arguments; an op takes them in a row. */
function called<A extends readonly Variables[]>(
  override: GraphOp | ((...lists: A) => TensorVariable | Nullable | null),
  ...lists: A
): Nullable {
  const result: TensorVariable | Nullable | null =
    typeof override === 'function' && !('op' in override)
      ? override(...lists)
      : (override as OpFromGraph)(...lists.flat());
  return isList(result) ? result : [result];
}

function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value);
}

/** The gradients of one application. */
class Gradients {
  constructor(
    private readonly inner: InnerGraph,
    private readonly inline: boolean,
    private readonly inputs: Variables,
    private readonly outputs: Variables,
    private readonly cotangents: Nullable,
  ) {}

  all(
    overrides: LopOverrides,
    pattern: OpFromGraphOptions['connectionPattern'],
  ): readonly InputGradient[] {
    const found = this.found(overrides);
    return this.inputs.map((input, k) => {
      const connected = pattern?.[k]?.some((is, y) => is && this.cotangents[y] !== null);
      if (connected === false) return null;
      return connected === true ? (found[k] ?? zerosLike(input, gradientDType(input))) : found[k];
    });
  }

  private found(overrides: LopOverrides): Nullable {
    if (overrides === 'default') return this.standard();
    if (overrides === null) return this.inputs.map((v) => this.zero(v));
    if (!isList<LopOverride>(overrides)) {
      const given = called(overrides, ...this.parts());
      return this.inputs.map((v, k) => given[k] ?? this.zero(v));
    }
    const standard = overrides.includes('default') ? this.standard() : [];
    return this.inputs.map((v, k) => {
      const override = overrides[k] ?? null;
      if (override === 'default') return standard[k];
      return (override && called(override, ...this.parts())[0]) ?? this.zero(v);
    });
  }

  /** The graph's own, kept apart where the op is. */
  private standard(): Nullable {
    const found = innerPullback(this.inner, this.inputs, this.cotangents);
    const wanted = found.filter((g) => g !== null);
    if (this.inline || wanted.length === 0) return found;
    const around = [...new Set([...this.inputs, ...this.cotangents.filter((g) => g !== null)])];
    const op = graphOp(InnerGraph.of(around, wanted), { inline: false });
    const results = [...applyOp(op, around)];
    return found.map((g) => g && (results.shift() as TensorVariable));
  }

  private parts(): [Variables, Variables, Variables] {
    return [this.inputs, this.outputs, this.filled()];
  }

  private filled(): TensorVariable[] {
    return this.cotangents.map((g, k) => g ?? this.zero(this.outputs[k]));
  }

  private zero(v: TensorVariable): TensorVariable {
    return zerosLike(v, gradientDType(v));
  }
}

function filledTangents(inputs: Variables, tangents: Nullable): TensorVariable[] {
  return tangents.map((t, k) => t ?? zerosLike(inputs[k], gradientDType(inputs[k])));
}

function pushed(
  inner: InnerGraph,
  inputs: Variables,
  tangents: Variables,
  overrides: Exclude<RopOverrides, 'default'>,
): Nullable {
  const { outputs } = inner;
  if (overrides === null) return outputs.map(() => null);
  if (!isList<RopOverride>(overrides)) {
    const given = called(overrides, inputs, tangents);
    if (given.length === outputs.length) return given;
    throw new GradError(
      `[opFromGraph] expected ${outputs.length} tangents of ropOverrides, got ${given.length}`,
    );
  }
  return outputs.map((_, k) => {
    const override = overrides[k] ?? null;
    if (override !== 'default') return override && called(override, inputs, tangents)[0];
    const made = inner.instantiate(inputs);
    return pushForward([made[k]], new Map(inputs.map((v, i) => [v, tangents[i]])))[0];
  });
}
