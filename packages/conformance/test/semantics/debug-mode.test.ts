/** DebugMode gives what other modes give where nothing is wrong: loops, branches, late sizes, routines, updates. */
import * as tno from '@tno/core';
import type { NDArray, TensorVariable } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { f64, of, ways } from './every-way.js';

const [x, m, n] = [tno.dvector('x'), tno.dmatrix('m'), tno.lscalar('n')];
const values = new Map<TensorVariable, NDArray>([
  [x, f64([1, -2, 3])],
  [m, f64([[1, 2], [3, 5]])], // prettier-ignore
  [n, of('int64', 1)],
]);
const square = tno.opFromGraph([x], [x.sqr().add(1)]);

const formulas: Readonly<Record<string, readonly TensorVariable[]>> = {
  'a loop over rows': [tno.jacobian(x.sqr(), x)],
  'a loop in a gradient': [tno.hessian(x.pow(3).sum(), x)],
  'a branch': [tno.ifElse(n.gt(0), x.exp().sum(), x.sum())],
  'a size known late': [x.at(tno.nonzero(x.gt(0))[0]).sum()],
  'parts put together': [tno.concatenate([x, x.mul(2)], 0), tno.pad(x, [[1, 1]])],
  'parts that are set': [x.setSubtensor([tno.slice(0, 2)], [7, 8]), x.incSubtensor([1], 5)],
  routines: [tno.sort(x), tno.cumsum(x), tno.linalg.inverse(m), tno.linalg.det(m)],
  products: [m.dot(m), tno.grad(m.dot(m).sum(), m)],
  'a graph in a graph': [square(x)].flat(),
};

describe.each(ways.filter(({ mode }) => mode === 'FAST_RUN'))('$name', ({ device }) => {
  it.each(Object.entries(formulas))('%s', (_about, outputs) => {
    const inputs = [x, m, n];
    const [plain, checked] = (['FAST_RUN', 'DebugMode'] as const).map((mode) => {
      const f = tno.function(inputs, [...outputs], { mode, device, onUnusedInput: 'ignore' });
      return (f as unknown as (...args: unknown[]) => unknown[])(...values.values());
    });
    expect(checked.map(String)).toEqual(plain.map(String));
  });

  it('updates', () => {
    const [plain, checked] = (['FAST_RUN', 'DebugMode'] as const).map((mode) => {
      const w = tno.shared(values.get(m) as NDArray, 'w', { device, shape: [null, null] });
      const updates = [[w, w.sub(m.dot(w).mul(0.1))]] as never;
      const f = tno.function([m], m.dot(w).sum(), { updates, mode, device });
      return [f([[1, 2], [3, 5]]), f([[0, 1], [1, 0]]), String(w.getValue())]; // prettier-ignore
    });
    expect(checked).toEqual(plain);
  });
});
