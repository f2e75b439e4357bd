/** What all special functions share; their values are tested with the texts, in special/. */
import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { specialCases } from '../../test/support/special-cases.js';
import { grad } from '../grad/grad.js';
import { verifyGrad } from '../grad/verify-grad.js';
import type { TensorVariable } from '../graph/variable.js';
import { specialFunctions } from '../lower/scalar-op.js';
import * as surface from '../tensor/special-functions.js';
import { dvector, fvector, lvector, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { asVariable } from './as-variable.js';
import * as bessel from './bessel.js';
import * as errors from './error-functions.js';
import * as gammas from './gamma.js';
import * as hypergeometric from './hypergeometric.js';
import * as incompleteBeta from './incomplete-beta.js';
import * as incompleteGamma from './incomplete-gamma.js';
import * as logarithms from './logarithms.js';
import * as owens from './owens-t.js';
import { sum } from './reduce.js';

const modules = [
  errors,
  logarithms,
  gammas,
  incompleteGamma,
  incompleteBeta,
  bessel,
  owens,
  hypergeometric,
];

describe.each(specialCases)('the gradient of $name', ({ f, points, constant = [], once }) => {
  const arrays = points.map((values) => ndarray(values as number[], 'float64'));
  const varies = arrays.map((_, k) => !constant.includes(k));
  /** `f` of what varies alone. */
  const free = (...inputs: TensorVariable[]): TensorVariable => {
    const rest = [...inputs];
    return f(
      ...arrays.map((x, k) => (varies[k] ? (rest.shift() as TensorVariable) : asVariable(x))),
    );
  };
  const leaves = arrays.filter((_, k) => varies[k]);

  const order = once === true ? 1 : 2;
  it(`agrees with finite differences, to order ${order}`, () =>
    verifyGrad(free, leaves, { order }));
});

describe('special functions', () => {
  it('each have an op', () => {
    const ops = modules.flatMap((module) =>
      Object.values(module).flatMap((value) => ('op' in value ? [value.op.name] : [])),
    );
    expect(specialFunctions.filter((name) => !ops.includes(name))).toEqual([]);
  });

  it('are all tested for their gradients', () => {
    const tested = new Set(specialCases.map(({ name }) => name));
    expect(Object.keys(surface).filter((name) => !tested.has(name) && name !== 'log1pexp')).toEqual(
      [],
    );
  });

  it('make floatX of integers and keep floats', () => {
    for (const x of [lvector(), tensor('bool', [null]), fvector()])
      expect(errors.erf(x).dtype).toBe('float32');
    expect(errors.erf(tensor('float16', [null])).dtype).toBe('float16');
    expect(logarithms.xlogy(dvector(), fvector()).dtype).toBe('float64');
  });

  it('are computed in float64 and rounded once', () => {
    const x = ndarray([0.3, -1.7], 'float32');
    const wide = run(errors.erfcx, [x.astype('float64')]);
    expect(run(errors.erfcx, [x]).toNested()).toEqual(wide.astype('float32').toNested());
    const half = x.astype('float16');
    const exact = run(errors.erfcx, [half.astype('float64')]);
    expect(run(errors.erfcx, [half]).toNested()).toEqual(exact.astype('float16').toNested());
  });

  it('take their limits', () => {
    const edges = ndarray([-Infinity, 0, Infinity, NaN]);
    expect(run(errors.erf, [edges]).toNested()).toEqual([-1, 0, 1, NaN]);
    expect(run(errors.erfc, [edges]).toNested()).toEqual([2, 1, 0, NaN]);
    expect(run(errors.erfcx, [edges]).toNested()).toEqual([Infinity, 1, 0, NaN]);
    expect(run(errors.logErfc, [edges]).toNested()).toEqual([Math.LN2, -0, -Infinity, NaN]);
    expect(run(errors.logNdtr, [edges]).toNested()).toEqual([-Infinity, -Math.LN2, -0, NaN]);
    expect(run(errors.erfinv, [ndarray([-1, 1, 1.5])]).toNested()).toEqual([
      -Infinity,
      Infinity,
      NaN,
    ]);
    expect(run(errors.ndtri, [ndarray([0, 0.5, 1, 2])]).toNested()).toEqual([
      -Infinity,
      -0,
      Infinity,
      NaN,
    ]);
    expect(run(errors.ndtriExp, [ndarray([-Infinity, 0, 1])]).toNested()).toEqual([
      -Infinity,
      Infinity,
      NaN,
    ]);
    expect(run(logarithms.xlogx, [ndarray([0, 1])]).toNested()).toEqual([0, 0]);
    expect(run(logarithms.xlogy, [ndarray([0, 0]), ndarray([0, NaN])]).toNested()).toEqual([
      0,
      NaN,
    ]);
    expect(run(logarithms.log1mexp, [ndarray([0, -Infinity, 1])]).toNested()).toEqual([
      -Infinity,
      -0,
      NaN,
    ]);
  });

  it('ndtri does not wrap integers', () => {
    expect(run(errors.ndtri, [ndarray([-128, 1], 'int8')]).toNested()).toEqual([NaN, Infinity]);
  });

  it('xlogy has no gradient by y where x is 0', () => {
    const values = run(
      (p, q) => grad(sum(logarithms.xlogy(p, q)), q),
      [ndarray([0, 2]), ndarray([0, 4])],
    );
    expect(values.toNested()).toEqual([0, 0.5]);
  });
});
