/**
 * What has to fail: dtypes that a row refuses, and the calls that it lists. Each error is of TNO, has its
 * message in the form `[op] expected ..., got ...`, and names the line of the table that called the op: also
 * where the op runs in the middle of a fused kernel, optimized or not.
 */
import * as tno from '@tno/core';
import type { Device, TensorVariable } from '@tno/core';
import { openLeaves, outputsOf, type CaseGraph } from './cases.js';
import { compileAll } from './check.js';
import { generatedFailures } from './generated-failures.js';
import { isNamed } from './named-by.js';
import type { Outcome } from './outcome.js';
import type { Failure, Family, Row } from './row.js';

/** Runs all failures of a family on a device; many functions are one unit of code. */
export function runFailures(family: Family, device: Device): Outcome {
  const checks = family.rows.flatMap((row) => [
    ...refusals(row),
    ...failuresOf(row).flatMap((failure) => checksAtBuild(row.op, failure)),
  ]);
  checks.push(...modes.flatMap((mode) => checksOfCalls(family, device, mode)));
  const mismatches = checks.flatMap((check) => {
    const what = failureOf(check);
    return what === null ? [] : [{ id: check.id, what }];
  });
  return { cases: checks.length, mismatches };
}

const failuresOf = (row: Row): readonly Failure[] => [...generatedFailures(row), ...row.failures];

const modes = ['FAST_RUN', 'NONE'] as const;

/** Whether something says how the op fails, or why it cannot. */
export function saysHowItFails(row: Row): boolean {
  const fails =
    failuresOf(row).length > 0 ||
    refusals(row).length > 0 ||
    row.calls.some(({ throws }) => throws !== undefined);
  return fails !== (row.cannotFail !== undefined);
}

interface Check {
  readonly op: string;
  readonly id: string;
  readonly message: RegExp;
  readonly attempt: () => unknown;
  /** While the graph is built, the stack tells the line; at a call, the message does. */
  readonly when: 'build' | 'run';
}

/** Each dtype that is not the row's is refused when the graph is built. */
function refusals({ op, calls, dtypes, refuses }: Row): Check[] {
  if (refuses === null) return [];
  const others = tno.dtypes.filter((dtype) => !dtypes.includes(dtype));
  const [call] = calls;
  return others.map((dtype) => ({
    op,
    id: `${op} refuses ${dtype}`,
    message: refuses ?? /the row says what is refused/,
    attempt: () => call.build(...openLeaves(call, dtype)),
    when: 'build',
  }));
}

function checksAtBuild(op: string, failure: Failure): Check[] {
  const id = `${op} fails: ${failure.about}`;
  const { message } = failure;
  if (failure.when === 'build')
    return [{ op, id, message, attempt: failure.attempt, when: 'build' }];
  if (failure.byValues) return [];
  const build = (): unknown => outputsOf(failure, leavesOf(failure, 'known'));
  return [{ op, id: `${id}, sizes known`, message, attempt: build, when: 'build' }];
}

/** The calls that fail, alone and within a kernel. */
function checksOfCalls({ rows }: Family, device: Device, mode: tno.ModeName): Check[] {
  const calls = rows.flatMap((row) =>
    failuresOf(row).flatMap((failure) => {
      if (failure.when !== 'run') return [];
      const { op } = row;
      const { about, message } = failure;
      const id = `${op} fails: ${about}`;
      return [
        { op, id: `${id}, ${mode}`, message, graph: graphAlone(failure) },
        { op, id: `${id}, within a kernel, ${mode}`, message, graph: graphFused(failure) },
      ];
    }),
  );
  const graphs = calls.map(({ graph }) => graph);
  const functions = compileAll(graphs, device, mode);
  return calls.map(({ op, id, message, graph }, k): Check => {
    const attempt = (): unknown => {
      const f = functions[k];
      if ('failure' in f) throw f.failure;
      return f.result(...graph.values);
    };
    return { op, id, message, attempt, when: 'run' };
  });
}

type RunFailure = Extract<Failure, { when: 'run' }>;

function leavesOf({ operands }: RunFailure, sizes: 'known' | 'open'): TensorVariable[] {
  return operands.map(({ dtype, shape }, k) => {
    const known: tno.StaticShape = sizes === 'known' ? shape : shape.map(() => null);
    return tno.tensor(dtype, known, 'abcdefgh'[k]);
  });
}

function graphAlone(failure: RunFailure): CaseGraph {
  const leaves = leavesOf(failure, 'open');
  return { leaves, outputs: outputsOf(failure, leaves), values: failure.operands };
}

/** With sums of what comes in and of what comes out, which join its kernel where they can. */
function graphFused(failure: RunFailure): CaseGraph {
  const leaves = leavesOf(failure, 'open');
  const zeros = leaves.map(({ dtype }) => tno.tensor(dtype, [], 'zero'));
  const sums = leaves.map((leaf, k) => tno.add(leaf, zeros[k]));
  const outputs = outputsOf(failure, sums).map((output) =>
    tno.sum(tno.mul(tno.cast(output, 'float64'), 2)),
  );
  const values = zeros.map(({ dtype }) => tno.NDArray.zeros([], dtype));
  return { leaves: [...leaves, ...zeros], outputs, values: [...failure.operands, ...values] };
}

const form = /^\[[\w.]+\] expected [^]+, got /;
/** The rows call the ops, or what runs the rows does it for them. */
const userFile =
  /conformance\/src\/(table\/[\w-]+|cases|[\w-]*failures|make-row|axis-arguments)\.ts:\d+/;

/** What is wrong with how it fails: a text, or null. */
function failureOf({ op, attempt, message, when }: Check): string | null {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof tno.TnoError))
      return `failed with ${String(error)}, which is no error of TNO`;
    const [line] = error.message.split('\n');
    if (!message.test(error.message))
      return `was to fail with ${String(message)}, and failed with: ${line}`;
    if (!form.test(error.message)) return `has no message of the form of all: ${line}`;
    const name = /^\[([\w.]+)\]/.exec(error.message)?.[1] ?? '';
    if (!isNamed(op, name)) return `does not name the op: ${line}`;
    const place = when === 'build' ? error.stack : /^made at .*$/m.exec(error.message)?.[0];
    return userFile.test(place ?? '') ? null : `does not name the user's line: ${line}, ${place}`;
  }
  return `was to fail with ${String(message)}, and did not`;
}
