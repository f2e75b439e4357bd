/** Products of stacks of matrices and of tensors, with the types of their results; their implementations are the ops'. */
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
/** Kronecker product: each element of a times all of b. */
export const kron = typed<f.KronFunction>(kronecker);
