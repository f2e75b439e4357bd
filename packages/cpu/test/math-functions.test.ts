/**
 * The math functions on the cpu device, compiled and interpreted, against the C library's long double
 * versions, whose 64 bits of mantissa tell the error of a float64 to a thousandth of an ulp.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tno from '@tno/core';
import type { NDArray, TensorVariable } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { createCpuDevice } from '../src/index.js';
import { cc, inTemporaryFolder } from './compile-c.js';

interface MathFunction {
  readonly name: string;
  readonly apply: (...args: TensorVariable[]) => TensorVariable;
  readonly arity: 1 | 2;
  /** Of `long double` x and y. */
  readonly exact: string;
  /** Ulp that its results may be off. */
  readonly ulp: number;
}

const one = (
  name: string,
  apply: (x: TensorVariable) => TensorVariable,
  exact: string,
  ulp: number,
): MathFunction => ({ name, apply, arity: 1, exact, ulp });
const two = (
  name: string,
  apply: (x: TensorVariable, y: TensorVariable) => TensorVariable,
  exact: string,
  ulp: number,
): MathFunction => ({ name, apply, arity: 2, exact, ulp });

const functions: readonly MathFunction[] = [
  one('exp', tno.exp, 'expl(x)', 1),
  one('exp2', tno.exp2, 'exp2l(x)', 1),
  one('expm1', tno.expm1, 'expm1l(x)', 2),
  one('log', tno.log, 'logl(x)', 1),
  one('log2', tno.log2, 'log2l(x)', 1),
  one('log10', tno.log10, 'log10l(x)', 2),
  one('log1p', tno.log1p, 'log1pl(x)', 1.5),
  one('sigmoid', tno.sigmoid, 'x >= 0 ? 1 / (1 + expl(-x)) : expl(x) / (1 + expl(x))', 3),
  one('softplus', tno.softplus, '(x > 0 ? x : 0) + log1pl(expl(-fabsl(x)))', 2.5),
  one('tanh', tno.tanh, 'tanhl(x)', 2.5),
  one('sin', tno.sin, 'sinl(x)', 1),
  one('cos', tno.cos, 'cosl(x)', 1),
  one('tan', tno.tan, 'tanl(x)', 1),
  one('arcsin', tno.arcsin, 'asinl(x)', 1),
  one('arccos', tno.arccos, 'acosl(x)', 1),
  one('arctan', tno.arctan, 'atanl(x)', 1),
  one('sinh', tno.sinh, 'sinhl(x)', 2.5),
  one('cosh', tno.cosh, 'coshl(x)', 2.5),
  one('sqrt', tno.sqrt, 'sqrtl(x)', 0.5),
  one('reciprocal', tno.reciprocal, '1 / x', 0.5),
  two('arctan2', tno.arctan2, 'atan2l(x, y)', 1.5),
  two('pow', tno.pow, 'powl(x, y)', 1),
];

type FloatDType = 'float32' | 'float64';
const limits = {
  float32: { digits: 24, least: 2 ** -149, normal: 2 ** -126, most: (2 - 2 ** -23) * 2 ** 127 },
  float64: { digits: 53, least: 2 ** -1074, normal: 2 ** -1022, most: Number.MAX_VALUE },
};

/** Where functions are special, with their negatives. */
function specials(dtype: FloatDType): number[] {
  const { digits, least, normal, most } = limits[dtype];
  const positive = [
    ...[0, least, 3 * least, normal - least, normal, normal + least, 2 ** -30, 0.5, 1, 2, 3, 10],
    ...[1 - 2 ** -digits, 1 + 2 ** (1 - digits), Math.PI / 2, Math.PI, 88.7, 103.9, 709.7, 745.1],
    ...[2 ** 22, 2 ** 31, 2 ** 53, 1e22, most / 2, most, Infinity],
  ];
  return [NaN, ...positive, ...positive.map((x) => -x)];
}

const RANDOM = 20_000;

/** Numbers whose exponents are uniform: half of them in the whole range, half near 1. */
function random(dtype: FloatDType, seed: number): number[] {
  let state = seed;
  const next = (): number =>
    ((state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 0) / 2 ** 32;
  const widest = dtype === 'float32' ? 149 : 1074;
  return Array.from({ length: RANDOM }, (_, i) => {
    const exponent = Math.floor((2 * next() - 1) * (i % 2 === 0 ? 12 : widest));
    return (next() < 0.5 ? -1 : 1) * (1 + next() + next() * 2 ** -32) * 2 ** exponent;
  });
}

/** Arguments: pairs of all specials for two, then random ones. */
function argumentsOf(arity: 1 | 2, dtype: FloatDType): NDArray[] {
  const special = specials(dtype);
  const first = arity === 1 ? special : special.flatMap((x) => special.map(() => x));
  const second = special.flatMap(() => special);
  const lists = [
    [...first, ...random(dtype, 1)],
    [...second, ...random(dtype, 2)],
  ];
  return lists.slice(0, arity).map((list) => tno.ndarray(list, 'float64').astype(dtype) as NDArray);
}

/** The exact results, each as a float64 and what is missing to it. */
function exactResults(args: readonly NDArray[], exact: string): Float64Array {
  const source = `#include <math.h>
#include <stdio.h>
static long double f(long double x, long double y) { (void)y; return ${exact}; }
int main(int count, char **arguments) {
  FILE *in = fopen(arguments[1], "rb"), *out = fopen(arguments[2], "wb");
  double pair[2];
  while (count == 3 && fread(pair, 8, 2, in) == 2) {
    const long double r = f(pair[0], pair[1]);
    pair[0] = (double)r;
    pair[1] = isfinite(pair[0]) ? (double)(r - pair[0]) : 0;
    fwrite(pair, 8, 2, out);
  }
  return fclose(in) | fclose(out);
}
`;
  return inTemporaryFolder((folder) => {
    const [code, program, input, output] = ['f.c', 'f', 'in', 'out'].map((n) => join(folder, n));
    writeFileSync(code, source);
    cc(['-O1', '-std=gnu11', code, '-o', program, '-lm']);
    const pairs = new Float64Array(2 * args[0].size);
    for (let i = 0; i < args[0].size; i++)
      pairs.set([Number(args[0].data[i]), Number(args.at(-1)!.data[i])], 2 * i);
    writeFileSync(input, pairs);
    expect(spawnSync(program, [input, output]).status).toBe(0);
    const bytes = readFileSync(output);
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  });
}

function ulpOf(dtype: FloatDType, value: number): number {
  const { digits, least } = limits[dtype];
  const size = Math.abs(value);
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  return Math.max(least, 2 ** Math.max(exponent - digits + 1, -1074));
}

/** The worst error in ulp, and what is wrong where there is none: NaN, infinities, signs of zero. */
function compare(
  dtype: FloatDType,
  args: readonly NDArray[],
  got: NDArray,
  exact: Float64Array,
  allowed: number,
): { worst: number; wrong: string[] } {
  let worst = 0;
  const wrong: string[] = [];
  for (let i = 0; i < got.size; i++) {
    const [high, low] = [exact[2 * i], exact[2 * i + 1]];
    const rounded = dtype === 'float32' ? Math.fround(high) : high;
    const y = Number(got.data[i]);
    const nearLimit = Number.isFinite(high) && Math.abs(high) >= limits[dtype].most;
    if (Object.is(y, rounded)) {
      if (Number.isFinite(y) && y !== 0) {
        worst = Math.max(worst, Math.abs(y - high - low) / ulpOf(dtype, high));
      }
      continue;
    }
    const error = Math.abs(y - high - low) / ulpOf(dtype, high);
    const isNumber = Number.isFinite(y) && Number.isFinite(high) && (y !== 0 || high !== 0);
    if (isNumber && error <= allowed && Math.sign(y) * Math.sign(high) >= 0) {
      worst = Math.max(worst, error);
    } else if (!(nearLimit && Math.abs(y) >= limits[dtype].most)) {
      wrong.push(`${args.map(({ data }) => String(data[i])).join(', ')}: ${y}, not ${rounded}`);
    }
  }
  return { worst, wrong };
}

describe.each(['float32', 'float64'] as const)('math functions of %s', (dtype) => {
  const devices = (['compiled', 'interpreted'] as const).map((kernels) =>
    createCpuDevice({ kernels }),
  );

  it.each(functions.map((entry) => [entry.name, entry] as const))(
    '%s: NaN, infinities, zeros, subnormals and rounding',
    (_, { apply, arity, exact, ulp }) => {
      const args = argumentsOf(arity, dtype);
      const inputs = args.map((_, k) => tno.vector(`x${k}`, dtype));
      const [compiled, interpreted] = devices.map((device) =>
        tno.function(inputs, apply(...inputs), { device })(...(args as never[])),
      ) as NDArray[];
      expect(interpreted.equals(compiled)).toBe(true);
      const { worst, wrong } = compare(dtype, args, compiled, exactResults(args, exact), ulp);
      expect(wrong.slice(0, 5)).toEqual([]);
      // The oracle and the bound mean something.
      expect(worst).toBeGreaterThan(0.3);
      expect(worst).toBeLessThanOrEqual(ulp);
    },
  );
});
