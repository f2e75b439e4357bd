import { describe, expect, it } from 'vitest';
import { checkMemory, checkNode, checkPlatform, checkThreads, quotaOf } from './system-checks.js';
import type { Finding } from './doctor.js';

function expectAdvice(finding: Finding, status: Finding['status'], advice: RegExp): void {
  expect(finding.status).toBe(status);
  expect(finding.advice).toMatch(advice);
}

describe('node', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '26.1.0'])('%s is good', (version) => {
    expect(checkNode(version)).toEqual({ check: 'node', status: 'ok', found: version });
  });
  it.each(['20.18.9', '18.20.1'])('%s is too old', (version) => {
    expectAdvice(checkNode(version), 'failure', /20\.19 or newer/);
  });
});

describe('platform', () => {
  it('is Linux x64 with glibc', () => {
    expect(checkPlatform({ platform: 'linux', arch: 'x64', glibc: '2.36' })).toMatchObject({
      status: 'ok',
      found: 'linux x64, glibc 2.36',
    });
  });
  it.each([
    ['linux', 'x64', undefined, 'linux x64 without glibc'],
    ['darwin', 'arm64', undefined, 'darwin arm64'],
    ['linux', 'arm64', '2.36', 'linux arm64'],
  ])('%s %s gets the reference device', (platform, arch, glibc, found) => {
    const report = checkPlatform({ platform, arch, glibc });
    expect(report.found).toBe(found);
    expectAdvice(report, 'warning', /reference device/);
  });
});

describe('memory', () => {
  const roomy = { total: 8e9, free: 6e9, group: Infinity, addresses: Infinity };
  it('is told', () => {
    expect(checkMemory(roomy)).toEqual({
      check: 'memory',
      status: 'ok',
      found: '6.0 GB of 8.0 GB free',
    });
  });
  it('may be limited by a control group, or used up', () => {
    const limited = checkMemory({ ...roomy, group: 5e8 });
    expect(limited.found).toBe('6.0 GB of 8.0 GB free; the control group allows 0.5 GB');
    expectAdvice(limited, 'warning', /0\.1 GB/);
    expectAdvice(checkMemory({ ...roomy, free: 2e8 }), 'warning', /0\.1 GB/);
    expect(checkMemory({ ...roomy, group: 4e9 }).status).toBe('ok');
  });
  it('may be limited by ulimit', () => {
    expectAdvice(checkMemory({ ...roomy, addresses: 1e9 }), 'warning', /ulimit -v unlimited/);
  });
});

describe('threads', () => {
  const two = { processors: 2, quota: Infinity, wanted: undefined };
  it('are told', () => {
    expect(checkThreads(two)).toEqual({ check: 'threads', status: 'ok', found: '2 processors' });
    expect(checkThreads({ ...two, quota: 1.5 }).found).toBe('2 processors, a quota of 1.5');
    expect(checkThreads({ ...two, wanted: '2' }).status).toBe('ok');
  });
  it.each(['0', 'many', '1.5'])('TNO_NUM_THREADS=%s is no number of threads', (wanted) => {
    expectAdvice(checkThreads({ ...two, wanted }), 'warning', /integer of 1 or more/);
  });
  it('more than processors are too many', () => {
    expectAdvice(checkThreads({ ...two, wanted: '3' }), 'warning', /lower TNO_NUM_THREADS/);
    expectAdvice(checkThreads({ ...two, quota: 1, wanted: '2' }), 'warning', /lower/);
  });
  it('have the quota of either version of control groups', () => {
    const files = (found: Record<string, string>) => (path: string) => found[path] ?? null;
    expect(quotaOf(files({}))).toBe(Infinity);
    expect(quotaOf(files({ '/sys/fs/cgroup/cpu.max': 'max 100000\n' }))).toBe(Infinity);
    expect(quotaOf(files({ '/sys/fs/cgroup/cpu.max': '150000 100000\n' }))).toBe(1.5);
    const old = {
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(quotaOf(files(old))).toBe(0.5);
    expect(quotaOf(files({ ...old, '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1' }))).toBe(Infinity);
  });
});
