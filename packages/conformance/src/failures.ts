/** What has to fail: dtypes that a row refuses, and the calls that it lists; each with its message. */
import * as tno from '@tno/core';
import type { Device } from '@tno/core';
import { openLeaves, outputsOf } from './cases.js';
import type { Outcome } from './outcome.js';
import type { Failure, Family, Row } from './row.js';

/** Runs all failures of a family on a device. */
export function runFailures(family: Family, device: Device): Outcome {
  const checks = family.rows.flatMap((row) => [
    ...refusals(row),
    ...row.failures.map((failure) => ({
      id: `${row.op} fails: ${failure.about}`,
      message: failure.message,
      attempt: () => provoke(failure, device),
    })),
  ]);
  const mismatches = checks.flatMap(({ id, message, attempt }) => {
    const what = failureOf(attempt, message);
    return what === null ? [] : [{ id, what }];
  });
  return { cases: checks.length, mismatches };
}

interface Check {
  readonly id: string;
  readonly message: RegExp;
  readonly attempt: () => unknown;
}

/** Each dtype that is not the row's is refused when the graph is built. */
function refusals({ op, calls, dtypes, refuses }: Row): Check[] {
  const others = tno.dtypes.filter((dtype) => !dtypes.includes(dtype));
  const [call] = calls;
  return others.map((dtype) => ({
    id: `${op} refuses ${dtype}`,
    message: refuses ?? /the row says what is refused/,
    attempt: () => call.build(...openLeaves(call, dtype)),
  }));
}

function provoke(failure: Failure, device: Device): unknown {
  if (failure.when === 'build') return failure.attempt();
  const leaves = failure.operands.map(({ dtype, shape }, k) =>
    tno.tensor(
      dtype,
      shape.map(() => null),
      'abcdefgh'[k],
    ),
  );
  const outputs = outputsOf(failure, leaves);
  const f = tno.function(leaves, [...outputs], { device, onUnusedInput: 'ignore' });
  return (f as unknown as (...values: unknown[]) => unknown)(...failure.operands);
}

/** What is wrong with how it fails: a text, or null. */
function failureOf(attempt: () => unknown, message: RegExp): string | null {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof tno.TnoError))
      return `failed with ${String(error)}, which is no error of TNO`;
    if (!message.test(error.message)) {
      return `was to fail with ${String(message)}, and failed with: ${error.message.split('\n')[0]}`;
    }
    return null;
  }
  return `was to fail with ${String(message)}, and did not`;
}
