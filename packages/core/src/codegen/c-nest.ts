/** The loop nest of a kernel without reductions, and what all nests of one thread share. */
import type { KernelText } from './kernel-text.js';
import { isOne, isZero } from './loop-plan.js';

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

/** Bounds of an axis; the outermost runs over the range given to the kernel. */
function range(text: KernelText, axis: number): [from: string, to: string] {
  return axis === 0 && text.plan.outer > 0 ? ['begin', 'end'] : ['0', text.extent(axis)];
}

/** Head of the loop over an axis. */
export function loopHead(text: KernelText, axis: number): string {
  const [from, to] = range(text, axis);
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
  if (writesRows(text)) emitRowsOfTiles(text);
  else nestLoops(text, text.plan.order, 0, () => text.stores());
}

/** Elements that are computed before they are written, where memory is written past the caches. */
const TILE = 512;

/** Whether results lie one after the other in the innermost loop, and nothing of them is read. */
function writesRows({ kernel, plan }: KernelText): boolean {
  const inner = plan.order.at(-1);
  if (inner === undefined || plan.gathers().length > 0) return false;
  const { loaded } = plan.usedOperands();
  return kernel.stores.every(
    ({ operand, mode }) =>
      mode === 'set' && !loaded.has(operand) && isOne(kernel.operands[operand].strides[inner]),
  );
}

/**
 * The innermost loop in tiles. Results too large for the caches go past them (`a->stream`): written
 * in the usual way, memory would first be read. Then a tile lies on the stack until it is streamed
 * out; else it is the place in memory, so that one loop serves for both. Streamed tiles begin with a
 * cache line: parts of lines go to memory one by one.
 */
function emitRowsOfTiles(text: KernelText): void {
  const { w, int64, kernel, plan } = text;
  const inner = plan.order[plan.order.length - 1];
  const operands = kernel.stores.map(({ operand }) => operand);
  const storage = (operand: number): string =>
    text.dialect.types[kernel.operands[operand].dtype].storage;
  const [from, to] = range(text, inner);
  nestLoops(text, plan.order.slice(0, -1), 0, () => {
    w.block(`for (${int64} u = ${from}, w; u < ${to}; u += w)`, () => {
      const first = `a->stream ? ${text.rowPointer(operands[0])} + u : 0`;
      const size = `sizeof(${storage(operands[0])})`;
      w.line(`w = ${text.use('tno_tile')}(${to} - u, ${TILE}, ${first}, ${size});`);
      for (const operand of operands) {
        const [type, row] = [storage(operand), text.rowPointer(operand)];
        w.line(`${type} t${operand}[${TILE}];`);
        w.line(`${type} *const q${operand} = a->stream ? t${operand} : ${row} + u;`);
      }
      w.directive(PARALLEL_LOOP);
      w.block(`for (${int64} j = 0; j < w; j++)`, () => {
        w.line(`const ${int64} i${inner} = u + j;`);
        text.enter(plan.order.length - 1);
        text.stores((operand) => `q${operand}[j]`);
      });
      for (const operand of operands) {
        const bytes = `w * (${int64})sizeof(${storage(operand)})`;
        const call = `${text.use('tno_stream')}(${text.rowPointer(operand)} + u, t${operand}, ${bytes})`;
        w.line(`if (a->stream) ${call};`);
      }
    });
  });
  w.line(`if (a->stream) ${text.use('tno_stream_end')}();`);
}
