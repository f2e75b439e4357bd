/** Products of stacks of matrices, and of tensors by their labels. */
import * as tno from '@tno/core';
import { failsAtBuild, named, row, smooth, way } from '../make-row.js';
import type { Family, Input, Tolerance } from '../row.js';
import { real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: real });
const adds: Tolerance = { float16: 1, float32: 2, float64: 4, beside: 'array' };
/** Twelve products of numbers up to 16, which may cancel. */
const addsMany: Tolerance = { float16: 1, float32: 32, float64: 32, beside: 'array' };

export const tensorProducts: Family = {
  name: 'tensor-products',
  title: 'Products of stacks and tensors',
  rows: [
    row('matmul', {
      calls: [
        way('stacks', [of(2, 3, 4), of(2, 4, 2)], {
          build: tno.matmul,
          oracle: 'counted(np.matmul, a, b)',
        }),
        way('stack and vector', [of(2, 3, 4), of(4)], {
          build: tno.matmul,
          oracle: 'counted(np.matmul, a, b)',
          shapes: { empty: [[0, 3, 4], [4]] },
        }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('matmul', { theano: null }),
    }),
    row('vecdot', {
      calls: [
        way('', [of(2, 3), of(2, 3)], {
          build: tno.vecdot,
          oracle: "counted(lambda x, y: np.einsum('...i,...i->...', x, y), a, b)",
        }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('vecdot', { theano: null, pytorch: 'torch.linalg.vecdot' }),
    }),
    row('matvec', {
      calls: [
        way('', [of(2, 3, 4), of(2, 4)], {
          build: tno.matvec,
          oracle: "counted(lambda x, y: np.einsum('...ij,...j->...i', x, y), a, b)",
        }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('matvec', { theano: null, pytorch: null }),
    }),
    row('vecmat', {
      calls: [
        way('', [of(2, 3), of(2, 3, 4)], {
          build: tno.vecmat,
          oracle: "counted(lambda x, y: np.einsum('...i,...ij->...j', x, y), a, b)",
        }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('vecmat', { theano: null, pytorch: null }),
    }),
    row('einsum', {
      calls: [
        way('stacks', [of(2, 3, 4), of(2, 5, 4)], {
          build: (a, b) => tno.einsum('aij,akj->aik', a, b),
          oracle: "counted(lambda x, y: np.einsum('aij,akj->aik', x, y), a, b)",
        }),
        way('joined labels', [of(2, 3, 4), of(3, 4, 2)], {
          build: (a, b) => tno.einsum('ijk,jkl->li', a, b),
          oracle: "counted(lambda x, y: np.einsum('ijk,jkl->li', x, y), a, b)",
          shapes: { empty: [[0, 3, 4], [3, 4, 2]] }, // prettier-ignore
        }),
      ],
      result: 'same',
      tolerance: addsMany,
      gradient: smooth(),
      failures: [
        failsAtBuild('too few operands', /\[einsum\] expected 2 operands for 'ij,jk'/, () =>
          tno.einsum('ij,jk', tno.matrix('x')),
        ),
      ],
      names: named('einsum', { theano: null }),
    }),
    row('tensordot', {
      calls: [
        way('', [of(2, 3, 4), of(3, 4, 2)], {
          build: (a, b) => tno.tensordot(a, b),
          oracle: 'counted(np.tensordot, a, b)',
          shapes: { empty: [[0, 3, 4], [3, 4, 2]] }, // prettier-ignore
        }),
      ],
      result: 'same',
      tolerance: addsMany,
      gradient: smooth(),
      failures: [
        failsAtBuild('too many axes', /\[tensordot\] expected a number of axes in \[0, 2\]/, () =>
          tno.tensordot(tno.matrix('x'), tno.matrix('y'), 3),
        ),
      ],
      names: named('tensordot'),
    }),
    row('batchedDot', {
      calls: [
        way('', [of(2, 3, 4), of(2, 4, 2)], {
          build: tno.batchedDot,
          oracle: 'counted(np.matmul, a, b)',
        }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('batched_dot', { numpy: null, pytorch: 'torch.bmm', jax: null }),
    }),
    row('batchedTensordot', {
      calls: [
        way('', [of(2, 3, 4), of(2, 4, 5)], {
          build: (a, b) => tno.batchedTensordot(a, b, 1),
          oracle: 'counted(np.matmul, a, b)',
        }),
        way('named axes', [of(2, 3, 4), of(2, 4, 3)], {
          build: (a, b) => tno.batchedTensordot(a, b, [[1, 2], [2, 1]]), // prettier-ignore
          oracle: "counted(lambda x, y: np.einsum('nij,nji->n', x, y), a, b)",
        }),
      ],
      result: 'same',
      tolerance: { ...addsMany, float16: 4 },
      gradient: smooth(),
      failures: [
        failsAtBuild('too many axes', /\[batched_tensordot\] expected a number of axes/, () =>
          tno.batchedTensordot(tno.matrix('x'), tno.matrix('y'), 3),
        ),
      ],
      names: named('batched_tensordot', { numpy: null, pytorch: null, jax: null }),
    }),
    row('inner', {
      calls: [
        way('', [of(2, 4), of(3, 4)], { build: tno.inner, oracle: 'counted(np.inner, a, b)' }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('inner', { theano: null }),
    }),
    row('kron', {
      calls: [way('', [of(2, 3), of(2, 2)], { build: tno.kron, oracle: 'counted(np.kron, a, b)' })],
      result: 'same',
      gradient: smooth(),
      cannotFail: 'takes any two tensors',
      names: named('kron', { theano: 'slinalg.kron' }),
    }),
  ],
};
