import { expect, it } from 'vitest';
import { lineChart, ticksUpTo } from './line-chart.mjs';

it('has round numbers on its axes, up to the largest value', () => {
  expect(ticksUpTo(3000)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
  expect(ticksUpTo(29_305)).toEqual([0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000]);
});

it('draws a line through the points of each series, from the origin at the lower left', () => {
  const chart = lineChart('time', 'nodes', 'ms', [
    { name: 'a', points: [[0, 0], [100, 10]] }, // prettier-ignore
    { name: 'b', points: [[50, 5]] },
  ]);
  expect(chart).toContain('points="70,370 700,40"');
  expect(chart).toContain('points="385,205"');
  expect(chart.match(/<circle/g)).toHaveLength(3);
});
