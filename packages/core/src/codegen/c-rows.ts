/**
 * Reductions one output at a time: for data that lies along the innermost reduced axis. The elements
 * of a block are computed into a small array by a loop that vectorises, then a helper folds the
 * array through the lanes of the tree (reduction.ts); what is loaded as it is, is folded in place.
 */
import type { DType } from '../types/dtype.js';
import { forBlocks, openPhase, partial, pointNumber } from './c-blocks.js';
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
import { nestLoops, PARALLEL_LOOP } from './c-nest.js';
import { typeSuffix } from './dialect.js';
import type { KernelText } from './kernel-text.js';
import { isOne, POST } from './loop-plan.js';
import { BLOCK, planReductions, treeOp } from './reduction.js';
import type { ReductionPlan } from './reduction.js';

export function emitRows(text: KernelText): void {
  const { kernel, plan } = text;
  const reductions = planReductions(kernel).filter((r) => plan.needed[r.id]);
  const outerAxes = plan.order.slice(0, plan.outer);
  const point = pointNumber(
    text,
    outerAxes.map((axis) => `i${axis}`),
  );
  openPhase(text);
  text.enter(-1);
  nestLoops(text, outerAxes, 0, () => {
    for (const r of reductions) declareTotal(text, r);
    blocks(text, reductions, point);
    text.w.block('if (phase != TNO_BLOCKS)', () => {
      for (const r of reductions) finishTotal(text, r);
      text.enter(POST);
      text.stores();
    });
  });
}

/** The operand that a tree reduction can read where it lies; null if values must be computed first. */
function directOperand(text: KernelText, r: ReductionPlan, inner: number): number | null {
  const instr = text.plan.instr(r.value);
  if (r.kind !== 'tree' || instr?.op !== 'load' || instr.index.length > 0) return null;
  const plainFloat: DType[] = ['float32', 'float64'];
  const lies = isOne(text.kernel.operands[instr.operand].strides[inner]);
  return plainFloat.includes(r.dtype) && lies ? instr.operand : null;
}

function blocks(text: KernelText, reductions: readonly ReductionPlan[], point: string): void {
  const { w, kernel, plan } = text;
  const inner = kernel.axes.length - 1;
  const operands = reductions.map((r) => directOperand(text, r, inner));
  // One loop computes for all, so either none is needed or it serves every reduction.
  const direct = operands.every((operand) => operand !== null);
  forBlocks(text, point, {
    declare: () => {
      for (const r of reductions) declareBlock(text, r);
    },
    compute: () => {
      for (let position = plan.outer; position < inner; position++) text.enter(position);
      if (!direct) computeElements(text, reductions, inner);
      reductions.forEach((r, i) => {
        if (r.kind !== 'tree') return;
        const fold = text.use(`tno_${treeOp(r)}_${typeSuffix[r.accumulator]}`);
        const operand = operands[i];
        const lies = direct && operand !== null;
        w.line(`y${r.id} = ${fold}(${lies ? `${text.rowPointer(operand)} + t` : `x${r.id}`}, e);`);
      });
    },
    load: (at) => {
      for (const r of reductions) {
        w.line(`y${r.id} = ${partial(text, r, 0, at)};`);
        if (r.kind === 'arg') w.line(`z${r.id} = ${partial(text, r, 1, at)};`);
      }
    },
    save: (at) => {
      for (const r of reductions) {
        w.line(`${partial(text, r, 0, at)} = y${r.id};`);
        if (r.kind === 'arg') w.line(`${partial(text, r, 1, at)} = z${r.id};`);
      }
    },
    take: () => {
      for (const r of reductions) takeBlock(text, r, `y${r.id}`, `z${r.id}`);
    },
  });
}

/** The result `y` of a block; of arg with its index `z`. */
function declareBlock(text: KernelText, r: ReductionPlan): void {
  const start = r.kind === 'tree' ? '' : ` = ${identityText(text, r)}`;
  text.w.line(`${accumulatorType(text, r)} y${r.id}${start};`);
  if (r.kind === 'arg') text.w.line(`${text.int64} z${r.id} = 0;`);
}

/** Elements of trees into arrays; the others are folded as they come. */
function computeElements(
  text: KernelText,
  reductions: readonly ReductionPlan[],
  inner: number,
): void {
  const { w, int64 } = text;
  const trees = reductions.filter((r) => r.kind === 'tree');
  for (const r of trees) w.line(`${accumulatorType(text, r)} x${r.id}[${BLOCK}];`);
  if (trees.length === reductions.length) w.directive(PARALLEL_LOOP);
  w.block(`for (${int64} j = 0; j < e; j++)`, () => {
    w.line(`const ${int64} i${inner} = t + j;`);
    text.enter(inner);
    for (const r of reductions) {
      const value = text.value(r.value);
      if (r.kind === 'tree') w.line(`x${r.id}[j] = ${value};`);
      else if (r.kind === 'arg') foldArg(text, r, [`y${r.id}`, `z${r.id}`], value, flatIndex(text));
      else w.line(`y${r.id} = ${foldText(text, r, `y${r.id}`, value)};`);
    }
  });
}
