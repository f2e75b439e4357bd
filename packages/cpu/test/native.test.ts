/** Builds and runs the C++ tests (native/test) under the address and undefined behaviour sanitizers. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const native = fileURLToPath(new URL('../../../native', import.meta.url));
const build = `${native}/build/asan`;

function run(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

describe('the native parts', () => {
  it('pass their tests under the sanitizers', () => {
    const options = ['-DTNO_TESTS=ON', '-DTNO_SANITIZE=ON', '-DCMAKE_BUILD_TYPE=None'];
    run('cmake', ['-S', native, '-B', build, ...options]);
    run('cmake', ['--build', build, '--parallel', String(Math.min(4, availableParallelism()))]);
    const summary = /(\d+) tests, (\d+) checks, (\d+) failures/.exec(
      run(`${build}/tno_native_test`, []),
    );
    expect(summary).not.toBeNull();
    const [tests, checks, failures] = summary?.slice(1).map(Number) ?? [];
    expect(failures).toBe(0);
    expect(tests).toBeGreaterThanOrEqual(60);
    expect(checks).toBeGreaterThan(20_000);
  }, 300_000);
});
