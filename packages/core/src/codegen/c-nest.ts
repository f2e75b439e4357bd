/** The loop nest of a kernel without reductions, and what all nests of one thread share. */
import type { KernelText } from './kernel-text.js';
import { isZero } from './loop-plan.js';

/** Tells the compiler that iterations do not touch each other's elements. */
export const PARALLEL_LOOP = '#pragma GCC ivdep';

/** Whether each iteration of the loop over `axis`, the innermost, stores to elements of its own. */
export function isParallel(text: KernelText, axis: number): boolean {
  const { kernel, plan } = text;
  const position = plan.order.indexOf(axis);
  return kernel.stores.every((store) => {
    const fixed = store.index.every(({ value }) => plan.positions[value] < position);
    return fixed && !isZero(kernel.operands[store.operand].strides[axis]);
  });
}

/** Head of the loop over an axis; the outermost runs over the range given to the kernel. */
export function loopHead(text: KernelText, axis: number): string {
  const [from, to] =
    axis === 0 && text.plan.outer > 0 ? ['begin', 'end'] : ['0', text.extent(axis)];
  return `for (${text.int64} i${axis} = ${from}; i${axis} < ${to}; i${axis}++)`;
}

/** Opens the loops over `axes`, which stand at the positions from `first` on, around `inside`. */
export function nestLoops(
  text: KernelText,
  axes: readonly number[],
  first: number,
  inside: () => void,
): void {
  if (axes.length === 0) return inside();
  const [axis, ...rest] = axes;
  if (rest.length === 0 && first === text.plan.order.length - 1 && isParallel(text, axis)) {
    text.w.directive(PARALLEL_LOOP);
  }
  text.w.block(loopHead(text, axis), () => {
    text.enter(first);
    nestLoops(text, rest, first + 1, inside);
  });
}

export function emitNest(text: KernelText): void {
  text.enter(-1);
  nestLoops(text, text.plan.order, 0, () => text.stores());
}
