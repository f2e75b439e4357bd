/** Builds and runs the C++ tests (native/test) under the sanitizers. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const native = fileURLToPath(new URL('../../../native', import.meta.url));

function run(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

describe('the native parts', () => {
  it.each(['address,undefined', 'thread'])(
    'pass their tests under the sanitizers %s',
    (sanitizers) => {
      const build = `${native}/build/${sanitizers.replace(',', '-')}`;
      const options = ['-DTNO_TESTS=ON', `-DTNO_SANITIZE=${sanitizers}`, '-DCMAKE_BUILD_TYPE=None'];
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
    },
    300_000,
  );
});
