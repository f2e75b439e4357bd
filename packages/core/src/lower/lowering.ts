/**
 * How an op says what it becomes, without knowing a target.
 *
 * Most ops are functions of a point: their value at one index of the output is made of their inputs'
 * values at some index. Such ops (`scalar`, `expression`, `index`) fuse freely. The others are
 * `reduce`, `reshape`, `scatter`, a product's `call`, a library `routine`, a `composite` of other ops, free `steps` (loops,
 * branches), or `host`, which calls `perform` back and is the last resort.
 */
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { Routine } from '../routines/routine.js';
import type { DType } from '../types/dtype.js';
import type { BufferId, Callee, SizeId } from './program.js';
import type { ProgramBuilder } from './program-builder.js';
import type { ReduceOp, ScalarOp } from './scalar-op.js';

/** Id of a value in a kernel's scalar program. */
export type ScalarValue = number;

/**
 * One coordinate of a point: affine in kernel axes (`offset + Σ stride·axis`; without terms a fixed
 * place), or computed (`value`, an int64 that is checked against the axis it indexes).
 */
export type Coordinate =
  | {
      readonly kind: 'affine';
      readonly offset: SizeId;
      readonly terms: readonly { readonly stride: SizeId; readonly axis: number }[];
    }
  | { readonly kind: 'value'; readonly value: ScalarValue };

export type Point = readonly Coordinate[];

/** What an op sees while its value at a point is being written into a kernel. */
export interface PointScope {
  readonly sizes: ProgramBuilder['sizes'];
  /** Shape of an input. */
  shape(variable: TensorVariable): readonly SizeId[];
  /** Value of a variable at a point of its own axes; coordinates of statically broadcast axes are ignored. */
  at(variable: TensorVariable, point: Point): ScalarValue;
  /** A rank-0 integer variable as a size. */
  sizeOf(variable: TensorVariable): SizeId;
  scalar(fn: ScalarOp, dtype: DType, ...args: ScalarValue[]): ScalarValue;
  constant(dtype: DType, value: number | bigint): ScalarValue;
  /** A size as an int64 value. */
  size(id: SizeId): ScalarValue;
  /** A coordinate as an int64 value. */
  coordinate(coordinate: Coordinate): ScalarValue;
  /** An int64 0; the call fails when `index` is not within an axis of `size` (negative counts from the end). */
  zeroIfWithin(index: ScalarValue, size: SizeId): ScalarValue;
}

/** What an op with free steps sees: a place in a Program that is being built. */
export interface StepScope {
  readonly builder: ProgramBuilder;
  /** The buffer that holds a variable, contiguous. */
  buffer(variable: TensorVariable): BufferId;
  shape(variable: TensorVariable): readonly SizeId[];
  sizeOf(variable: TensorVariable): SizeId;
  /** Lowers an inner graph at this place: `bind` gives buffers for its leaves; returns a buffer for each output. */
  lower(
    outputs: readonly TensorVariable[],
    bind: ReadonlyMap<TensorVariable, BufferId>,
    into?: readonly (BufferId | null)[],
  ): BufferId[];
}

/** `sizesFrom`: inputs from this one on are read as sizes only, never element by element. */
export type Lowering =
  | { readonly kind: 'scalar'; readonly fn: ScalarOp }
  | {
      readonly kind: 'expression';
      readonly build: (scope: PointScope, node: Apply, point: Point) => ScalarValue;
      readonly sizesFrom?: number;
      /** Work of a point, in elementary operations; 2 unless given. */
      readonly cost?: number;
    }
  /** The value is input 0's at `map(point)`. `gathers`: coordinates are computed from other inputs. */
  | {
      readonly kind: 'index';
      readonly map: (scope: PointScope, node: Apply, point: Point) => Point;
      readonly gathers: boolean;
      /** Several points of the result may be one of the input. */
      readonly repeats?: boolean;
      readonly sizesFrom?: number;
    }
  | { readonly kind: 'reduce'; readonly op: ReduceOp; readonly axes: readonly number[] }
  | { readonly kind: 'reshape' }
  /** Output = input 0 with input 1's elements set or added at `map(point of input 1's shape)`. */
  | {
      readonly kind: 'scatter';
      readonly mode: 'set' | 'add';
      readonly map: (scope: PointScope, node: Apply, point: Point) => Point;
      /** Shape of the points that are written; input 1 broadcasts to it along its static 1s. */
      readonly region: (scope: PointScope, node: Apply) => readonly SizeId[];
      readonly gathers: boolean;
      readonly sizesFrom?: number;
    }
  /** A routine that the target was asked for, or that every target has. */
  | {
      readonly kind: 'call';
      readonly callee: Callee;
    }
  /** A routine over whole arrays; every output has a shape rule. */
  | {
      readonly kind: 'routine';
      readonly routine: Routine;
      readonly params?: (scope: StepScope, node: Apply) => readonly SizeId[];
      readonly sizesFrom?: number;
    }
  /** `late`: rules of later phases may make something better of it, so it is spelled out last. */
  | {
      readonly kind: 'composite';
      readonly expand: (node: Apply) => readonly TensorVariable[];
      readonly late?: boolean;
    }
  /** Writes steps; returns a buffer for each output (of the shapes that the shape rule gives). */
  | {
      readonly kind: 'steps';
      readonly build: (scope: StepScope, node: Apply) => readonly BufferId[];
    }
  | { readonly kind: 'host' };
