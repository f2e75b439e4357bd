/** Makers of rows: what ops of a kind have in common is said here once. */
import * as tno from '@tno/core';
import type { Call, Cell, Failure, Gradient, Input, Names, Row, Values } from './row.js';
import { all, real } from './values.js';

/**
 * Names elsewhere: by default `x`, `np.x`, `torch.x`, `jnp.x`.
 * @param others a name where it differs, null where there is none
 */
export function named(name: string, others: Partial<Names> = {}): Names {
  return {
    theano: name,
    numpy: `np.${name}`,
    pytorch: `torch.${name}`,
    jax: `jnp.${name}`,
    ...others,
  };
}

/** Differentiable; verifyGrad to second order unless told otherwise. */
export function smooth(more: Partial<Extract<Gradient, { kind: 'smooth' }>> = {}): Gradient {
  return { kind: 'smooth', order: 2, ...more };
}
export const piecewiseConstant: Gradient = { kind: 'zero', why: 'piecewise constant' };
export const givesBool: Gradient = { kind: 'zero', why: 'its result is bool' };
export const givesIntegers: Gradient = { kind: 'zero', why: 'its result is integers' };

type Op = (...inputs: tno.TensorVariable[]) => tno.TensorVariable;
type Optional = 'dtypes' | 'calls' | 'failures';

/** What a row of an elementwise op says. */
export interface Elementwise extends Omit<Row, Optional | 'op'> {
  readonly dtypes?: Row['dtypes'];
  readonly oracle: string;
  readonly build?: Op;
  /** One for each operand; a single one is for all. */
  readonly values?: Values | readonly Values[];
  /** Dtypes of operands that have their own. */
  readonly operandDTypes?: readonly (tno.DType | undefined)[];
  readonly operands?: number;
  readonly blank?: Partial<Record<Cell, string>>;
  readonly failures?: readonly Failure[];
}

/** A way of calling: see Call. */
export function way(
  about: string,
  inputs: readonly Input[],
  more: Omit<Call, 'about' | 'inputs'>,
): Call {
  return { about, inputs, ...more };
}

/** A row of any op; it takes all dtypes unless told otherwise. */
export function row(
  op: string,
  {
    dtypes = all,
    failures = [],
    ...more
  }: Omit<Row, Optional | 'op'> & Partial<Row> & Pick<Row, 'calls'>,
): Row {
  return { op, dtypes, failures, ...more };
}

const functions = tno as unknown as Readonly<Record<string, Op>>;

/** Sizes with which `count` operands meet pair by pair: one long axis each. */
const crossed = (count: number, size: number): number[][] =>
  Array.from({ length: count }, (_, k) =>
    Array.from({ length: count }, (_, axis) => (axis === k ? size : 1)),
  );

/** A row of an elementwise op of one operand or more. */
export function elementwise(op: string, options: Elementwise): Row {
  const {
    oracle,
    build = functions[op],
    values = real,
    operandDTypes = [],
    operands: n = 1,
    blank,
    dtypes = all,
    failures = [],
    ...rest
  } = options;
  const inputs = Array.from({ length: n }, (_, k): Input => {
    const dtype = operandDTypes[k];
    const own = typeof values === 'function' ? values : values[k];
    return { shape: [3, 4], values: own, ...(dtype && { dtype }) };
  });
  const call: Call = {
    about: '',
    inputs,
    build,
    oracle,
    shapes: {
      special: n === 1 ? [[12]] : crossed(n, n === 2 ? 10 : 5),
      ...(n > 1 && {
        broadcast: [
          [3, 1],
          [1, 4],
          [3, 4],
        ].slice(0, n),
      }),
    },
    ...(blank && { blank }),
  };
  const takesAll = n === 1 && failures.length === 0 && dtypes.length === tno.dtypes.length;
  return row(op, {
    elementwise: true,
    ...(takesAll && { cannotFail: 'takes any tensor, element by element' }),
    ...rest,
    dtypes,
    calls: [call],
    failures,
  });
}

/** Building fails. */
export function failsAtBuild(about: string, message: RegExp, attempt: () => unknown): Failure {
  return { about, when: 'build', attempt, message };
}

/**
 * A function of operands of open sizes is built, and fails when it is called with these; where their sizes
 * are known, building fails.
 */
export function failsAtRun(
  about: string,
  message: RegExp,
  operands: readonly tno.NDArray[],
  build: Call['build'],
): Failure {
  return { about, when: 'run', message, operands, build, byValues: false };
}

/** A function of operands is built, and fails when it is called with these, for their values. */
export function failsByValues(
  about: string,
  message: RegExp,
  operands: readonly tno.NDArray[],
  build: Call['build'],
): Failure {
  return { about, when: 'run', message, operands, build, byValues: true };
}
