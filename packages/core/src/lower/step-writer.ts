/** Writes the step of each stored result of a graph: a kernel, a routine's call, a copy, a host call. */
import { CompileError } from '../errors.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { Inlining } from './inlining.js';
import { KernelWriter, type Storage } from './kernel-writer.js';
import type { StepScope } from './lowering.js';
import { contiguousStrides } from './program-builder.js';
import type { ProgramContext } from './program-context.js';
import type { BufferId, SizeId } from './program.js';
import type { RegionMemory } from './region-memory.js';
import type { RegionShapes } from './region-shapes.js';

export class StepWriter {
  /** @param scope what ops with free steps see */
  constructor(
    private readonly context: ProgramContext,
    private readonly shapes: RegionShapes,
    private readonly inlining: Inlining,
    private readonly memory: RegionMemory,
    private readonly scope: StepScope,
  ) {}

  write(node: Apply): void {
    const { lower } = node.op;
    const [output] = node.outputs;
    if (this.inlining.views.has(output)) {
      if (lower.kind === 'reshape') this.writeReshape(node);
      // A size that is an element of a larger value is read from a place of its own.
      const place = this.shapes.scalars.get(output);
      if (place !== undefined) this.copyOut(output, place);
      return;
    }
    if (!node.outputs.some((out) => this.inlining.stored.has(out))) return;
    switch (lower.kind) {
      case 'scalar':
      case 'expression':
      case 'index':
        return this.writePointwise(output);
      case 'reduce':
        return this.writeReduce(output);
      case 'scatter':
        return this.writeScatter(node);
      case 'call':
        return this.writeCall(node);
      case 'routine':
        return this.writeRoutine(node);
      case 'steps':
        return lower
          .build(this.scope, node)
          .forEach((buffer, k) =>
            this.memory.place(node.outputs[k], this.memory.storageOf(buffer)),
          );
      case 'host':
        return this.writeHost(node);
      case 'reshape':
        return;
      case 'composite':
        throw new CompileError(`[lower] ${node.op.name} should have been expanded`);
    }
  }

  /** Axes of a shape that are not statically 1, and for each axis its number among them. */
  private kernelAxes(shape: readonly SizeId[], from = 0): { extents: SizeId[]; places: number[] } {
    const extents: SizeId[] = [];
    const places = shape.map((size) =>
      this.memory.builder.sizes.constant(size) === 1 ? -1 : from + extents.push(size) - 1,
    );
    return { extents, places };
  }

  private writePointwise(variable: TensorVariable): void {
    const reduced = this.inlining.absorbed.get(variable);
    if (reduced !== undefined) return this.writeReduce(reduced, variable);
    const shape = this.memory.shape(variable);
    const { extents, places } = this.kernelAxes(shape);
    const writer = new KernelWriter(this.memory, extents, 0);
    const point = writer.point(shape, places);
    const value = writer.at(variable, point);
    const node = variable.owner as Apply;
    writer.store(variable, this.memory.allocate(variable), point, value, 'set', node);
    writer.emit(node);
  }

  /** A reduction, alone or as the loop of the elementwise result `target` that absorbs it. */
  private writeReduce(reduced: TensorVariable, target: TensorVariable = reduced): void {
    const node = reduced.owner as Apply;
    const { lower } = node.op;
    if (lower.kind !== 'reduce')
      throw new CompileError(`[lower] ${node.op.name} is not a reduction`);
    const [x] = node.inputs;
    const outer = this.kernelAxes(this.memory.shape(target));
    const inputShape = this.memory.shape(x);
    const inner = this.kernelAxes(
      lower.axes.map((axis) => inputShape[axis]),
      outer.extents.length,
    );
    if (inner.extents.length === 0) inner.extents.push(this.memory.builder.sizes.const(1));
    const writer = new KernelWriter(
      this.memory,
      [...outer.extents, ...inner.extents],
      inner.extents.length,
    );
    const kept = outer.places.filter((place) => place >= 0);
    let next = 0;
    const places = inputShape.map((size, axis) => {
      const at = lower.axes.indexOf(axis);
      if (at >= 0) return inner.places[at];
      return this.memory.builder.sizes.constant(size) === 1 ? -1 : kept[next++];
    });
    const element = writer.at(x, writer.point(inputShape, places));
    const isArg = lower.op === 'argmax' || lower.op === 'argmin';
    const wide = isArg ? 'int64' : x.dtype === 'float16' ? 'float32' : reduced.dtype;
    const value = isArg || x.dtype === wide ? element : writer.scalar('cast', wide, element);
    writer.reduce(lower.op, value, wide, reduced);
    const shape = this.memory.shape(target);
    const point = writer.point(shape, outer.places);
    const result = writer.at(target, point);
    const owner = target.owner as Apply;
    writer.store(target, this.memory.allocate(target), point, result, 'set', owner);
    writer.emit(owner);
  }

  private writeScatter(node: Apply): void {
    const { lower } = node.op;
    if (lower.kind !== 'scatter') return;
    const [base, values] = node.inputs;
    const [out] = node.outputs;
    const storage = this.memory.allocate(out);
    const own = this.memory.storage(base);
    const isFresh = own === null && base.owner?.op.name === 'empty';
    if (!isFresh && own?.buffer !== storage.buffer) this.fill(out, base, storage, node);
    const region = lower.region(this.memory.indexScope(), node);
    const { extents, places } = this.kernelAxes(region);
    const writer = new KernelWriter(this.memory, extents, 0);
    const point = writer.point(region, places);
    const value = writer.at(values, point);
    const stores = lower.mode === 'set' || lower.gathers;
    const place = lower.map(writer, node, point);
    if (stores) writer.store(out, storage, place, value, lower.mode, node);
    else
      writer.store(
        out,
        storage,
        place,
        writer.scalar('add', out.dtype, writer.at(out, place), value),
        'set',
        node,
      );
    writer.emit(node);
  }

  /** Copies `base` into the memory of `out`. */
  private fill(out: TensorVariable, base: TensorVariable, storage: Storage, node: Apply): void {
    const shape = this.memory.shape(out);
    const { extents, places } = this.kernelAxes(shape);
    const writer = new KernelWriter(this.memory, extents, 0);
    const point = writer.point(shape, places);
    writer.store(out, storage, point, writer.at(base, point), 'set', node);
    writer.emit(node);
  }

  private writeReshape(node: Apply): void {
    const [x] = node.inputs;
    const [out] = node.outputs;
    const source = this.memory.storage(x) as Storage;
    const base = this.memory.isContiguous(x, source)
      ? source
      : this.memory.storageOf(this.memory.scratchCopy(x, this.memory.asBuffer(x, source)));
    this.memory.place(out, {
      buffer: base.buffer,
      offset: base.offset,
      strides: contiguousStrides(this.memory.builder.sizes, this.memory.shape(out)),
    });
  }

  private writeCall(node: Apply): void {
    const { lower } = node.op;
    if (lower.kind !== 'call') return;
    const { builder } = this.memory;
    const [out] = node.outputs;
    const site = this.memory.site(node);
    if (lower.callee === 'nonzero') {
      const [x] = node.inputs;
      const place = builder.temp(
        'int64',
        this.memory.shape(out),
        builder.sizes.product(this.memory.shape(x)),
      );
      const count = this.shapes.counts.get(out) ?? builder.temp('int64', []);
      this.memory.place(out, this.memory.storageOf(place));
      return builder.call('nonzero', [this.memory.buffer(x)], [place, count], site);
    }
    const matrices = lower.callee === 'ger' ? [1, 2] : [0, 1];
    const ins = node.inputs.map((input, k) => {
      if (matrices.includes(k)) return this.memory.factor(input);
      return input.type.rank === out.type.rank
        ? this.memory.stretched(input, this.memory.shape(out))
        : this.memory.plain(input);
    });
    const storage = this.memory.allocate(out);
    builder.call(lower.callee, ins, [this.memory.asBuffer(out, storage)], site);
  }

  private writeRoutine(node: Apply): void {
    const { lower } = node.op;
    if (lower.kind !== 'routine') return;
    const { builder } = this.memory;
    const params = lower.params?.(this.scope, node) ?? [];
    const operands = node.inputs.slice(0, lower.sizesFrom);
    const ins = operands.map((input) => this.memory.buffer(input));
    const outs = node.outputs.map((output) =>
      this.memory.asBuffer(output, this.memory.allocate(output)),
    );
    builder.routine(lower.routine, params, ins, outs, this.memory.site(node));
  }

  private writeHost(node: Apply): void {
    const { builder } = this.memory;
    const outs = node.outputs.map((output) => {
      if (this.shapes.counts.has(output))
        throw new CompileError(
          `[${node.op.name}] expected a shape rule for a host op, got a late size`,
        );
      return this.memory.allocate(output).buffer;
    });
    const number = this.context.hosts.push(node) - 1;
    builder.host(
      number,
      node.inputs.map((input) => this.memory.buffer(input)),
      outs,
      this.memory.site(node),
    );
  }

  copyOut(variable: TensorVariable, to: BufferId): void {
    const site =
      variable.owner === null || this.shapes.isBound(variable)
        ? this.memory.builder.site('copy')
        : this.memory.site(variable.owner);
    this.memory.builder.copy(this.memory.plain(variable), to, site);
  }
}
