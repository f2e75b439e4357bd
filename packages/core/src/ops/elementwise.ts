/**
 * Elementwise ops: one scalar operation over the points of broadcast operands. The makers here turn a
 * paragraph (scalar op, reference function, pullback) into an op; operands are brought to one dtype
 * and rank before the op sees them, so an elementwise node's inputs differ only in broadcast axes.
 */
import { config } from '../config/config.js';
import { DTypeError, ShapeError } from '../errors.js';
import { defineOp, type Op, type Pullback, type SizeAlgebra } from '../graph/op.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import type { Lowering } from '../lower/lowering.js';
import type { ScalarOp } from '../lower/scalar-op.js';
import { isFloat, isInt, type DType } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { mapElements } from '../types/strided.js';
import { TensorType, type StaticShape } from '../types/tensor-type.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';

/** Reference function of one element; 64-bit integers arrive as bigints. */
export type ElementFunction = (...values: never[]) => number | bigint | boolean;

export interface ElementwiseDefinition {
  readonly scalar: ScalarOp;
  readonly evaluate: ElementFunction;
  /** In place of `evaluate` for integers, where the two differ; results are wrapped. */
  readonly integer?: ElementFunction;
  /** The op that stands for this one on bool. */
  readonly onBool?: () => Op;
  /** `same`: the operands' common dtype; `float`: that, or floatX for integers and bool; `bool`. */
  readonly result: 'same' | 'float' | 'bool';
  /** Dtypes that are refused, with the remedy. */
  readonly refuses?: { readonly dtypes: (dtype: DType) => boolean; readonly hint: string };
  readonly pullback: Pullback | 'not-differentiable';
}

/** Static shape of operands broadcast together. @throws ShapeError where known sizes clash */
export function broadcastStatic(op: string, inputs: readonly TensorVariable[]): (number | null)[] {
  const rank = inputs[0].type.rank;
  return Array.from({ length: rank }, (_, axis) => {
    let size: number | null = 1;
    let from: TensorVariable = inputs[0];
    for (const input of inputs) {
      const n = input.type.shape[axis];
      if (n === 1) continue;
      if (size !== 1 && size !== null && n !== null && n !== size) {
        throw new ShapeError(
          `[${op}] expected equal sizes on axis ${axis}, got ${size} (${from.toString()}) and ${n} (${input.toString()})`,
        );
      }
      if (size === 1 || size === null) {
        size = n;
        from = input;
      }
    }
    return size;
  });
}

/** Run-time shape of broadcast operands, requiring that sizes agree on axes that do not broadcast. */
export function broadcastShapes<S>(
  algebra: SizeAlgebra<S>,
  op: string,
  node: Apply,
  shapes: readonly (readonly S[])[],
): S[] {
  return node.outputs[0].type.shape.map((known, axis) => {
    let size: S | null = null;
    let first = -1;
    node.inputs.forEach((input, k) => {
      if (input.type.broadcasts(axis)) return;
      if (size === null) {
        size = shapes[k][axis];
        first = k;
      } else if (shapes[k][axis] !== size) {
        const text =
          `[${op}] expected equal sizes on axis ${axis}, got {a} (${node.inputs[first].toString()}) and {b} (${input.toString()}): ` +
          'sizes found at run time never broadcast; declare a size of 1 (row, col, specifyShape) or use dimshuffle';
        size = algebra.requireEqual(size, shapes[k][axis], text);
      }
    });
    return size ?? algebra.const(known ?? 1);
  });
}

export function elementwiseOp(
  name: string,
  definition: ElementwiseDefinition,
  lower?: Lowering,
): Op {
  return defineOp({
    name,
    props: {},
    types: (inputs) => {
      const dtype: DType = inputs[inputs.length - 1].dtype;
      const result = definition.result === 'bool' ? 'bool' : dtype;
      return [new TensorType(result, broadcastStatic(name, inputs))];
    },
    shapes: (algebra, shapes, node) => [broadcastShapes(algebra, name, node, shapes)],
    perform: (inputs, node) => {
      const evaluate = isInt(inputs[0].dtype)
        ? (definition.integer ?? definition.evaluate)
        : definition.evaluate;
      return [
        mapElements(node.outputs[0].dtype, inputs, runtimeBroadcast(name, inputs, node), evaluate),
      ];
    },
    pullback: definition.pullback,
    lower: lower ?? { kind: 'scalar', fn: definition.scalar },
  });
}

/** Output shape of a reference run; only statically broadcast axes stretch. @throws ShapeError */
export function runtimeBroadcast(
  name: string,
  inputs: readonly { readonly shape: readonly number[] }[],
  node: Apply,
): number[] {
  return node.outputs[0].type.shape.map((_, axis) => {
    let size: number | null = null;
    inputs.forEach((input, k) => {
      if (node.inputs[k].type.broadcasts(axis)) return;
      const n = input.shape[axis];
      if (size !== null && n !== size) {
        throw new ShapeError(
          `[${name}] expected equal sizes on axis ${axis}, got ${size} and ${n}`,
        );
      }
      size = n;
    });
    return size ?? 1;
  });
}

/** Pads with broadcast axes on the left to one rank. */
export function alignRanks(inputs: readonly TensorVariable[]): TensorVariable[] {
  const rank = Math.max(...inputs.map((input) => input.type.rank));
  return inputs.map((input) => padLeft(input, rank));
}

export function padLeft(x: TensorVariable, rank: number): TensorVariable {
  const missing = rank - x.type.rank;
  if (missing <= 0) return x;
  const order: (number | 'x')[] = Array.from({ length: missing }, () => 'x' as const);
  return dimshuffle(x, [...order, ...Array.from({ length: x.type.rank }, (_, axis) => axis)]);
}

/** The dtype in which an elementwise op computes on operands of `dtype`. */
function computeDType(definition: ElementwiseDefinition, dtype: DType): DType {
  return definition.result === 'float' && !isFloat(dtype) ? config.floatX : dtype;
}

/** Function of the op: converts, aligns and applies. */
export function elementwise(
  name: string,
  definition: ElementwiseDefinition,
): ((...values: TensorLike[]) => TensorVariable) & { op: Op } {
  const op = elementwiseOp(name, definition);
  const call = (...values: TensorLike[]): TensorVariable => {
    const inputs = asVariables(values);
    const common = inputs.map((input): DType => input.dtype).reduce(promote);
    if (definition.refuses?.dtypes(common) === true) {
      const got = inputs.map((input) => `${input.dtype} (${input.toString()})`).join(' and ');
      throw new DTypeError(`[${name}] expected another dtype than ${common}, got ${got}`, {
        hint: definition.refuses.hint,
      });
    }
    const dtype = computeDType(definition, common);
    const chosen = dtype === 'bool' ? (definition.onBool?.() ?? op) : op;
    return apply1(chosen, alignRanks(inputs.map((input) => cast(input, dtype))));
  };
  return Object.assign(call, { op });
}

/** A static shape with every size unknown but the broadcast ones. */
export function patternOf(shape: StaticShape): StaticShape {
  return shape.map((n) => (n === 1 ? 1 : null));
}
