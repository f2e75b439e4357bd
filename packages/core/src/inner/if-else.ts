/**
 * ifElse: one of two branches, the other not computed.
 *
 * In graphs it is a plain node of the condition and both branches' values, which gradients and rewrites
 * look through. What only one branch uses is moved into it late, by a rewrite that makes an op with two
 * inner graphs: before gradients are taken, on their copy, so that these are lazy too, and at the end of
 * compilation.
 */
import { config } from '../config/config.js';
import { TypeInferenceError } from '../errors.js';
import { isConstant } from '../graph/constant.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { toposort } from '../graph/traverse.js';
import { applyOp, TensorVariable, type Apply } from '../graph/variable.js';
import { rule } from '../optimizer/rule.js';
import { zerosLike } from '../ops/alloc.js';
import { asVariables, type TensorLike } from '../ops/as-variable.js';
import type { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { InnerGraph, lateSources } from './inner-graph.js';
import { innerPullback } from './inner-pullback.js';

type Variables = readonly TensorVariable[];

/** The type of one branch or the other: sizes that differ are open. */
function joined(a: TensorVariable, b: TensorVariable): TensorType {
  return new TensorType(
    a.dtype,
    a.type.shape.map((n, axis) => (n === b.type.shape[axis] ? n : null)),
  );
}

/** Sizes of the branch that is taken. */
function chosen<S>(
  algebra: SizeAlgebra<S>,
  cond: TensorVariable,
  yes: readonly S[],
  no: readonly S[],
): readonly S[] {
  return yes.map((size, axis) =>
    size === no[axis] ? size : algebra.select(algebra.valueOf(cond), size, no[axis]),
  );
}

const isTrue = (cond: NDArray): boolean => Boolean(cond.item());

function ifElseOp(count: number): Op {
  const split = <T>(inputs: readonly T[]): [T, readonly T[], readonly T[]] => [
    inputs[0],
    inputs.slice(1, 1 + count),
    inputs.slice(1 + count),
  ];
  return defineOp({
    name: 'if_else',
    props: { count },
    types: (inputs) => {
      const [, yes, no] = split(inputs);
      return yes.map((a, k) => joined(a, no[k]));
    },
    shapes: (algebra, shapes, node) => {
      const [, yes, no] = split(shapes);
      return yes.map((shape, k) => chosen(algebra, node.inputs[0], shape, no[k]));
    },
    perform: (inputs) => {
      const [cond, yes, no] = split(inputs);
      return isTrue(cond) ? yes : no;
    },
    pullback: ({ inputs, outputs }, cotangents) => {
      const [cond] = split(inputs);
      const arriving = cotangents.map((g, k) => g ?? zerosLike(outputs[k]));
      const zeros = arriving.map((g) => zerosLike(g));
      const only = (g: Variables, k: number): TensorVariable | null => cotangents[k] && g[k];
      const toYes = choose(cond, arriving, zeros);
      const toNo = choose(cond, zeros, arriving);
      return [
        zerosLike(cond, config.floatX),
        ...cotangents.map((_, k) => only(toYes, k)),
        ...cotangents.map((_, k) => only(toNo, k)),
      ];
    },
    lower: {
      kind: 'composite',
      late: true,
      expand: (node) => branches(node, new Set(), new Set()),
    },
    rules: [
      rule('choose a branch that is known', 'if_else', ['canonicalize'], ({ inputs }) => {
        const [cond, yes, no] = split(inputs);
        if (isConstant(cond)) return isTrue(cond.data) ? yes : no;
        return yes.every((v, k) => v === no[k]) ? yes : null;
      }),
      rule('move into a branch what it alone uses', 'if_else', ['lazy'], (node, { graph }) => {
        const [, yes, no] = split(node.inputs);
        return branches(
          node,
          usedOnlyBy(graph, node, yes, (k) => k >= 1 && k <= count),
          usedOnlyBy(graph, node, no, (k) => k > count),
        );
      }),
    ],
  });
}

function choose(cond: TensorVariable, yes: Variables, no: Variables): Variables {
  return applyOp(ifElseOp(yes.length), [cond, ...yes, ...no]);
}

/** The nodes that `values` are made of, and that nothing uses but them and `node`, there where `isOwn`. */
function usedOnlyBy(
  graph: FunctionGraph,
  node: Apply,
  values: Variables,
  isOwn: (input: number) => boolean,
): Set<Apply> {
  const own = new Set<Apply>();
  for (const made of toposort(values).reverse()) {
    const uses = made.outputs.flatMap((v) => graph.clients(v));
    const lazy = uses.every(
      (use) => use.node !== 'output' && (use.node === node ? isOwn(use.index) : own.has(use.node)),
    );
    if (lazy) own.add(made);
  }
  return own;
}

/** `node` as an op with the nodes of each branch inside. */
function branches(node: Apply, yes: ReadonlySet<Apply>, no: ReadonlySet<Apply>): Variables {
  const count = node.outputs.length;
  const [cond, ...values] = node.inputs;
  const [a, b] = [values.slice(0, count), values.slice(count)];
  const [ofYes, ofNo] = [withoutSizes(a, yes), withoutSizes(b, no)];
  const captured = [...new Set([...border(a, ofYes), ...border(b, ofNo)])];
  const make = (outputs: Variables): InnerGraph => InnerGraph.of(captured, outputs);
  return applyOp(branchOp(make(a), make(b)), [cond, ...captured]);
}

/** The nodes `inside` but for those that sizes of `values` are made by, which must be known before a branch is taken. */
function withoutSizes(values: Variables, inside: ReadonlySet<Apply>): ReadonlySet<Apply> {
  const sources = lateSources(border(values, inside), values);
  if (sources.length === 0) return inside;
  const needed = new Set(toposort(sources.flatMap(({ outputs }) => outputs)));
  return withoutSizes(values, new Set([...inside].filter((node) => !needed.has(node))));
}

/** What the nodes inside, and `values` themselves, read from outside. */
function border(values: Variables, inside: ReadonlySet<Apply>): TensorVariable[] {
  const read = [...values, ...[...inside].flatMap((node) => node.inputs)];
  return read.filter((v) => !isConstant(v) && (v.owner === null || !inside.has(v.owner)));
}

function branchOp(yes: InnerGraph, no: InnerGraph): Op {
  return defineOp({
    name: 'branch',
    props: { yes: yes.id, no: no.id },
    types: ([, ...inputs]) => {
      const [a, b] = [yes.types(inputs), no.types(inputs)];
      return a.map((type, k) => joined(new TensorVariable(type), new TensorVariable(b[k])));
    },
    shapes: (algebra, [, ...shapes], { inputs: [cond, ...inputs] }) => {
      const of = (inner: InnerGraph): (readonly (typeof shapes)[0][0][])[] =>
        inner.shapes(algebra, shapes, (k) => algebra.valueOf(inputs[k]));
      const otherwise = of(no);
      return of(yes).map((shape, k) => chosen(algebra, cond, shape, otherwise[k]));
    },
    perform: ([cond, ...inputs]) => (isTrue(cond) ? yes : no).evaluate(inputs),
    pullback: ({ inputs: [cond, ...inputs] }, cotangents) => {
      const pulled = [yes, no].map((inner) => innerPullback(inner, inputs, cotangents));
      const connected = inputs.flatMap((_, k) => (pulled.some((g) => g[k]) ? [k] : []));
      // Of an integer the gradient of a branch that uses it is float zeros.
      const zeroOf = (k: number): TensorVariable =>
        zerosLike(inputs[k], pulled.find((g) => g[k])?.[k]?.dtype);
      const around = [...new Set([...inputs, ...cotangents.filter((g) => g !== null)])];
      const [ofYes, ofNo] = pulled.map((g) =>
        InnerGraph.of(
          around,
          connected.map((k) => g[k] ?? zeroOf(k)),
        ),
      );
      const found = connected.length === 0 ? [] : applyOp(branchOp(ofYes, ofNo), [cond, ...around]);
      return [
        zerosLike(cond, config.floatX),
        ...inputs.map((_, k) => (connected.includes(k) ? found[connected.indexOf(k)] : null)),
      ];
    },
    lower: {
      kind: 'steps',
      build: (scope, node) => {
        const { builder } = scope;
        const [cond, ...inputs] = node.inputs;
        const site = builder.site('if_else');
        const results = node.outputs.map((v) => builder.temp(v.dtype, scope.shape(v)));
        const buffers = inputs.map((v) => scope.buffer(v));
        const write = (inner: InnerGraph) => (): void => {
          const bind = new Map(inner.inputs.map((v, k) => [v, buffers[k]]));
          scope.lower(inner.outputs, bind, results);
        };
        builder.cond(scope.buffer(cond), site, write(yes), write(no));
        return results;
      },
    },
  });
}

/** One or several values of a branch. */
type Branch = TensorLike | readonly TensorVariable[];
type ChoiceOf<A extends Branch> = A extends Variables
  ? { -readonly [K in keyof A]: A[K] }
  : A extends TensorVariable
    ? A
    : TensorVariable;

/**
 * `yes` where the scalar `condition` holds, else `no`: one variable each, or lists of equal length. Only
 * what the branch taken needs is computed, in gradients too; what both use, or anything else, is computed
 * as ever, and so is what late sizes of the results follow from (the mask of a selection). Both branches have the same dtypes and ranks; their sizes may differ.
 * @throws TypeInferenceError where they do not, or where the condition is no scalar
 */
export function ifElse<const A extends Branch>(
  condition: TensorLike,
  yes: A,
  no: A extends Variables ? Variables : TensorLike,
): ChoiceOf<A> {
  const [cond] = asVariables([condition]);
  if (cond.type.rank !== 0 || cond.dtype !== 'bool') {
    throw new TypeInferenceError(
      `[if_else] expected a bool scalar as condition, got ${cond.type.key}`,
      { hint: 'compare: n.gt(0); for a choice element by element use tno.switch' },
    );
  }
  if (!Array.isArray(yes)) {
    const [a, b] = asVariables([yes, no]);
    checkBranches([a], [b]);
    return choose(cond, [a], [b])[0] as ChoiceOf<A>;
  }
  const [a, b] = [yes as Variables, no as Variables];
  checkBranches(a, b);
  return [...choose(cond, a, b)] as unknown as ChoiceOf<A>;
}

function checkBranches(yes: Variables, no: Variables): void {
  if (yes.length !== no.length || yes.length === 0)
    throw new TypeInferenceError(
      `[if_else] expected as many values in both branches, got ${yes.length} and ${no.length}`,
    );
  yes.forEach((a, k) => {
    const b = no[k];
    if (a.dtype === b.dtype && a.type.rank === b.type.rank) return;
    throw new TypeInferenceError(
      `[if_else] expected values of one dtype and rank, got ${a.type.key} (${a.toString()}) and ${b.type.key} (${b.toString()})`,
    );
  });
}
