/**
 * Builds random graphs value by value. Every value is computed while it is made, with an estimate of its
 * rounding error, so that steps which would make rounding visible are left out.
 */
import { isFloat, NDArray, tensor, TnoError, type DType, type TensorVariable } from '@tno/core';
import type { LeafRecipe } from './recipes.js';
import { flatNumbers, largest, largestGap } from './elements.js';
import { computed, epsilon, shifted, type Computed } from './rounding.js';

/** A value that was made, and what is known of it. */
export interface Made {
  readonly variable: TensorVariable;
  readonly value: NDArray;
  /** Absolute error that rounding may have brought, estimated; 0 for exact values. */
  readonly error: number;
}

const LARGEST = 100;
/** No fewer than any row of the table makes of its own operands. */
const MOST_ELEMENTS = 500;
/** Largest error that a value may have. */
const mostError: Partial<Record<DType, number>> = {
  float64: 1e-9,
  float32: 1e-3,
  float16: 0.1,
};

/** Small numbers: quarters for floats, so that sums and products of few of them are exact. */
function leafValue(dtype: DType, shape: readonly number[], seed: number): NDArray {
  const out = NDArray.zeros(shape, dtype).reshape([shape.reduce((a, b) => a * b, 1)]);
  let state = seed * 2654435761 + 12345;
  for (let k = 0; k < out.size; k++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const number = ((state >>> 16) % 17) - 8;
    out.set(
      isFloat(dtype)
        ? number / 4
        : dtype === 'bool'
          ? number > 0
          : dtype === 'uint8'
            ? Math.abs(number)
            : number,
      k,
    );
  }
  return out.reshape(shape);
}

export class GraphBuilder {
  readonly pool: Made[] = [];
  readonly inputs: Made[];
  /** Names of the table's ops that are in the graph. */
  readonly seen = new Set<string>();

  constructor(leaves: readonly LeafRecipe[]) {
    this.inputs = leaves.map(({ dtype, sizes, seed }, k) => {
      const shape = sizes.map((n) => Math.abs(n));
      const variable = tensor(
        dtype,
        sizes.map((n) => (n < 0 ? 1 : null)),
        `x${k}`,
      );
      return { variable, value: leafValue(dtype, shape, seed), error: 0 };
    });
    this.pool.push(...this.inputs);
  }

  /** The first value from position `from` on, around the pool, that fits; null where none does. */
  find(from: number, fits: (made: Made) => boolean): Made | null {
    for (let k = 0; k < this.pool.length; k++) {
      const made = this.pool[(from + k) % this.pool.length];
      if (fits(made)) return made;
    }
    return null;
  }

  /** A new input of the graph. */
  leaf(value: NDArray): Made {
    const variable = tensor(
      value.dtype,
      value.shape.map(() => null),
      `x${this.inputs.length}`,
    );
    const made = { variable, value, error: 0 };
    this.inputs.push(made);
    this.pool.push(made);
    return made;
  }

  /** Takes the variable in, if its value is ordinary and rounding does not show in it. @returns whether */
  add(make: () => TensorVariable, operands: readonly Made[], fromLeaves = false): boolean {
    try {
      const variable = make();
      const made = fromLeaves ? this.measureFromLeaves(variable) : this.measure(variable, operands);
      if (made === null || variable.owner === null) return false;
      this.pool.push(made);
      return true;
    } catch (error) {
      if (!(error instanceof TnoError)) throw error;
      return false;
    }
  }

  private measure(variable: TensorVariable, operands: readonly Made[]): Made | null {
    if (operands.some(isNoise)) return null;
    const computedAt = (sign: number, unmoved?: Computed): Computed => {
      const known = new Map(this.pool.map(({ variable: v, value }) => [v, value]));
      for (const [k, { variable: v, value, error }] of operands.entries())
        if (sign !== 0 && error !== 0)
          known.set(
            v,
            shifted(value, k, () => sign * error),
          );
      return computed(variable, known, sign, unmoved?.values);
    };
    const result = computedAt(0);
    const isExact = result.exact && operands.every(({ error }) => error === 0);
    return accept(
      variable,
      result,
      isExact ? [] : [computedAt(1, result), computedAt(-1, result)],
      2,
    );
  }

  private measureFromLeaves(variable: TensorVariable): Made | null {
    const computedAt = (sign: number, unmoved?: Computed): Computed => {
      const known = new Map(
        this.inputs.map(({ variable: v, value }, k) => {
          const eps = epsilon[v.dtype] ?? 0;
          return [
            v,
            sign === 0 ? value : shifted(value, k, (x) => sign * 4 * eps * (Math.abs(x) + 0.1)),
          ];
        }),
      );
      return computed(variable, known, sign, unmoved?.values);
    };
    const result = computedAt(0);
    return accept(variable, result, [computedAt(1, result), computedAt(-1, result)], 50);
  }
}

/** Whether some element is nothing but rounding: another device may well have 0 there, and 0/0 of x/x. */
const isNoise = ({ value, error }: Made): boolean =>
  error > 0 && flatNumbers(value).some((x) => x !== 0 && Math.abs(x) <= error);

function accept(
  variable: TensorVariable,
  { value, rounded }: Computed,
  moved: readonly Computed[],
  factor: number,
): Made | null {
  if (value.size > MOST_ELEMENTS || !(largest(value) <= LARGEST)) return null;
  if (!isFloat(value.dtype))
    return moved.every((other) => other.value.equals(value)) ? { variable, value, error: 0 } : null;
  const gap = Math.max(0, ...moved.map((other) => largestGap(value, other.value)));
  const own = rounded ? 8 * (epsilon[value.dtype] ?? 0) * (largest(value) + 1) : 0;
  const error = factor * gap + own;
  return error <= (mostError[value.dtype] ?? 0) ? { variable, value, error } : null;
}
