/** Products of stacks of matrices and of tensors, with the types of their results; their implementations are the ops'. */
import * as sums from '../ops/einsum.js';
import * as stacks from '../ops/matmul.js';
import { kron as kronecker } from '../ops/linear-algebra.js';
import type * as f from './linalg-signatures.js';

const typed = <F>(implementation: unknown): F => implementation as F;

/** Product of vectors, matrices and stacks of matrices [..., m, k]; leading axes broadcast. */
export const matmul = typed<f.MatmulFunction>(stacks.matmul);
/** Σ x·y along the last axis, other axes broadcast. */
export const vecdot = typed<f.VecdotFunction>(stacks.vecdot);
/** Matrices [..., m, n] times vectors [..., n]. */
export const matvec = typed<f.ProductFunction>(stacks.matvec);
/** Vectors [..., m] times matrices [..., m, n]. */
export const vecmat = typed<f.ProductFunction>(stacks.vecmat);
/** Einstein's summation, `einsum('ij,jk->ik', a, b)`: labels that the output lacks are summed over. */
export const { einsum } = sums;
/** Σ x·y over the last `axes` axes of x and the first of y, or over the axes that two lists name. */
export const tensordot = typed<f.ProductFunction<[axes?: sums.ContractedAxes]>>(sums.tensordot);
/** tensordot of each element of the first axes. */
export const batchedTensordot = typed<f.ProductFunction<[axes?: sums.ContractedAxes]>>(
  sums.batchedTensordot,
);
/** The product of each element of the first axes: [b, ..., k], [b, k, ...] → [b, ..., ...]. */
export const batchedDot = typed<f.ProductFunction>(sums.batchedDot);
/** Σ x·y over the last axis of both; scalars multiply. */
export const inner = typed<f.InnerFunction>(sums.inner);
/** Kronecker product: each element of a times all of b. */
export const kron = typed<f.KronFunction>(kronecker);
