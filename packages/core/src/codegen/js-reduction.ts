/** Reductions in emitted JavaScript: one output at a time, over the tree of reduction.ts. */
import { isFloat } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import type { JsText } from './js.js';
import { jsLiteral, jsRound, jsScalarOps } from './js-scalar.js';
import { POST } from './loop-plan.js';
import { BLOCK, identityBits, LANES, planReductions } from './reduction.js';
import type { ReductionPlan } from './reduction.js';

/** Declares the lanes of tree reductions, which serve every output in turn. */
export function declareLanes({ kernel, plan, w }: JsText): void {
  for (const r of planReductions(kernel)) {
    if (r.kind !== 'tree' || !plan.needed[r.id]) continue;
    const type = r.accumulator === 'float64' ? 'Float64Array' : 'Float32Array';
    w.line(`const x${r.id} = new ${type}(${LANES});`);
  }
}

/** Writes the loops over reduced axes, the results, and what follows from them at the point. */
export function emitJsReduction(text: JsText): void {
  const { kernel, plan, w } = text;
  const reductions = planReductions(kernel).filter((r) => plan.needed[r.id]);
  const inner = kernel.axes.length - 1;
  for (const r of reductions) declare(text, r);
  text.nest(plan.order.slice(plan.outer, inner), plan.outer, () => {
    const n = text.dim(kernel.axes[inner]);
    w.block(`for (let t = 0; t < ${n}; t += ${BLOCK})`, () => {
      w.line(`const e = Math.min(${n} - t, ${BLOCK});`);
      for (const r of reductions) if (r.kind === 'tree') w.line(`x${r.id}.fill(${identity(r)});`);
      w.block('for (let r = 0; r < e; r++)', () => {
        w.line(`const i${inner} = t + r;`);
        text.enter(inner);
        for (const r of reductions) element(text, r);
      });
      for (const r of reductions) if (r.kind === 'tree') closeBlock(text, r);
    });
  });
  for (const r of reductions) finish(text, r);
  text.enter(POST);
}

function identity(r: ReductionPlan): string {
  const { lo, hi } = identityBits(r.op, r.accumulator);
  return jsLiteral(r.accumulator, lo, hi);
}

function declare(text: JsText, r: ReductionPlan): void {
  const { w } = text;
  if (r.kind === 'arg') {
    w.line(`let b${r.id} = ${identity(r)}, s${r.id} = 0;`);
    return;
  }
  const compensated = r.kind === 'tree' && r.op === 'sum';
  w.line(`let s${r.id} = ${identity(r)}${compensated ? `, c${r.id} = 0` : ''};`);
}

function element(text: JsText, r: ReductionPlan): void {
  const value = text.value(r.value);
  if (r.kind === 'arg') return argElement(text, r, value);
  const place = r.kind === 'tree' ? `x${r.id}[r & ${LANES - 1}]` : `s${r.id}`;
  text.w.line(`${place} = ${fold(r, place, value)};`);
}

function argElement(text: JsText, r: ReductionPlan, value: string): void {
  const [best, where] = [`b${r.id}`, `s${r.id}`];
  const symbol = r.op === 'argmax' ? '>' : '<';
  const nan = isFloat(r.dtype) ? ` || (${value} !== ${value} && ${best} === ${best})` : '';
  text.w.block(`if (${value} ${symbol} ${best}${nan})`, () => {
    text.w.line(`${best} = ${value};`);
    text.w.line(`${where} = ${flatIndex(text)};`);
  });
}

function closeBlock(text: JsText, r: ReductionPlan): void {
  const { w } = text;
  const lane = `x${r.id}`;
  w.block(`for (let h = ${LANES / 2}; h > 0; h >>= 1)`, () =>
    w.block('for (let l = 0; l < h; l++)', () => {
      w.line(`${lane}[l] = ${fold(r, `${lane}[l]`, `${lane}[l + h]`)};`);
    }),
  );
  const sum = `s${r.id}`;
  if (r.op !== 'sum') {
    w.line(`${sum} = ${fold(r, sum, `${lane}[0]`)};`);
    return;
  }
  // Error-free addition: sum + comp keeps what rounding takes away.
  const type: DType = r.accumulator;
  const comp = `c${r.id}`;
  w.block('', () => {
    w.line(`const y = ${lane}[0], s = ${jsRound(type, `${sum} + y`)};`);
    w.line(`const b = ${jsRound(type, `s - ${sum}`)};`);
    const left = jsRound(type, `${sum} - (${jsRound(type, 's - b')})`);
    const right = jsRound(type, 'y - b');
    w.line(`const lost = ${jsRound(type, `(${left}) + (${right})`)};`);
    w.line(`${comp} = ${jsRound(type, `${comp} + lost`)};`);
    w.line(`${sum} = s;`);
  });
}

function finish(text: JsText, r: ReductionPlan): void {
  const sum = `s${r.id}`;
  if (r.kind === 'arg') {
    text.w.line(`const v${r.id} = BigInt(${sum});`);
  } else if (r.kind === 'tree') {
    const comp = `c${r.id}`;
    const compensated = `${comp} === ${comp} ? ${jsRound(r.accumulator, `${sum} + ${comp}`)} : ${sum}`;
    text.w.line(`const v${r.id} = ${jsRound(r.dtype, r.op === 'sum' ? compensated : sum)};`);
  } else {
    text.w.line(`const v${r.id} = ${sum};`);
  }
  text.setValue(r.id, `v${r.id}`);
}

/** `a` with element `b` taken in. */
function fold(r: ReductionPlan, a: string, b: string): string {
  const dtype = r.accumulator;
  switch (r.op) {
    case 'sum':
      return jsScalarOps.add([a, b], dtype, dtype);
    case 'prod':
      return jsScalarOps.mul([a, b], dtype, dtype);
    case 'max':
      return `${b} > ${a} || ${b} !== ${b} ? ${b} : ${a}`;
    case 'min':
      return `${b} < ${a} || ${b} !== ${b} ? ${b} : ${a}`;
    case 'and':
      return `${a} && ${b}`;
    case 'or':
      return `${a} || ${b}`;
    case 'argmax':
    case 'argmin':
      throw new RangeError(`[codegen] expected a fold of one value, got ${r.op}`);
  }
}

function flatIndex(text: JsText): string {
  const { kernel, plan } = text;
  let flat = '';
  for (let axis = plan.outer; axis < kernel.axes.length; axis++) {
    flat = flat === '' ? `i${axis}` : `(${flat}) * ${text.dim(kernel.axes[axis])} + i${axis}`;
  }
  return flat;
}
