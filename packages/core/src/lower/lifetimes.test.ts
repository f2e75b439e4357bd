import { describe, expect, it } from 'vitest';
import { KernelBuilder } from './kernel-builder.js';
import { lifetimes } from './lifetimes.js';
import { planSlots } from './plan-slots.js';
import { ProgramBuilder } from './program-builder.js';
import type { BufferId, LoopKernel, Program } from './program.js';

const n = { param: 0 };

const addKernel = ((): LoopKernel => {
  const k = new KernelBuilder('add', [n]);
  const [x, y] = [k.load(k.operand('float32', [1])), k.load(k.operand('float32', [1]))];
  k.store(k.operand('float32', [1]), k.scalar('add', x, y));
  return k.build();
})();

/** A builder with an input x of n elements and short names for what the cases need. */
function start() {
  const b = new ProgramBuilder();
  const x = b.input('float32', 1);
  const [size] = b.shape(x);
  const site = b.site('test');
  return {
    b,
    x,
    size,
    site,
    temp: (): BufferId => b.temp('float32', [size]),
    add: (p: BufferId, q: BufferId, out: BufferId): void =>
      b.kernel(addKernel, [p, q, out], [size], site),
    end: (from: BufferId): Program => {
      b.copy(from, b.output('float32', [size]), site);
      return b.finish();
    },
  };
}

/** Start and end of the temps' lifetimes, in order of the temps. */
function ranges(program: Program): number[][] {
  return lifetimes(program)
    .sort((a, b) => a.temp - b.temp)
    .map(({ start, end }) => [start, end]);
}

// Positions: the entry sizes step is 1, every step takes one, a loop another one at its end.
describe('lifetimes', () => {
  it('run from the first to the last access', () => {
    const { x, temp, add, end } = start();
    const [p, q] = [temp(), temp()];
    add(x, x, p);
    add(p, x, q);
    expect(ranges(end(q))).toEqual([
      [2, 3],
      [3, 4],
    ]);
  });

  it('cover a loop that reads what was made before it, or carries it', () => {
    const { b, x, size, site, temp, add, end } = start();
    const [before, carry, fresh] = [temp(), temp(), temp()];
    add(x, x, before); // 2
    add(x, x, carry); // 3
    b.loop(size, { site }, () => {
      add(before, carry, fresh); // 5
      add(fresh, x, carry); // 6
    });
    expect(ranges(end(carry))).toEqual([
      [2, 7],
      [3, 8],
      [5, 6],
    ]);
  });

  it('cover all loops around a temp that its body reads before it writes', () => {
    const { b, x, size, site, temp, add, end } = start();
    const [kept, out] = [temp(), temp()];
    b.loop(size, { site }, () => {
      add(x, x, out); // 3
      b.loop(size, { site }, () => {
        const half = b.view(kept, [b.sizes.const(1)], b.sizes.const(0), [b.sizes.const(1)]);
        b.copy(b.view(x, [b.sizes.const(1)], b.sizes.const(0), [b.sizes.const(1)]), half, site); // 5
        add(kept, x, out); // 6
      }); // 7
    }); // 8
    expect(ranges(end(out))).toEqual([
      [2, 8],
      [2, 9],
    ]);
  });

  it('stay inside a branch, or a body, for what both make anew', () => {
    const { b, x, size, site, temp, add, end } = start();
    const test = b.input('bool', 0);
    const [inner, both, out] = [temp(), temp(), temp()];
    b.loop(size, { site }, () => {
      b.cond(
        test,
        site,
        () => {
          add(x, x, inner); // 4
          add(inner, x, both); // 5
        },
        () => add(x, x, both), // 6
      );
      add(both, x, out); // 7
    });
    expect(ranges(end(out))).toEqual([
      [4, 5],
      [5, 7],
      [2, 9],
    ]);
  });

  it('begin at the end of the loop for what it gives as taken', () => {
    const { b, x, size, site, temp, add } = start();
    const [taken, body] = [b.temp('int64', []), temp()];
    b.loop(size, { site, taken }, () => add(x, x, body));
    const count = b.output('int64', []);
    b.copy(taken, count, site);
    expect(ranges(b.finish())).toEqual([
      [4, 5],
      [3, 3],
    ]);
  });
});

describe('planSlots', () => {
  it('keeps a late allocation off slots in use when it happens', () => {
    const { b, x, size, site, temp, add, end } = start();
    const [early, found] = [temp(), b.temp('int64', [])];
    const positions = b.temp('int64', [b.sizes.value(found)], size);
    add(x, x, early);
    b.call('nonzero', [early], [positions, found], site);
    const count = b.sizes.value(found);
    const [first, second] = [b.temp('float32', [count]), b.temp('float32', [count])];
    const one = b.sizes.const(1);
    const part = b.view(early, [count], b.sizes.const(0), [one]);
    b.copy(part, first, site);
    b.copy(first, second, site);
    b.copy(second, b.view(early, [count], b.sizes.const(0), [one]), site);
    const program = end(early);
    const { slotOf } = planSlots(program);
    expect(slotOf[first]).not.toBe(slotOf[found]);
    expect(new Set([early, first, second].map((temp) => slotOf[temp])).size).toBe(3);
  });
});
