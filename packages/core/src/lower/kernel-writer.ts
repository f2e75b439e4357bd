/**
 * Writes one kernel: the value of a variable at every point, everything that is not stored computed on
 * the way. Values are shared within the kernel; axes of size 1 are left out and adjacent axes are joined
 * where every operand allows it.
 */
import { isConstant } from '../graph/constant.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import { isPointwise } from './inlining.js';
import type { Coordinate, Point, PointScope, ScalarValue } from './lowering.js';
import type {
  BufferId,
  KernelDim,
  KernelIndex,
  KernelInstr,
  LoopKernel,
  SiteId,
  SizeId,
} from './program.js';
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

interface DraftIndex {
  readonly value: ScalarValue;
  readonly size: SizeId;
  readonly stride: SizeId;
  readonly site: SiteId;
}

interface DraftOperand {
  readonly buffer: BufferId;
  readonly offset: SizeId;
  readonly dtype: DType;
  readonly strides: SizeId[];
}

type DraftInstr =
  | Exclude<KernelInstr, { op: 'load' | 'dim' | 'axis' }>
  | {
      readonly op: 'load';
      readonly dtype: DType;
      readonly operand: number;
      readonly index: readonly DraftIndex[];
    }
  | { readonly op: 'dim'; readonly dtype: 'int64'; readonly size: SizeId }
  | { readonly op: 'axis'; readonly dtype: 'int64'; readonly axis: number };

interface DraftStore {
  readonly operand: number;
  readonly value: ScalarValue;
  readonly index: readonly DraftIndex[];
  readonly mode: 'set' | 'add';
}

export class KernelWriter implements PointScope {
  readonly sizes: ProgramBuilder['sizes'];
  private readonly operands: DraftOperand[] = [];
  private readonly body: DraftInstr[] = [];
  private readonly epilogue: DraftInstr[] = [];
  private readonly reductions: { op: ReduceOp; dtype: DType; value: number }[] = [];
  private readonly stores: DraftStore[] = [];
  private memo = new Map<string, ScalarValue>();
  private readonly given = new Map<TensorVariable, ScalarValue>();
  private current: Apply | null = null;
  private readonly ops: string[] = [];

  /** `axes`: extents, the last `reduceRank` of which are reduced. */
  constructor(
    private readonly host: KernelHost,
    private readonly axes: SizeId[],
    private readonly reduceRank: number,
  ) {
    this.sizes = host.builder.sizes;
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
        this.ops.push(lower.fn);
        const args = node.inputs.map((input) =>
          this.at(input, this.unstretched(input, node.outputs[0], point)),
        );
        return this.scalar(lower.fn, node.outputs[0].dtype, ...args);
      }
      case 'expression':
        this.ops.push(node.op.name);
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
    return this.push({ op: 'load', dtype: variable.dtype, operand, index });
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
    return { operand: this.operand(storage.buffer, offset, variable.dtype, strides), index };
  }

  private operand(buffer: BufferId, offset: SizeId, dtype: DType, strides: SizeId[]): number {
    const found = this.operands.findIndex(
      (o) => o.buffer === buffer && o.offset === offset && o.strides.join() === strides.join(),
    );
    return found >= 0 ? found : this.operands.push({ buffer, offset, dtype, strides }) - 1;
  }

  scalar(fn: ScalarOp, dtype: DType, ...args: ScalarValue[]): ScalarValue {
    return this.shared(`s${fn} ${dtype} ${args.join(' ')}`, () =>
      this.push({ op: 'scalar', dtype, fn, args }),
    );
  }

  constant(dtype: DType, value: number | bigint): ScalarValue {
    const bits = scalarBits(dtype, value);
    return this.shared(`c${dtype} ${bits.lo} ${bits.hi}`, () =>
      this.push({ op: 'const', dtype, ...bits }),
    );
  }

  size(id: SizeId): ScalarValue {
    const known = this.sizes.constant(id);
    if (known !== null) return this.constant('int64', BigInt(known));
    return this.shared(`d${id}`, () => this.push({ op: 'dim', dtype: 'int64', size: id }));
  }

  coordinate(coordinate: Coordinate): ScalarValue {
    if (coordinate.kind === 'value') return coordinate.value;
    const parts = coordinate.terms.map(({ stride, axis }) => {
      const position = this.shared(`a${axis}`, () =>
        this.push({ op: 'axis', dtype: 'int64', axis }),
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
    const operand = this.operand(
      this.host.zero(),
      zero,
      'int64',
      this.axes.map(() => zero),
    );
    const site = this.host.site(this.current as Apply);
    return this.push({
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

  private push(instr: DraftInstr): ScalarValue {
    if (this.reductions.length === 0) return this.body.push(instr) - 1;
    return this.body.length + this.reductions.length + this.epilogue.push(instr) - 1;
  }

  /** Ends the body: `variable` stands for the reduction of `value` from here on. */
  reduce(op: ReduceOp, value: ScalarValue, dtype: DType, variable: TensorVariable): void {
    this.ops.push(op);
    this.reductions.push({ op, dtype, value });
    this.memo = new Map();
    const reduced = this.body.length;
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
    this.stores.push({ operand, value, index, mode });
  }

  /** Whether some access can be out of range, so that the kernel can fail. */
  get canFail(): boolean {
    return (
      [...this.body, ...this.epilogue].some((i) => i.op === 'load' && i.index.length > 0) ||
      this.stores.some((s) => s.index.length > 0)
    );
  }

  /** Buffers that the kernel reads or writes. */
  get buffers(): readonly BufferId[] {
    return this.operands.map((operand) => operand.buffer);
  }

  /** Records the kernel and its launch. */
  emit(node: Apply): void {
    const { builder } = this.host;
    const joined = this.joinAxes();
    const dims = new DimList(this.sizes);
    const sites: SiteId[] = [];
    const toIndex = (index: DraftIndex): KernelIndex => {
      sites.push(index.site);
      return { value: index.value, size: dims.of(index.size), stride: dims.of(index.stride) };
    };
    const toInstr = (instr: DraftInstr): KernelInstr => {
      switch (instr.op) {
        case 'load':
          return {
            op: 'load',
            dtype: instr.dtype,
            operand: instr.operand,
            index: instr.index.map(toIndex),
          };
        case 'dim':
          return { op: 'dim', dtype: 'int64', dim: dims.of(instr.size) };
        case 'axis':
          return { op: 'axis', dtype: 'int64', axis: joined.renamed[instr.axis] };
        default:
          return instr;
      }
    };
    const axes = joined.axes.map((size) => dims.of(size));
    const operands = this.operands.map((o, k) => ({
      dtype: o.dtype,
      strides: joined.strides[k].map((s): KernelDim => dims.of(s)),
    }));
    const body = this.body.map(toInstr);
    const epilogue = this.epilogue.map(toInstr);
    const stores = this.stores.map((s) => ({
      operand: s.operand,
      value: s.value,
      index: s.index.map(toIndex),
      mode: s.mode,
    }));
    const kernel: LoopKernel = {
      name: this.summary(),
      axes,
      reduceRank: joined.reduceRank,
      operands,
      body,
      reductions: this.reductions,
      epilogue,
      stores,
      serial: stores.some((store) => store.index.length > 0),
      params: dims.ids.length,
    };
    const buffers = this.operands.map((o, k) => this.view(o.buffer, o.offset, k));
    builder.kernel(kernel, buffers, dims.ids, this.host.site(node), sites);
  }

  /** A name that tells what a kernel does: its first few operations. */
  private summary(): string {
    const distinct = [...new Set(this.ops)].reverse().slice(0, 4);
    return distinct.length === 0 ? 'copy' : distinct.join('_').replace(/[^A-Za-z0-9_]/g, '');
  }

  private view(buffer: BufferId, offset: SizeId, operand: number): BufferId {
    const { builder } = this.host;
    if (this.sizes.constant(offset) === 0) return buffer;
    const shape = this.mayBeEmpty(operand)
      ? [this.sizes.binary('min', this.sizes.const(1), this.reducedPoints())]
      : [];
    const strides = shape.map(() => this.sizes.const(1));
    return builder.view(buffer, shape, offset, strides);
  }

  private reducedPoints(): SizeId {
    return this.sizes.product(this.axes.slice(this.axes.length - this.reduceRank));
  }

  /** Whether an operand is read for reduced points only, so that where there are none it need not exist. */
  private mayBeEmpty(operand: number): boolean {
    const reads = (i: DraftInstr): boolean => i.op === 'load' && i.operand === operand;
    if (this.epilogue.some(reads) || this.stores.some((store) => store.operand === operand))
      return false;
    const points = this.sizes.constant(this.reducedPoints());
    return this.reduceRank > 0 && (points === null || points === 0);
  }

  /** Joins neighbouring axes (outer with outer, reduced with reduced) that every operand walks as one. */
  private joinAxes(): {
    axes: SizeId[];
    strides: SizeId[][];
    reduceRank: number;
    renamed: number[];
  } {
    const { sizes } = this;
    const axes = [...this.axes];
    const strides = this.operands.map((o) => [...o.strides]);
    const renamed = axes.map((_, axis) => axis);
    const counted = new Set<number>();
    for (const i of [...this.body, ...this.epilogue]) if (i.op === 'axis') counted.add(i.axis);
    const outer = axes.length - this.reduceRank;
    let reduceRank = this.reduceRank;
    for (let axis = axes.length - 2; axis >= 0; axis--) {
      if (axis + 1 === outer || counted.has(axis) || counted.has(axis + 1)) continue;
      if (!strides.every((s) => s[axis] === sizes.mul(s[axis + 1], axes[axis + 1]))) continue;
      axes.splice(axis, 2, sizes.mul(axes[axis], axes[axis + 1]));
      for (const s of strides) s.splice(axis, 1);
      renamed.forEach((to, from) => {
        if (to > axis) renamed[from] = to - 1;
      });
      if (axis >= outer) reduceRank--;
    }
    return { axes, strides, reduceRank, renamed };
  }
}

/** The parameters of a launch: sizes that are not constants. */
class DimList {
  readonly ids: SizeId[] = [];

  constructor(private readonly sizes: ProgramBuilder['sizes']) {}

  of(id: SizeId): KernelDim {
    const known = this.sizes.constant(id);
    if (known !== null) return { lit: known };
    const found = this.ids.indexOf(id);
    return { param: found >= 0 ? found : this.ids.push(id) - 1 };
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
