/** Types of compiled functions and shared variables. */
import { describe, expectTypeOf, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { FloatX, NDArray, SharedVariable, TensorVariable } from '../../src/index.js';

const [x, v, s] = [tno.fmatrix('x'), tno.fvector('v'), tno.fscalar('s')];
const [n, flag] = [tno.lscalar('n'), tno.scalar('flag', 'bool')];
const f32 = {} as NDArray<'float32'>;
const f64 = {} as NDArray<'float64'>;
const i64 = {} as NDArray<'int64'>;

describe('results', () => {
  it('are arrays, and JavaScript scalars for rank 0', () => {
    expectTypeOf(tno.function([x], x.mul(2))(f32)).toEqualTypeOf<NDArray<'float32'>>();
    expectTypeOf(tno.function([x], x.sum())(f32)).toEqualTypeOf<number>();
    expectTypeOf(tno.function([n], n.add(1))(1)).toEqualTypeOf<number>();
    expectTypeOf(tno.function([x], x.any())(f32)).toEqualTypeOf<boolean>();
    expectTypeOf(tno.function([tno.matrix()], tno.matrix().sum())([[1]])).toEqualTypeOf<number>();
  });

  it('are either where the rank is not known', () => {
    const open = x as TensorVariable<'float32'>;
    expectTypeOf(tno.function([x], open)(f32)).toEqualTypeOf<NDArray<'float32'> | number>();
  });

  it('have the structure of the outputs', () => {
    expectTypeOf(tno.function([x], null)(f32)).toEqualTypeOf<undefined>();
    expectTypeOf(tno.function([x])(f32)).toEqualTypeOf<undefined>();
    expectTypeOf(tno.function([x], [x, x.sum()])(f32)).toEqualTypeOf<
      [NDArray<'float32'>, number]
    >();
    expectTypeOf(tno.function([x], [])(f32)).toEqualTypeOf<[]>();
    expectTypeOf(
      tno.function([x], { total: x.sum(), where: x.argmax(1), some: x.any() })(f32),
    ).toEqualTypeOf<{
      total: number;
      where: NDArray<'int64'>;
      some: boolean;
    }>();
    const list: TensorVariable<'float32', 1>[] = [v];
    expectTypeOf(tno.function([v], list)(f32)).toEqualTypeOf<NDArray<'float32'>[]>();
  });
});

describe('arguments', () => {
  it('are positional for a list', () => {
    const f = tno.function([x, n, v], x.sum());
    f(f32, 3, new Float32Array(2));
    f([[1, 2]], 3n, [1, 2]);
    // @ts-expect-error: an array of another dtype
    f(f64, 3, [1]);
    // @ts-expect-error: a typed array of another dtype
    f(f32, 3, new Float64Array(2));
    // @ts-expect-error: in this order
    f(f32, [1], i64);
    // @ts-expect-error: too few
    f(f32, 3);
    // @ts-expect-error: too many
    f(f32, 3, [1], 4);
    // @ts-expect-error: text is no value
    f(f32, '3', [1]);
    // @ts-expect-error: a variable is no value
    f(x, 3, [1]);
  });

  it('are a record for a record', () => {
    const f = tno.function({ image: x, count: n }, x.sum());
    f({ image: f32, count: 3 });
    // @ts-expect-error: a key is missing
    f({ image: f32 });
    // @ts-expect-error: an unknown key
    f({ image: f32, count: 3, more: 1 });
    // @ts-expect-error: an array of another dtype
    f({ image: i64, count: 3 });
    // @ts-expect-error: a record, not a list
    f(f32, 3);
  });

  it('of unprefixed variables take arrays of any float dtype', () => {
    const f = tno.function([tno.matrix('x')], null);
    f(f32);
    f(f64);
    // @ts-expect-error: not of an integer dtype
    f(i64);
  });

  it('may be none', () => {
    const f = tno.function([], tno.zeros([2]));
    expectTypeOf(f()).toEqualTypeOf<NDArray<FloatX>>();
    // @ts-expect-error: none
    f(1);
  });
});

describe('into', () => {
  it('takes memory in the structure of the outputs', () => {
    const one = tno.function([x], x.mul(2));
    expectTypeOf(one.into(f32, f32)).toEqualTypeOf<NDArray<'float32'>>();
    one.into(new Float32Array(2), [[1, 2]]);
    // @ts-expect-error: of another dtype
    one.into(f64, f32);
    // @ts-expect-error: numbers are no memory
    one.into([[1]], f32);
    // @ts-expect-error: the arguments follow
    one.into(f32);
    const list = tno.function([x], [x, x.sum()]);
    expectTypeOf(list.into([f32, null], f32)).toEqualTypeOf<[NDArray<'float32'>, number]>();
    // @ts-expect-error: one for each output
    list.into([f32], f32);
    const record = tno.function({ x }, { y: x, some: x.any() });
    record.into({ y: f32 }, { x: f32 });
    record.into({ some: new Uint8Array(1) }, { x: f32 });
    // @ts-expect-error: an unknown key
    record.into({ z: f32 }, { x: f32 });
    // @ts-expect-error: nothing to write
    tno.function([x], null).into(f32, f32);
  });
});

describe('async', () => {
  it('takes what a call takes, then options, and promises what it gives', () => {
    const { signal } = new AbortController();
    const list = tno.function([x, n], [x, x.sum()]);
    expectTypeOf(list.async(f32, 1)).toEqualTypeOf<Promise<[NDArray<'float32'>, number]>>();
    void list.async(f32, 1, { signal });
    // @ts-expect-error: an argument is missing
    void list.async(f32, { signal });
    // @ts-expect-error: no such option
    void list.async(f32, 1, { abort: signal });
    const record = tno.function({ x }, x.sum());
    expectTypeOf(record.async({ x: f32 }, { signal })).toEqualTypeOf<Promise<number>>();
  });
});

describe('In and Out', () => {
  it('keep the types of their variables', () => {
    const list = tno.function([tno.In(x, { name: 'image' }), n], tno.Out(x, { borrow: true }));
    expectTypeOf(list(f32, 1)).toEqualTypeOf<NDArray<'float32'>>();
    // @ts-expect-error: an array of another dtype
    list(f64, 1);
    expectTypeOf(tno.function([x], [tno.Out(x), tno.Out(x.sum())])(f32)).toEqualTypeOf<
      [NDArray<'float32'>, number]
    >();
    const record = tno.function([x], { y: tno.Out(x) });
    expectTypeOf(record.into({ y: f32 }, f32)).toEqualTypeOf<{ y: NDArray<'float32'> }>();
    // @ts-expect-error: a value of another type
    tno.In(x, { value: 'text' });
    // @ts-expect-error: no such option
    tno.In(x, { mutable: true });
  });

  it('let calls leave out what has a value', () => {
    const list = tno.function([x, tno.In(n, { value: 1 }), tno.In(s, { value: 2 })], x);
    list(f32);
    list(f32, 1);
    list(f32, undefined, 3);
    // @ts-expect-error: x has none
    list();
    const record = tno.function({ x, n: tno.In(n, { value: 1 }) }, x);
    record({ x: f32 });
    record({ x: f32, n: 2 });
    // @ts-expect-error: x has none
    record({ n: 2 });
    // @ts-expect-error: of another type
    record({ x: f32, n: f32 });
    const middle = tno.function([tno.In(n, { value: 1 }), x], x);
    middle(undefined, f32);
    // @ts-expect-error: only those at the end may be left out
    middle(f32);
  });
});

describe('copy and eval', () => {
  it('keep the types', () => {
    const f = tno.function({ x }, [x, x.sum()]);
    expectTypeOf(f.copy({ deleteUpdates: true })).toEqualTypeOf<typeof f>();
    expectTypeOf(x.sum().eval({ x: f32 })).toEqualTypeOf<number>();
    expectTypeOf(x.eval([[x, f32]])).toEqualTypeOf<NDArray<'float32'>>();
  });
});

describe('options', () => {
  it('are checked', () => {
    const w = tno.shared([1, 2]);
    tno.function([v], null, {
      updates: [[w, v]],
      givens: [[s, 1]],
      mode: 'NONE',
      onUnusedInput: 'warn',
    });
    tno.function([v], null, {
      updates: new Map([[w, v]]),
      mode: tno.modes.FAST_RUN.excluding('fusion'),
    });
    // @ts-expect-error: only shared variables have updates
    tno.function([v], null, { updates: [[v, v]] });
    // @ts-expect-error: no such mode
    tno.function([v], null, { mode: 'FAST' });
    // @ts-expect-error: no such option
    tno.function([v], null, { update: [] });
    // @ts-expect-error: no such tag
    tno.modes.FAST_RUN.excluding('fuse');
    // @ts-expect-error: inputs are variables
    tno.function([3], null);
    // @ts-expect-error: outputs are variables
    tno.function([v], 3);
  });
});

describe('shared variables', () => {
  it('have the dtype and rank of their value', () => {
    expectTypeOf(tno.shared(0.5)).toEqualTypeOf<SharedVariable<FloatX, 0>>();
    expectTypeOf(tno.shared(true)).toEqualTypeOf<SharedVariable<'bool', 0>>();
    expectTypeOf(tno.shared(2n)).toEqualTypeOf<SharedVariable<'int64', 0>>();
    expectTypeOf(tno.shared([1, 2])).toEqualTypeOf<SharedVariable<FloatX, 1>>();
    expectTypeOf(tno.shared([[1], [2]])).toEqualTypeOf<SharedVariable<FloatX, 2>>();
    expectTypeOf(tno.shared(new Uint8Array(3))).toEqualTypeOf<SharedVariable<'uint8', 1>>();
    expectTypeOf(tno.shared(f32, 'w')).toEqualTypeOf<SharedVariable<'float32'>>();
    expectTypeOf(tno.shared(f32, 'w', { shape: [null, 1] })).toEqualTypeOf<
      SharedVariable<'float32', 2>
    >();
    expectTypeOf(tno.shared(f32).getValue()).toEqualTypeOf<NDArray<'float32'>>();
    // @ts-expect-error: text is no value
    tno.shared('1');
  });

  it('stand where variables stand', () => {
    const w = tno.shared([[1, 2]]);
    expectTypeOf(x.dot(w)).toEqualTypeOf<TensorVariable<'float32' | 'float64', 2>>();
    expectTypeOf(tno.grad(w.sum(), w)).toEqualTypeOf<TensorVariable<FloatX, 2>>();
    expectTypeOf(tno.function([flag], tno.switch(flag, w.sum(), 0))(true)).toEqualTypeOf<number>();
  });
});
