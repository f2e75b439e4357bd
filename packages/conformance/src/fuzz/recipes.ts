/** What a random graph is made by: a list of small numbers, always the same for a seed. */
import type { DType } from '@tno/core';
import { randomOf } from '../values.js';

export interface LeafRecipe {
  readonly dtype: DType;
  /** Sizes; a negative one is a static 1. */
  readonly sizes: readonly number[];
  readonly seed: number;
}

/** A step, by its number among all, and what it chooses by. */
export interface StepRecipe {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface GraphRecipe {
  readonly leaves: readonly LeafRecipe[];
  readonly steps: readonly StepRecipe[];
}

const leafDTypes = [
  'float64',
  'float32',
  'float64',
  'float32',
  'int64',
  'int32',
  'bool',
  'uint8',
  'float16',
] as const satisfies readonly DType[];

const sizes = [2, 3, 2, 3, -1, 1, 0];

/** A recipe of up to `most` steps. */
export function recipeOf(seed: number, most: number): GraphRecipe {
  const random = randomOf(String(seed));
  const below = (n: number): number => Math.floor(n * random());
  const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  return {
    leaves: many(1 + below(4), () => ({
      dtype: leafDTypes[below(leafDTypes.length)],
      sizes: many(below(4), () => sizes[below(sizes.length)]),
      seed: below(1000),
    })),
    steps: many(1 + below(most), () => ({
      op: below(10_000),
      a: below(100),
      b: below(100),
      c: below(100),
    })),
  };
}
