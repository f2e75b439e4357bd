/**
 * Reductions one output at a time: for data that lies along the innermost reduced axis. The elements
 * of a block are computed into a small array by a loop that vectorises, then a helper folds the
 * array through the lanes of the tree (reduction.ts); what is loaded as it is, is folded in place.
 */
import type { DType } from '../types/dtype.js';
import {
  accumulatorType,
  declareTotal,
  finishTotal,
  flatIndex,
  foldArg,
  foldBlock,
  foldText,
} from './c-reduction.js';
import { loopHead, nestLoops, PARALLEL_LOOP } from './c-nest.js';
import { typeSuffix } from './dialect.js';
import type { KernelText } from './kernel-text.js';
import { isOne, POST } from './loop-plan.js';
import { BLOCK, planReductions, treeOp } from './reduction.js';
import type { ReductionPlan } from './reduction.js';

export function emitRows(text: KernelText): void {
  const { kernel, plan } = text;
  const reductions = planReductions(kernel).filter((r) => plan.needed[r.id]);
  const inner = kernel.axes.length - 1;
  const outerAxes = plan.order.slice(0, plan.outer);
  const reduceAxes = plan.order.slice(plan.outer, inner);
  text.enter(-1);
  nestLoops(text, outerAxes, 0, () => {
    for (const r of reductions) declareTotal(text, r);
    nestLoops(text, reduceAxes, plan.outer, () => {
      if (reductions.some((r) => r.kind === 'tree')) blocks(text, reductions, inner);
      else text.w.block(loopHead(text, inner), () => elements(text, reductions, inner, ''));
    });
    for (const r of reductions) finishTotal(text, r);
    text.enter(POST);
    text.stores();
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

function blocks(text: KernelText, reductions: readonly ReductionPlan[], inner: number): void {
  const { w, int64 } = text;
  const n = text.extent(inner);
  const operands = reductions.map((r) => directOperand(text, r, inner));
  // One loop computes for all, so either none is needed or it serves every reduction.
  const direct = operands.every((operand) => operand !== null);
  const computed = direct ? [] : reductions;
  w.block(`for (${int64} t = 0; t < ${n}; t += ${BLOCK})`, () => {
    w.line(`const ${int64} e = ${n} - t < ${BLOCK} ? ${n} - t : ${BLOCK};`);
    for (const r of computed.filter((r) => r.kind === 'tree')) {
      w.line(`${accumulatorType(text, r)} x${r.id}[${BLOCK}];`);
    }
    if (computed.length > 0) {
      if (computed.every((r) => r.kind === 'tree')) w.directive(PARALLEL_LOOP);
      w.block(`for (${int64} j = 0; j < e; j++)`, () => {
        w.line(`const ${int64} i${inner} = t + j;`);
        elements(text, computed, inner, '[j]');
      });
    }
    reductions.forEach((r, i) => {
      if (r.kind !== 'tree') return;
      const fold = text.use(`tno_${treeOp(r)}_${typeSuffix[r.accumulator]}`);
      const operand = operands[i];
      const lies = direct && operand !== null;
      foldBlock(text, r, `${fold}(${lies ? `${text.rowPointer(operand)} + t` : `x${r.id}`}, e)`);
    });
  });
}

function elements(
  text: KernelText,
  reductions: readonly ReductionPlan[],
  inner: number,
  at: string,
): void {
  text.enter(inner);
  for (const r of reductions) {
    if (r.kind === 'tree') text.w.line(`x${r.id}${at} = ${text.value(r.value)};`);
    else if (r.kind === 'arg') foldArg(text, r, flatIndex(text));
    else text.w.line(`s${r.id} = ${foldText(text, r, `s${r.id}`, text.value(r.value))};`);
  }
}
