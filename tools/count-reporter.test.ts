import { describe, expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { count, summaryLine } from './count-reporter.mjs';

function moduleOf(states: string[], errors: number): TestModule {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  const children = { allTests: () => tests, allSuites: () => [] };
  return { children, errors: () => Array.from({ length: errors }, () => ({})) } as never;
}

describe('count', () => {
  it('counts tests over all files', () => {
    const modules = [moduleOf(['passed', 'passed'], 0), moduleOf(['failed', 'skipped'], 0)];
    expect(count(modules, 0)).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  it('counts a file that could not be read and a stray error as failures', () => {
    expect(count([moduleOf([], 1)], 1)).toEqual({ passed: 0, failed: 2, skipped: 0 });
  });
});

describe('summaryLine', () => {
  it('speaks of skipped tests only where there are some', () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(summaryLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});
