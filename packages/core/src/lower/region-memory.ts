/**
 * Where the values of a graph that is being lowered lie: bound buffers, views of others, places of
 * outputs and updates, memory taken over from an operand, temps.
 */
import type { SharedVariable } from '../graph/shared.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { isView, type Inlining } from './inlining.js';
import { KernelWriter, type KernelHost, type Storage } from './kernel-writer.js';
import type { Coordinate, PointScope } from './lowering.js';
import { contiguousStrides, type ProgramBuilder } from './program-builder.js';
import type { ProgramContext } from './program-context.js';
import type { BufferId, SiteId, SizeId } from './program.js';
import type { RegionShapes } from './region-shapes.js';

export class RegionMemory implements KernelHost {
  readonly builder: ProgramBuilder;
  private readonly memory = new Map<TensorVariable, Storage>();
  private readonly destination = new Map<TensorVariable, BufferId>();
  private readonly takenOverBy = new Map<TensorVariable, TensorVariable>();
  /** Of a variable whose memory is taken over, and over again: who has it in the end. */
  private readonly lastOwner = new Map<TensorVariable, TensorVariable>();

  constructor(
    private readonly context: ProgramContext,
    private readonly shapes: RegionShapes,
    private readonly inlining: Inlining,
  ) {
    this.builder = context.builder;
  }

  shape(variable: TensorVariable): readonly SizeId[] {
    return this.shapes.of(variable);
  }

  sizeOf(variable: TensorVariable): SizeId {
    return this.shapes.inferred.valueOf(variable);
  }

  site(node: Apply): SiteId {
    return this.context.site(node);
  }

  zero(): BufferId {
    return this.context.zero();
  }

  /** A buffer that holds the variable, contiguous. */
  buffer(variable: TensorVariable): BufferId {
    return this.contiguous(variable, this.storage(variable) as Storage);
  }

  /** Says where a result lies. */
  place(variable: TensorVariable, storage: Storage): void {
    this.memory.set(variable, storage);
  }

  /** Has the result written straight into `buffer`. */
  direct(variable: TensorVariable, buffer: BufferId): void {
    this.destination.set(variable, buffer);
  }

  storage(variable: TensorVariable): Storage | null {
    const found = this.memory.get(variable);
    if (found !== undefined) return found;
    const node = this.shapes.isBound(variable) ? null : variable.owner;
    const made =
      node === null
        ? this.storageOf(this.shapes.leafBuffer(variable) as BufferId)
        : isView(node)
          ? this.viewStorage(variable, node)
          : null;
    if (made !== null) this.memory.set(variable, made);
    return made;
  }

  storageOf(buffer: BufferId): Storage {
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
      terms: [{ stride: sizes.const(1), axis }],
    }));
    const strides = variable.type.shape.map(() => zero);
    let { offset } = base;
    lower.map(this.indexScope(), node, point).forEach((coordinate, axis) => {
      if (source.type.broadcasts(axis) || coordinate.kind !== 'affine') return;
      offset = sizes.add(offset, sizes.mul(coordinate.offset, base.strides[axis]));
      for (const term of coordinate.terms) {
        strides[term.axis] = sizes.add(
          strides[term.axis],
          sizes.mul(term.stride, base.strides[axis]),
        );
      }
    });
    return { buffer: base.buffer, offset, strides };
  }

  indexScope(): PointScope {
    return new KernelWriter(this, [], 0);
  }

  /** Results that can be computed straight into an output's buffer are; gives the outputs that need a copy. */
  assignOutputs(
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
        !this.shapes.isPlaced(output) &&
        !this.shapes.mayBeSize(output);
      const sameShape =
        direct &&
        this.builder.shape(buffer).every((size, axis) => size === this.shape(output)[axis]);
      const own = !['steps', 'host'].includes(output.owner?.op.lower.kind ?? '');
      if (!direct || !sameShape || !own) return [k];
      this.destination.set(output, buffer);
      return [];
    });
  }

  planTakeOver(inPlace: ReadonlyMap<TensorVariable, SharedVariable>): void {
    // Users first, so that the last owner is known.
    for (const [value, operand] of [...this.inlining.inPlaceOf].reverse()) {
      const fixed = this.shapes.isPlaced(value) || this.shapes.isPlaced(operand);
      const foreign =
        operand.owner?.op.lower.kind === 'steps' || operand.owner?.op.lower.kind === 'host';
      if (fixed || foreign || inPlace.has(value) || inPlace.has(operand)) continue;
      this.takenOverBy.set(operand, value);
      this.lastOwner.set(operand, this.lastOwner.get(value) ?? value);
    }
  }

  /** Memory for a result: its assigned place, that of the operand it takes over, or a temp. */
  allocate(variable: TensorVariable): Storage {
    const last = this.lastOwner.get(variable) ?? variable;
    const place =
      this.shapes.scalars.get(variable) ??
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

  isContiguous(variable: TensorVariable, { strides }: Storage): boolean {
    const { sizes } = this.builder;
    const shape = this.shape(variable);
    const wanted = contiguousStrides(sizes, shape);
    return shape.every(
      (size, axis) => sizes.constant(size) === 1 || strides[axis] === wanted[axis],
    );
  }

  /** A buffer that shows the variable's elements, whatever their strides. */
  plain(variable: TensorVariable): BufferId {
    return this.asBuffer(variable, this.storage(variable) as Storage);
  }

  asBuffer(variable: TensorVariable, storage: Storage): BufferId {
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

  contiguous(variable: TensorVariable, storage: Storage): BufferId {
    return this.isContiguous(variable, storage)
      ? this.asBuffer(variable, storage)
      : this.scratchCopy(variable, this.asBuffer(variable, storage));
  }

  /** A view in which axes of size 1 are repeated to `shape`. */
  stretched(variable: TensorVariable, shape: readonly SizeId[]): BufferId {
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
  factor(variable: TensorVariable): BufferId {
    const storage = this.storage(variable) as Storage;
    const { sizes } = this.builder;
    const unit = storage.strides.some((stride) => sizes.constant(stride) === 1);
    return unit
      ? this.asBuffer(variable, storage)
      : this.scratchCopy(variable, this.asBuffer(variable, storage));
  }

  scratchCopy(variable: TensorVariable, from: BufferId): BufferId {
    const to = this.builder.temp(variable.dtype, this.shape(variable));
    this.builder.copy(from, to, this.builder.site('copy'));
    return to;
  }
}
