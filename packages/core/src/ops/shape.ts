/** Shapes as symbols: `shapeOf(x, axis)` is a size, `shape(x)` the vector of them. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType, normalizeAxis, tensorType, type StaticShape } from '../types/tensor-type.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';

function shapeIOp(axis: number): Op {
  return defineOp({
    name: 'shape_i',
    props: { axis },
    types: () => [tensorType('int64', 0)],
    shapes: () => [[]],
    perform: ([x]) => [NDArray.full([], BigInt(x.shape[axis]), 'int64')],
    // A shape does not depend on values: the path is disconnected.
    pullback: () => [null],
    lower: {
      kind: 'expression',
      build: (scope, node) => scope.size(scope.shape(node.inputs[0])[axis]),
      sizesFrom: 0,
    },
  });
}

/** Size of an axis as an int64 scalar; a constant where it is statically known. @throws ShapeError */
export function shapeOf(x: TensorVariable, axis: number): TensorVariable {
  const at = normalizeAxis('shape', axis, x.type.rank);
  const known = x.type.shape[at];
  return known === null ? apply1(shapeIOp(at), [x]) : scalarConstant(known, 'int64');
}

/** All sizes of `x`. */
export function sizesOf(x: TensorVariable): TensorVariable[] {
  return x.type.shape.map((_, axis) => shapeOf(x, axis));
}

const makeVectorOp = defineOp({
  name: 'make_vector',
  props: {},
  types: (inputs) => [new TensorType(inputs[0].dtype, [inputs.length])],
  shapes: (algebra, shapes) => [[algebra.const(shapes.length)]],
  perform: (inputs, node) => {
    const out = NDArray.zeros([inputs.length], node.outputs[0].dtype);
    inputs.forEach((input, k) => out.set(input.item({ bigint: true }), k));
    return [out];
  },
  pullback: (node, [g]) => node.inputs.map((_, k) => g && elementOf(g, k)),
  lower: {
    kind: 'expression',
    build: (scope, node, [at]) => {
      const position = scope.coordinate(at);
      const dtype = node.outputs[0].dtype;
      return node.inputs
        .map((input) => scope.at(input, []))
        .reduceRight((rest, value, k) =>
          scope.scalar(
            'select',
            dtype,
            scope.scalar('eq', 'bool', position, scope.constant('int64', k)),
            value,
            rest,
          ),
        );
    },
  },
});

/** A vector of scalars of one dtype. */
export function makeVector(values: readonly TensorVariable[]): TensorVariable {
  return apply1(makeVectorOp, values);
}

let elementOf: (x: TensorVariable, index: number) => TensorVariable = () => {
  throw new ShapeError('[make_vector] indexing is not bound');
};

/** Breaks the import cycle with indexing: called once by ops/subtensor.ts. */
export function bindElementOf(f: typeof elementOf): void {
  elementOf = f;
}

/** The shape of `x` as an int64 vector; `shape(x).at(0)` is the size of the first axis, computed without `x`. */
export function shape(x: TensorLike): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank === 0) return asVariable(NDArray.zeros([0], 'int64'));
  return makeVector(sizesOf(v));
}

const specifyOps = new Map<string, Op>();

function specifyShapeOp(known: StaticShape): Op {
  const key = known.join(',');
  const found = specifyOps.get(key);
  if (found !== undefined) return found;
  const op = defineOp({
    name: 'specify_shape',
    props: { shape: [...known] },
    types: ([x]) => [
      new TensorType(
        x.dtype,
        known.map((n, axis) => n ?? x.type.shape[axis]),
      ),
    ],
    shapes: (algebra, [sizes]) => [
      sizes.map((size, axis) => {
        const n = known[axis];
        if (n === null) return size;
        algebra.requireEqual(
          algebra.const(n),
          size,
          `[specify_shape] expected size {a} on axis ${axis}, got {b}`,
        );
        return algebra.const(n);
      }),
    ],
    perform: ([x]) => {
      known.forEach((n, axis) => {
        if (n !== null && n !== x.shape[axis]) {
          throw new ShapeError(
            `[specify_shape] expected size ${n} on axis ${axis}, got ${x.shape[axis]}`,
          );
        }
      });
      return [x];
    },
    pullback: (_node, [g]) => [g],
    lower: { kind: 'index', gathers: false, map: (_scope, _node, point) => point },
  });
  specifyOps.set(key, op);
  return op;
}

/** `x`, promised (and checked when it runs) to have the given sizes; null leaves an axis open. @throws ShapeError */
export function specifyShape(x: TensorLike, sizes: StaticShape): TensorVariable {
  const v = asVariable(x);
  if (sizes.length !== v.type.rank) {
    throw new ShapeError(
      `[specify_shape] expected ${v.type.rank} sizes for ${v.toString()}, got ${sizes.length}`,
    );
  }
  sizes.forEach((n, axis) => {
    const known = v.type.shape[axis];
    if (n !== null && known !== null && n !== known) {
      throw new ShapeError(`[specify_shape] expected size ${n} on axis ${axis}, got ${known}`);
    }
  });
  if (sizes.every((n, axis) => n === null || n === v.type.shape[axis])) return v;
  return apply1(specifyShapeOp(sizes), [v]);
}

/** Sizes given by users: numbers, symbolic integer scalars, or one symbolic vector's elements; int64 scalars. */
export function asSizes(op: string, sizes: readonly TensorLike[]): TensorVariable[] {
  return sizes.map((size) => {
    const v = asVariable(size);
    if (v.type.rank !== 0 || !/int/.test(v.dtype)) {
      throw new ShapeError(
        `[${op}] expected integer scalars as sizes, got ${v.type.key} (${v.toString()})`,
      );
    }
    return cast(v, 'int64');
  });
}
