/**
 * Checks symbolic derivatives against finite differences, in both modes and to any order. Differences are
 * taken in float64 whatever the dtype, so that float32 and float16 are held to their own rounding alone.
 */
import { GradError } from '../errors.js';
import { evaluate } from '../graph/evaluate.js';
import { TensorVariable } from '../graph/variable.js';
import { add, mul } from '../ops/arithmetic.js';
import { asVariable } from '../ops/as-variable.js';
import { sum } from '../ops/reduce.js';
import { isFloat, type DType, type FloatDType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { grad } from './grad.js';
import { Rop } from './rop.js';

export interface VerifyGradOptions {
  /** Step of the central differences; 1e-5 by default. */
  readonly step?: number;
  /** Largest error allowed, relative to the larger of the values and 1; by default 1e-5 in float64, 1e-3 in float32, 2e-2 in float16. */
  readonly tolerance?: number;
  /** Of the random projection of the output and of the directions. */
  readonly seed?: number;
  /** Highest derivative that is checked: 1 by default. */
  readonly order?: number;
  /** Whether forward mode (Rop) is checked too; true by default. */
  readonly forward?: boolean;
}

type Function = (...inputs: TensorVariable[]) => TensorVariable;

const tolerances: Readonly<Record<FloatDType, number>> = {
  float64: 1e-5,
  float32: 1e-3,
  float16: 2e-2,
};

/**
 * Compares gradients of a random projection of `f` with central differences at `points` (floats;
 * integers and bools are held constant): each element by itself for the first order, along a random
 * direction for those above. Forward mode is compared along a direction, for the output itself and for
 * each gradient. Values come from the reference implementation of each op.
 * @throws GradError naming order, input, element and both derivatives
 */
export function verifyGrad(
  f: Function,
  points: readonly NDArray[],
  options: VerifyGradOptions = {},
): void {
  if (!points.some((p) => isFloat(p.dtype)))
    throw new GradError('[verifyGrad] expected a float point, got none');
  new Verification(f, points, options).run();
}

/** A function of the points, built twice: in their dtypes, and in float64. */
interface Pair {
  readonly own: TensorVariable;
  readonly wide: TensorVariable;
}

class Verification {
  private readonly inputs: readonly TensorVariable[];
  private readonly wideInputs: readonly TensorVariable[];
  private readonly widePoints: readonly NDArray[];
  private readonly wrt: readonly number[];
  private readonly step: number;
  private readonly tolerance: number;
  private readonly random: (shape: readonly number[], dtype: DType) => NDArray;

  constructor(
    private readonly f: Function,
    private readonly points: readonly NDArray[],
    private readonly options: VerifyGradOptions,
  ) {
    const leaf = (p: NDArray): TensorVariable =>
      new TensorVariable(
        new TensorType(
          p.dtype,
          p.shape.map((n) => (n === 1 ? 1 : null)),
        ),
      );
    this.widePoints = points.map((p) => (isFloat(p.dtype) ? p.astype('float64').copy() : p));
    this.inputs = points.map(leaf);
    this.wideInputs = this.widePoints.map(leaf);
    this.wrt = points.flatMap((p, k) => (isFloat(p.dtype) ? [k] : []));
    this.step = options.step ?? 1e-5;
    this.tolerance =
      options.tolerance ??
      Math.max(...this.wrt.map((k) => tolerances[points[k].dtype as FloatDType]));
    this.random = numbersFrom(options.seed ?? 1);
  }

  run(): void {
    const { order = 1, forward = true } = this.options;
    const output = { own: this.f(...this.inputs), wide: this.f(...this.wideInputs) };
    if (!isFloat(output.own.dtype)) return this.checkFirst(this.projected([output]));
    let cost = this.projected([output]);
    this.checkFirst(cost);
    if (forward) this.checkForward('', [output]);
    for (let k = 2; k <= order; k++) {
      const gradients = this.gradients(cost);
      if (forward) this.checkForward(`order ${k}, `, gradients);
      cost = this.alongDirection(`order ${k}, `, gradients);
    }
  }

  /** Σ ⟨w, v⟩ over random w. */
  private projected(all: readonly Pair[]): Pair {
    const terms = all.map(({ own, wide }) => {
      const [sample] = evaluate([own], this.values());
      const w = this.random(sample.shape, own.dtype);
      const wideW = isFloat(own.dtype) ? w.astype('float64') : w;
      return { own: sum(mul(own, asVariable(w))), wide: sum(mul(wide, asVariable(wideW))) };
    });
    return terms.reduce((a, b) => ({ own: add(a.own, b.own), wide: add(a.wide, b.wide) }));
  }

  private gradients(cost: Pair): Pair[] {
    const by = (c: TensorVariable, inputs: readonly TensorVariable[]): TensorVariable[] =>
      grad(
        c,
        this.wrt.map((k) => inputs[k]),
        { disconnectedInputs: 'ignore' },
      );
    const [own, wide] = [by(cost.own, this.inputs), by(cost.wide, this.wideInputs)];
    return own.map((g, k) => ({ own: g, wide: wide[k] }));
  }

  /** The gradient of a scalar cost, element by element. */
  private checkFirst(cost: Pair): void {
    const found = evaluate(
      this.gradients(cost).map(({ own }) => own),
      this.values(),
    );
    this.wrt.forEach((k, at) => {
      const point = this.widePoints[k];
      this.checkShape(`input ${k}`, found[at], point.shape);
      const exact = numbersOf(found[at]);
      for (let i = 0; i < point.size; i++) {
        const moved = (by: number): number => {
          const copy = point.copy();
          (copy.data as Float64Array)[i] += by;
          return numbersOf(this.wideAt([cost.wide], new Map([[k, copy]]))[0])[0];
        };
        const numeric = (moved(this.step) - moved(-this.step)) / (2 * this.step);
        this.compare(`input ${k}, element ${i}`, numeric, exact[i]);
      }
    });
  }

  /** Gradients of a cost, moved along a direction t, against the gradient of ⟨gradients, t⟩: second derivatives are symmetric. Returns that cost. */
  private alongDirection(label: string, gradients: readonly Pair[]): Pair {
    const directions = this.directions();
    const terms = gradients.map(({ own, wide }, at) => {
      const t = directions.get(this.wrt[at]) as NDArray;
      const narrow = asVariable(t.astype(own.dtype));
      return { own: sum(mul(own, narrow)), wide: sum(mul(wide, asVariable(t))) };
    });
    const cost = terms.reduce((a, b) => ({ own: add(a.own, b.own), wide: add(a.wide, b.wide) }));
    const found = evaluate(
      this.gradients(cost).map(({ own }) => own),
      this.values(),
    );
    const numeric = this.difference(
      gradients.map(({ wide }) => wide),
      directions,
    );
    found.forEach((g, at) => this.compareArrays(`${label}input ${this.wrt[at]}`, numeric[at], g));
    return cost;
  }

  /** Rop of `outputs` along a direction. */
  private checkForward(label: string, outputs: readonly Pair[]): void {
    const directions = this.directions();
    const tangents = Rop(
      outputs.map(({ own }) => own),
      this.wrt.map((k) => this.inputs[k]),
      this.wrt.map((k) => (directions.get(k) as NDArray).astype(this.points[k].dtype)),
      { disconnectedOutputs: 'ignore' },
    );
    const numeric = this.difference(
      outputs.map(({ wide }) => wide),
      directions,
    );
    evaluate(tangents, this.values()).forEach((t, k) =>
      this.compareArrays(`${label}forward mode, output ${k}`, numeric[k], t),
    );
  }

  private directions(): ReadonlyMap<number, NDArray> {
    return new Map(this.wrt.map((k) => [k, this.random(this.points[k].shape, 'float64')]));
  }

  /** Central differences of `outputs` as all points move along their directions. */
  private difference(
    outputs: readonly TensorVariable[],
    directions: ReadonlyMap<number, NDArray>,
  ): NDArray[] {
    const moved = (by: number): NDArray[] =>
      this.wideAt(
        outputs,
        new Map([...directions].map(([k, t]) => [k, plus(this.widePoints[k], t, by)])),
      );
    const [above, below] = [moved(this.step), moved(-this.step)];
    return above.map((a, k) => plus(a, below[k], -1, 1 / (2 * this.step)));
  }

  private wideAt(
    outputs: readonly TensorVariable[],
    moved: ReadonlyMap<number, NDArray>,
  ): NDArray[] {
    return evaluate(
      outputs,
      new Map(this.wideInputs.map((v, k) => [v, moved.get(k) ?? this.widePoints[k]])),
    );
  }

  private values(): Map<TensorVariable, NDArray> {
    return new Map(this.inputs.map((v, k) => [v, this.points[k]]));
  }

  private checkShape(label: string, found: NDArray, expected: readonly number[]): void {
    if (found.shape.join() === expected.join()) return;
    throw new GradError(
      `[verifyGrad] ${label}: expected a gradient of shape (${expected.join(', ')}), got (${found.shape.join(', ')})`,
    );
  }

  private compareArrays(label: string, numeric: NDArray, found: NDArray): void {
    this.checkShape(label, found, numeric.shape);
    const exact = numbersOf(found);
    numbersOf(numeric).forEach((n, i) => this.compare(`${label}, element ${i}`, n, exact[i]));
  }

  private compare(label: string, numeric: number, exact: number): void {
    const scale = Math.max(1, Math.abs(numeric), Math.abs(exact));
    if (Math.abs(numeric - exact) <= this.tolerance * scale) return;
    throw new GradError(
      `[verifyGrad] ${label}: expected ${numeric} by finite differences, got ${exact}`,
    );
  }
}

/** Uniform numbers in [0.5, 1.5), the same for the same seed. */
function numbersFrom(seed: number): (shape: readonly number[], dtype: DType) => NDArray {
  let state = (seed * 2654435761 + 97) >>> 0;
  return (shape, dtype) => {
    const out = NDArray.zeros([...shape], 'float64');
    for (let i = 0; i < out.size; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      out.data[i] = 0.5 + state / 2 ** 32;
    }
    return isFloat(dtype) ? out.astype(dtype) : out;
  };
}

/** The elements in order, as numbers. */
function numbersOf(x: NDArray): number[] {
  const flat = x.astype('float64').contiguous();
  return Array.from(flat.data.subarray(flat.offset, flat.offset + flat.size), Number);
}

/** (a + by·b)·scale in float64. */
function plus(a: NDArray, b: NDArray, by: number, scale = 1): NDArray {
  const out = NDArray.zeros(a.shape, 'float64');
  const q = numbersOf(b);
  numbersOf(a).forEach((p, i) => (out.data[i] = (p + by * q[i]) * scale));
  return out;
}
