/** verifyGrad of every op, in every float dtype, to the order that its row says. */
import { type DType, evaluate, grad, sum, type TensorVariable, verifyGrad } from '@tno/core';
import { casesOf, graphOf, outputsOf, type Case } from './cases.js';
import type { Outcome } from './outcome.js';
import type { Family, Gradient, Row } from './row.js';
import { floats, isFloat } from './values.js';

/** One verification: of one call of an op in one dtype, or that its gradient is zero. */
export interface GradientCase {
  readonly id: string;
  readonly verify: () => void;
}

export function gradientCases(family: Family): GradientCase[] {
  return family.rows.flatMap((row) => {
    const { gradient } = row;
    if (gradient.kind === 'none') return [];
    return floats
      .filter((dtype) => row.dtypes.includes(dtype) && isWanted(gradient, dtype))
      .flatMap((dtype) =>
        valueCases(withPoints(row, gradient), dtype)
          .filter(({ call }) => isChecked(gradient, call.about))
          .map((entry) => ({
            id: [row.op, entry.call.about, dtype, 'gradient']
              .filter((word) => word !== '')
              .join(' '),
            verify: () =>
              gradient.kind === 'zero' ? verifyZero(entry) : verifySmooth(entry, gradient),
          })),
      );
  });
}

export function runGradients(family: Family): Outcome {
  const cases = gradientCases(family);
  const mismatches = cases.flatMap(({ id, verify }) => {
    try {
      verify();
      return [];
    } catch (error) {
      return [
        { id, what: (error instanceof Error ? error.message : String(error)).split('\n')[0] },
      ];
    }
  });
  return { cases: cases.length, mismatches };
}

const isWanted = (gradient: Gradient, dtype: DType): boolean =>
  gradient.kind !== 'smooth' || gradient.dtypes === undefined || gradient.dtypes.includes(dtype);

const isChecked = (gradient: Gradient, about: string): boolean =>
  gradient.kind !== 'smooth' || gradient.calls === undefined || gradient.calls.includes(about);

/** The row with the values that its gradient asks for. */
function withPoints(row: Row, gradient: Gradient): Row {
  if (gradient.kind !== 'smooth' || gradient.points === undefined) return row;
  const { points } = gradient;
  const calls = row.calls.map((call) => ({
    ...call,
    inputs: call.inputs.map((input, k) => ({ ...input, values: points[k] ?? input.values })),
  }));
  return { ...row, calls };
}

const valueCases = (row: Row, dtype: DType): Case[] =>
  casesOf({ name: '', title: '', rows: [{ ...row, dtypes: [dtype] }] }).cases.filter(
    ({ cell }) => cell === 'value',
  );

function verifySmooth(
  entry: Case,
  { order, step, tolerance }: Extract<Gradient, { kind: 'smooth' }>,
): void {
  const { outputs } = graphOf(entry);
  outputs.forEach((output, k) => {
    if (!isFloat(output.dtype)) return;
    const of = (...inputs: TensorVariable[]): TensorVariable => outputsOf(entry.call, inputs)[k];
    verifyGrad(of, entry.operands, {
      order,
      ...(step !== undefined && { step }),
      ...(tolerance !== undefined && { tolerance }),
    });
  });
}

/** The gradient of the sum of the outputs is there, and 0. */
function verifyZero(entry: Case): void {
  const { leaves, values, outputs } = graphOf(entry);
  const wrt = leaves.filter(({ dtype }) => isFloat(dtype));
  for (const output of outputs) {
    const gradients = evaluate(
      grad(sum(output), wrt),
      new Map(leaves.map((leaf, k) => [leaf, values[k]])),
    );
    gradients.forEach((gradient, k) => {
      const shape = values[leaves.indexOf(wrt[k])].shape.join();
      if (
        gradient.shape.join() !== shape ||
        gradient
          .toNested()
          .toString()
          .match(/[^0,-]/)
      ) {
        throw new Error(`expected a gradient of zeros, got ${gradient.toString()}`);
      }
    });
  }
}
