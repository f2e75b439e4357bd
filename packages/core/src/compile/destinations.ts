/** What `f.into` writes to: the caller's arrays, checked before anything runs. */
import type { OutputMemory } from '../device/output-memory.js';
import { DTypeError, InputError, ShapeError } from '../errors.js';
import { dtypeInfo } from '../types/dtype.js';
import { isNDArray, NDArray } from '../types/ndarray.js';
import { shapeText } from '../types/shape.js';
import type { Result, Specification } from './specification.js';
import { asElements, typedDType, type TypedArray } from '../types/typed-input.js';

/**
 * Memory for each output, from what `into` was given in the structure of the outputs.
 * @throws InputError, DTypeError, ShapeError naming the output
 */
export function toDestinations(
  slots: readonly Result[],
  shape: Specification['shape'],
  given: unknown,
): (OutputMemory | null)[] {
  const values = listValues(slots, shape, given);
  const memory = slots.map((slot, k) => toDestination(slot, values[k]));
  refuseOverlaps(slots, memory);
  return memory;
}

function listValues(
  slots: readonly Result[],
  shape: Specification['shape'],
  given: unknown,
): readonly unknown[] {
  if (shape === 'one') return [given];
  if (shape === 'none')
    throw new InputError('[into] expected a function with outputs, got one without');
  const labels = slots.map(({ label }) => label).join(', ');
  if (shape === 'list') {
    if (Array.isArray(given) && given.length === slots.length) return given;
    const got = Array.isArray(given) ? `a list of ${given.length}` : kindOf(given);
    throw new InputError(`[into] expected a list of arrays for ${labels}, got ${got}`);
  }
  if (typeof given !== 'object' || given === null || isNDArray(given) || ArrayBuffer.isView(given))
    throw new InputError(`[into] expected a record of arrays for ${labels}, got ${kindOf(given)}`);
  const unknown = Object.keys(given).find((key) => !shape.includes(key));
  if (unknown !== undefined) throw new InputError(`[into] expected ${labels}, got ${unknown}`);
  return shape.map((key) => (given as Record<string, unknown>)[key]);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? Object.prototype.toString.call(value) : `a ${typeof value}`;
}

/**
 * Memory for one output: an array of its dtype, rank and static sizes without gaps, or a typed array
 * with as many elements; nothing for an output that comes back as a fresh array.
 * @throws InputError, DTypeError, ShapeError naming the output
 */
function toDestination(slot: Result, value: unknown): OutputMemory | null {
  if (value === null || value === undefined) return null;
  if (isNDArray(value)) return ofArray(slot, value);
  const { dtype } = slot.variable;
  if (typedDType(value) === undefined) {
    throw new InputError(
      `[into] expected an array or a typed array for ${slot.label}, got ${kindOf(value)}`,
    );
  }
  const [wanted, got] = [dtypeInfo[dtype].storage.name, value as TypedArray];
  if (got[Symbol.toStringTag] !== wanted)
    throw new DTypeError(
      `[into] expected a ${wanted} for ${slot.label}, got a ${got[Symbol.toStringTag]}`,
    );
  const data = asElements(got, dtype);
  const array = new NDArray(dtype, data, [data.length]);
  return { array, takes: 'size' };
}

function ofArray({ variable, label }: Result, array: NDArray): OutputMemory {
  const { type } = variable;
  if (array.dtype !== type.dtype)
    throw new DTypeError(`[into] expected ${type.dtype} for ${label}, got ${array.dtype}`);
  if (!type.holds(array))
    throw new ShapeError(
      `[into] expected ${type.key} for ${label}, got shape ${shapeText(array.shape)}`,
    );
  if (!array.isContiguous)
    throw new InputError(`[into] expected an array without gaps for ${label}, got a strided view`, {
      hint: 'give a contiguous array, and copy from it',
    });
  return { array, takes: 'shape' };
}

/** @throws InputError where two outputs would go to the same memory */
function refuseOverlaps(slots: readonly Result[], memory: readonly (OutputMemory | null)[]): void {
  memory.forEach((one, k) => {
    const other = memory.findIndex(
      (two, j) => j < k && one !== null && two !== null && overlap(one.array, two.array),
    );
    if (other >= 0)
      throw new InputError(
        `[into] expected memory of its own for each output, got the same for ${slots[other].label} and ${slots[k].label}`,
      );
  });
}

/** The inputs, those copied that lie in memory that will be written. */
export function shieldInputs(
  inputs: readonly NDArray[],
  memory: readonly (OutputMemory | null)[],
): NDArray[] {
  return inputs.map((input) =>
    memory.some((one) => one !== null && overlap(one.array, input)) ? input.copy() : input,
  );
}

/** Whether two contiguous arrays have bytes in common. */
function overlap(a: NDArray, b: NDArray): boolean {
  if (a.data.buffer !== b.data.buffer) return false;
  const [from, to] = [bytesOf(a), bytesOf(b)];
  return from.start < to.end && to.start < from.end;
}

function bytesOf({ data, offset, size }: NDArray): { start: number; end: number } {
  const start = data.byteOffset + offset * data.BYTES_PER_ELEMENT;
  return { start, end: start + size * data.BYTES_PER_ELEMENT };
}
