/**
 * When a kernel stores to memory that it also loads from: each point may then read only what it
 * writes itself, so both operands must be the same elements in the same order. Operands of one base
 * at different offsets (windows, ring buffers) are taken to be apart: that is the planner's promise.
 */
import type { BufferId, KernelDim, Program, Step } from './program.js';
import { kernelLoads } from './step-access.js';
import { isEmptyKernel } from './verify-kernel.js';

/** What is wrong, as "…, got …"; null when nothing is. */
export function verifyInPlace(
  program: Program,
  step: Extract<Step, { kind: 'kernel' }>,
): string | null {
  const kernel = program.kernels[step.kernel];
  if (isEmptyKernel(kernel)) return null;
  const loads = kernelLoads(kernel);
  for (const store of kernel.stores) {
    const others = kernel.stores.filter((other) => other !== store).map((other) => other.operand);
    for (const operand of [...loads.map((load) => load.operand), ...others]) {
      if (!sameMemory(program, step.operands[operand], step.operands[store.operand])) continue;
      if (others.includes(operand)) {
        return `stores to different memory, got operands ${store.operand} and ${operand} in one place`;
      }
      const indexed =
        store.index.length > 0 ||
        loads.some((load) => load.operand === operand && load.index.length > 0);
      if (indexed) return `no computed index into memory that is stored to, got operand ${operand}`;
      if (!sameWalk(program, step, operand, store.operand)) {
        return `equal strides for in-place operands, got others for ${operand} and ${store.operand}`;
      }
    }
  }
  return null;
}

function sameMemory(program: Program, a: BufferId, b: BufferId): boolean {
  const [p, q] = [place(program, a), place(program, b)];
  return p.base === q.base && p.offset === q.offset;
}

function place(program: Program, id: BufferId): { base: BufferId; offset: number | null } {
  const decl = program.buffers[id];
  if (decl.role !== 'view') return { base: id, offset: null };
  const node = program.sizes[decl.offset];
  const atStart = node.op === 'const' && node.value === 0;
  return { base: decl.base, offset: atStart ? null : decl.offset };
}

function sameWalk(
  program: Program,
  step: Extract<Step, { kind: 'kernel' }>,
  a: number,
  b: number,
): boolean {
  const { axes, operands } = program.kernels[step.kernel];
  const known = (dim: KernelDim): string => {
    if ('lit' in dim) return `${dim.lit}`;
    const node = program.sizes[step.dims[dim.param]];
    return node.op === 'const' ? `${node.value}` : `size ${step.dims[dim.param]}`;
  };
  return axes.every(
    (axis, i) =>
      known(axis) === '1' || known(operands[a].strides[i]) === known(operands[b].strides[i]),
  );
}
