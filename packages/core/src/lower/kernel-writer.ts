/**
 * Writes one kernel: the value of a variable at every point, everything that is not stored computed on
 * the way. Values are shared within the kernel; axes of size 1 are left out. What it writes into is a
 * KernelDraft.
 */
import { isConstant } from '../graph/constant.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import { isPointwise } from './inlining.js';
import { KernelDraft, type DraftIndex } from './kernel-draft.js';
import type { Coordinate, Point, PointScope, ScalarValue } from './lowering.js';
import type { BufferId, SiteId, SizeId } from './program.js';
import type { ProgramBuilder } from './program-builder.js';
import { scalarBits } from './scalar-bits.js';
import type { ReduceOp, ScalarOp } from './scalar-op.js';

/** Where a variable's elements are: `offset` and `strides` in elements of a buffer that is not a view. */
export interface Storage {
  readonly buffer: BufferId;
  readonly offset: SizeId;
  readonly strides: readonly SizeId[];
}

/** What the writer asks of the lowering. */
export interface KernelHost {
  readonly builder: ProgramBuilder;
  shape(variable: TensorVariable): readonly SizeId[];
  sizeOf(variable: TensorVariable): SizeId;
  /** Memory of a variable, null where it is computed on the way. */
  storage(variable: TensorVariable): Storage | null;
  site(node: Apply): SiteId;
  /** A buffer with one int64 0. */
  zero(): BufferId;
}

export class KernelWriter implements PointScope {
  readonly sizes: ProgramBuilder['sizes'];
  private readonly draft: KernelDraft;
  private memo = new Map<string, ScalarValue>();
  private readonly given = new Map<TensorVariable, ScalarValue>();
  private current: Apply | null = null;

  /** `axes`: extents, the last `reduceRank` of which are reduced. */
  constructor(
    private readonly host: KernelHost,
    private readonly axes: readonly SizeId[],
    reduceRank: number,
  ) {
    this.sizes = host.builder.sizes;
    this.draft = new KernelDraft(host.builder, axes, reduceRank);
  }

  /** The point of a variable of this shape whose k-th axis is kernel axis `axes[k]`; axes of size 1 stay at 0. */
  point(shape: readonly SizeId[], axes: readonly number[]): Point {
    const zero = this.sizes.const(0);
    const one = this.sizes.const(1);
    return shape.map((size, k): Coordinate => {
      if (this.sizes.constant(size) === 1) return { kind: 'affine', offset: zero, terms: [] };
      return { kind: 'affine', offset: zero, terms: [{ stride: one, axis: axes[k] }] };
    });
  }

  shape(variable: TensorVariable): readonly SizeId[] {
    return this.host.shape(variable);
  }

  sizeOf(variable: TensorVariable): SizeId {
    return this.host.sizeOf(variable);
  }

  at(variable: TensorVariable, point: Point): ScalarValue {
    const known = this.given.get(variable);
    if (known !== undefined) return known;
    const own = this.pinned(variable, point);
    let key = `v${variable.id}`;
    for (const coordinate of own) key += ` ${coordinateKey(coordinate)}`;
    const found = this.memo.get(key);
    if (found !== undefined) return found;
    const value = this.compute(variable, own);
    this.memo.set(key, value);
    return value;
  }

  /** Coordinates of axes that broadcast are 0. */
  private pinned(variable: TensorVariable, point: Point): Point {
    const zero = this.sizes.const(0);
    const shape = this.host.shape(variable);
    return point.map((coordinate, axis) => {
      const single = variable.type.broadcasts(axis) || this.sizes.constant(shape[axis]) === 1;
      return single && coordinate.kind === 'affine'
        ? { kind: 'affine', offset: zero, terms: [] }
        : coordinate;
    });
  }

  private compute(variable: TensorVariable, point: Point): ScalarValue {
    if (isConstant(variable) && variable.scalar !== null)
      return this.constant(variable.dtype, variable.scalar);
    const storage = this.host.storage(variable);
    if (storage !== null) return this.load(variable, storage, point);
    const node = variable.owner as Apply;
    const { lower } = node.op;
    if (!isPointwise(lower)) throw new Error(`kernel: ${node.op.name} has no memory`);
    const before = this.current;
    this.current = node;
    const value = this.inline(node, point);
    this.current = before;
    return value;
  }

  private inline(node: Apply, point: Point): ScalarValue {
    const { lower } = node.op;
    switch (lower.kind) {
      case 'scalar': {
        this.draft.tell(lower.fn);
        const args = node.inputs.map((input) =>
          this.at(input, this.unstretched(input, node.outputs[0], point)),
        );
        return this.scalar(lower.fn, node.outputs[0].dtype, ...args);
      }
      case 'expression':
        this.draft.tell(node.op.name);
        return lower.build(this, node, point);
      case 'index':
        return this.indexed(node, lower.map(this, node, point));
      default:
        throw new Error(`kernel: ${node.op.name} is not pointwise`);
    }
  }

  private indexed(node: Apply, point: Point): ScalarValue {
    const [source] = node.inputs;
    if (node.op.name === 'alloc')
      return this.at(source, this.unstretched(source, node.outputs[0], point));
    const { lower } = node.op;
    const gathers = lower.kind === 'index' && lower.gathers;
    return this.at(
      source,
      gathers && !this.checksIndices(source) ? this.within(source, point) : point,
    );
  }

  /** Whether reading the variable checks and wraps computed indices by its own sizes: where its memory is read. */
  private checksIndices(variable: TensorVariable): boolean {
    return (
      !(isConstant(variable) && variable.scalar !== null) && this.host.storage(variable) !== null
    );
  }

  /** The point with its computed coordinates checked and counted from the start of the variable's axes. */
  private within(variable: TensorVariable, point: Point): Point {
    const shape = this.host.shape(variable);
    return point.map((coordinate, axis) => {
      if (coordinate.kind !== 'value') return coordinate;
      const { value } = coordinate;
      const fromEnd = this.scalar('add', 'int64', value, this.size(shape[axis]));
      const isNegative = this.scalar('lt', 'bool', value, this.constant('int64', 0n));
      const wrapped = this.scalar('select', 'int64', isNegative, fromEnd, value);
      return {
        kind: 'value',
        value: this.scalar('add', 'int64', wrapped, this.zeroIfWithin(value, shape[axis])),
      };
    });
  }

  /** The operand's point for a point of the result: 0 along axes that the node stretches. */
  private unstretched(operand: TensorVariable, result: TensorVariable, point: Point): Point {
    const lead = result.type.rank - operand.type.rank;
    const stretches = (axis: number): boolean =>
      operand.type.broadcasts(axis) && !result.type.broadcasts(axis + lead);
    if (!point.some((coordinate, axis) => coordinate.kind === 'value' && stretches(axis)))
      return point;
    const zero = this.sizes.const(0);
    return point.map((coordinate, axis) =>
      stretches(axis) ? { kind: 'affine', offset: zero, terms: [] } : coordinate,
    );
  }

  private load(variable: TensorVariable, storage: Storage, point: Point): ScalarValue {
    const { operand, index } = this.access(variable, storage, point);
    return this.draft.push({ op: 'load', dtype: variable.dtype, operand, index });
  }

  /** The operand and computed indices that reach `point` of stored memory. */
  private access(
    variable: TensorVariable,
    storage: Storage,
    point: Point,
  ): { operand: number; index: DraftIndex[] } {
    const { sizes } = this;
    const shape = this.host.shape(variable);
    const strides = this.axes.map(() => sizes.const(0));
    let offset = storage.offset;
    const index: DraftIndex[] = [];
    point.forEach((coordinate, axis) => {
      const stride = storage.strides[axis];
      if (coordinate.kind === 'value') {
        const site = this.host.site(this.current ?? (variable.owner as Apply));
        index.push({ value: coordinate.value, size: shape[axis], stride, site });
        return;
      }
      offset = sizes.add(offset, sizes.mul(coordinate.offset, stride));
      for (const term of coordinate.terms) {
        strides[term.axis] = sizes.add(strides[term.axis], sizes.mul(term.stride, stride));
      }
    });
    return { operand: this.draft.operand(storage.buffer, offset, variable.dtype, strides), index };
  }

  scalar(fn: ScalarOp, dtype: DType, ...args: ScalarValue[]): ScalarValue {
    return this.shared(`s${fn} ${dtype} ${args.join(' ')}`, () =>
      this.draft.push({ op: 'scalar', dtype, fn, args }),
    );
  }

  constant(dtype: DType, value: number | bigint): ScalarValue {
    const bits = scalarBits(dtype, value);
    return this.shared(`c${dtype} ${bits.lo} ${bits.hi}`, () =>
      this.draft.push({ op: 'const', dtype, ...bits }),
    );
  }

  size(id: SizeId): ScalarValue {
    const known = this.sizes.constant(id);
    if (known !== null) return this.constant('int64', BigInt(known));
    return this.shared(`d${id}`, () => this.draft.push({ op: 'dim', dtype: 'int64', size: id }));
  }

  coordinate(coordinate: Coordinate): ScalarValue {
    if (coordinate.kind === 'value') return coordinate.value;
    const parts = coordinate.terms.map(({ stride, axis }) => {
      const position = this.shared(`a${axis}`, () =>
        this.draft.push({ op: 'axis', dtype: 'int64', axis }),
      );
      return this.sizes.constant(stride) === 1
        ? position
        : this.scalar('mul', 'int64', position, this.size(stride));
    });
    if (parts.length === 0 || this.sizes.constant(coordinate.offset) !== 0)
      parts.push(this.size(coordinate.offset));
    return parts.reduce((sum, part) => this.scalar('add', 'int64', sum, part));
  }

  zeroIfWithin(index: ScalarValue, size: SizeId): ScalarValue {
    const zero = this.sizes.const(0);
    const operand = this.draft.operand(
      this.host.zero(),
      zero,
      'int64',
      this.axes.map(() => zero),
    );
    const site = this.host.site(this.current as Apply);
    return this.draft.push({
      op: 'load',
      dtype: 'int64',
      operand,
      index: [{ value: index, size, stride: zero, site }],
    });
  }

  private shared(key: string, make: () => ScalarValue): ScalarValue {
    const found = this.memo.get(key);
    if (found !== undefined) return found;
    const value = make();
    this.memo.set(key, value);
    return value;
  }

  /** Ends the body: `variable` stands for the reduction of `value` from here on. */
  reduce(op: ReduceOp, value: ScalarValue, dtype: DType, variable: TensorVariable): void {
    this.memo = new Map();
    const reduced = this.draft.reduce(op, dtype, value);
    const result =
      dtype === variable.dtype ? reduced : this.scalar('cast', variable.dtype, reduced);
    this.given.set(variable, result);
  }

  store(
    variable: TensorVariable,
    storage: Storage,
    point: Point,
    value: ScalarValue,
    mode: 'set' | 'add',
    node: Apply,
  ): void {
    this.current = node;
    const { operand, index } = this.access(variable, storage, point);
    this.draft.store({ operand, value, index, mode });
  }

  /** Records the kernel and its launch. */
  emit(node: Apply): void {
    this.draft.emit(this.host.site(node));
  }
}

function coordinateKey(c: Coordinate): string {
  if (c.kind === 'value') return `=${c.value}`;
  let key = `${c.offset}`;
  for (const { stride, axis } of c.terms) key += `+${stride}*${axis}`;
  return key;
}

/** Elements of a constant, as a Program carries them. */
export function constantBytes(data: NDArray): Uint8Array {
  const flat = data.contiguous();
  const source = flat.data;
  return new Uint8Array(
    source.buffer,
    source.byteOffset + flat.offset * source.BYTES_PER_ELEMENT,
    flat.size * source.BYTES_PER_ELEMENT,
  ).slice();
}
