/**
 * The language of indices, with NumPy's rules: `at` reads what they name, `setSubtensor` and `assignSubtensor` change a
 * copy. Slices and integers come down to subtensor, integer arrays and masks to gather and scatter.
 */
import { IndexRangeError } from '../errors.js';
import { isConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { add } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { valuesFor } from './assigned-values.js';
import { isMask, maskFor, maskPositions } from './boolean-mask.js';
import { cast } from './cast.js';
import { switchOp } from './compare.js';
import { dimshuffle, type AxisOrder } from './dimshuffle.js';
import { padLeft } from './elementwise.js';
import { gather, scatter } from './gather.js';
import { assignSubtensor, isSlice, subtensor, type BasicIndex, type Slice } from './subtensor.js';

/** Adds an axis of size 1, as an index. */
export const newAxis = 'x';
/** Stands for all axes that the other indices leave over. */
export const ellipsis = '...';

/**
 * What indexes: an integer (the axis goes), a slice or null (it stays), an integer array or a mask of
 * booleans (they pick), `'x'` (a new axis of size 1), `'...'` (the axes that are left over).
 */
export type Index = BasicIndex | 'x' | '...';

/** An ellipsis among these stands for no axis. */
type Item = Slice | TensorVariable | null | 'x' | '...';
type AxisItem = Exclude<Item, 'x' | '...'>;

/** Axes that an index takes up. */
function width(item: Item): number {
  if (item === 'x' || item === '...') return 0;
  return item === null || isSlice(item) || !isMask(item) ? 1 : item.type.rank;
}

/** The indices with numbers and arrays as variables, and the ellipsis spelled out. */
function itemsOf(x: TensorVariable, indices: readonly Index[]): Item[] {
  const items = indices.map((index) =>
    index === null || index === 'x' || index === '...' || isSlice(index)
      ? index
      : asVariable(index),
  );
  const given = items.filter((item) => item !== '...');
  const left = x.type.rank - given.reduce((total, item) => total + width(item), 0);
  if (left < 0) {
    throw new IndexRangeError(
      `[at] expected at most ${x.type.rank} indices for ${x.toString()}, got ${x.type.rank - left}`,
    );
  }
  if (items.length - given.length > 1) {
    throw new IndexRangeError(
      `[at] expected at most one '...', got ${items.length - given.length}`,
    );
  }
  const whole: Item[] = left === 0 ? ['...'] : Array.from({ length: left }, () => null);
  return items.flatMap((item) => (item === '...' ? whole : [item]));
}

/** `x` with the new axes in place, the other indices, and the order that takes those axes out again. */
interface Widened {
  readonly x: TensorVariable;
  readonly items: readonly AxisItem[];
  readonly back: AxisOrder;
  /** Whether something else stands between what picks. */
  readonly separated: boolean;
}

function widen(x: TensorVariable, items: readonly Item[]): Widened {
  const order: (number | 'x')[] = [];
  let axis = 0;
  for (const item of items) {
    if (item === 'x') order.push('x');
    for (let k = 0; k < width(item); k++) order.push(axis++);
  }
  while (axis < x.type.rank) order.push(axis++);
  return {
    x: dimshuffle(x, order),
    items: items.flatMap((item) => (item === '...' ? [] : [item === 'x' ? null : item])),
    separated: isSeparated(items),
    back: Array.from({ length: x.type.rank }, (_, k) => order.indexOf(k)),
  };
}

function isSeparated(items: readonly Item[]): boolean {
  const picks = items.map((item) => item !== 'x' && item !== '...' && !isSliceOrNull(item));
  return picks.slice(picks.indexOf(true), picks.lastIndexOf(true)).includes(false);
}

/** How indices with arrays among them come down to slices, then picks along leading axes. */
interface Picking {
  /** The slices alone; null where an axis is picked from or whole. */
  readonly slices: readonly (Slice | null)[];
  readonly picks: readonly TensorVariable[];
  /** Brings the axes that are picked from to the front. */
  readonly toFront: readonly number[];
  /** Brings the axes of the picked elements to where NumPy has them. */
  readonly toPlace: readonly number[];
}

function isSliceOrNull(item: Item): item is Slice | null {
  return item === null || isSlice(item);
}

/** One item an axis: masks as the positions of their true elements. */
function byAxis({ x, items }: Widened): AxisItem[] {
  const result: AxisItem[] = [];
  for (const item of items) {
    if (isSliceOrNull(item) || !isMask(item)) result.push(item);
    else result.push(...maskPositions(x, result.length, item));
  }
  return result;
}

/** null where slices and integers do it. */
function pickingOf({ x, separated }: Widened, items: readonly AxisItem[]): Picking | null {
  if (!items.some((item) => !isSliceOrNull(item) && item.type.rank > 0)) return null;
  const all = Array.from({ length: x.type.rank }, (_, axis) => axis);
  const isPicked = (axis: number): boolean => axis < items.length && !isSliceOrNull(items[axis]);
  const [axes, others] = [all.filter(isPicked), all.filter((axis) => !isPicked(axis))];
  const picks = axes.map((axis) => items[axis] as TensorVariable);
  picks.forEach((pick, k) => checkConstant(x, axes[k], pick));
  const rank = Math.max(...picks.map((pick) => pick.type.rank));
  const before = separated ? 0 : others.filter((axis) => axis < axes[0]).length;
  const rest = others.map((_, k) => rank + k);
  const pickedAxes = Array.from({ length: rank }, (_, k) => k);
  return {
    slices: items.map((item) => (isSliceOrNull(item) ? item : null)),
    picks,
    toFront: [...axes, ...others],
    toPlace: [...rest.slice(0, before), ...pickedAxes, ...rest.slice(before)],
  };
}

/** Refuses a constant index that is out of range of an axis of known size. */
function checkConstant(x: TensorVariable, axis: number, pick: TensorVariable): void {
  const size = x.type.shape[axis];
  if (size === null || !isConstant(pick)) return;
  const { data, offset, size: count } = pick.data.contiguous();
  for (let k = 0; k < count; k++) {
    const at = Number(data[offset + k]);
    if (at >= -size && at < size) continue;
    throw new IndexRangeError(
      `[at] expected an index within [${-size}, ${size - 1}] for axis ${axis}, got ${at}`,
    );
  }
}

/** The order that undoes `order`. */
function inverse(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}

/**
 * `x` indexed: integers drop an axis, slices and null keep it, `'x'` adds one, `'...'` stands for those
 * left over; integer arrays pick (broadcast together; their axes stand where the arrays stood, or first
 * when other indices separate them, as in NumPy), and so do masks, whose number of true elements is
 * known only when the function runs. @throws IndexRangeError, ShapeError for a mask of other sizes
 */
export function at(x: TensorLike, ...indices: readonly Index[]): TensorVariable {
  const v = asVariable(x);
  const wide = widen(v, itemsOf(v, indices));
  const items = byAxis(wide);
  const picking = pickingOf(wide, items);
  if (picking === null) return subtensor(wide.x, items);
  const front = dimshuffle(subtensor(wide.x, picking.slices), picking.toFront);
  return dimshuffle(gather(front, picking.picks), picking.toPlace);
}

/** For a lone mask and one value: where the mask holds, without counting. */
function assignMasked(
  mode: 'set' | 'inc',
  { x, items }: Widened,
  values: TensorVariable,
): TensorVariable | null {
  const [mask, second] = items.filter((item) => item !== null);
  const isLone = second === undefined && !isSliceOrNull(mask ?? null) && values.type.rank === 0;
  if (!isLone || !isMask(mask as TensorVariable)) return null;
  const axis = items.indexOf(mask);
  const checked = maskFor(x, axis, mask as TensorVariable);
  const order = x.type.shape.map((_, k) =>
    k >= axis && k < axis + checked.type.rank ? k - axis : 'x',
  );
  return switchOp(dimshuffle(checked, order), mode === 'set' ? values : add(x, values), x);
}

function assign(
  mode: 'set' | 'inc',
  target: TensorVariable,
  indices: readonly Index[],
  given: TensorLike,
): TensorVariable {
  const wide = widen(target, itemsOf(target, indices));
  const { x } = wide;
  const values = valuesFor(`${mode}_subtensor`, x, given);
  const masked = assignMasked(mode, wide, values);
  if (masked !== null) return dimshuffle(masked, wide.back);
  const items = byAxis(wide);
  const picking = pickingOf(wide, items);
  if (picking === null) return dimshuffle(assignSubtensor(x, items, values, mode), wide.back);
  const { slices, picks, toFront, toPlace } = picking;
  const sliced = subtensor(x, slices);
  const placed = padLeft(values, toPlace.length);
  // Values of too high a rank are refused by scatter.
  const y = placed.type.rank === toPlace.length ? dimshuffle(placed, inverse(toPlace)) : placed;
  const front = scatter(dimshuffle(sliced, toFront), picks, y, mode);
  const changed = dimshuffle(front, inverse(toFront));
  const whole = sliced === x ? changed : assignSubtensor(x, slices, changed, 'set');
  return dimshuffle(whole, wide.back);
}

/** A copy of `x` in which the indexed part is `values`; of values for the same place the last one stands. */
export function setSubtensor(
  x: TensorVariable,
  indices: readonly Index[],
  values: TensorLike,
): TensorVariable {
  return assign('set', x, indices, values);
}

/** A copy of `x` in which `values` are added to the indexed part; values for the same place add up. */
export function incSubtensor(
  x: TensorVariable,
  indices: readonly Index[],
  values: TensorLike,
): TensorVariable {
  if (x.dtype !== 'bool') return assign('inc', x, indices, values);
  // Whether any is true: kernels add numbers only.
  const added = cast(valuesFor('inc_subtensor', x, values), 'int64');
  return cast(assign('inc', cast(x, 'int64'), indices, added), 'bool');
}
