/**
 * Lowering: from an optimized graph to a Program.
 *
 * Order of work: shapes of everything as sizes (with the run-time checks that they need), the decision
 * what is stored (inlining.ts), where results go (outputs, taken-over memory, updates in place:
 * commit-plan.ts), then one pass over the nodes that writes a step for each stored result.
 */
import type { Target } from '../device/target.js';
import { CompileError } from '../errors.js';
import { isConstant } from '../graph/constant.js';
import { FunctionGraph } from '../graph/function-graph.js';
import { isShared, type SharedVariable } from '../graph/shared.js';
import { toposort } from '../graph/traverse.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { Mode } from '../optimizer/mode.js';
import { optimize } from '../optimizer/phases.js';
import { planCommit, type UpdateRequest } from './commit-plan.js';
import { decideInlining, isView, type Inlining } from './inlining.js';
import { constantBytes, KernelWriter, type KernelHost, type Storage } from './kernel-writer.js';
import type { Coordinate, PointScope, StepScope } from './lowering.js';
import { sizeOperands } from './place-sizes.js';
import type { BufferId, Program, SiteId, SizeId } from './program.js';
import { contiguousStrides, ProgramBuilder } from './program-builder.js';
import { ShapeInference } from './shape-inference.js';

/** A Program with what is kept beside it. */
export interface Lowered {
  readonly program: Program;
  /** Node of each site. */
  readonly sites: readonly Apply[];
  /** Nodes of the host functions. */
  readonly hosts: readonly Apply[];
  /** Shared variables in the order that the Program binds them. */
  readonly shared: readonly SharedVariable[];
}

/**
 * The Program is not verified.
 * @param graph outputs are the function's, then the updates' values
 * @param outputCount how many of them are the function's
 * @param asWritten the same as before the optimizer: what their sizes require is required, also where
 * rewriting left nothing of it
 */
export function lower(
  graph: FunctionGraph,
  outputCount: number,
  targets: readonly SharedVariable[],
  target: Target,
  mode: Mode,
  asWritten: readonly TensorVariable[] = [],
): Lowered {
  const context = new ProgramContext(target, mode);
  const bound = new Map(
    graph.inputs.map((input): [TensorVariable, BufferId] => [
      input,
      context.builder.input(input.dtype, input.type.rank),
    ]),
  );
  const updates = targets.map((shared, k): UpdateRequest => ({
    target: shared,
    value: graph.outputs[outputCount + k],
  }));
  new Region(context, graph, bound, null, asWritten).writeFunction(outputCount, updates);
  return {
    program: context.builder.finish(false),
    sites: context.siteNodes,
    hosts: context.hosts,
    shared: [...context.sharedBuffers.keys()],
  };
}

/** What all regions of one Program share. */
class ProgramContext {
  readonly builder = new ProgramBuilder();
  readonly siteNodes: Apply[] = [];
  readonly hosts: Apply[] = [];
  readonly sharedBuffers = new Map<SharedVariable, BufferId>();
  private readonly siteIds = new Map<Apply, SiteId>();
  private zeroBuffer: BufferId | null = null;

  constructor(
    readonly target: Target,
    readonly mode: Mode,
  ) {}

  site(node: Apply): SiteId {
    const found = this.siteIds.get(node);
    if (found !== undefined) return found;
    const id = this.builder.site(node.op.name);
    this.siteIds.set(node, id);
    this.siteNodes[id] = node;
    return id;
  }

  shared(variable: SharedVariable): BufferId {
    const found = this.sharedBuffers.get(variable);
    if (found !== undefined) return found;
    const id = this.builder.shared(variable.dtype, variable.type.rank);
    this.sharedBuffers.set(variable, id);
    return id;
  }

  zero(): BufferId {
    this.zeroBuffer ??= this.builder.constant({
      dtype: 'int64',
      shape: [],
      bytes: new Uint8Array(8),
    });
    return this.zeroBuffer;
  }
}

/** One graph being written into a Program: the function's, or that inside a loop or branch. */
class Region implements KernelHost, StepScope {
  readonly builder: ProgramBuilder;
  private readonly shapes: ShapeInference;
  private readonly memory = new Map<TensorVariable, Storage>();
  /** Rank-0 temps of values that sizes depend on, and of late lengths. */
  private readonly scalars = new Map<TensorVariable, BufferId>();
  private readonly counts = new Map<TensorVariable, BufferId>();
  private readonly destination = new Map<TensorVariable, BufferId>();
  private readonly checked = new Set<string>();
  private inlining!: Inlining;
  private readonly takenOverBy = new Map<TensorVariable, TensorVariable>();
  /** Of a variable whose memory is taken over, and over again: who has it in the end. */
  private readonly lastOwner = new Map<TensorVariable, TensorVariable>();

  constructor(
    private readonly context: ProgramContext,
    private readonly graph: FunctionGraph,
    private readonly bound: ReadonlyMap<TensorVariable, BufferId>,
    private readonly parent: Region | null,
    asWritten: readonly TensorVariable[] = [],
  ) {
    this.builder = context.builder;
    this.requireAsWritten(asWritten);
    this.shapes = this.inferShapes();
  }

  /** Requires what the sizes of another graph of the same leaves require, as far as the leaves tell. */
  private requireAsWritten(roots: readonly TensorVariable[]): void {
    const { sizes } = this.builder;
    const open = new Set<SizeId>();
    const openSize = (): SizeId => {
      const id = sizes.value(this.builder.temp('int64', []));
      open.add(id);
      return id;
    };
    const openness: boolean[] = [];
    const isOpen = (id: SizeId): boolean => {
      for (let k = openness.length; k <= id; k++)
        openness[k] =
          open.has(k) || sizeOperands(sizes.nodes[k]).some((operand) => openness[operand]);
      return openness[id];
    };
    const require = (
      rel: 'eq' | 'le',
      a: SizeId,
      b: SizeId,
      error: 'shape' | 'index',
      text: string,
      node: Apply,
    ): void => {
      if (!isOpen(a) && !isOpen(b)) this.require(rel, a, b, error, text, node);
    };
    const stop = new Set(this.graph.inputs);
    const inference = new ShapeInference(
      sizes,
      {
        dim: (variable, axis) => {
          const leaf = this.leafBuffer(variable);
          return leaf === null ? openSize() : this.builder.shape(leaf)[axis];
        },
        value: (variable) => {
          const leaf = this.leafBuffer(variable);
          return leaf === null ? openSize() : sizes.value(leaf);
        },
        requireEqual: (a, b, text, node) => {
          require('eq', a, b, 'shape', text, node);
          return a;
        },
        requireAtMost: (a, b, text, error, node) => require('le', a, b, error, text, node),
      },
      stop,
    );
    for (const [variable, buffer] of this.bound)
      inference.bind(variable, this.boundShape(variable, buffer));
    for (const node of toposort(roots, stop)) inference.of(node.outputs[0]);
  }

  private inferShapes(): ShapeInference {
    const { sizes } = this.builder;
    const inference = new ShapeInference(
      sizes,
      {
        dim: (variable, axis) => this.dim(variable, axis),
        value: (variable) => this.scalarValue(variable),
        requireEqual: (a, b, text, node) => {
          this.require('eq', a, b, 'shape', text, node);
          return a;
        },
        requireAtMost: (a, b, text, error, node) => this.require('le', a, b, error, text, node),
      },
      new Set(this.graph.inputs),
    );
    for (const [variable, buffer] of this.bound)
      inference.bind(variable, this.boundShape(variable, buffer));
    for (const node of this.graph.nodes()) node.outputs.forEach((output) => inference.of(output));
    return inference;
  }

  /** Sizes of a bound variable; those that its type knows are required of the buffer. */
  private boundShape(variable: TensorVariable, buffer: BufferId): SizeId[] {
    return this.builder.shape(buffer).map((size, axis) => {
      const known = variable.type.shape[axis];
      return known === null ? size : this.builder.sizes.const(known);
    });
  }

  private require(
    rel: 'eq' | 'le',
    a: SizeId,
    b: SizeId,
    error: 'shape' | 'index',
    text: string,
    node: Apply,
  ): void {
    const key = `${rel} ${Math.min(a, b)} ${Math.max(a, b)} ${rel === 'le' ? a : ''}`;
    if (this.checked.has(key)) return;
    this.checked.add(key);
    this.builder.check(rel, a, b, this.context.site(node), error, text);
  }

  private dim(variable: TensorVariable, axis: number): SizeId {
    const leaf = this.leafBuffer(variable);
    if (leaf !== null) return this.builder.shape(leaf)[axis];
    let count = this.counts.get(variable);
    if (count === undefined) this.counts.set(variable, (count = this.builder.temp('int64', [])));
    return this.builder.sizes.value(count);
  }

  private scalarValue(variable: TensorVariable): SizeId {
    const leaf = this.leafBuffer(variable);
    if (leaf !== null) return this.builder.sizes.value(leaf);
    let place = this.scalars.get(variable);
    if (place === undefined)
      this.scalars.set(variable, (place = this.builder.temp(variable.dtype, [])));
    return this.builder.sizes.value(place);
  }

  /** Buffer of a variable that is not computed here. */
  private leafBuffer(variable: TensorVariable): BufferId | null {
    const bound = this.bound.get(variable);
    if (bound !== undefined) return bound;
    if (isShared(variable)) return this.context.shared(variable);
    if (isConstant(variable)) {
      return this.builder.constant({
        dtype: variable.dtype,
        shape: variable.data.shape,
        bytes: constantBytes(variable.data),
      });
    }
    if (variable.owner !== null) return null;
    const outer = this.parent?.leafBuffer(variable) ?? null;
    if (outer === null) throw new CompileError(`[lower] ${variable.toString()} has no value here`);
    return outer;
  }

  // --- what kernels and steps ask ---

  shape(variable: TensorVariable): readonly SizeId[] {
    return this.shapes.of(variable);
  }

  sizeOf(variable: TensorVariable): SizeId {
    return this.shapes.valueOf(variable);
  }

  site(node: Apply): SiteId {
    return this.context.site(node);
  }

  zero(): BufferId {
    return this.context.zero();
  }

  storage(variable: TensorVariable): Storage | null {
    const found = this.memory.get(variable);
    if (found !== undefined) return found;
    const node = this.bound.has(variable) ? null : variable.owner;
    const made =
      node === null
        ? this.storageOf(this.leafBuffer(variable) as BufferId)
        : isView(node)
          ? this.viewStorage(variable, node)
          : null;
    if (made !== null) this.memory.set(variable, made);
    return made;
  }

  private storageOf(buffer: BufferId): Storage {
    const { builder } = this;
    return {
      buffer: builder.base(buffer),
      offset: builder.offset(buffer),
      strides: builder.strides(buffer),
    };
  }

  /** Strides of a renaming of positions, from its own map at a general point. */
  private viewStorage(variable: TensorVariable, node: Apply): Storage | null {
    const { lower } = node.op;
    const [source] = node.inputs;
    const base = this.storage(source);
    if (base === null || lower.kind !== 'index') return null;
    const { sizes } = this.builder;
    const zero = sizes.const(0);
    const point = variable.type.shape.map((_, axis): Coordinate => ({
      kind: 'affine',
      offset: zero,
      stride: sizes.const(1),
      axis,
    }));
    const strides = variable.type.shape.map(() => zero);
    let { offset } = base;
    lower.map(this.indexScope(), node, point).forEach((coordinate, axis) => {
      if (source.type.broadcasts(axis) || coordinate.kind !== 'affine') return;
      offset = sizes.add(offset, sizes.mul(coordinate.offset, base.strides[axis]));
      if (coordinate.axis !== null)
        strides[coordinate.axis] = sizes.add(
          strides[coordinate.axis],
          sizes.mul(coordinate.stride, base.strides[axis]),
        );
    });
    return { buffer: base.buffer, offset, strides };
  }

  private indexScope(): PointScope {
    return new KernelWriter(this, [], 0);
  }

  buffer(variable: TensorVariable): BufferId {
    return this.contiguous(variable, this.storage(variable) as Storage);
  }

  lower(
    outputs: readonly TensorVariable[],
    bind: ReadonlyMap<TensorVariable, BufferId>,
    into: readonly (BufferId | null)[] = [],
  ): BufferId[] {
    const inner = new FunctionGraph([...bind.keys()], outputs);
    optimize(inner, this.context.target, this.context.mode);
    return new Region(this.context, inner, bind, this).writeInner(into);
  }

  // --- the whole ---

  writeFunction(outputCount: number, updates: readonly UpdateRequest[]): void {
    const nodes = this.graph.nodes();
    const outputs = this.graph.outputs.slice(0, outputCount);
    this.decide();
    const inPlace = planCommit(nodes, updates, new Set(outputs), this.inlining, this.shapes);
    const buffers = outputs.map((output) => this.builder.output(output.dtype, this.shape(output)));
    const copied = this.assignOutputs(outputs, buffers, inPlace);
    this.planTakeOver(inPlace);
    const isLate = (node: Apply): boolean => node.outputs.some((output) => inPlace.has(output));
    for (const node of nodes) if (!isLate(node)) this.write(node);
    for (const k of copied) this.copyOut(outputs[k], buffers[k]);
    if (updates.length > 0) this.writeCommit(nodes.filter(isLate), updates, inPlace);
  }

  private writeInner(into: readonly (BufferId | null)[]): BufferId[] {
    this.decide();
    const { outputs } = this.graph;
    const wanted = outputs.map((_, k) => into[k] ?? null);
    const copied = this.assignOutputs(outputs, wanted, new Map());
    this.planTakeOver(new Map());
    for (const node of this.graph.nodes()) this.write(node);
    for (const k of copied) this.copyOut(outputs[k], wanted[k] as BufferId);
    return outputs.map((output, k) => wanted[k] ?? this.buffer(output));
  }

  private decide(): void {
    const forced = new Set([...this.scalars.keys(), ...this.counts.keys()]);
    const { mode } = this.context;
    this.inlining = decideInlining(this.graph, forced, this.shapes, {
      fusion: mode.allows(['fusion']),
      inplace: mode.allows(['inplace']),
    });
  }

  /** Results that can be computed straight into an output's buffer are; gives the outputs that need a copy. */
  private assignOutputs(
    outputs: readonly TensorVariable[],
    buffers: readonly (BufferId | null)[],
    inPlace: ReadonlyMap<TensorVariable, SharedVariable>,
  ): number[] {
    return outputs.flatMap((output, k) => {
      const buffer = buffers[k];
      if (buffer === null) return [];
      const direct =
        this.inlining.stored.has(output) &&
        !this.destination.has(output) &&
        !inPlace.has(output) &&
        !this.counts.has(output) &&
        !this.scalars.has(output);
      const sameShape =
        direct &&
        this.builder.shape(buffer).every((size, axis) => size === this.shape(output)[axis]);
      const own = !['steps', 'host'].includes(output.owner?.op.lower.kind ?? '');
      if (!direct || !sameShape || !own) return [k];
      this.destination.set(output, buffer);
      return [];
    });
  }

  private planTakeOver(inPlace: ReadonlyMap<TensorVariable, SharedVariable>): void {
    // Users first, so that the last owner is known.
    for (const [value, operand] of [...this.inlining.inPlaceOf].reverse()) {
      const fixed =
        this.scalars.has(value) ||
        this.scalars.has(operand) ||
        this.counts.has(value) ||
        this.counts.has(operand);
      const foreign =
        operand.owner?.op.lower.kind === 'steps' || operand.owner?.op.lower.kind === 'host';
      if (fixed || foreign || inPlace.has(value) || inPlace.has(operand)) continue;
      this.takenOverBy.set(operand, value);
      this.lastOwner.set(operand, this.lastOwner.get(value) ?? value);
    }
  }

  private copyOut(variable: TensorVariable, to: BufferId): void {
    const site =
      variable.owner === null || this.bound.has(variable)
        ? this.builder.site('copy')
        : this.site(variable.owner);
    this.builder.copy(this.plain(variable), to, site);
  }

  /** In-place steps in order, then copies of what was computed beside. Copies of shared values are taken before anything is written. */
  private writeCommit(
    steps: readonly Apply[],
    updates: readonly UpdateRequest[],
    inPlace: ReadonlyMap<TensorVariable, SharedVariable>,
  ): void {
    const { builder } = this;
    const copies = updates.flatMap(
      ({ target, value }): { target: SharedVariable; from: BufferId }[] => {
        if (inPlace.has(value)) return [];
        const from = this.plain(value);
        const isShared = builder.decl(builder.base(from)).role === 'shared';
        return [{ target, from: isShared ? this.scratchCopy(value, from) : from }];
      },
    );
    for (const [value, target] of inPlace) this.destination.set(value, this.context.shared(target));
    updates.forEach(({ target }) => this.context.shared(target));
    builder.commit();
    for (const step of steps) this.write(step);
    for (const { target, from } of copies)
      builder.copy(from, this.context.shared(target), builder.site('update'));
  }

  private scratchCopy(variable: TensorVariable, from: BufferId): BufferId {
    const to = this.builder.temp(variable.dtype, this.shape(variable));
    this.builder.copy(from, to, this.builder.site('copy'));
    return to;
  }

  // --- memory ---

  /** Memory for a result: its assigned place, that of the operand it takes over, or a temp. */
  private allocate(variable: TensorVariable): Storage {
    const last = this.lastOwner.get(variable) ?? variable;
    const place =
      this.scalars.get(variable) ??
      this.destination.get(last) ??
      this.takenMemory(variable) ??
      this.builder.temp(variable.dtype, this.shape(variable));
    const storage = this.storageOf(place);
    this.memory.set(variable, storage);
    return storage;
  }

  private takenMemory(variable: TensorVariable): BufferId | null {
    const operand = this.inlining.inPlaceOf.get(variable);
    if (operand === undefined || this.takenOverBy.get(operand) !== variable) return null;
    return this.memory.get(operand)?.buffer ?? null;
  }

  private isContiguous(variable: TensorVariable, { strides }: Storage): boolean {
    const { sizes } = this.builder;
    const shape = this.shape(variable);
    const wanted = contiguousStrides(sizes, shape);
    return shape.every(
      (size, axis) => sizes.constant(size) === 1 || strides[axis] === wanted[axis],
    );
  }

  /** A buffer that shows the variable's elements, whatever their strides. */
  private plain(variable: TensorVariable): BufferId {
    return this.asBuffer(variable, this.storage(variable) as Storage);
  }

  private asBuffer(variable: TensorVariable, storage: Storage): BufferId {
    const { builder } = this;
    const shape = this.shape(variable);
    const own = builder.shape(storage.buffer);
    const isWhole =
      builder.sizes.constant(storage.offset) === 0 &&
      own.length === shape.length &&
      shape.every((size, axis) => size === own[axis]) &&
      storage.strides.every((stride, axis) => stride === builder.strides(storage.buffer)[axis]);
    return isWhole
      ? storage.buffer
      : builder.view(storage.buffer, shape, storage.offset, storage.strides);
  }

  private contiguous(variable: TensorVariable, storage: Storage): BufferId {
    return this.isContiguous(variable, storage)
      ? this.asBuffer(variable, storage)
      : this.scratchCopy(variable, this.asBuffer(variable, storage));
  }

  /** A view in which axes of size 1 are repeated to `shape`. */
  private stretched(variable: TensorVariable, shape: readonly SizeId[]): BufferId {
    const { builder } = this;
    const own = this.shape(variable);
    const single = own.map(
      (size, axis) =>
        builder.sizes.constant(size) === 1 && builder.sizes.constant(shape[axis]) !== 1,
    );
    if (!single.includes(true)) return this.plain(variable);
    const { buffer, offset, strides } = this.storage(variable) as Storage;
    return builder.view(
      buffer,
      shape,
      offset,
      strides.map((stride, axis) => (single[axis] ? builder.sizes.const(0) : stride)),
    );
  }

  /** A factor of a product: with a unit stride along one axis. */
  private factor(variable: TensorVariable): BufferId {
    const storage = this.storage(variable) as Storage;
    const { sizes } = this.builder;
    const unit = storage.strides.some((stride) => sizes.constant(stride) === 1);
    return unit
      ? this.asBuffer(variable, storage)
      : this.scratchCopy(variable, this.asBuffer(variable, storage));
  }

  // --- steps ---

  private write(node: Apply): void {
    const { lower } = node.op;
    const [output] = node.outputs;
    if (this.inlining.views.has(output)) {
      if (lower.kind === 'reshape') this.writeReshape(node);
      // A size that is an element of a larger value is read from a place of its own.
      const place = this.scalars.get(output);
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
      case 'steps':
        return lower
          .build(this, node)
          .forEach((buffer, k) => this.memory.set(node.outputs[k], this.storageOf(buffer)));
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
      this.builder.sizes.constant(size) === 1 ? -1 : from + extents.push(size) - 1,
    );
    return { extents, places };
  }

  private writePointwise(variable: TensorVariable): void {
    const reduced = this.inlining.absorbed.get(variable);
    if (reduced !== undefined) return this.writeReduce(reduced, variable);
    const shape = this.shape(variable);
    const { extents, places } = this.kernelAxes(shape);
    const writer = new KernelWriter(this, extents, 0);
    const point = writer.point(shape, places);
    const value = writer.at(variable, point);
    const node = variable.owner as Apply;
    writer.store(variable, this.allocate(variable), point, value, 'set', node);
    writer.emit(node);
  }

  /** A reduction, alone or as the loop of the elementwise result `target` that absorbs it. */
  private writeReduce(reduced: TensorVariable, target: TensorVariable = reduced): void {
    const node = reduced.owner as Apply;
    const { lower } = node.op;
    if (lower.kind !== 'reduce')
      throw new CompileError(`[lower] ${node.op.name} is not a reduction`);
    const [x] = node.inputs;
    const outer = this.kernelAxes(this.shape(target));
    const inputShape = this.shape(x);
    const inner = this.kernelAxes(
      lower.axes.map((axis) => inputShape[axis]),
      outer.extents.length,
    );
    if (inner.extents.length === 0) inner.extents.push(this.builder.sizes.const(1));
    const writer = new KernelWriter(
      this,
      [...outer.extents, ...inner.extents],
      inner.extents.length,
    );
    const kept = outer.places.filter((place) => place >= 0);
    let next = 0;
    const places = inputShape.map((size, axis) => {
      const at = lower.axes.indexOf(axis);
      if (at >= 0) return inner.places[at];
      return this.builder.sizes.constant(size) === 1 ? -1 : kept[next++];
    });
    const element = writer.at(x, writer.point(inputShape, places));
    const isArg = lower.op === 'argmax' || lower.op === 'argmin';
    const wide = isArg ? 'int64' : x.dtype === 'float16' ? 'float32' : reduced.dtype;
    const value = isArg || x.dtype === wide ? element : writer.scalar('cast', wide, element);
    writer.reduce(lower.op, value, wide, reduced);
    const shape = this.shape(target);
    const point = writer.point(shape, outer.places);
    const result = writer.at(target, point);
    const owner = target.owner as Apply;
    writer.store(target, this.allocate(target), point, result, 'set', owner);
    writer.emit(owner);
  }

  private writeScatter(node: Apply): void {
    const { lower } = node.op;
    if (lower.kind !== 'scatter') return;
    const [base, values] = node.inputs;
    const [out] = node.outputs;
    const storage = this.allocate(out);
    const own = this.storage(base);
    if (own === null || own.buffer !== storage.buffer) this.fill(out, base, storage, node);
    const region = lower.region(this.indexScope(), node);
    const { extents, places } = this.kernelAxes(region);
    const writer = new KernelWriter(this, extents, 0);
    const point = writer.point(region, places);
    const value = writer.at(values, point);
    const isFresh = lower.mode === 'set' || lower.gathers;
    const place = lower.map(writer, node, point);
    if (isFresh) writer.store(out, storage, place, value, lower.mode, node);
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
    const shape = this.shape(out);
    const { extents, places } = this.kernelAxes(shape);
    const writer = new KernelWriter(this, extents, 0);
    const point = writer.point(shape, places);
    writer.store(out, storage, point, writer.at(base, point), 'set', node);
    writer.emit(node);
  }

  private writeReshape(node: Apply): void {
    const [x] = node.inputs;
    const [out] = node.outputs;
    const source = this.storage(x) as Storage;
    const base = this.isContiguous(x, source)
      ? source
      : this.storageOf(this.scratchCopy(x, this.asBuffer(x, source)));
    this.memory.set(out, {
      buffer: base.buffer,
      offset: base.offset,
      strides: contiguousStrides(this.builder.sizes, this.shape(out)),
    });
  }

  private writeCall(node: Apply): void {
    const { lower } = node.op;
    if (lower.kind !== 'call') return;
    const { builder } = this;
    const [out] = node.outputs;
    const site = this.site(node);
    if (lower.callee === 'nonzero') {
      const [x] = node.inputs;
      const place = builder.temp('int64', this.shape(out), builder.sizes.product(this.shape(x)));
      const count = this.counts.get(out) ?? builder.temp('int64', []);
      this.memory.set(out, this.storageOf(place));
      return builder.call('nonzero', [this.buffer(x)], [place, count], site);
    }
    const matrices = lower.callee === 'ger' ? [1, 2] : [0, 1];
    const ins = node.inputs.map((input, k) => {
      if (matrices.includes(k)) return this.factor(input);
      return input.type.rank === out.type.rank
        ? this.stretched(input, this.shape(out))
        : this.plain(input);
    });
    const storage = this.allocate(out);
    builder.call(lower.callee, ins, [this.asBuffer(out, storage)], site);
  }

  private writeHost(node: Apply): void {
    const { builder } = this;
    const outs = node.outputs.map((output) => {
      if (this.counts.has(output))
        throw new CompileError(
          `[${node.op.name}] expected a shape rule for a host op, got a late size`,
        );
      return this.allocate(output).buffer;
    });
    const number = this.context.hosts.push(node) - 1;
    builder.host(
      number,
      node.inputs.map((input) => this.buffer(input)),
      outs,
      this.site(node),
    );
  }
}
