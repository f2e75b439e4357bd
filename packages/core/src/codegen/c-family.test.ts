import { describe, expect, it } from 'vitest';
import { secondHalf } from './c-family.js';

describe('the second half of some work', () => {
  it.each([
    [[1, 1, 1, 1], 2],
    [[9, 1, 1, 1], 1],
    [[1, 1, 1, 9], 3],
    [[44, 81, 37, 77, 58, 14, 28, 25, 66, 43, 91], 5],
  ])('of %j begins at %i', (work, start) => {
    expect(secondHalf(work)).toBe(start);
  });
});
