/** What the type checker knows of dtypes and ranks. The run-time half is src/tensor/methods.test.ts. */
/* eslint-disable @typescript-eslint/restrict-plus-operands, @typescript-eslint/no-unsafe-call -- mistakes on purpose */
import { describe, expectTypeOf, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { FloatX, NDArray, TensorVariable } from '../../src/index.js';

const [x, v, s] = [tno.fmatrix('x'), tno.fvector('v'), tno.fscalar('s')];
const [i, k] = [tno.ivector('i'), tno.lscalar('k')];
const open = x as TensorVariable<'float32'>;

describe('constructors', () => {
  it('have the dtype of their prefix and the rank of their name', () => {
    expectTypeOf(tno.fmatrix('x')).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.dscalar()).toEqualTypeOf<TensorVariable<'float64', 0>>();
    expectTypeOf(tno.lvector('y')).toEqualTypeOf<TensorVariable<'int64', 1>>();
    expectTypeOf(tno.btensor4()).toEqualTypeOf<TensorVariable<'int8', 4>>();
    expectTypeOf(tno.wrow()).toEqualTypeOf<TensorVariable<'int16', 2>>();
    expectTypeOf(tno.icol()).toEqualTypeOf<TensorVariable<'int32', 2>>();
  });

  it('are floatX without a prefix, or of a given dtype', () => {
    expectTypeOf(tno.matrix('x')).toEqualTypeOf<TensorVariable<FloatX, 2>>();
    expectTypeOf<FloatX>().toEqualTypeOf<'float16' | 'float32' | 'float64'>();
    expectTypeOf(tno.tensor3('x', 'uint8')).toEqualTypeOf<TensorVariable<'uint8', 3>>();
    expectTypeOf(tno.vector(undefined, 'bool')).toEqualTypeOf<TensorVariable<'bool', 1>>();
    expectTypeOf(tno.tensor('int8', [null, 1, 3])).toEqualTypeOf<TensorVariable<'int8', 3>>();
    // @ts-expect-error: no such dtype
    tno.vector('x', 'float');
    // @ts-expect-error: a name is text
    tno.fmatrix(3);
  });
});

describe('arithmetic', () => {
  it('promotes dtypes and takes the larger rank', () => {
    expectTypeOf(x.add(v)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(i.mul(x)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(i.add(k)).toEqualTypeOf<TensorVariable<'int64', 1>>();
    expectTypeOf(tno.sub(tno.dvector(), x)).toEqualTypeOf<TensorVariable<'float64', 2>>();
    expectTypeOf(i.div(k)).toEqualTypeOf<TensorVariable<FloatX, 1>>();
    expectTypeOf(v.sigmoid().log()).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(i.exp()).toEqualTypeOf<TensorVariable<FloatX, 1>>();
    expectTypeOf(x.gt(v)).toEqualTypeOf<TensorVariable<'bool', 2>>();
  });

  it('takes literals as weak', () => {
    expectTypeOf(x.mul(0.5)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(i.add(1)).toEqualTypeOf<TensorVariable<'int32', 1>>();
    expectTypeOf(i.add(0.5)).toEqualTypeOf<TensorVariable<FloatX, 1>>();
    expectTypeOf(i.add(0 as number)).toEqualTypeOf<TensorVariable<'int32' | FloatX, 1>>();
    expectTypeOf(tno.mul(2, k)).toEqualTypeOf<TensorVariable<'int64', 0>>();
    expectTypeOf(tno.maximum(x, 0)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(i.clip(0, 9)).toEqualTypeOf<TensorVariable<'int32', 1>>();
  });

  it('takes arrays, whose rank is not known, and operands of open rank', () => {
    const array = {} as NDArray<'float64'>;
    expectTypeOf(x.add(array)).toEqualTypeOf<TensorVariable<'float64'>>();
    const typed = new Float64Array(3);
    expectTypeOf(v.add(typed)).toEqualTypeOf<TensorVariable<'float64', 1>>();
    expectTypeOf(x.div(new Float32Array(3))).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.dot(typed)).toEqualTypeOf<TensorVariable<'float64', 1>>();
    expectTypeOf(v.gt(typed)).toEqualTypeOf<TensorVariable<'bool', 1>>();
    expectTypeOf(open.add(v)).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(v.add(open)).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(x.add({} as tno.TensorLike)).toEqualTypeOf<TensorVariable>();
  });

  it('is not that of JavaScript', () => {
    // @ts-expect-error: symbols have methods
    void (x + v);
    // @ts-expect-error: symbols have methods
    void (x * 2);
    // @ts-expect-error: identity of unlike things
    void (x === 1);
    // @ts-expect-error: a string is no operand
    x.add('1');
    // @ts-expect-error: one operand
    x.add();
    // @ts-expect-error: no such method
    x.plus(v);
  });
});

describe('choice, casts and comparison', () => {
  it('follow all operands', () => {
    expectTypeOf(tno.switch(v.gt(0), x, 0)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.where(x.gt(0), i, k)).toEqualTypeOf<TensorVariable<'int64', 2>>();
    expectTypeOf(x.cast('int8')).toEqualTypeOf<TensorVariable<'int8', 2>>();
    expectTypeOf(tno.cast(open, 'bool')).toEqualTypeOf<TensorVariable<'bool'>>();
    // @ts-expect-error: no such dtype
    x.cast('double');
  });
});

describe('reductions', () => {
  it('drop what they reduce, or keep it on request', () => {
    expectTypeOf(x.sum()).toEqualTypeOf<TensorVariable<'float32', 0>>();
    expectTypeOf(x.sum(0)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.mean(x, 1, { keepdims: true })).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.ftensor4().max([0, -1])).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.max([] as number[])).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(x.sum({} as tno.Axes)).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(open.sum(0)).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(open.sum()).toEqualTypeOf<TensorVariable<'float32', 0>>();
  });

  it('have their own dtypes', () => {
    expectTypeOf(i.sum()).toEqualTypeOf<TensorVariable<'int64', 0>>();
    expectTypeOf(tno.vector('u', 'uint8').prod()).toEqualTypeOf<TensorVariable<'uint64', 0>>();
    expectTypeOf(i.mean()).toEqualTypeOf<TensorVariable<FloatX, 0>>();
    expectTypeOf(i.max()).toEqualTypeOf<TensorVariable<'int32', 0>>();
    expectTypeOf(x.argmax(1)).toEqualTypeOf<TensorVariable<'int64', 1>>();
    expectTypeOf(x.any()).toEqualTypeOf<TensorVariable<'bool', 0>>();
    expectTypeOf(x.var(0, { ddof: 1 })).toEqualTypeOf<TensorVariable<'float32', 1>>();
    // @ts-expect-error: no such option
    x.sum(0, { keepDims: true });
    // @ts-expect-error: axes are numbers
    x.sum('0');
  });

  it('include softmax, which reduces nothing', () => {
    expectTypeOf(tno.softmax(x)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(tno.logSoftmax(i, 0)).toEqualTypeOf<TensorVariable<FloatX, 1>>();
    expectTypeOf(x.logsumexp(1)).toEqualTypeOf<TensorVariable<'float32', 1>>();
  });
});

describe('products', () => {
  it('have the rank of linear algebra', () => {
    expectTypeOf(v.dot(v)).toEqualTypeOf<TensorVariable<'float32', 0>>();
    expectTypeOf(x.dot(v)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(v.dot(x)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.dot(x, tno.dmatrix())).toEqualTypeOf<TensorVariable<'float64', 2>>();
    expectTypeOf(open.dot(v)).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(tno.outer(v, v)).toEqualTypeOf<TensorVariable<'float32', 2>>();
  });
});

describe('shapes', () => {
  it('have as many axes as sizes', () => {
    expectTypeOf(x.reshape([k, -1, 2])).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(x.reshape([])).toEqualTypeOf<TensorVariable<'float32', 0>>();
    expectTypeOf(tno.reshape(x, [] as number[])).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(v.dimshuffle([0, 'x'])).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.flatten()).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(x.T).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.shape).toEqualTypeOf<TensorVariable<'int64', 1>>();
    expectTypeOf(x.shape.at(0)).toEqualTypeOf<TensorVariable<'int64', 0>>();
    expectTypeOf(tno.zeros([2, k])).toEqualTypeOf<TensorVariable<FloatX, 2>>();
    expectTypeOf(tno.full([2], 0, 'int8')).toEqualTypeOf<TensorVariable<'int8', 1>>();
    expectTypeOf(tno.specifyShape(open, [null, 1])).toEqualTypeOf<TensorVariable<'float32', 2>>();
    // @ts-expect-error: only 'x' adds an axis
    v.dimshuffle([0, 'y']);
    // @ts-expect-error: sizes come as a list
    v.reshape(2, 3);
  });
});

describe('indices', () => {
  it('drop, keep or pick', () => {
    const rows = tno.lvector('rows');
    expectTypeOf(x.at(0)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(x.at(null, k)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(x.at(tno.slice(1, null), tno.slice(2))).toEqualTypeOf<
      TensorVariable<'float32', 2>
    >();
    expectTypeOf(x.at(0, 1)).toEqualTypeOf<TensorVariable<'float32', 0>>();
    expectTypeOf(tno.ftensor4().at(0, null, 0, null)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.at(rows)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.at(tno.arange(k), rows)).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(x.at(null, rows)).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(x.at('x', 0)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.at('...', tno.newAxis)).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(x.at(x.gt(0))).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(x.at(rows.gt(0))).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(x.take(tno.lmatrix(), 1)).toEqualTypeOf<TensorVariable<'float32', 3>>();
    expectTypeOf(open.at(0)).toEqualTypeOf<TensorVariable<'float32'>>();
    expectTypeOf(x.setSubtensor([0], 1)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    // @ts-expect-error: indices of an assignment come as a list
    x.setSubtensor(0, 1);
    // @ts-expect-error: a variable has no elements to assign to
    x[0] = 1;
  });
});

describe('gradients', () => {
  it('have the type of what they are by', () => {
    const cost = x.sum();
    expectTypeOf(tno.grad(cost, x)).toEqualTypeOf<TensorVariable<'float32', 2>>();
    const [gx, gv] = tno.grad(cost, [x, v]);
    expectTypeOf(gx).toEqualTypeOf<TensorVariable<'float32', 2>>();
    expectTypeOf(gv).toEqualTypeOf<TensorVariable<'float32', 1>>();
    expectTypeOf(tno.grad(cost, i)).toEqualTypeOf<TensorVariable<FloatX, 1>>();
    expectTypeOf(tno.grad(cost, [] as TensorVariable[])).items.toMatchTypeOf<TensorVariable>();
    // @ts-expect-error: by a variable
    tno.grad(cost, 3);
  });
});

it('a variable stands for a more general one, and for no other', () => {
  expectTypeOf(x).toExtend<TensorVariable>();
  expectTypeOf(x).toExtend<TensorVariable<'float32'>>();
  expectTypeOf(x).toExtend<TensorVariable<'float32' | 'int8', 1 | 2>>();
  expectTypeOf<TensorVariable>().not.toExtend<TensorVariable<'float32'>>();
  expectTypeOf(x).not.toExtend<TensorVariable<'float64', 2>>();
  expectTypeOf(x).not.toExtend<TensorVariable<'float32', 1>>();
  expectTypeOf<tno.SharedVariable<'float32', 1>>().toExtend<TensorVariable<'float32', 1>>();
});

it('an open rank is accepted where the library asks for one', () => {
  expectTypeOf(x.at(k as TensorVariable<'int64'>)).toEqualTypeOf<TensorVariable<'float32'>>();
  expectTypeOf(tno.outer(open, v)).toEqualTypeOf<TensorVariable<'float32', 2>>();
  expectTypeOf(tno.softmax(open)).toEqualTypeOf<TensorVariable<'float32'>>();
  expectTypeOf(s.add(open)).toEqualTypeOf<TensorVariable<'float32'>>();
});
