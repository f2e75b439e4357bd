/** Special functions on the cpu device, interpreted and compiled. */
import * as tno from '@tno/core';
import { describe, expect, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { specialFunctions } from '../../core/src/lower/scalar-op.js';
import { special } from '../../core/src/ops/special-op.js';
import { allowedError, specialValues } from '../../core/test/support/special-values.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { createCpuDevice } from '../src/index.js';

const ops = specialFunctions.map((name) => special(name, () => []));
const values = specialFunctions.map(specialValues);
const inputs = values.map((list) => list[0].args.map((_, k) => list.map(({ args }) => args[k])));

/** What all special functions give at the recorded arguments. */
function results(dtype: 'float64' | 'float32', device: tno.Device): tno.NDArray[] {
  const leaves = inputs.map((columns) => columns.map(() => tno.tensor(dtype, [null])));
  const outputs = leaves.map((list, k) => ops[k](...list));
  const f = tno.function(leaves.flat(), outputs, { device });
  const call = f as (...arrays: tno.NDArray[]) => tno.NDArray[];
  return call(...inputs.flat().map((column) => tno.ndarray(column, dtype)));
}

describe('special functions on the CPU', () => {
  const interpreted = createCpuDevice({ kernels: 'interpreted' });
  const compiled = createCpuDevice({ kernels: 'compiled' });

  it.each(['float64', 'float32'] as const)(
    'have the same bits interpreted and compiled, in %s',
    (dtype) => {
      const [a, b] = [results(dtype, interpreted), results(dtype, compiled)];
      a.forEach((x, k) => expect(x.toNested(), specialFunctions[k]).toEqual(b[k].toNested()));
    },
    120_000,
  );

  it('give the recorded values', () => {
    const wrong = results('float64', interpreted).flatMap((found, k) => {
      const name = specialFunctions[k];
      return (found.toNested() as number[]).flatMap((got, i) => {
        const { args, value } = values[k][i];
        const close = Math.abs(got - value) <= allowedError(name, value);
        return close || Object.is(got, value)
          ? []
          : [`${name}(${args.join(', ')}): expected ${value}, got ${got}`];
      });
    });
    expect(wrong).toEqual([]);
  });
});
