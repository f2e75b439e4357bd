/** Pieces of reductions as C-family text, shared by the nests. */
import { isFloat } from '../types/dtype.js';
import { typeSuffix } from './dialect.js';
import type { EmitTools, KernelText } from './kernel-text.js';
import { identityBits, treeOp } from './reduction.js';
import type { ReductionForm, ReductionPlan } from './reduction.js';

export function accumulatorType(text: KernelText, r: ReductionPlan): string {
  return text.valueType(r.accumulator);
}

export function identityText(text: Pick<EmitTools, 'dialect'>, r: ReductionForm): string {
  const { lo, hi } = identityBits(r.op, r.accumulator);
  return text.dialect.literal(r.accumulator, lo, hi);
}

/** `a` with element `b` taken in. */
export function foldText(text: EmitTools, r: ReductionForm, a: string, b: string): string {
  const { ops } = text.dialect;
  switch (r.op) {
    case 'sum':
      return ops.add([a, b], r.accumulator, text.use, r.accumulator);
    case 'prod':
      return ops.mul([a, b], r.accumulator, text.use, r.accumulator);
    case 'max':
      return isFloat(r.accumulator)
        ? `${b} > ${a} || ${b} != ${b} ? ${b} : ${a}`
        : `${b} > ${a} ? ${b} : ${a}`;
    case 'min':
      return isFloat(r.accumulator)
        ? `${b} < ${a} || ${b} != ${b} ? ${b} : ${a}`
        : `${b} < ${a} ? ${b} : ${a}`;
    case 'and':
      return `${a} & ${b}`;
    case 'or':
      return `${a} | ${b}`;
    case 'argmax':
    case 'argmin':
      throw new RangeError(`[codegen] expected a fold of one value, got ${r.op}`);
  }
}

/** Declares the running result: `s` with compensation `c` for sums, best value `b` and index `s` for arg. */
export function declareTotal(text: KernelText, r: ReductionPlan): void {
  const type = accumulatorType(text, r);
  if (r.kind === 'arg') {
    text.w.line(`${type} b${r.id} = ${identityText(text, r)};`);
    text.w.line(`${text.int64} s${r.id} = 0;`);
    return;
  }
  const comp = r.kind === 'tree' && r.op === 'sum' ? `, c${r.id} = ${identityText(text, r)}` : '';
  text.w.line(`${type} s${r.id} = ${identityText(text, r)}${comp};`);
}

/** Takes a block's result into the running one, at `at` (`[j]` of an array, or nothing). */
export function foldBlock(text: KernelText, r: ReductionPlan, block: string, at = ''): void {
  const sum = `s${r.id}${at}`;
  if (treeOp(r) === 'sum') {
    const add = text.use(`tno_add_${typeSuffix[r.accumulator]}`);
    text.w.line(`${add}(&${sum}, &c${r.id}${at}, ${block});`);
    return;
  }
  text.w.line(`const ${accumulatorType(text, r)} y${r.id} = ${block};`);
  text.w.line(`${sum} = ${foldText(text, r, sum, `y${r.id}`)};`);
}

/** Compares a value with the best one so far; `index` is its flat place among the reduced axes. */
export function foldArg(text: KernelText, r: ReductionPlan, index: string, at = ''): void {
  const [best, where, v] = [`b${r.id}${at}`, `s${r.id}${at}`, text.value(r.value)];
  const symbol = r.op === 'argmax' ? '>' : '<';
  const nan = isFloat(r.dtype) ? ` || (${v} != ${v} && ${best} == ${best})` : '';
  text.w.line(`const int m${r.id} = ${v} ${symbol} ${best}${nan};`);
  text.w.line(`${best} = m${r.id} ? ${v} : ${best};`);
  text.w.line(`${where} = m${r.id} ? ${index} : ${where};`);
}

/** Declares the finished result as the reduction's value. */
export function finishTotal(text: KernelText, r: ReductionPlan, at = ''): void {
  const sum = `s${r.id}${at}`;
  const compensated = r.kind === 'tree' && r.op === 'sum';
  const total = compensated
    ? `${text.use(`tno_total_${typeSuffix[r.accumulator]}`)}(${sum}, c${r.id}${at})`
    : sum;
  if (!compensated && at === '' && r.dtype !== 'float16') {
    text.setValue(r.id, sum);
    return;
  }
  const dtype = r.kind === 'arg' ? 'int64' : r.dtype;
  const rounded = r.kind === 'arg' ? total : text.dialect.round(r.dtype, total, text.use);
  text.w.line(`const ${text.valueType(dtype)} v${r.id} = ${rounded};`);
  text.setValue(r.id, `v${r.id}`);
}

/** The flat index of a point among the reduced axes. */
export function flatIndex(text: KernelText): string {
  const { kernel, plan } = text;
  let flat = '';
  for (let axis = plan.outer; axis < kernel.axes.length; axis++) {
    const nested = flat.includes(' ') ? `(${flat})` : flat;
    flat = flat === '' ? `i${axis}` : `${nested} * ${text.extent(axis)} + i${axis}`;
  }
  return flat;
}
