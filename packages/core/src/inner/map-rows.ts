/**
 * mapRows: results of a body for i = 0 … n-1, stacked; and its counterpart in gradients, which adds them
 * up. What the body makes without i is made once, outside.
 */
import { ShapeError } from '../errors.js';
import { defineOp, type Op } from '../graph/op.js';
import { applyOp, TensorVariable, type Apply } from '../graph/variable.js';
import type { StepScope } from '../lower/lowering.js';
import type { ProgramBuilder } from '../lower/program-builder.js';
import type { BufferId, SizeId } from '../lower/program.js';
import { at } from '../ops/advanced-index.js';
import { zerosLike } from '../ops/alloc.js';
import { arange } from '../ops/arange.js';
import { add } from '../ops/arithmetic.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import type { NextRank } from '../tensor/dtype-types.js';
import { NDArray } from '../types/ndarray.js';
import { mapElements } from '../types/strided.js';
import { TensorType, tensorType } from '../types/tensor-type.js';
import { capturedBy, InnerGraph } from './inner-graph.js';
import { innerPullback } from './inner-pullback.js';

/** How results of the body are put together. */
type Gather = 'stack' | 'add';

/** Type of rows of a type. */
export type RowsOf<V> =
  V extends TensorVariable<infer D, infer R> ? TensorVariable<D, NextRank[R]> : never;

/** `body(i)` for i = 0 … count-1, each result stacked along a new first axis. Sizes of results may not depend on i. */
export function mapRows<const L extends readonly TensorVariable[]>(
  count: TensorLike,
  body: (i: TensorVariable<'int64', 0>) => L,
): { -readonly [K in keyof L]: RowsOf<L[K]> } {
  const n = cast(asVariable(count, 'int64'), 'int64');
  const i = new TensorVariable<'int64', 0>(tensorType('int64', 0), null, 0, 'i');
  return apply('stack', n, i, body(i), []) as never;
}

/** An application of the op; `results` are made of i. Where they are added up, it is onto `starts`. */
function apply(
  gather: Gather,
  count: TensorVariable,
  i: TensorVariable,
  results: readonly TensorVariable[],
  starts: readonly TensorVariable[],
): TensorVariable[] {
  const captured = capturedBy(results, [i]);
  const inner = InnerGraph.of([i, ...captured], results);
  if (inner.hasLateSizes([0])) {
    throw new ShapeError(
      '[map_rows] expected results whose sizes are known before the first, got sizes that depend on i or on values',
    );
  }
  return [...applyOp(mapOp(gather, inner), [count, ...captured, ...starts])];
}

function mapOp(gather: Gather, inner: InnerGraph): Op {
  const captured = inner.inputs.length - 1;
  const split = <T>(
    inputs: readonly T[],
  ): { count: T; fixed: readonly T[]; starts: readonly T[] } => ({
    count: inputs[0],
    fixed: inputs.slice(1, 1 + captured),
    starts: inputs.slice(1 + captured),
  });
  return defineOp({
    name: gather === 'stack' ? 'map_rows' : 'add_rows',
    props: { graph: inner.id },
    types: (inputs) => {
      const { fixed, starts } = split(inputs);
      if (gather === 'add') return starts.map(({ type }) => type);
      return inner
        .types([inner.inputs[0], ...fixed])
        .map((type) => new TensorType(type.dtype, [null, ...type.shape]));
    },
    shapes: (algebra, shapes, node) => {
      const { fixed, starts } = split(shapes);
      if (gather === 'add') return starts;
      const { count, fixed: variables } = split(node.inputs);
      const trips = algebra.binary('max', algebra.valueOf(count), algebra.const(0));
      const rows = inner.shapes(algebra, [[], ...fixed], (k) =>
        k === 0 ? null : algebra.valueOf(variables[k - 1]),
      );
      return rows.map((row) => [trips, ...row]);
    },
    perform: (inputs, node) => {
      const { count, fixed, starts } = split(inputs);
      const trips = Math.max(0, Number(count.item()));
      const rows = Array.from({ length: trips }, (_, k) =>
        inner.evaluate([NDArray.full([], BigInt(k), 'int64'), ...fixed]),
      );
      if (gather === 'add')
        return starts.map((start, k) => rows.reduce((s, row) => sum(s, row[k]), start));
      const shapes = inner.shapesAt([NDArray.full([], 0n, 'int64'), ...fixed]);
      return node.outputs.map(({ dtype }, k) =>
        stacked(
          rows.map((row) => row[k]),
          rows[0]?.[k].shape ?? shapes[k],
          dtype,
        ),
      );
    },
    pullback: (node, cotangents) => {
      const { count, fixed, starts } = split(node.inputs);
      // A number of its own stands for the row, until it is the body's again.
      const i = new TensorVariable(inner.inputs[0].type, null, 0, 'i');
      const [, ...gradients] = innerPullback(inner, [i, ...fixed], cotangents, (g) =>
        gather === 'add' ? g : at(g, inner.inputs[0]),
      );
      const found = gradients.flatMap((g, k) => (g === null ? [] : [{ g, of: fixed[k] }]));
      const totals =
        found.length === 0
          ? []
          : apply(
              'add',
              count,
              i,
              found.map(({ g }) => g),
              found.map(({ g, of }) => zerosLike(of, g.dtype)),
            );
      const ofFixed = gradients.map((g) => g && (totals.shift() as TensorVariable));
      return [null, ...ofFixed, ...starts.map((_, k) => cotangents[k])];
    },
    lower: {
      kind: 'steps',
      build: (scope, node) => writeLoop(scope, node, inner, gather),
    },
  });
}

function sum(a: NDArray, b: NDArray): NDArray {
  return mapElements(a.dtype, [a, b], a.shape, (p: number, q: number) => p + q);
}

function stacked(
  rows: readonly NDArray[],
  shape: readonly number[],
  dtype: NDArray['dtype'],
): NDArray {
  const out = NDArray.zeros([rows.length, ...shape], dtype);
  const size = shape.reduce((a, b) => a * b, 1);
  rows.forEach((row, k) => {
    const flat = row.contiguous();
    for (let i = 0; i < size; i++) out.data[k * size + i] = flat.data[flat.offset + i];
  });
  return out;
}

/** Writes the loop; gives the buffers of the results. */
function writeLoop(scope: StepScope, node: Apply, inner: InnerGraph, gather: Gather): BufferId[] {
  const { builder } = scope;
  const { sizes } = builder;
  const [count, ...inputs] = node.inputs;
  const [i, ...leaves] = inner.inputs;
  const starts = inputs.slice(leaves.length);
  const site = builder.site(node.op.name);
  const results = node.outputs.map((v) => builder.temp(v.dtype, scope.shape(v)));
  starts.forEach((start, k) => builder.copy(scope.buffer(start), results[k], site));
  const position = builder.temp('int64', []);
  const bind = new Map(leaves.map((v, k) => [v, scope.buffer(inputs[k])]));
  bind.set(i, position);
  const n = new TensorVariable(tensorType('int64', 0));
  const [numbers] = scope.lower([arange(n)], new Map([[n, scope.buffer(count)]]));
  const trips = sizes.binary('max', scope.sizeOf(count), sizes.const(0));
  builder.loop(trips, { site }, (_b, t) => {
    builder.copy(builder.view(numbers, [], t, []), position, site);
    if (gather === 'stack') {
      scope.lower(
        inner.outputs,
        bind,
        results.map((place) => rowOf(builder, place, t)),
      );
      return;
    }
    const sums = inner.outputs.map((y) => new TensorVariable(y.type));
    sums.forEach((v, k) => bind.set(v, results[k]));
    const totals = scope.lower(
      inner.outputs.map((y, k) => add(sums[k], y)),
      bind,
    );
    totals.forEach((total, k) => builder.copy(total, results[k], site));
  });
  return results;
}

/** Row `t` of a buffer. */
function rowOf(builder: ProgramBuilder, place: BufferId, t: SizeId): BufferId {
  const row = builder.shape(place).slice(1);
  const start = builder.sizes.mul(t, builder.sizes.product(row));
  return builder.view(place, row, start, builder.strides(place).slice(1));
}
