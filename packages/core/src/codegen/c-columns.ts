/**
 * Reductions of many outputs at once: for data that lies along the innermost outer axis while the
 * reduced axis strides over it (column sums). A tile of outputs is carried through the reduction, so
 * that memory is walked row by row; each column goes through the same tree (reduction.ts) as if it
 * were alone. What touches no operand runs over the whole tile, also where it is not full: loops of a
 * known length are quick to compile and to run.
 */
import { forBlocks, openPhase, partial, pointNumber } from './c-blocks.js';
import {
  accumulatorType,
  finishTotal,
  flatIndex,
  foldArg,
  foldText,
  identityText,
  takeBlock,
} from './c-reduction.js';
import { isParallel, nestLoops, PARALLEL_LOOP } from './c-nest.js';
import type { KernelText } from './kernel-text.js';
import { isOne, isZero, POST } from './loop-plan.js';
import type { LoopKernel } from '../lower/program.js';
import { LANES, planReductions } from './reduction.js';
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
  const [first, last] = column === 0 ? ['begin', 'end'] : ['0', text.extent(column)];
  openPhase(text);
  text.enter(-1);
  nestLoops(text, plan.order.slice(0, column), 0, () => {
    w.block(`for (${int64} u = ${first}; u < ${last}; u += ${TILE})`, () => {
      w.line(`const ${int64} w = ${last} - u < ${TILE} ? ${last} - u : ${TILE};`);
      for (const r of reductions) declareTotals(text, r);
      reduceTile(text, reductions, column);
      w.line('if (phase == TNO_BLOCKS) continue;');
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

/** Sets elements of arrays all over a tile. */
function fillTile(text: KernelText, ...assignments: readonly string[]): void {
  forTile(text, () => {
    for (const assignment of assignments) text.w.line(`${assignment};`);
  });
}

/** Running results `s` with compensations `c`, of arg best values `b` and their indices `s`. */
function declareTotals(text: KernelText, r: ReductionPlan): void {
  const { w } = text;
  const type = accumulatorType(text, r);
  const identity = identityText(text, r);
  if (r.kind === 'arg') {
    w.line(`${type} b${r.id}[${TILE}];`);
    w.line(`${text.int64} s${r.id}[${TILE}];`);
    return fillTile(text, `b${r.id}[j] = ${identity}`, `s${r.id}[j] = 0`);
  }
  const compensated = r.kind === 'tree' && r.op === 'sum';
  w.line(`${type} s${r.id}[${TILE}]${compensated ? `, c${r.id}[${TILE}]` : ''};`);
  fillTile(
    text,
    `s${r.id}[j] = ${identity}`,
    ...(compensated ? [`c${r.id}[j] = ${identity}`] : []),
  );
}

/** The result of a block in column j: of a tree what its lanes are folded into. */
const blockResult = (r: ReductionPlan): string =>
  r.kind === 'tree' ? `x${r.id}[0][j]` : `y${r.id}[j]`;
const blockIndex = (r: ReductionPlan): string => `z${r.id}[j]`;

function reduceTile(text: KernelText, reductions: readonly ReductionPlan[], column: number): void {
  const { plan, w } = text;
  const trees = reductions.filter((r) => r.kind === 'tree');
  const others = plan.order.slice(0, column).map((axis) => `i${axis}`);
  forBlocks(text, pointNumber(text, [...others, 'u']), {
    declare: () => {
      for (const r of reductions) declareBlock(text, r);
    },
    compute: () => {
      openLanes(text, trees);
      for (let position = column; position < plan.order.length - 2; position++)
        text.enter(position);
      foldRows(text, reductions, column);
      closeLanes(text, trees);
    },
    load: (at) =>
      forTile(text, () => {
        for (const r of reductions) {
          const identity = identityText(text, r);
          const column = `${at} + j`;
          w.line(`${blockResult(r)} = j < w ? ${partial(text, r, 0, column)} : ${identity};`);
          if (r.kind === 'arg')
            w.line(`${blockIndex(r)} = j < w ? ${partial(text, r, 1, column)} : 0;`);
        }
      }),
    save: (at) =>
      w.block(`for (${text.int64} j = 0; j < w; j++)`, () => {
        for (const r of reductions) {
          w.line(`${partial(text, r, 0, `${at} + j`)} = ${blockResult(r)};`);
          if (r.kind === 'arg') w.line(`${partial(text, r, 1, `${at} + j`)} = ${blockIndex(r)};`);
        }
      }),
    take: () =>
      forTile(text, () => {
        for (const r of reductions) takeBlock(text, r, blockResult(r), blockIndex(r), '[j]');
      }),
  });
}

function declareBlock(text: KernelText, r: ReductionPlan): void {
  const { w } = text;
  const type = accumulatorType(text, r);
  if (r.kind === 'tree') return w.line(`${type} x${r.id}[${LANES}][${TILE}];`);
  w.line(`${type} y${r.id}[${TILE}];`);
  if (r.kind === 'arg') w.line(`${text.int64} z${r.id}[${TILE}];`);
  fillTile(
    text,
    `y${r.id}[j] = ${identityText(text, r)}`,
    ...(r.kind === 'arg' ? [`z${r.id}[j] = 0`] : []),
  );
}

/** The rows of a block, each into a lane of the trees. */
function foldRows(text: KernelText, reductions: readonly ReductionPlan[], column: number): void {
  const { plan, w, int64, kernel } = text;
  const last = plan.order.length - 1;
  w.block(`for (${int64} r = 0; r < e; r++)`, () => {
    w.line(`const ${int64} i${kernel.axes.length - 1} = t + r;`);
    text.enter(last - 1);
    for (const r of reductions) {
      if (r.kind === 'tree')
        w.line(`${accumulatorType(text, r)} *const l${r.id} = x${r.id}[r & ${LANES - 1}];`);
    }
    w.directive(PARALLEL_LOOP);
    forColumns(text, column, () => {
      text.enter(last);
      for (const r of reductions) foldColumn(text, r);
    });
  });
}

function foldColumn(text: KernelText, r: ReductionPlan): void {
  const value = text.value(r.value);
  if (r.kind === 'arg')
    return foldArg(text, r, [blockResult(r), blockIndex(r)], value, flatIndex(text));
  const place = r.kind === 'tree' ? `l${r.id}[j]` : blockResult(r);
  text.w.line(`${place} = ${foldText(text, r, place, value)};`);
}

/** Only lanes that get an element take part; the others would hold the identity. */
function openLanes(text: KernelText, trees: readonly ReductionPlan[]): void {
  if (trees.length === 0) return;
  const { w, int64 } = text;
  w.line(`const ${int64} lanes = e < ${LANES} ? e : ${LANES};`);
  w.block(`for (${int64} l = 0; l < lanes; l++)`, () =>
    fillTile(text, ...trees.map((r) => `x${r.id}[l][j] = ${identityText(text, r)}`)),
  );
}

/** Folds the lanes in halves. */
function closeLanes(text: KernelText, trees: readonly ReductionPlan[]): void {
  if (trees.length === 0) return;
  const { w, int64 } = text;
  w.block(`for (${int64} h = ${LANES / 2}; h > 0; h >>= 1)`, () =>
    w.block(`for (${int64} l = 0; l < h && l + h < lanes; l++)`, () => {
      fillTile(
        text,
        ...trees.map((r) => {
          const [a, b] = [`x${r.id}[l][j]`, `x${r.id}[l + h][j]`];
          return `${a} = ${foldText(text, r, a, b)}`;
        }),
      );
    }),
  );
}
