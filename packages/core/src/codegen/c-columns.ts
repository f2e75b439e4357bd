/**
 * Reductions of many outputs at once: for data that lies along the innermost outer axis while the
 * reduced axis strides over it (column sums). A tile of outputs is carried through the reduction, so
 * that memory is walked row by row; each column goes through the same tree (reduction.ts) as if it
 * were alone. What touches no operand runs over the whole tile, also where it is not full: loops of a
 * known length are quick to compile and to run.
 */
import {
  accumulatorType,
  finishTotal,
  flatIndex,
  foldArg,
  foldBlock,
  foldText,
  identityText,
} from './c-reduction.js';
import { isParallel, nestLoops, PARALLEL_LOOP } from './c-nest.js';
import type { KernelText } from './kernel-text.js';
import { isOne, isZero, POST } from './loop-plan.js';
import type { LoopKernel } from '../lower/program.js';
import { BLOCK, LANES, planReductions } from './reduction.js';
import type { ReductionPlan } from './reduction.js';

/** Outputs in a tile. */
const TILE = 64;

/** Whether more loads lie along the innermost outer axis than along the innermost reduced one. */
export function prefersColumns(kernel: LoopKernel): boolean {
  const inner = kernel.axes.length - 1;
  const column = inner - kernel.reduceRank;
  if (column < 0) return false;
  let score = 0;
  for (const instr of kernel.body) {
    if (instr.op !== 'load') continue;
    const { strides } = kernel.operands[instr.operand];
    if (isZero(strides[inner])) continue;
    if (isOne(strides[inner])) score--;
    else if (isOne(strides[column])) score++;
  }
  return score > 0;
}

/** Order of loops: other outer axes, reduced axes, then the columns of a tile. */
export function columnOrder(kernel: LoopKernel): number[] {
  const column = kernel.axes.length - kernel.reduceRank - 1;
  const others = [...kernel.axes.keys()].filter((axis) => axis !== column);
  return [...others, column];
}

export function emitColumns(text: KernelText): void {
  const { plan, w, int64 } = text;
  const reductions = planReductions(text.kernel).filter((r) => plan.needed[r.id]);
  const column = plan.outer - 1;
  const [from, to] = column === 0 ? ['begin', 'end'] : ['0', text.extent(column)];
  text.enter(-1);
  nestLoops(text, plan.order.slice(0, column), 0, () => {
    w.block(`for (${int64} u = ${from}; u < ${to}; u += ${TILE})`, () => {
      w.line(`const ${int64} w = ${to} - u < ${TILE} ? ${to} - u : ${TILE};`);
      for (const r of reductions) declareTotals(text, r);
      reduceTile(text, reductions, column);
      if (isParallel(text, column)) w.directive(PARALLEL_LOOP);
      forColumns(text, column, () => {
        for (const r of reductions) finishTotal(text, r, '[j]');
        text.enter(POST);
        text.stores();
      });
    });
  });
}

/** The loop over the outputs of a tile, with their coordinate. */
function forColumns(text: KernelText, column: number, inside: () => void): void {
  text.w.block(`for (${text.int64} j = 0; j < w; j++)`, () => {
    text.w.line(`const ${text.int64} i${column} = u + j;`);
    inside();
  });
}

/** The loop over a whole tile. */
function forTile(text: KernelText, inside: () => void): void {
  text.w.block(`for (int j = 0; j < ${TILE}; j++)`, inside);
}

function declareTotals(text: KernelText, r: ReductionPlan): void {
  const { w } = text;
  const type = accumulatorType(text, r);
  const identity = identityText(text, r);
  if (r.kind === 'arg') {
    w.line(`${type} b${r.id}[${TILE}];`);
    w.line(`${text.int64} s${r.id}[${TILE}];`);
    forTile(text, () => {
      w.line(`b${r.id}[j] = ${identity};`);
      w.line(`s${r.id}[j] = 0;`);
    });
    return;
  }
  const compensated = r.kind === 'tree' && r.op === 'sum';
  w.line(`${type} s${r.id}[${TILE}]${compensated ? `, c${r.id}[${TILE}]` : ''};`);
  forTile(text, () => {
    w.line(`s${r.id}[j] = ${identity};`);
    if (compensated) w.line(`c${r.id}[j] = ${identity};`);
  });
}

function reduceTile(text: KernelText, reductions: readonly ReductionPlan[], column: number): void {
  const { plan, w, int64, kernel } = text;
  const inner = kernel.axes.length - 1;
  const trees = reductions.filter((r) => r.kind === 'tree');
  const last = plan.order.length - 1;
  const row = (): void => {
    text.enter(last - 1);
    for (const r of trees) {
      w.line(`${accumulatorType(text, r)} *const l${r.id} = x${r.id}[r & ${LANES - 1}];`);
    }
    w.directive(PARALLEL_LOOP);
    forColumns(text, column, () => {
      text.enter(last);
      for (const r of reductions) foldColumn(text, r);
    });
  };
  nestLoops(text, plan.order.slice(column, last - 1), column, () => {
    const n = text.extent(inner);
    if (trees.length === 0) {
      w.block(`for (${int64} i${inner} = 0; i${inner} < ${n}; i${inner}++)`, row);
      return;
    }
    w.block(`for (${int64} t = 0; t < ${n}; t += ${BLOCK})`, () => {
      w.line(`const ${int64} e = ${n} - t < ${BLOCK} ? ${n} - t : ${BLOCK};`);
      openLanes(text, trees);
      w.block(`for (${int64} r = 0; r < e; r++)`, () => {
        w.line(`const ${int64} i${inner} = t + r;`);
        row();
      });
      closeLanes(text, trees);
    });
  });
}

function foldColumn(text: KernelText, r: ReductionPlan): void {
  const value = text.value(r.value);
  if (r.kind === 'arg') return foldArg(text, r, flatIndex(text), '[j]');
  const place = r.kind === 'tree' ? `l${r.id}[j]` : `s${r.id}[j]`;
  text.w.line(`${place} = ${foldText(text, r, place, value)};`);
}

/** Only lanes that get an element take part; the others would hold the identity. */
function openLanes(text: KernelText, trees: readonly ReductionPlan[]): void {
  const { w, int64 } = text;
  w.line(`const ${int64} lanes = e < ${LANES} ? e : ${LANES};`);
  for (const r of trees) w.line(`${accumulatorType(text, r)} x${r.id}[${LANES}][${TILE}];`);
  w.block(`for (${int64} l = 0; l < lanes; l++)`, () =>
    forTile(text, () => {
      for (const r of trees) w.line(`x${r.id}[l][j] = ${identityText(text, r)};`);
    }),
  );
}

function closeLanes(text: KernelText, trees: readonly ReductionPlan[]): void {
  const { w, int64 } = text;
  w.block(`for (${int64} h = ${LANES / 2}; h > 0; h >>= 1)`, () =>
    w.block(`for (${int64} l = 0; l < h && l + h < lanes; l++)`, () => {
      forTile(text, () => {
        for (const r of trees) {
          const [a, b] = [`x${r.id}[l][j]`, `x${r.id}[l + h][j]`];
          w.line(`${a} = ${foldText(text, r, a, b)};`);
        }
      });
    }),
  );
  forTile(text, () => {
    for (const r of trees) foldBlock(text, r, `x${r.id}[0][j]`, '[j]');
  });
}
