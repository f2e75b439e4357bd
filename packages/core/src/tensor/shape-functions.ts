/** The typed functions that make tensors, move their axes and elements, and pick among them. */
import type { TensorVariable } from '../graph/variable.js';
import * as allocation from '../ops/alloc.js';
import type { TensorLike } from '../ops/as-variable.js';
import * as axes from '../ops/axes.js';
import * as broadcasting from '../ops/broadcast.js';
import * as diagonals from '../ops/diagonal.js';
import { empty as emptyOf } from '../ops/empty.js';
import * as flatIndices from '../ops/flat-index.js';
import * as grids from '../ops/grids.js';
import * as joining from '../ops/join.js';
import { pad as padOf, type PadMode, type PadOptions, type PadWidths } from '../ops/pad.js';
import * as permutations from '../ops/permutation.js';
import * as rearranging from '../ops/rearrange.js';
import * as picking from '../ops/take.js';
import type { RangeMode } from '../ops/take.js';
import * as triangles from '../ops/triangle.js';
import type * as f from './shape-signatures.js';
import type { FillFunction } from './signatures.js';

const typed = <F>(implementation: unknown): F => implementation as F;
type AxesArgument = number | readonly number[] | null;

/** A value everywhere, in the shape of a tensor and by default its dtype. */
export const fullLike = typed<f.FullLikeFunction>(allocation.fullLike);
/** Any elements: for parts of it to be set. */
export const empty = typed<FillFunction>(emptyOf);
/** Ones on a diagonal, zeros elsewhere. */
export const eye = typed<f.MatrixFunction>(triangles.eye);
/** The identity matrix of the sizes of another. */
export const identityLike = typed<f.IdentityLikeFunction>(triangles.identityLike);
/** Ones on and below a diagonal. */
export const tri = typed<f.MatrixFunction>(triangles.tri);
/** Zeros above a diagonal of the last two axes. */
export const tril = typed<f.KeepFunction<[offset?: TensorLike]>>(triangles.tril);
/** Zeros below a diagonal of the last two axes. */
export const triu = typed<f.KeepFunction<[offset?: TensorLike]>>(triangles.triu);
type Triangle = (rows: TensorLike, offset?: TensorLike, columns?: TensorLike) => f.IndexPair;
type TriangleOf = (x: TensorLike, offset?: TensorLike) => f.IndexPair;
/** Rows and columns of the elements on and below a diagonal. */
export const trilIndices = typed<Triangle>(triangles.trilIndices);
/** Rows and columns of the elements on and above a diagonal. */
export const triuIndices = typed<Triangle>(triangles.triuIndices);
/** trilIndices for the sizes of a matrix. */
export const trilIndicesFrom = typed<TriangleOf>(triangles.trilIndicesFrom);
/** triuIndices for the sizes of a matrix. */
export const triuIndicesFrom = typed<TriangleOf>(triangles.triuIndicesFrom);
/** A last axis with 1 where the position is that of the label. */
export const toOneHot = typed<f.OneHotFunction>(triangles.toOneHot);
/** Evenly spaced numbers from start to stop, which is the last. */
export const linspace = typed<f.SpaceFunction>(grids.linspace);
/** Powers of a base (10) with evenly spaced exponents. */
export const logspace = typed<f.SpaceFunction<{ readonly base?: TensorLike }>>(grids.logspace);
/** Numbers from start to stop with a constant ratio. */
export const geomspace = typed<f.SpaceFunction>(grids.geomspace);
/** A triangular window. */
export const bartlett = grids.bartlett;
export const { mgrid, ogrid, meshgrid } = grids;

export const swapaxes = typed<f.KeepFunction<[a: number, b: number]>>(axes.swapaxes);
/** Axes brought to new places, the others in the order they had. */
export const moveaxis = typed<
  f.KeepFunction<[from: number | readonly number[], to: number | readonly number[]]>
>(axes.moveaxis);
/** Without axes of size 1: those given, or those known to be. */
export const squeeze = typed<f.SqueezeFunction>(axes.squeeze);
/** With new axes of size 1 at places of the result. */
export const expandDims = typed<f.ExpandDimsFunction>(axes.expandDims);
export const shapePadLeft = typed<f.ShapePadFunction>(axes.shapePadLeft);
export const shapePadRight = typed<f.ShapePadFunction>(axes.shapePadRight);
export const atleast1d = typed<f.AtLeastFunction<1>>(axes.atleast1d);
/** A vector becomes a row. */
export const atleast2d = typed<f.AtLeastFunction<2>>(axes.atleast2d);
/** A vector goes to the middle axis, a matrix to the first two. */
export const atleast3d = typed<f.AtLeastFunction<3>>(axes.atleast3d);
/** One axis made into several. */
export const splitDims = typed<f.SplitDimsFunction>(axes.splitDims);
/** Neighbouring axes, by default two, made into one. */
export const joinDims = typed<f.JoinDimsFunction>(axes.joinDims);
/** Axes promised to be of size 1, so that they broadcast; checked when it runs. */
export const addBroadcast = typed<f.KeepFunction<readonly number[]>>(broadcasting.addBroadcast);
/** Axes of size 1 that no longer broadcast. */
export const unbroadcast = typed<f.KeepFunction<readonly number[]>>(broadcasting.unbroadcast);
/** Broadcasting along just the axes for which the pattern says so. */
export const patternBroadcast = typed<f.KeepFunction<[pattern: readonly boolean[]]>>(
  broadcasting.patternBroadcast,
);
/** The sizes that tensors have when broadcast together. */
export const broadcastShape = typed<
  (...tensors: readonly TensorLike[]) => TensorVariable<'int64', 0>[]
>(broadcasting.broadcastShape);
/** Tensors stretched to the shape that they broadcast to. */
export const { broadcastArrays } = broadcasting;

/** Tensors joined along an axis. */
export const concatenate = typed<f.ConcatenateFunction>(joining.concatenate);
/** Tensors joined along a new axis. */
export const stack = typed<f.StackFunction>(joining.stack);
/** Nested lists of tensors, each list an axis. */
export const { stacklists } = joining;
/** Side by side: along axis 1, vectors along axis 0. */
export const hstack = typed<f.SideBySideFunction<1>>(joining.hstack);
/** One above the other: along axis 0, vectors as rows. */
export const vstack = typed<f.SideBySideFunction<2>>(joining.vstack);
/** Parts along an axis: a number of equal ones, or one of each size. */
export const split = typed<f.SplitFunction>(joining.split);
/** In reverse along axes, by default all. */
export const flip = typed<f.KeepFunction<[axes?: AxesArgument]>>(rearranging.flip);
/** Quarter turns in the plane of two axes. */
export const rot90 = typed<f.KeepFunction<[times?: number, axes?: readonly [number, number]]>>(
  rearranging.rot90,
);
/** Elements moved along axes; those that leave at one end come in at the other. */
export const roll = typed<
  f.KeepFunction<[shifts: TensorLike | readonly TensorLike[], axes?: AxesArgument]>
>(rearranging.roll);
/** Each element along an axis several times, or as often as a vector says. */
export const repeat = typed<f.RepeatFunction>(rearranging.repeat);
/** The whole laid side by side several times along each axis. */
export const tile = typed<f.TileFunction>(rearranging.tile);
/** With a border, constant or of its own elements. */
export const pad =
  typed<f.KeepFunction<[widths: PadWidths, mode?: PadMode, options?: PadOptions]>>(padOf);

/** The diagonal of two axes, by default the first two, as the last axis. */
export const diagonal = typed<f.DiagonalFunction>(diagonals.diagonal);
/** A matrix with the vector on a diagonal, or the diagonal of a matrix. */
export const diag = typed<f.DiagFunction>(diagonals.diag);
/** Matrices with the last axis on a diagonal. */
export const allocDiag = typed<f.AllocDiagFunction>(diagonals.allocDiag);
/** The sum along a diagonal. */
export const trace = typed<f.TraceFunction>(diagonals.trace);
/** A copy with a value on the main diagonal. */
export const fillDiagonal = typed<f.KeepFunction<[value: TensorLike]>>(diagonals.fillDiagonal);
/** A copy with values on a diagonal of the last two axes. */
export const fillDiagonalOffset = typed<f.KeepFunction<[values: TensorLike, offset: TensorLike]>>(
  diagonals.fillDiagonalOffset,
);

/** Of each line along an axis the elements at its positions. */
export const takeAlongAxis = typed<f.KeepFunction<[positions: TensorLike, axis?: number | null]>>(
  picking.takeAlongAxis,
);
/** A copy with values where takeAlongAxis would take. */
export const putAlongAxis = typed<
  f.KeepFunction<[positions: TensorLike, values: TensorLike, axis?: number]>
>(picking.putAlongAxis);
/** Slices along an axis where a vector holds. */
export const compress = typed<f.CompressFunction>(picking.compress);
/** The elements that are not 0. */
export const nonzeroValues = typed<f.NonzeroValuesFunction>(picking.nonzeroValues);
/** The indices of the elements that are not 0, a row each. */
export const argwhere = typed<(x: TensorLike) => TensorVariable<'int64', 2>>(picking.argwhere);
/** Positions in the flattened tensor from an index of each axis. */
export const ravelMultiIndex = typed<
  (
    indices: readonly TensorLike[],
    sizes: readonly TensorLike[],
    mode?: RangeMode,
  ) => TensorVariable<'int64'>
>(flatIndices.ravelMultiIndex);
/** The index of each axis from positions in the flattened tensor. */
export const unravelIndex = typed<
  (positions: TensorLike, sizes: readonly TensorLike[]) => TensorVariable<'int64'>[]
>(flatIndices.unravelIndex);
/** The permutation that undoes one. */
export const inversePermutation = typed<f.InversePermutationFunction>(
  permutations.inversePermutation,
);
/** The elements along the last axis in the order of a permutation. */
export const permuteRowElements = typed<
  f.KeepFunction<[permutation: TensorLike, inverse?: boolean]>
>(permutations.permuteRowElements);
