/**
 * A Program as text for reading: buffers with sizes as formulas, then the steps with their kernels'
 * formulas. Names: `in0.1` is axis 1 of input 0, `#t3` the value of a rank-0 buffer, `i0` the
 * counter of loop 0.
 */
import type { BufferDecl, BufferId, Program, SizeId, SizeNode, Step } from './program.js';
import { kernelFormulas, kernelHead } from './print-kernel.js';
import { namedBlocks } from './step-access.js';

export function printProgram(program: Program): string {
  return new ProgramPrinter(program).print();
}

const symbols = {
  add: '+',
  sub: '-',
  mul: '*',
  floordiv: '//',
  mod: '%',
  eq: '==',
  lt: '<',
} as const;

const prefixes = { input: 'in', shared: 'shared', const: 'const', output: 'out' } as const;
const rels = { eq: '==', le: '<=', lt: '<' } as const;

class ProgramPrinter {
  private readonly names: readonly string[];
  private readonly lines: string[] = [];

  constructor(private readonly program: Program) {
    let temps = 0;
    let views = 0;
    this.names = program.buffers.map((decl) => {
      if (decl.role === 'temp') return `t${temps++}`;
      return decl.role === 'view' ? `v${views++}` : `${prefixes[decl.role]}${decl.index}`;
    });
  }

  print(): string {
    const { program } = this;
    program.buffers.forEach((decl, id) => this.lines.push(this.buffer(decl, id)));
    this.lines.push('');
    this.block(program.steps, '');
    return `${this.lines.join('\n')}\n`;
  }

  private buffer(decl: BufferDecl, id: BufferId): string {
    const head = `${this.names[id]}: ${decl.dtype}[${this.sizes(decl.shape)}]`;
    if (decl.role === 'temp') {
      const room = decl.capacity === null ? '' : `, room for ${this.size(decl.capacity)}`;
      return `${head} in slot ${decl.slot}${room}`;
    }
    if (decl.role !== 'view') return head;
    const base = this.names[decl.base];
    return `${head} = ${base} from ${this.size(decl.offset)} by [${this.sizes(decl.strides)}]`;
  }

  private block(steps: readonly Step[], indent: string): void {
    for (const step of steps) this.step(step, indent);
  }

  private step(step: Step, indent: string): void {
    const put = (text: string): void => void this.lines.push(indent + text);
    const names = (ids: readonly BufferId[]): string => ids.map((id) => this.names[id]).join(', ');
    switch (step.kind) {
      case 'sizes':
        for (const id of step.checks) put(this.check(id));
        if (step.alloc.length > 0) put(`alloc ${names(step.alloc)}`);
        return;
      case 'kernel':
        return this.kernel(step, put);
      case 'call':
        return put(`${names(step.outs)} = ${step.callee}(${names(step.ins)})`);
      case 'routine': {
        const params = step.params.map((id) => this.size(id));
        const given = [names(step.ins), ...params].filter((text) => text !== '').join(', ');
        return put(`${names(step.outs)} = ${step.routine}(${given})`);
      }
      case 'copy':
        return put(`${this.names[step.to]} = copy ${this.names[step.from]}`);
      case 'host':
        return put(`${names(step.outs)} = host ${step.host}(${names(step.ins)})`);
      case 'commit':
        return put('commit');
      case 'loop': {
        const until = step.until === null ? '' : ` until ${this.names[step.until]}`;
        const taken = step.taken === null ? '' : ` -> ${this.names[step.taken]}`;
        put(`loop i${step.loop} < ${this.size(step.trips)}${until}${taken}`);
        break;
      }
      case 'cond':
        put(`if ${this.names[step.test]}`);
        break;
    }
    namedBlocks(step, '').forEach(({ steps }, i) => {
      if (i === 1) put('else');
      this.block(steps, `${indent}  `);
    });
  }

  private kernel(step: Extract<Step, { kind: 'kernel' }>, put: (text: string) => void): void {
    const kernel = this.program.kernels[step.kernel];
    const names = {
      operand: (operand: number): string => this.names[step.operands[operand]],
      dim: (dim: { lit: number } | { param: number }): string =>
        'lit' in dim ? `${dim.lit}` : this.size(step.dims[dim.param]),
    };
    const head = `kernel ${kernel.name} ${kernelHead(kernel, names)}`;
    const formulas = kernelFormulas(kernel, names);
    if (formulas.length === 1) return put(`${head} ${formulas[0]}`);
    put(head);
    for (const formula of formulas) put(`  ${formula}`);
  }

  private check(id: number): string {
    const { rel, a, b, text } = this.program.checks[id];
    return `check ${this.size(a)} ${rels[rel]} ${this.size(b)} or "${text}"`;
  }

  private sizes(ids: readonly SizeId[]): string {
    return ids.map((id) => this.size(id)).join(', ');
  }

  private size(id: SizeId): string {
    return this.formula(this.program.sizes[id]);
  }

  private formula(node: SizeNode): string {
    switch (node.op) {
      case 'const':
        return `${node.value}`;
      case 'dim':
        return `${this.names[node.buffer]}.${node.axis}`;
      case 'value':
        return `#${this.names[node.buffer]}`;
      case 'counter':
        return `i${node.loop}`;
      case 'select':
        return `select(${this.sizes([node.cond, node.a, node.b])})`;
      case 'min':
      case 'max':
        return `${node.op}(${this.sizes([node.a, node.b])})`;
      default:
        return `(${this.size(node.a)} ${symbols[node.op]} ${this.size(node.b)})`;
    }
  }
}
