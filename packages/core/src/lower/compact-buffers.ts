/** Finds and drops buffers and constants that no step, list or needed size refers to. */
import type { BufferDecl, BufferId, ConstantData, Program, SizeNode, Step } from './program.js';
import { renumberSteps, stepBuffers, walkSteps } from './step-access.js';

type Lists = Pick<Program, 'inputs' | 'shared' | 'outputs'>;

/** Inputs, shared and output buffers, what steps name, and the bases of named views. */
export function referencedBuffers(
  program: Lists & { readonly buffers: readonly BufferDecl[]; readonly steps: readonly Step[] },
): boolean[] {
  const referenced = program.buffers.map(() => false);
  const mark = (id: BufferId): void => {
    referenced[id] = true;
    const decl = program.buffers[id];
    if (decl.role === 'view') referenced[decl.base] = true;
  };
  [...program.inputs, ...program.shared, ...program.outputs].forEach(mark);
  walkSteps(program.steps, (step) => stepBuffers(step).forEach(mark));
  return referenced;
}

/** The program without its unreferenced buffers; buffers behind its sizes are kept. */
export function compactBuffers(program: Program, referenced: readonly boolean[]): Program {
  const kept = [...referenced];
  for (const node of program.sizes) if ('buffer' in node) kept[node.buffer] = true;
  const renamed: BufferId[] = [];
  const constants: ConstantData[] = [];
  const buffers: BufferDecl[] = [];
  program.buffers.forEach((decl, id) => {
    renamed.push(kept[id] ? buffers.length : -1);
    if (!kept[id]) return;
    if (decl.role === 'const') {
      const index = constants.push(program.constants[decl.index]) - 1;
      buffers.push({ ...decl, index });
    } else {
      buffers.push(decl);
    }
  });
  const buffer = (id: BufferId): BufferId => renamed[id];
  const list = (ids: readonly BufferId[]): BufferId[] => ids.map(buffer);
  return {
    ...program,
    constants,
    buffers: buffers.map((decl) =>
      decl.role === 'view' ? { ...decl, base: buffer(decl.base) } : decl,
    ),
    sizes: program.sizes.map((node): SizeNode =>
      'buffer' in node ? { ...node, buffer: buffer(node.buffer) } : node,
    ),
    steps: renumberSteps(program.steps, { buffer, size: (id) => id }),
    inputs: list(program.inputs),
    shared: list(program.shared),
    outputs: list(program.outputs),
  };
}
