/**
 * The loop over the blocks of the reduction tree (reduction.ts), which rows and columns share, and the
 * phases of a run (tno/kernel_abi.h): where there are few results and much to reduce, threads write the
 * results of blocks to memory, and one run takes these in the order in which a whole run does.
 */
import { accumulatorType } from './c-reduction.js';
import type { KernelText } from './kernel-text.js';
import { BLOCK } from './reduction.js';
import type { ReductionPlan } from './reduction.js';

/** What happens to a block; `at` is the place of its results among those of all blocks. */
export interface BlockSteps {
  declare(): void;
  compute(): void;
  load(at: string): void;
  save(at: string): void;
  /** Takes the block's results into the running ones. */
  take(): void;
}

/** Opens a kernel that reduces: the phase, and the blocks of each result that this run is about. */
export function openPhase(text: KernelText): void {
  const { w, int64, kernel, plan } = text;
  const inner = kernel.axes.length - 1;
  const rows = plan.order.filter((axis) => axis >= plan.outer && axis !== inner);
  w.line(`const ${int64} phase = a->phase;`);
  w.line(`const ${int64} line = (${text.extent(inner)} + ${BLOCK - 1}) / ${BLOCK};`);
  w.line(
    `${int64} from = 0, to = ${['line', ...rows.map((axis) => text.extent(axis))].join(' * ')};`,
  );
  const outermost = plan.outer > 0 ? `, begin = 0, end = ${text.extent(0)}` : '';
  w.line(`if (phase == TNO_BLOCKS) from = begin, to = end${outermost};`);
}

/** The loop over the blocks of a result, or of a tile of them of which `point` is the first's number. */
export function forBlocks(text: KernelText, point: string, steps: BlockSteps): void {
  const { w, int64, kernel, plan } = text;
  const n = text.extent(kernel.axes.length - 1);
  const points = [...kernel.axes.keys()].slice(0, plan.outer).map((axis) => text.extent(axis));
  const inMemory = (head: string, block: string, inside: (at: string) => void): void =>
    w.block(head, () => {
      const stride = points.length > 1 ? `(${points.join(' * ')})` : points[0];
      w.line(
        `const ${int64} at = ${points.length === 0 ? block : `${block} * ${stride} + ${point}`};`,
      );
      inside('at');
    });
  loopBlocks(text, (block) => {
    w.line(`const ${int64} e = ${n} - t < ${BLOCK} ? ${n} - t : ${BLOCK};`);
    steps.declare();
    w.block('if (phase != TNO_FOLD)', () => steps.compute());
    inMemory('else', block, (at) => steps.load(at));
    inMemory('if (phase == TNO_BLOCKS)', block, (at) => steps.save(at));
    w.block('else', () => steps.take());
  });
}

/** The flat number of a point among the outer axes. */
export function pointNumber(text: KernelText, names: readonly string[]): string {
  return names.reduce(
    (flat, name, axis) => (axis === 0 ? name : `(${flat}) * ${text.extent(axis)} + ${name}`),
    '0',
  );
}

/** Where results (`what` 0), or indices of argmax and argmin (1), of blocks lie. */
export function partial(text: KernelText, r: ReductionPlan, what: 0 | 1, at: string): string {
  const type = what === 0 ? accumulatorType(text, r) : text.int64;
  const number = 2 * (r.id - text.kernel.body.length) + what;
  return `((${type} *)a->part[${number}])[${at}]`;
}

/** The loop itself, with `t` and the coordinates of the axes around the innermost; `inside` gets the block's number. */
function loopBlocks(text: KernelText, inside: (block: string) => void): void {
  const { w, int64, kernel, plan } = text;
  const inner = kernel.axes.length - 1;
  const rows = [...kernel.axes.keys()].slice(plan.outer, inner);
  if (rows.length === 0) {
    const head = `for (${int64} t = from * ${BLOCK}; t < to * ${BLOCK}; t += ${BLOCK})`;
    w.block(head, () => inside(`t / ${BLOCK}`));
    return;
  }
  startRows(text, rows);
  w.block(`for (${int64} b = from; b < to; b++)`, () => {
    inside('b');
    w.line(`t += ${BLOCK};`);
    w.line(`if (t < ${text.extent(inner)}) continue;`);
    w.line('t = 0;');
    [...rows].reverse().forEach((axis) => {
      w.line(`i${axis}++;`);
      if (axis === rows[0]) return;
      w.line(`if (i${axis} < ${text.extent(axis)}) continue;`);
      w.line(`i${axis} = 0;`);
    });
  });
}

/** Declares where block `from` begins; most often it is the first, which needs no division. */
function startRows(text: KernelText, rows: readonly number[]): void {
  const { w, int64 } = text;
  w.line(`${int64} t = 0${rows.map((axis) => `, i${axis} = 0`).join('')};`);
  const starts = [`t = from % line * ${BLOCK}`];
  let rest = 'from / line';
  for (const axis of [...rows].reverse()) {
    const last = axis === rows[0];
    starts.push(`i${axis} = ${last ? rest : `${rest} % ${text.extent(axis)}`}`);
    rest = `${rest} / ${text.extent(axis)}`;
  }
  w.line(`if (from != 0) ${starts.join(', ')};`);
}
