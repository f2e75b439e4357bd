/** `tno doctor`: the checks in order, and how they read. */
import { checkNode, checkPlatform } from './system-checks.js';

export interface Finding {
  readonly check: string;
  /** `skipped`: it needs what an earlier check did not find. */
  readonly status: 'ok' | 'warning' | 'failure' | 'skipped';
  readonly found: string;
  /** What to do; where there is something. */
  readonly advice?: string;
}

/** Every check, in an order in which each one rests on those before it. */
export async function examine(): Promise<Finding[]> {
  const findings = [checkNode(), checkPlatform()];
  let checks;
  try {
    // Loading @tno/core reads `.tnorc` and TNO_FLAGS, and refuses what it does not understand.
    checks = await import('./device-checks.js');
  } catch (error) {
    return [...findings, unloadable(error)];
  }
  return [...findings, ...checks.checkDevice()];
}

function unloadable(error: unknown): Finding {
  const found = error instanceof Error ? error.message : String(error);
  const wrongSettings = (error as { code?: unknown }).code === 'E_CONFIG';
  return wrongSettings
    ? {
        check: 'settings',
        status: 'failure',
        found,
        advice: 'correct the file or variable that the message names',
      }
    : {
        check: 'packages',
        status: 'failure',
        found,
        advice: 'install @tno/core, @tno/cpu and @tno/cli of the same version',
      };
}

const marks = { ok: 'ok     ', warning: 'warning', failure: 'FAILURE', skipped: 'skipped' };

export function describeFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(marks.ok.length + width + 4);
  const lines = findings.flatMap(({ check, status, found, advice }) => [
    `${marks[status]}  ${check.padEnd(width)}  ${found.replaceAll('\n', `\n${indent}`)}`,
    ...(advice === undefined ? [] : [`${indent}-> ${advice.replaceAll('\n', `\n${indent}   `)}`]),
  ]);
  const count = (wanted: string): number =>
    findings.filter(({ status }) => status === wanted).length;
  const [failures, warnings] = [count('failure'), count('warning')];
  if (failures + warnings === 0) return [...lines, '', 'nothing is amiss'].join('\n');
  return [...lines, '', `failures: ${failures}, warnings: ${warnings}`].join('\n');
}
