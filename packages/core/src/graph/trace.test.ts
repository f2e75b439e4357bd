import { describe, expect, it } from 'vitest';
import { sigmoid } from '../ops/transcendental.js';
import { clip } from '../ops/arithmetic.js';
import { mean } from '../ops/reduce.js';
import { fvector } from '../tensor/create.js';
import { bindMethods } from '../tensor/methods.js';
import { captureTrace, userFrames, withTrace } from './trace.js';
import { toposort } from './traverse.js';
import type { TensorVariable } from './variable.js';

bindMethods();

/** Line of this file at which the caller stands. */
function here(): number {
  const line = new Error().stack?.split('\n')[2];
  return Number(/:(\d+):\d+\)?$/.exec(line ?? '')?.[1]);
}

function firstFrame(v: TensorVariable): string {
  return userFrames(v.trace)[0] ?? '';
}

describe('a creation trace', () => {
  it("begins at the user's line, however deep the op was made", () => {
    const x = fvector('x');
    const lines: number[] = [];
    const made = [
      (lines.push(here()), sigmoid(x)),
      (lines.push(here()), mean(x, 0)),
      (lines.push(here()), clip(x, 0, 1)),
      (lines.push(here()), x.mul(2).add(x)),
    ];
    made.forEach((v, k) => expect(firstFrame(v)).toContain(`trace.test.ts:${lines[k]}:`));
  });

  it('of a leaf is where it was declared', () => {
    const line = here() + 1;
    const x = fvector('x');
    expect(firstFrame(x)).toContain(`trace.test.ts:${line}:`);
  });

  it("names the user's function, and keeps a few frames", () => {
    function buildLayer(): TensorVariable {
      return sigmoid(fvector());
    }
    const frames = userFrames(buildLayer().trace);
    expect(frames[0]).toMatch(/^buildLayer \(/);
    expect(frames.length).toBeLessThanOrEqual(4);
    expect(userFrames(buildLayer().trace, 1)).toHaveLength(1);
    expect(frames.every((frame) => !frame.includes('node:internal'))).toBe(true);
  });

  it('says nothing where there is none', () => {
    expect(userFrames(null)).toEqual([]);
    expect(userFrames({})).toEqual([]);
  });

  it('leaves the limit of error stacks as it was', () => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 3;
    try {
      captureTrace();
      expect(Error.stackTraceLimit).toBe(3);
    } finally {
      Error.stackTraceLimit = before;
    }
  });
});

describe('withTrace', () => {
  const x = fvector('x');
  const source = sigmoid(x);

  it('gives every node made inside the trace of what it stands for', () => {
    const made = withTrace(source.trace, () => mean(x.mul(2)));
    const nodes = toposort([made]);
    expect(nodes.length).toBeGreaterThan(1);
    expect(nodes.every((node) => node.trace === source.trace)).toBe(true);
  });

  it('nests, and ends with its body, also when that throws', () => {
    const inner = withTrace(source.trace, () => withTrace(null, () => x.mul(3)));
    expect(inner.trace).toBeNull();
    expect(() =>
      withTrace(source.trace, () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(firstFrame(x.mul(4))).toContain('trace.test.ts');
    expect(x.mul(5).trace).not.toBe(source.trace);
  });
});

describe('the cost of capture', () => {
  it('is told, not judged', () => {
    const count = 20_000;
    const start = performance.now();
    for (let i = 0; i < count; i++) captureTrace();
    const micros = ((performance.now() - start) * 1000) / count;
    console.info(`creation traces: ${micros.toFixed(2)} µs a node`);
    expect(micros).toBeGreaterThan(0);
  });
});
