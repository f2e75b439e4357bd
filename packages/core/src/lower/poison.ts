/**
 * For modes that check: before the first step that touches a temp or an output, its memory is filled with
 * what no result has (NaN, large integers, true), so that what is read without being written shows in the
 * results. Loops fill what they touch once, before they begin; memory whose size only a loop knows stays.
 */
import type { DType } from '../types/dtype.js';
import { dtypeInfo, isFloat } from '../types/dtype.js';
import type { ProgramBuilder } from './program-builder.js';
import type { BufferId, ConstantData, SizeNode, Step } from './program.js';
import { nestedBlocks, stepBuffers } from './step-access.js';

/** `steps`, the outermost of the builder's Program, with the fills among them. */
export function poisoned(steps: readonly Step[], builder: ProgramBuilder): Step[] {
  // A late size is known after the last step that writes its buffer: that must stay the step it was.
  const sizeValues = builder.sizes.nodes.flatMap((n) => (n.op === 'value' ? [n.buffer] : []));
  const touched = new Set<BufferId>(sizeValues);
  return steps.flatMap((step): Step[] => {
    const fresh = buffersOf(step, builder).filter((id) => !touched.has(id));
    fresh.forEach((id) => touched.add(id));
    if (!('site' in step)) return [step];
    const { site } = step;
    const fills = fresh
      .filter((id) => isFilled(id, builder))
      .map((to): Step => ({ kind: 'copy', from: garbage(to, builder), to, site }));
    return [...fills, step];
  });
}

/** Buffers that the step and those inside it name, views as their bases; each once. */
function buffersOf(step: Step, builder: ProgramBuilder): BufferId[] {
  const own = stepBuffers(step).map((id) => builder.base(id));
  const inner = nestedBlocks(step)
    .flat()
    .flatMap((one) => buffersOf(one, builder));
  return [...new Set([...own, ...inner])];
}

function isFilled(id: BufferId, builder: ProgramBuilder): boolean {
  const decl = builder.decl(id);
  if (decl.role !== 'output' && (decl.role !== 'temp' || decl.capacity !== null)) return false;
  return decl.shape.every((size) => isKnownEarly(size, builder));
}

/** Whether the size does not depend on what a step gives, nor on a loop's counter. */
function isKnownEarly(size: number, builder: ProgramBuilder): boolean {
  const node: SizeNode = builder.sizes.nodes[size];
  if (node.op === 'counter') return false;
  if (node.op === 'value') return builder.decl(node.buffer).role !== 'temp';
  if (node.op === 'select')
    return [node.cond, node.a, node.b].every((id) => isKnownEarly(id, builder));
  return !('b' in node) || (isKnownEarly(node.a, builder) && isKnownEarly(node.b, builder));
}

/** A constant of one element, stretched over the shape of a buffer. */
function garbage(of: BufferId, builder: ProgramBuilder): BufferId {
  const shape = builder.shape(of);
  const zero = builder.sizes.const(0);
  const one = builder.constant(garbageElement(builder.dtype(of)));
  return shape.length === 0 ? one : builder.view(one, shape, zero, shape.map(() => zero)); // prettier-ignore
}

function garbageElement(dtype: DType): ConstantData {
  // All bits set are a NaN; 0x55… is far out of range as an index.
  const byte = dtype === 'bool' ? 1 : isFloat(dtype) ? 0xff : 0x55;
  return { dtype, shape: [], bytes: new Uint8Array(dtypeInfo[dtype].bytes).fill(byte) };
}
