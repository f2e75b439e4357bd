/** Pieces of reductions as C-family text, shared by the nests. */
import { isFloat } from '../types/dtype.js';
import { typeSuffix } from './dialect.js';
import type { EmitTools, KernelText } from './kernel-text.js';
import { identityBits } from './reduction.js';
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

/** What an array of results is indexed with: `at` is `[j]`, or nothing for one result. */
export type Subscript = '' | '[j]';

/** Takes a block's result `y`, of arg with its index `z`, into the running one. */
export function takeBlock(
  text: KernelText,
  r: ReductionPlan,
  y: string,
  z: string,
  at: Subscript = '',
): void {
  const total = `s${r.id}${at}`;
  if (r.kind === 'arg') return foldArg(text, r, [`b${r.id}${at}`, total], y, z);
  if (r.kind === 'tree' && r.op === 'sum') {
    const add = text.use(`tno_add_${typeSuffix[r.accumulator]}`);
    text.w.line(`${add}(&${total}, &c${r.id}${at}, ${y});`);
    return;
  }
  text.w.line(`${total} = ${foldText(text, r, total, y)};`);
}

/** Compares value `v` of flat place `index` among the reduced axes with the best one so far. */
export function foldArg(
  text: KernelText,
  r: ReductionPlan,
  [best, where]: readonly [string, string],
  v: string,
  index: string,
): void {
  const [better, noBetter] = r.op === 'argmax' ? ['>', '<='] : ['<', '>='];
  // A NaN is no worse than anything but the first NaN.
  const wins = isFloat(r.dtype)
    ? `!(${v} ${noBetter} ${best} || ${best} != ${best})`
    : `${v} ${better} ${best}`;
  text.w.line(`const int m${r.id} = ${wins};`);
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
