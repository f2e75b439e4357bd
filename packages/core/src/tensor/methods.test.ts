import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { ndarray, TensorVariable, type DType } from '../index.js';
import * as functions from './functions.js';
import { bindMethods } from './methods.js';

/** The type checker makes sure that the declared type has `dtype` and `rank`, the test that the real one has. */
function agree<D extends DType, R extends number>(
  variable: TensorVariable<D, R>,
  dtype: NoInfer<D>,
  rank: NoInfer<R>,
): void {
  expect([variable.dtype, variable.rank]).toEqual([dtype, rank]);
}

describe('declared types are those that come out', () => {
  const [f1, f2, d2] = [tno.fvector('f1'), tno.fmatrix('f2'), tno.dmatrix('d2')];
  const [i0, i1, l1, b1] = [
    tno.iscalar('i0'),
    tno.ivector('i1'),
    tno.lvector('l1'),
    tno.bvector('b1'),
  ];
  const [u1, flag] = [tno.vector('u1', 'uint8'), tno.vector('flag', 'bool')];
  const f3 = tno.ftensor3('f3');

  it('of arithmetic', () => {
    agree(f1.add(f2), 'float32', 2);
    agree(f2.mul(d2), 'float64', 2);
    agree(tno.sub(i1, f2), 'float32', 2);
    agree(b1.add(u1), 'int16', 1);
    agree(flag.add(i1), 'int32', 1);
    agree(l1.add(tno.vector('u', 'uint64')), 'float64', 1);
    agree(i1.div(l1), 'float32', 1);
    agree(tno.div(f2, d2), 'float64', 2);
    agree(i1.intDiv(2).mod(i1), 'int32', 1);
    agree(f2.neg().abs().sqr().sgn().relu(), 'float32', 2);
    agree(i1.sqrt(), 'float32', 1);
    agree(d2.exp().log().tanh().sigmoid().softplus(), 'float64', 2);
    agree(i1.floor(), 'float32', 1);
    agree(i1.maximum(f1).minimum(b1), 'float32', 1);
    agree(f1.arctan2(d2), 'float64', 2);
    agree(tno.logaddexp(i1, f1), 'float32', 1);
    agree(f2.add(ndarray([1, 2], 'float64')), 'float64', 2);
  });

  it('of literals', () => {
    agree(f2.add(1).mul(0.5).pow(2), 'float32', 2);
    agree(d2.sub(0.1), 'float64', 2);
    agree(i1.add(1), 'int32', 1);
    agree(i1.mul(-3), 'int32', 1);
    agree(i1.add(0.5), 'float32', 1);
    agree(tno.mul(2, l1), 'int64', 1);
    agree(tno.add(1.5, l1), 'float32', 1);
    agree(l1.add(5n), 'int64', 1);
    agree(i1.add(true), 'int32', 1);
    agree(flag.add(1), 'int8', 1);
    agree(flag.add(true), 'bool', 1);
    agree(i1.div(2), 'float32', 1);
    agree(tno.div(1, f1), 'float32', 1);
    agree(f1.clip(0, 1), 'float32', 1);
    agree(i1.clip(0, 1), 'int32', 1);
    agree(i1.clip(0, 1.5), 'float32', 1);
    agree(f1.add(1e300), 'float32', 1);
    agree(i1.add(1e300), 'float32', 1);
  });

  it('of comparison and choice', () => {
    agree(f1.gt(f2), 'bool', 2);
    agree(f1.eq(0), 'bool', 1);
    agree(tno.le(1, f2), 'bool', 2);
    agree(f2.isnan().or(f1.isinf()).and(true).xor(flag).invert(), 'bool', 2);
    agree(i1.and(l1), 'int64', 1);
    agree(tno.switch(f1.gt(0), f2, d2), 'float64', 2);
    agree(tno.where(f2.gt(0), i1, 0), 'int32', 2);
    agree(tno.where(f2.gt(0), 0.5, f1), 'float32', 2);
    agree(f1.cast('int8'), 'int8', 1);
    agree(tno.cast(i1, 'bool'), 'bool', 1);
  });

  it('of reductions', () => {
    agree(f2.sum(), 'float32', 0);
    agree(f2.sum(0), 'float32', 1);
    agree(f2.sum(-1, { keepdims: true }), 'float32', 2);
    agree(f3.sum([0, 2]), 'float32', 1);
    agree(f3.max([1]), 'float32', 2);
    agree(tno.mean(f3, [0, 1, 2]), 'float32', 0);
    agree(i1.sum(), 'int64', 0);
    agree(u1.sum(), 'uint64', 0);
    agree(flag.sum(), 'int64', 0);
    agree(b1.prod(0), 'int64', 0);
    agree(i1.mean(), 'float32', 0);
    agree(d2.mean(1), 'float64', 1);
    agree(f2.var(0, { ddof: 1 }), 'float32', 1);
    agree(tno.variance(f2, 0, { ddof: 1, keepdims: true }), 'float32', 2);
    agree(i1.max(), 'int32', 0);
    agree(f2.argmax(1), 'int64', 1);
    agree(f2.all(0), 'bool', 1);
    agree(tno.any(f3, null, { keepdims: true }), 'bool', 3);
    agree(f2.logsumexp(0), 'float32', 1);
    agree(tno.logsumexp(i1), 'float32', 0);
    agree(f3.softmax(), 'float32', 3);
    agree(tno.logSoftmax(d2, 0), 'float64', 2);
  });

  it('of products', () => {
    agree(f1.dot(f1), 'float32', 0);
    agree(f2.dot(f1), 'float32', 1);
    agree(f1.dot(d2), 'float64', 1);
    agree(tno.dot(f2, f2), 'float32', 2);
    agree(tno.dot(i1, i0), 'int32', 1);
    agree(tno.outer(f1, i1), 'float32', 2);
  });

  it('of shapes', () => {
    agree(f2.T, 'float32', 2);
    agree(f3.transpose([2, 0, 1]), 'float32', 3);
    agree(f1.dimshuffle(['x', 0]), 'float32', 2);
    agree(tno.dimshuffle(f2, [1, 'x', 0]), 'float32', 3);
    agree(f2.reshape([-1]), 'float32', 1);
    agree(tno.reshape(f1, [2, i0, -1]), 'float32', 3);
    agree(f3.flatten(), 'float32', 1);
    agree(f3.flatten(2), 'float32', 2);
    agree(f2.shape, 'int64', 1);
    agree(tno.shapeOf(f2, 0), 'int64', 0);
    agree(tno.specifyShape(f2, [null, 1]), 'float32', 2);
    agree(tno.broadcastTo(f1, [3, 2]), 'float32', 2);
    agree(tno.broadcastTo(ndarray([1], 'int8'), [2]), 'int8', 1);
    agree(tno.full([2, i0], 1, 'int16'), 'int16', 2);
    agree(tno.full([2], d2.sum()), 'float64', 1);
    agree(tno.zeros([2, 3]), 'float32', 2);
    agree(tno.ones([], 'bool'), 'bool', 0);
    agree(tno.zerosLike(f2), 'float32', 2);
    agree(tno.onesLike(f2, 'int8'), 'int8', 2);
    agree(tno.arange(5), 'int64', 1);
    agree(tno.arange(i0), 'int64', 1);
    agree(tno.arange(0, i0, 2, 'int16'), 'int16', 1);
    agree(tno.arange(i0, i0, i0), 'int32', 1);
  });

  it('of indices', () => {
    agree(f1.at(0), 'float32', 0);
    agree(f2.at(i0), 'float32', 1);
    agree(f2.at(null, 1n), 'float32', 1);
    agree(f2.at(tno.slice(1, null)), 'float32', 2);
    agree(f2.at(0, 1), 'float32', 0);
    agree(f3.at(0, null, tno.slice(2)), 'float32', 2);
    agree(f3.at(0, 0, 0), 'float32', 0);
    agree(f2.at(l1), 'float32', 2);
    agree(f2.at(tno.lmatrix('m')), 'float32', 3);
    agree(f2.at(l1, l1), 'float32', 1);
    agree(f3.at(l1, l1), 'float32', 2);
    agree(f2.shape.at(0), 'int64', 0);
    agree(tno.at(f2, 0, null), 'float32', 1);
    agree(tno.at(f2, tno.arange(i0), l1), 'float32', 1);
    agree(f2.take(l1), 'float32', 2);
    agree(f2.take(tno.lmatrix('m'), 1), 'float32', 3);
    agree(tno.take(f2, i0, 0), 'float32', 1);
    agree(f2.setSubtensor([0], 1), 'float32', 2);
    agree(tno.incSubtensor(f2, [l1, l1], f1), 'float32', 2);
    agree(tno.flatNonzero(f2), 'int64', 1);
  });

  it('of gradients', () => {
    agree(tno.grad(f2.sum(), f2), 'float32', 2);
    const [g1, g2] = tno.grad(f2.dot(f1).sum().add(d2.sum()), [f1, d2]);
    agree(g1, 'float32', 1);
    agree(g2, 'float64', 2);
    agree(tno.grad(f1.sum(), i1, { disconnectedInputs: 'ignore' }), 'float32', 1);
  });

  it('as far as ranks are known: an open rank goes anywhere and stays open', () => {
    const open: TensorVariable<'float32'> = f2;
    agree(open.add(f1), 'float32', 2);
    agree(open.sum(), 'float32', 0);
    agree(open.dot(f1), 'float32', 1);
    agree(tno.softmax(open), 'float32', 2);
    agree(f1.at(tno.lscalar('k') as TensorVariable<'int64'>), 'float32', 0);
    expect(tno.switch(open.gt(0), f1, 1).rank).toBe(2);
  });
});

describe('methods', () => {
  it('are there for every function that takes a tensor first', () => {
    const others = new Set(['switchOp', 'arange', 'zeros', 'ones', 'full']);
    const plain = new Set([
      'broadcastTo',
      'specifyShape',
      'zerosLike',
      'onesLike',
      'shapeOf',
      'outer',
      'flatNonzero',
      ...['allclose', 'isclose', 'divmod', 'ceilIntDiv', 'choose', 'iround', 'deg2rad', 'rad2deg'],
      ...['elu', 'selu', 'gelu', 'swish', 'softsign', 'leakyRelu', 'hardSigmoid'],
      'ultraFastSigmoid',
    ]);
    const own = tno.fmatrix() as unknown as Record<string, unknown>;
    const renamed: Record<string, string> = { variance: 'var' };
    for (const name of Object.keys(functions)) {
      if (others.has(name) || plain.has(name)) continue;
      expect(own[renamed[name] ?? name], name).toBeDefined();
    }
  });

  it('do as the functions do', () => {
    const [x, y] = [tno.fmatrix('x'), tno.fmatrix('y')];
    const key = (v: TensorVariable): unknown => [
      v.owner?.op.key,
      v.owner?.inputs.map((input) => input.id),
    ];
    expect(key(x.sub(y))).toEqual(key(tno.sub(x, y)));
    expect(key(x.T)).toEqual(key(tno.transpose(x)));
    expect(key(x.max(1))).toEqual(key(tno.max(x, 1)));
    expect(key(x.cast('int8'))).toEqual(key(tno.cast(x, 'int8')));
  });

  it('are also those of shared variables and constants', () => {
    const w = tno.shared([1, 2], 'w', { device: tno.createReferenceDevice() });
    expect(w.add(1).rank).toBe(1);
    expect(tno.constant(ndarray([1], 'int8')).sum().dtype).toBe('int64');
  });

  it('are bound once, whatever is asked', () => {
    const before = Object.getOwnPropertyNames(TensorVariable.prototype);
    bindMethods();
    expect(Object.getOwnPropertyNames(TensorVariable.prototype)).toEqual(before);
    expect(Object.keys(tno.fmatrix())).not.toContain('add');
  });
});
