/** verifyGrad of every op, in every float dtype, to the order that its row says. */
import {
  considerConstant,
  type DType,
  evaluate,
  grad,
  sum,
  type TensorVariable,
  verifyGrad,
} from '@tno/core';
import { casesOf, graphOf, outputsOf, type Case } from './cases.js';
import { largest } from './fuzz/elements.js';
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
    if (gradient.kind === 'none' || gradient.kind === 'elsewhere') return [];
    return floats
      .filter((dtype) => row.dtypes.includes(dtype) && isWanted(gradient, dtype))
      .flatMap((dtype) =>
        valueCases(withPoints(row, gradient), dtype)
          .filter(({ call }) => isChecked(gradient, call.about))
          .map((entry) => ({
            id: [row.op, entry.call.about, dtype, 'gradient']
              .filter((word) => word !== '')
              .join(' '),
            verify: () => {
              if (gradient.kind === 'zero') verifyZero(entry);
              else if (gradient.kind === 'draw') verifyShare(entry, gradient);
              else verifySmooth(entry, gradient);
            },
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

function isWanted(gradient: Gradient, dtype: DType): boolean {
  if (gradient.kind === 'draw') return dtype === 'float64';
  return gradient.kind !== 'smooth' || (gradient.dtypes?.includes(dtype) ?? true);
}

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
  { order, step, tolerance, of = entry.call.build }: Extract<Gradient, { kind: 'smooth' }>,
): void {
  const call = { ...entry.call, build: of };
  const { outputs } = graphOf({ ...entry, call });
  outputs.forEach((output, k) => {
    if (!isFloat(output.dtype)) return;
    const one = (...inputs: TensorVariable[]): TensorVariable => outputsOf(call, inputs)[k];
    verifyGrad(one, entry.operands, {
      order,
      ...(step !== undefined && { step }),
      ...(tolerance !== undefined && { tolerance }),
    });
  });
}

const LARGEST_MOVE = 1e-5;

/** What lies below a draw moves with the parameters where the draw is held, and stays where it moves too. */
function verifyShare(entry: Case, { of, share }: Extract<Gradient, { kind: 'draw' }>): void {
  const { leaves, values } = graphOf(entry);
  const parameters = leaves.slice(1);
  const [draw] = outputsOf({ build: of }, leaves);
  const moves = [draw, considerConstant(draw)].map((x) =>
    evaluate(
      grad(sum(share(x, ...parameters)), parameters),
      new Map(leaves.map((leaf, k) => [leaf, values[k]])),
    ),
  );
  parameters.forEach((parameter, k) => {
    const [moved, held] = moves.map((gradients) => largest(gradients[k]));
    if (!(held > 0 && moved <= LARGEST_MOVE * held))
      throw new Error(
        `expected a share that stays, got one moved by ${moved} of ${held} by ${parameter.name}`,
      );
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
