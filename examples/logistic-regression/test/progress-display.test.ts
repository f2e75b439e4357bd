import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../src/early-stopping.js';
import { progressDisplay } from '../src/progress-display.js';

/** Progress of half an epoch each; validated after whole epochs, tested after the first. */
const steps: Progress[] = [0.5, 1, 1.5, 2].map((epoch) => ({
  epoch,
  lastEpoch: 2,
  validation:
    epoch % 1 === 0
      ? {
          epoch,
          iterations: 2 * epoch,
          cost: 1,
          validationError: 0.1 / epoch,
          testError: epoch === 1 ? 0.125 : undefined,
        }
      : undefined,
}));

afterEach(() => vi.restoreAllMocks());

describe('progressDisplay', () => {
  it('prints a line a validation where there is no terminal', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const display = progressDisplay(false);
    steps.forEach((progress) => display.update(progress));
    display.stop();
    const lines = write.mock.calls.map(([line]) => String(line));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^epoch 1 \| validation 10\.00 % \| test 12\.50 % \| [\d.]+ epochs\/s\n$/,
    );
    expect(lines[1]).toMatch(/^epoch 2 \| validation 5\.00 % \| test 12\.50 % \|/);
  });
});
