/**
 * For modes that check: before the first step that touches a temp or an output, its memory is filled with
 * what no result has (NaN, large integers, true), so that what is read without being written shows in the
 * results. Loops fill what they touch once, before they begin; memory whose size only a loop knows stays.
 */
import type { DType } from '../types/dtype.js';
import { dtypeInfo, isFloat } from '../types/dtype.js';
import type { Draft } from './finish-program.js';
import type { BufferId, ConstantData, SizeId, Step } from './program.js';
import { nestedBlocks, stepBuffers } from './step-access.js';

/** The draft with these fills among its outermost steps. */
export function poisoned(draft: Draft): Draft {
  const withGarbage = new Garbage(draft);
  // A late size is known after the last step that writes its buffer: that must stay the step it was.
  const sizeValues = draft.sizes.flatMap((n) => (n.op === 'value' ? [n.buffer] : []));
  const touched = new Set<BufferId>(sizeValues);
  const steps = draft.steps.flatMap((step): Step[] => {
    const fresh = buffersOf(step, draft).filter((id) => !touched.has(id));
    fresh.forEach((id) => touched.add(id));
    if (!('site' in step)) return [step];
    const fills = fresh
      .filter((id) => isFilled(id, draft))
      .map((to): Step => ({ kind: 'copy', from: withGarbage.like(to), to, site: step.site }));
    return [...fills, step];
  });
  const checks = draft.checks.map((placed) =>
    placed.block === draft.steps ? { ...placed, block: steps } : placed,
  );
  return { ...draft, ...withGarbage.declarations(), checks, steps };
}

/** Buffers that the step and those inside it name, views as their bases; each once. */
function buffersOf(step: Step, draft: Draft): BufferId[] {
  const own = stepBuffers(step).map((id) => {
    const decl = draft.buffers[id];
    return decl.role === 'view' ? decl.base : id;
  });
  const inner = nestedBlocks(step)
    .flat()
    .flatMap((one) => buffersOf(one, draft));
  return [...new Set([...own, ...inner])];
}

function isFilled(id: BufferId, draft: Draft): boolean {
  const decl = draft.buffers[id];
  if (decl.role !== 'output' && (decl.role !== 'temp' || decl.capacity !== null)) return false;
  return decl.shape.every((size) => isKnownEarly(size, draft));
}

/** Whether the size does not depend on what a step gives, nor on a loop's counter. */
function isKnownEarly(size: SizeId, draft: Draft): boolean {
  const node = draft.sizes[size];
  if (node.op === 'counter') return false;
  if (node.op === 'value') return draft.buffers[node.buffer].role !== 'temp';
  if (node.op === 'select')
    return [node.cond, node.a, node.b].every((id) => isKnownEarly(id, draft));
  return !('b' in node) || (isKnownEarly(node.a, draft) && isKnownEarly(node.b, draft));
}

/** Constants of one element, stretched over the shapes of buffers: what a draft has, with these. */
class Garbage {
  private readonly sizes;
  private readonly buffers;
  private readonly constants;
  private readonly zero: SizeId;
  private readonly elements = new Map<DType, BufferId>();

  constructor({ sizes, buffers, constants }: Draft) {
    this.sizes = [...sizes];
    this.buffers = [...buffers];
    this.constants = [...constants];
    this.zero = this.sizes.push({ op: 'const', value: 0 }) - 1;
  }

  like(buffer: BufferId): BufferId {
    const { dtype, shape } = this.buffers[buffer];
    const base = this.element(dtype);
    const { zero } = this;
    const strides = shape.map(() => zero);
    return this.buffers.push({ role: 'view', dtype, shape, base, offset: zero, strides }) - 1;
  }

  declarations(): Pick<Draft, 'sizes' | 'buffers' | 'constants'> {
    const { sizes, buffers, constants } = this;
    return { sizes, buffers, constants };
  }

  private element(dtype: DType): BufferId {
    let found = this.elements.get(dtype);
    if (found === undefined) {
      const index = this.constants.push(garbageElement(dtype)) - 1;
      found = this.buffers.push({ role: 'const', dtype, shape: [], index }) - 1;
      this.elements.set(dtype, found);
    }
    return found;
  }
}

function garbageElement(dtype: DType): ConstantData {
  // All bits set are a NaN; 0x55… is far out of range as an index.
  const byte = dtype === 'bool' ? 1 : isFloat(dtype) ? 0xff : 0x55;
  return { dtype, shape: [], bytes: new Uint8Array(dtypeInfo[dtype].bytes).fill(byte) };
}
