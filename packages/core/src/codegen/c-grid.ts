/**
 * Kernels for a grid of threads (CUDA): one launch covers all outer points, threads take them in
 * grid strides. A reduction along memory is shared by 16 threads, one a lane of the tree
 * (reduction.ts); one over columns belongs to one thread, so that neighbours read neighbours. Both
 * give the bits of the CPU's nests, up to the math functions. A serial kernel is run by one thread.
 * Launch: blocks of a multiple of 32 threads, any number of blocks.
 */
import { dtypeInfo } from '../types/dtype.js';
import type { LoopKernel } from '../lower/program.js';
import { prefersColumns } from './c-columns.js';
import {
  accumulatorType,
  declareTotal,
  finishTotal,
  flatIndex,
  foldArg,
  foldText,
  identityText,
  takeBlock,
} from './c-reduction.js';
import { loopHead, nestLoops } from './c-nest.js';
import { KernelText, operandPointers } from './kernel-text.js';
import type { EmitTools, GatherPolicy } from './kernel-text.js';
import { LoopPlan, POST } from './loop-plan.js';
import { BLOCK, LANES, planReductions } from './reduction.js';
import type { ReductionPlan } from './reduction.js';
import { Writer } from './writer.js';

/** Threads of a warp move together, so a failing one goes on with nothing to load or store. */
const goOnAtFailure: GatherPolicy = {
  goesOn: true,
  fail: (gather, value, size) => `tno_fail(a.status, ${gather}, (long long)${value}, ${size});`,
};

export function emitGridKernel(kernel: LoopKernel, symbol: string, tools: EmitTools): string {
  const plan = new LoopPlan(kernel, [...kernel.axes.keys()]);
  const w = new Writer();
  const text = new KernelText(kernel, plan, w, tools, goOnAtFailure);
  const { int64 } = text;
  w.open(`struct ${symbol}_args`);
  w.line(`void *buf[${Math.max(1, kernel.operands.length)}];`);
  w.line(`${int64} dim[${Math.max(1, kernel.params)}];`);
  w.line('tno_status *status;');
  w.close(';');
  w.line('');
  w.open(`extern "C" __global__ void ${symbol}(const ${symbol}_args a)`);
  const body = w.capture(() => {
    text.enter(-1);
    points(text, threadGroup(kernel), () => {
      if (kernel.reduceRank === 0) text.stores();
      else reduce(text);
    });
  });
  operandPointers(text, (operand) => `a.buf[${operand}]`);
  for (const param of [...text.usedParams].sort((x, y) => x - y)) {
    w.line(`const ${int64} d${param} = a.dim[${param}];`);
  }
  w.append(body);
  w.close();
  return w.text();
}

/** How many threads work on a point together. */
type Group = 1 | typeof LANES | 'serial';

function threadGroup(kernel: LoopKernel): Group {
  if (kernel.serial) return 'serial';
  return kernel.reduceRank > 0 && !prefersColumns(kernel) ? LANES : 1;
}

/** The loop over all outer points, with their coordinates. */
function points(text: KernelText, group: Group, inside: () => void): void {
  const { w, int64, plan } = text;
  const outer = plan.order.slice(0, plan.outer);
  const total = outer.map((axis) => text.extent(axis)).join(' * ');
  w.line(`const ${int64} points = ${total === '' ? '1' : total};`);
  if (group === 'serial') {
    w.line('if (blockIdx.x != 0 || threadIdx.x != 0) return;');
    w.line(`const ${int64} first = 0, step = 1;`);
  } else {
    const per = group === 1 ? '' : ` / ${group}`;
    w.line(`const ${int64} first = (blockIdx.x * (${int64})blockDim.x + threadIdx.x)${per};`);
    w.line(`const ${int64} step = gridDim.x * (${int64})blockDim.x${per};`);
  }
  if (group === LANES) {
    w.line(`const int lane = threadIdx.x & ${LANES - 1};`);
    w.line(`const unsigned mask = 0xffffu << (threadIdx.x & ${LANES});`);
  }
  w.block(`for (${int64} q = first; q < points; q += step)`, () => {
    coordinates(text, outer);
    outer.forEach((_, position) => text.enter(position));
    inside();
  });
}

function coordinates(text: KernelText, outer: readonly number[]): void {
  if (outer.length === 0) return;
  const { w, int64 } = text;
  let rest = 'q';
  for (let k = outer.length - 1; k > 0; k--) {
    w.line(`const ${int64} i${outer[k]} = ${rest} % ${text.extent(outer[k])};`);
    w.line(`const ${int64} q${outer[k]} = ${rest} / ${text.extent(outer[k])};`);
    rest = `q${outer[k]}`;
  }
  w.line(`const ${int64} i${outer[0]} = ${rest};`);
}

function reduce(text: KernelText): void {
  const { kernel, plan, w } = text;
  const reductions = planReductions(kernel).filter((r) => plan.needed[r.id]);
  const inner = kernel.axes.length - 1;
  const shared = threadGroup(kernel) === LANES;
  for (const r of reductions) declareTotal(text, r);
  nestLoops(text, plan.order.slice(plan.outer, inner), plan.outer, () => {
    if (shared) sharedBlocks(text, reductions, inner);
    else ownBlocks(text, reductions, inner);
  });
  if (shared) {
    for (const r of reductions) {
      if (r.kind === 'plain') exchange(text, r, `s${r.id}`);
      if (r.kind === 'arg') exchangeArg(text, r);
    }
  }
  for (const r of reductions) finishTotal(text, r);
  text.enter(POST);
  if (!shared) return text.stores();
  w.block('if (lane == 0)', () => text.stores());
}

/** Each of 16 threads takes the elements of its lane. */
function sharedBlocks(text: KernelText, reductions: readonly ReductionPlan[], inner: number): void {
  const trees = reductions.filter((r) => r.kind === 'tree');
  blocks(text, inner, () => {
    const { w, int64 } = text;
    for (const r of trees)
      w.line(`${accumulatorType(text, r)} x${r.id} = ${identityText(text, r)};`);
    w.block(`for (${int64} r = lane; r < e; r += ${LANES})`, () => {
      w.line(`const ${int64} i${inner} = t + r;`);
      elements(text, reductions, inner, (r) => `x${r.id}`);
    });
    for (const r of trees) {
      exchange(text, r, `x${r.id}`);
      takeBlock(text, r, `x${r.id}`, '');
    }
  });
}

/** One thread takes all lanes. */
function ownBlocks(text: KernelText, reductions: readonly ReductionPlan[], inner: number): void {
  const trees = reductions.filter((r) => r.kind === 'tree');
  if (trees.length === 0) {
    text.w.block(loopHead(text, inner), () => elements(text, reductions, inner, () => ''));
    return;
  }
  blocks(text, inner, () => {
    const { w, int64 } = text;
    for (const r of trees) {
      w.line(`${accumulatorType(text, r)} x${r.id}[${LANES}];`);
      w.line('#pragma unroll');
      w.line(`for (int l = 0; l < ${LANES}; l++) x${r.id}[l] = ${identityText(text, r)};`);
    }
    w.block(`for (${int64} r = 0; r < e; r += ${LANES})`, () => {
      w.line('#pragma unroll');
      w.block(`for (int l = 0; l < ${LANES}; l++)`, () => {
        w.line('if (r + l >= e) continue;');
        w.line(`const ${int64} i${inner} = t + r + l;`);
        elements(text, reductions, inner, (r) => `x${r.id}[l]`);
      });
    });
    for (const r of trees) {
      w.line('#pragma unroll');
      w.line(`for (int h = ${LANES / 2}; h > 0; h >>= 1)`);
      const [a, b] = [`x${r.id}[l]`, `x${r.id}[l + h]`];
      w.line(`  for (int l = 0; l < h; l++) ${a} = ${foldText(text, r, a, b)};`);
      takeBlock(text, r, `x${r.id}[0]`, '');
    }
  });
}

function blocks(text: KernelText, inner: number, inside: () => void): void {
  const { w, int64 } = text;
  const n = text.extent(inner);
  w.block(`for (${int64} t = 0; t < ${n}; t += ${BLOCK})`, () => {
    w.line(`const ${int64} e = ${n} - t < ${BLOCK} ? ${n} - t : ${BLOCK};`);
    inside();
  });
}

function elements(
  text: KernelText,
  reductions: readonly ReductionPlan[],
  inner: number,
  lane: (r: ReductionPlan) => string,
): void {
  text.enter(inner);
  for (const r of reductions) {
    if (r.kind === 'arg') {
      foldArg(text, r, [`b${r.id}`, `s${r.id}`], text.value(r.value), flatIndex(text));
      continue;
    }
    const place = r.kind === 'tree' ? lane(r) : `s${r.id}`;
    text.w.line(`${place} = ${foldText(text, r, place, text.value(r.value))};`);
  }
}

function isNarrow(r: ReductionPlan): boolean {
  return dtypeInfo[r.accumulator].bytes < 4;
}

/** What the thread `h` lanes up holds; shuffles know no types below 32 bits. */
function shuffled(text: KernelText, r: ReductionPlan, name: string): string {
  const narrow = isNarrow(r);
  const sent = narrow ? `(int)${name}` : name;
  const got = `__shfl_down_sync(mask, ${sent}, h, ${LANES})`;
  return narrow ? `(${accumulatorType(text, r)})${got}` : got;
}

/** What lane 0 holds. */
function broadcast(r: ReductionPlan, name: string): string {
  return `__shfl_sync(mask, ${isNarrow(r) ? '(int)' : ''}${name}, 0, ${LANES})`;
}

/** Folds the lanes' values of `name` in halves and gives the result to all. */
function exchange(text: KernelText, r: ReductionPlan, name: string): void {
  const { w } = text;
  const type = accumulatorType(text, r);
  w.block(`for (int h = ${LANES / 2}; h > 0; h >>= 1)`, () => {
    w.line(`const ${type} y = ${shuffled(text, r, name)};`);
    w.line(`${name} = ${foldText(text, r, name, 'y')};`);
  });
  w.line(`${name} = (${type})${broadcast(r, name)};`);
}

/** Of equal extremes the first wins; a lane that met nothing beyond the identity says 0, the answer if all do. */
function exchangeArg(text: KernelText, r: ReductionPlan): void {
  const { w, int64 } = text;
  const [best, where] = [`b${r.id}`, `s${r.id}`];
  const symbol = r.op === 'argmax' ? '>' : '<';
  w.block(`for (int h = ${LANES / 2}; h > 0; h >>= 1)`, () => {
    w.line(`const ${accumulatorType(text, r)} y = ${shuffled(text, r, best)};`);
    w.line(`const ${int64} n = __shfl_down_sync(mask, ${where}, h, ${LANES});`);
    w.line(`const bool same = y == ${best} || (y != y && ${best} != ${best});`);
    w.line(`const bool nan = y != y && ${best} == ${best};`);
    w.line(`const bool m = nan || y ${symbol} ${best} || (same && n < ${where});`);
    w.line(`${best} = m ? y : ${best};`);
    w.line(`${where} = m ? n : ${where};`);
  });
  w.line(`${where} = __shfl_sync(mask, ${where}, 0, ${LANES});`);
}
