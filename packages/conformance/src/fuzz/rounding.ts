/** How far rounding may move a value: estimated by computing it again with everything moved a little. */
import {
  Constant,
  isFloat,
  ShapeError,
  toposort,
  type Apply,
  type DType,
  type NDArray,
  type TensorVariable,
} from '@tno/core';

export const epsilon: Partial<Record<DType, number>> = {
  float64: 2 ** -52,
  float32: 2 ** -23,
  float16: 2 ** -10,
};

/** The elements, row by row. */
export function flatNumbers(value: NDArray): number[] {
  const flat = (value.dtype === 'float16' ? value.astype('float32') : value).contiguous();
  return Array.from({ length: flat.size }, (_, k) => Number(flat.data[flat.offset + k]));
}

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

/** Whether each element of the result is one of an operand's, or that with the other sign: nothing was rounded. */
function isMoved(result: NDArray, operands: readonly NDArray[]): boolean {
  const known = new Set(operands.flatMap(flatNumbers).map(Math.abs));
  return flatNumbers(result).every((x) => known.has(Math.abs(x)));
}

/** Whether the elements have so few bits that sums and products of some of them are exact. */
export function isGrid(value: NDArray): boolean {
  if (!isFloat(value.dtype)) return true;
  const [finest, most] = value.dtype === 'float16' ? [16, 4] : [64, 100];
  return flatNumbers(value).every((x) => Number.isInteger(x * finest) && Math.abs(x) <= most);
}

/** Elements of what is on the way to a value: more than any small graph has to make. */
const MOST_ELEMENTS = 10_000;

export interface Computed {
  readonly value: NDArray;
  /** Whether everything on the way had few bits, so that nothing was rounded. */
  readonly exact: boolean;
}

function performed(node: Apply, operands: readonly NDArray[]): readonly NDArray[] {
  // What says how long it is may be any number.
  if (node.op.name === 'arange') requireFew(rangeLength(operands.map((x) => Number(x.item()))));
  const results = node.op.perform(operands, node);
  requireFew(Math.max(...results.map((result) => result.size)));
  return results;
}

const rangeLength = ([start, stop, step]: readonly number[]): number =>
  Math.max(0, (stop - start) / step);

function requireFew(size: number): void {
  if (size > MOST_ELEMENTS)
    throw new ShapeError(`[fuzz] expected at most ${MOST_ELEMENTS} elements, got ${size}`);
}

/**
 * Operands of a routine, moved: what it gives is right for operands about that far away, also where these
 * have few bits. So values that a matrix does not determine, as near a singular one, show.
 */
const disturbed =
  (roundings: number) =>
  (operand: NDArray, salt: number): NDArray => {
    const by = 8 * roundings * (epsilon[operand.dtype] ?? 0) * largest(operand);
    return shifted(operand, salt, () => by);
  };

const routines = new Map<string, ReadonlySet<string>>();

/** The library routines that the op is, or is made of. */
function routinesOf(node: Apply): ReadonlySet<string> {
  const { lower, key } = node.op;
  if (lower.kind === 'routine') return new Set([lower.routine]);
  if (lower.kind !== 'composite') return new Set();
  let known = routines.get(key);
  if (known === undefined) {
    const inner = [lower.expand(node) ?? []].flat();
    const nodes = toposort(inner, new Set(node.inputs));
    known = new Set(nodes.flatMap((made) => [...routinesOf(made)]));
    routines.set(key, known);
  }
  return known;
}

/** What they give of some matrices is not determined, also where its elements are those of the matrix. */
const factorizations: readonly string[] = ['lu', 'qr', 'eigh', 'svd'];

/** The variable's value, everything on the way to it moved by `roundings` steps between floats. @throws ShapeError where that is large */
export function computed(
  variable: TensorVariable,
  values: ReadonlyMap<TensorVariable, NDArray>,
  roundings: number,
): Computed {
  const known = new Map(values);
  let exact = true;
  const isConstant = (v: TensorVariable): v is Constant => v instanceof Constant;
  const valueOf = (v: TensorVariable): NDArray =>
    isConstant(v) ? v.data : (known.get(v) as NDArray);
  for (const [salt, node] of toposort([variable], new Set(values.keys())).entries()) {
    const operands = node.inputs.map(valueOf);
    const plain = performed(node, operands);
    const isRounded = (result: NDArray): boolean => !isMoved(result, operands);
    const called = [...routinesOf(node)];
    const isFactored = called.some((name) => factorizations.includes(name));
    const isRoutine =
      called.length > 0 &&
      plain.some((result) => isFloat(result.dtype) && (isFactored || isRounded(result)));
    const results =
      isRoutine && roundings !== 0 ? performed(node, operands.map(disturbed(roundings))) : plain;
    if (isRoutine) exact = false;
    node.outputs.forEach((output, k) => {
      const result = results[k];
      const inexact = !isGrid(result) && isRounded(result);
      if (inexact) exact = false;
      const by = roundings * (epsilon[output.dtype] ?? 0);
      const moves = by !== 0 && inexact && output !== variable;
      known.set(output, moves ? shifted(result, salt, (x) => by * Math.abs(x)) : result);
    });
  }
  return { value: valueOf(variable), exact };
}

export function largest(value: NDArray): number {
  return flatNumbers(value).reduce((m, x) => Math.max(m, Math.abs(x)), 0);
}
