/**
 * The failures that follow from what an op takes: ranks and sizes that its signature rules out, floats where
 * it wants integers or masks, axes that there are not. What is written by hand in a row comes beside them.
 */
import * as tno from '@tno/core';
import { axisArguments } from './axis-arguments.js';
import { operand } from './cases.js';
import { failsAtBuild, failsAtRun } from './make-row.js';
import type { Call, Failure, Row } from './row.js';
import { signaturesOf, takesFloats } from './signatures.js';

export function generatedFailures(row: Row): Failure[] {
  return [...wrongRanks(row), ...wrongSizes(row), ...wrongDTypes(row), ...wrongAxes(row)];
}

/** The dtype that failing calls are made with. */
const dtypeOf = ({ dtypes }: Row): tno.DType =>
  dtypes.includes('float64') ? 'float64' : dtypes[dtypes.length - 1];

const shapesOf = (call: Call): readonly (readonly number[])[] =>
  call.inputs.map(({ shape }) => shape);

const letters = (word: string): string => word.replace(/\.\.\.|[*_-]/g, '');

/** Whether a word stands for operands of a rank. */
const takesRank = (word: string, rank: number): boolean =>
  word.includes('*') ||
  word === '-' ||
  (word.includes('...') ? rank >= letters(word).length : rank === letters(word).length);

const name = (k: number): string => 'abcdefgh'[k];

/** Each operand with every number of axes up to one more than it has, where no signature has that. */
function wrongRanks(row: Row): Failure[] {
  const signatures = signaturesOf(row) ?? [];
  const [call] = row.calls;
  const ranks = shapesOf(call).map(({ length }) => length);
  return ranks.flatMap((rank, k) =>
    Array.from({ length: rank + 2 }, (_, other) => other).flatMap((other) => {
      const all = ranks.map((own, j) => (j === k ? other : own));
      const fits = signatures.some((words) => words.every((word, j) => takesRank(word, all[j])));
      if (other === rank || fits) return [];
      const attempt = (): unknown => {
        const leaves = call.inputs.map(({ dtype }, j) =>
          tno.tensor(dtype ?? dtypeOf(row), Array<null>(all[j]).fill(null), name(j)),
        );
        return call.build(...leaves);
      };
      return [failsAtBuild(`rank ${other} of ${name(k)}`, /expected/, attempt)];
    }),
  );
}

/** Each axis one longer whose letter stands for the size of another axis too, or that is a digit. */
function wrongSizes(row: Row): Failure[] {
  const [words = []] = signaturesOf(row) ?? [];
  const [call] = row.calls;
  const shapes = shapesOf(call);
  const labels = words.map((word, k) => labelsOf(word, shapes[k].length, k));
  const all = labels.flat();
  const isBound = (label: string): boolean =>
    /^\d$/.test(label) || all.filter((other) => other === label).length > 1;
  return labels.flatMap((own, k) =>
    own.flatMap((label, axis) => {
      const size = shapes[k][axis];
      if (!isBound(label)) return [];
      const changed = shapes.map((shape, j) =>
        j === k ? shape.map((n, i) => (i === axis ? n + 1 : n)) : shape,
      );
      const operands = call.inputs.map((input, j) =>
        operand(`${row.op} fails`, input, changed[j], dtypeOf(row), 'value', j),
      );
      // Of convolutions the message has the places and groups that these sizes make.
      const both = `^(?=.*\\b${size}\\b).*\\b${size + 1}\\b`;
      const message = new RegExp(`${both}|^\\[conv\\dd\\] expected .*(places|groups)`);
      return [
        failsAtRun(`size ${size + 1} of ${name(k)}, axis ${axis}`, message, operands, call.build),
      ];
    }),
  );
}

/** A label an axis; those of `...` are counted from the last, so that they meet as they broadcast. */
function labelsOf(word: string, rank: number, operandNumber: number): string[] {
  const open = rank - letters(word).length;
  if (/[*_-]/.test(word))
    return Array.from({ length: rank }, (_, axis) => `free ${operandNumber} ${axis}`);
  const [before, after = ''] = word.split('...');
  return [...before, ...Array.from({ length: open }, (_, k) => `... ${open - k}`), ...after];
}

/** Floats for each operand that has a dtype of its own. */
function wrongDTypes(row: Row): Failure[] {
  if (row.op in takesFloats) return [];
  const [call] = row.calls;
  return call.inputs.flatMap(({ dtype }, k) => {
    if (dtype === undefined || dtype === 'uint64') return [];
    const attempt = (): unknown =>
      call.build(
        ...call.inputs.map((input, j) =>
          tno.tensor(
            j === k ? 'float32' : (input.dtype ?? dtypeOf(row)),
            input.shape.map(() => null),
            name(j),
          ),
        ),
      );
    return [failsAtBuild(`floats as ${name(k)}`, /expected .*, got .*float32/, attempt)];
  });
}

/** Axes beyond those of a matrix, on both sides, and half of one. */
function wrongAxes({ op }: Row): Failure[] {
  const call = axisArguments[op] as (typeof axisArguments)[string] | undefined;
  if (call === undefined) return [];
  return [7, -8, 0.5].map((axis) =>
    failsAtBuild(`axis ${axis}`, new RegExp(`expected .*ax[ei]s.*, got .*${axis}`), () =>
      call(tno.matrix('a'), axis),
    ),
  );
}
