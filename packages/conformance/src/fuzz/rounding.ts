/** How far rounding may move a value: estimated by computing it again with everything moved a little. */
import {
  Constant,
  isFloat,
  NumericalError,
  ShapeError,
  toposort,
  type Apply,
  type DType,
  type NDArray,
  type TensorVariable,
} from '@tno/core';
import { flatNumbers, largest, largestGap } from './elements.js';
import { roundingOf, rounds } from './exactness.js';

export const epsilon: Partial<Record<DType, number>> = {
  float64: 2 ** -52,
  float32: 2 ** -23,
  float16: 2 ** -10,
};

/**
 * `value` with every float moved by about `by`, this way or that, each differently, so that moves do not
 * cancel; integers stay. Other moves for another `salt`.
 */
export function shifted(value: NDArray, salt: number, by: (x: number) => number): NDArray {
  if (!isFloat(value.dtype)) return value;
  const flat = value.copy().reshape([value.size]);
  flatNumbers(value).forEach((x, k) => {
    const share = scrambled(scrambled(salt) + k) / 2 ** 31;
    flat.set(x + (share < 1 ? share + 0.5 : -(share - 0.5)) * by(x), k);
  });
  return flat.reshape(value.shape);
}

/** A 32-bit number that tells nothing of `n`. */
function scrambled(n: number): number {
  let bits = Math.imul(n ^ (n >>> 16) ^ 0x9e3779b9, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Elements of what is on the way to a value: more than any small graph has to make. */
const MOST_ELEMENTS = 10_000;

/** About how many terms an element of the result is the sum of, if it is one. */
const termsOf = (operands: readonly NDArray[], { size }: NDArray): number =>
  Math.max(1, ...operands.map((operand) => operand.size / Math.max(1, size)));

type Values = ReadonlyMap<TensorVariable, NDArray>;

export interface Computed {
  readonly value: NDArray;
  /** It, and all on the way to it. */
  readonly values: Values;
  /** Whether nothing on the way was rounded. */
  readonly exact: boolean;
  /** Whether the last step was. */
  readonly rounded: boolean;
}

/** What was expected instead, where these operands leave the op's results open; else null. */
type Choice = (operands: readonly NDArray[], results: readonly NDArray[]) => string | null;

/** A search ended where there is no solution: any place nearby is as good. */
const solution =
  (op: string): Choice =>
  (_, [, converged]) =>
    converged.item() === false ? `a solution of ${op}, got none` : null;

/** Ops whose results of some operands rewrites and devices are free to choose. */
const choices: Readonly<Record<string, Choice>> = {
  // Rewrites take 0 and -0 for the same: (0, x) is 0 or π, and (-0, x) 0 or -π.
  arctan2: ([y, x]) =>
    flatNumbers(y).includes(0) && !flatNumbers(x).every((value) => value > 0)
      ? 'numbers for arctan2, got a zero whose sign counts'
      : null,
  root: solution('root'),
  minimize: solution('minimize'),
};

/** @throws ShapeError where results are large; NumericalError where there is a NaN: rewrites take 0 times it for 0 */
function performed(node: Apply, operands: readonly NDArray[]): readonly NDArray[] {
  // What says how long it is may be any number.
  if (node.op.name === 'arange') requireFew(rangeLength(operands.map((x) => flatNumbers(x)[0])));
  const results = node.op.perform(operands, node);
  requireFew(Math.max(...results.map((result) => result.size)));
  const expected = choices[node.op.name]?.(operands, results) ?? null;
  if (expected !== null) throw new NumericalError(`[fuzz] expected ${expected}`);
  if (results.some((result) => Number.isNaN(largest(result))))
    throw new NumericalError(`[fuzz] expected numbers of ${node.op.name}, got a NaN`);
  return results;
}

const rangeLength = ([start, stop, step]: readonly number[]): number =>
  Math.max(0, (stop - start) / step);

function requireFew(size: number): void {
  if (size > MOST_ELEMENTS)
    throw new ShapeError(`[fuzz] expected at most ${MOST_ELEMENTS} elements, got ${size}`);
}

/** Operands of a routine, each element moved by a share of the largest, and of 1: small right sides hide no matrix's condition. */
const disturbed =
  (share: (dtype: DType) => number, trial = 0) =>
  (operand: NDArray, k: number): NDArray => {
    const by = share(operand.dtype) * (largest(operand) + 1);
    return shifted(operand, MOST_OPERANDS * trial + k, () => by);
  };
const MOST_OPERANDS = 16;

/** What a routine gives is right for operands about that far away, also where these have few bits. */
const ofRoutine =
  (roundings: number) =>
  (dtype: DType): number =>
    8 * roundings * (epsilon[dtype] ?? 0);

/** A distance that no algorithm takes for rounding, and over which what is determined moves little. */
const ofNeighbour = (dtype: DType): number => Math.max(2 ** -14, 16 * (epsilon[dtype] ?? 0));
const MOST_MOVED = 2 ** -3;
/** One neighbour alone may be where a solution happens to be small. */
const NEIGHBOURS = 3;

/**
 * Requires that matrices nearby give nearly the same. Near a matrix that leaves something open, such as the
 * null vectors of one whose rank is low, they choose it in all ways; each algorithm has a way of its own.
 * @throws NumericalError
 */
function requireDetermined(
  node: Apply,
  operands: readonly NDArray[],
  results: readonly NDArray[],
  sign: number,
): void {
  for (let trial = 0; trial < NEIGHBOURS; trial++) {
    const move = disturbed((dtype) => sign * ofNeighbour(dtype), sign * NEIGHBOURS + trial);
    const nearby = performed(node, operands.map(move));
    results.forEach((result, k) => {
      const moved = largestGap(result, nearby[k]);
      if (!(moved <= MOST_MOVED * (largest(result) + 1)))
        throw new NumericalError(
          `[fuzz] expected a matrix that determines what ${node.op.name} gives, got a result that moves by ${moved}`,
        );
    });
  }
}

/** Whether an op compares floats: what differs by rounding alone may be equal elsewhere. */
const compares = ({ op: { lower }, inputs: [a] }: Apply): boolean =>
  lower.kind === 'scalar' &&
  ['eq', 'neq', 'lt', 'le', 'gt', 'ge'].includes(lower.fn) &&
  isFloat(a.dtype);

/** In moves: an estimate is not a bound. */
const CLOSE = 32;
/** What moves more jumps, as draws by rejection do. */
const largestNoise = (dtype: DType): number => 2 ** 12 * (epsilon[dtype] ?? 0);

/** Requires that what is compared differs by more than moves it, or not at all. @throws NumericalError */
function requireApart(
  { op, inputs: [a] }: Apply,
  operands: readonly NDArray[],
  moved: readonly NDArray[],
  { shape }: NDArray,
): void {
  const [gaps, movedGaps] = [operands, moved].map((pair) => {
    const [left, right] = pair.map((operand) => flatNumbers(operand.broadcastTo(shape)));
    return left.map((x, k) => x - right[k]);
  });
  gaps.forEach((gap, k) => {
    const noise = Math.min(largestNoise(a.dtype), CLOSE * Math.abs(movedGaps[k] - gap));
    if (gap !== 0 && Math.abs(gap) <= noise)
      throw new NumericalError(
        `[fuzz] expected numbers for ${op.name} further apart than rounding, got a gap of ${gap}`,
      );
  });
}

/**
 * The variable's value, everything on the way to it moved by `roundings` steps between floats from what it is
 * `unmoved`. @throws ShapeError where that is large; NumericalError where there is a NaN, or a routine's result or a
 * comparison's is not determined
 */
export function computed(
  variable: TensorVariable,
  values: Values,
  roundings: number,
  unmoved: Values = values,
): Computed {
  const known = new Map(values);
  let [exact, rounded] = [true, false];
  const isConstant = (v: TensorVariable): v is Constant => v instanceof Constant;
  const valueIn = (all: Values, v: TensorVariable): NDArray =>
    isConstant(v) ? v.data : (all.get(v) as NDArray);
  for (const [salt, node] of toposort([variable], new Set(values.keys())).entries()) {
    const operands = node.inputs.map((v) => valueIn(known, v));
    const isRoutine = roundingOf(node) === 'routine';
    let results = performed(node, operands);
    if (roundings !== 0 && compares(node)) {
      const before = node.inputs.map((v) => valueIn(unmoved, v));
      requireApart(node, before, operands, results[0]);
    }
    if (isRoutine && roundings !== 0) {
      requireDetermined(node, operands, results, Math.sign(roundings));
      results = performed(node, operands.map(disturbed(ofRoutine(roundings))));
    }
    node.outputs.forEach((output, k) => {
      const result = results[k];
      const isRounded = rounds(node, operands, result);
      if (isRounded) exact = false;
      if (output === variable) rounded = isRounded;
      const by = roundings * (epsilon[output.dtype] ?? 0) * Math.sqrt(termsOf(operands, result));
      const moves = by !== 0 && isRounded && output !== variable;
      known.set(output, moves ? shifted(result, salt, (x) => by * Math.abs(x)) : result);
    });
  }
  return { value: valueIn(known, variable), values: known, exact, rounded };
}
