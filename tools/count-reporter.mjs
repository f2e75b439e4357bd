// A vitest reporter that counts tests and leaves the counts in the file that TNO_TEST_COUNTS names,
// for tools/test.mjs to print as its last line, after all that vitest itself has to say.

import { writeFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {Counts} counts */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * A file that could not be read, and an error outside every test, count as one failure each:
 * otherwise a run that fails could say "0 failed".
 * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
 * @param {number} strayErrors
 * @returns {Counts}
 */
export function count(modules, strayErrors) {
  const counts = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      else if (state === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
  }
  return counts;
}

export default class CountReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} errors
   */
  onTestRunEnd(modules, errors) {
    const file = process.env.TNO_TEST_COUNTS;
    if (file !== undefined) writeFileSync(file, JSON.stringify(count(modules, errors.length)));
  }
}
