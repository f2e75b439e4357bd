/**
 * Builds `Program.sizes`: hash-consed and simplified as it grows, so that equal sizes have equal ids
 * and a size that is a constant is a `const` node. Invariant: operands precede their node.
 */
import type { SizeBinary, SizeId, SizeNode } from './program.js';

const floorDiv = (a: number, b: number): number => (b === 0 ? 0 : Math.floor(a / b));
const floorMod = (a: number, b: number): number => (b === 0 ? 0 : a - b * Math.floor(a / b));

/** Evaluates one binary size operation; the C++ walker computes the same. */
export function evalSizeBinary(op: SizeBinary, a: number, b: number): number {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'floordiv':
      return floorDiv(a, b);
    case 'mod':
      return floorMod(a, b);
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
    case 'eq':
      return a === b ? 1 : 0;
    case 'lt':
      return a < b ? 1 : 0;
  }
}

const commutative: ReadonlySet<SizeBinary> = new Set(['add', 'mul', 'min', 'max', 'eq']);

/** More than a table has ids, and than a buffer has axes: what pairs of them are numbered with. */
const MOST_IDS = 2 ** 26;
const MOST_AXES = 64;

export class SizeTable {
  readonly nodes: SizeNode[] = [];
  // Ids by what they stand for: each kind of node has a table of its own.
  private readonly constants = new Map<number, SizeId>();
  private readonly dims = new Map<number, SizeId>();
  private readonly binaries = new Map<SizeBinary, Map<number, SizeId>>();
  private readonly others = new Map<string, SizeId>();

  const(value: number): SizeId {
    return this.constants.get(value) ?? this.file(this.constants, value, { op: 'const', value });
  }

  dim(buffer: number, axis: number): SizeId {
    const key = buffer * MOST_AXES + axis;
    return this.dims.get(key) ?? this.file(this.dims, key, { op: 'dim', buffer, axis });
  }

  value(buffer: number): SizeId {
    return this.intern(`v${buffer}`, { op: 'value', buffer });
  }

  counter(loop: number): SizeId {
    return this.intern(`l${loop}`, { op: 'counter', loop });
  }

  select(cond: SizeId, a: SizeId, b: SizeId): SizeId {
    const known = this.constant(cond);
    if (known !== null) return known !== 0 ? a : b;
    if (a === b) return a;
    return this.intern(`select ${cond} ${a} ${b}`, { op: 'select', cond, a, b });
  }

  /** The value of `id` where it is known at compile time, else null. */
  constant(id: SizeId): number | null {
    const node = this.nodes[id];
    return node.op === 'const' ? node.value : null;
  }

  add(a: SizeId, b: SizeId): SizeId {
    return this.binary('add', a, b);
  }

  sub(a: SizeId, b: SizeId): SizeId {
    return this.binary('sub', a, b);
  }

  mul(a: SizeId, b: SizeId): SizeId {
    return this.binary('mul', a, b);
  }

  product(ids: readonly SizeId[]): SizeId {
    return ids.reduce((a, b) => this.mul(a, b), this.const(1));
  }

  /** ⌈a / b⌉ for b > 0. */
  ceilDiv(a: SizeId, b: SizeId): SizeId {
    return this.sub(this.const(0), this.binary('floordiv', this.sub(this.const(0), a), b));
  }

  binary(op: SizeBinary, a: SizeId, b: SizeId): SizeId {
    const x = this.constant(a);
    const y = this.constant(b);
    if (x !== null && y !== null) return this.const(evalSizeBinary(op, x, y));
    const simple = this.simplify(op, a, b, x, y);
    if (simple !== null) return simple;
    const [p, q] = commutative.has(op) && a > b ? [b, a] : [a, b];
    let table = this.binaries.get(op);
    if (table === undefined) this.binaries.set(op, (table = new Map<number, SizeId>()));
    const key = p * MOST_IDS + q;
    return table.get(key) ?? this.file(table, key, { op, a: p, b: q });
  }

  private simplify(
    op: SizeBinary,
    a: SizeId,
    b: SizeId,
    x: number | null,
    y: number | null,
  ): SizeId | null {
    switch (op) {
      case 'add':
        if (x === 0) return b;
        if (y === 0) return a;
        return this.cancelSub(a, b) ?? this.cancelSub(b, a);
      case 'sub':
        if (y === 0) return a;
        return a === b ? this.const(0) : this.doubleSub(a, b);
      case 'mul':
        if (x === 1) return b;
        if (y === 1) return a;
        return x === 0 || y === 0 ? this.const(0) : null;
      case 'floordiv':
        return y === 1 ? a : null;
      case 'mod':
        return y === 1 ? this.const(0) : null;
      case 'max':
        if (a === b || (y === 0 && this.isNonNegative(a))) return a;
        return x === 0 && this.isNonNegative(b) ? b : null;
      case 'min':
        if (a === b || (x === 0 && this.isNonNegative(b))) return a;
        return y === 0 && this.isNonNegative(a) ? b : null;
      case 'eq':
        return a === b ? this.const(1) : null;
      case 'lt':
        return a === b || (y === 0 && this.isNonNegative(a)) ? this.const(0) : null;
    }
  }

  /** Whether the value is known to be at least 0. */
  private isNonNegative(id: SizeId): boolean {
    const node = this.nodes[id];
    switch (node.op) {
      case 'const':
        return node.value >= 0;
      case 'dim':
      case 'counter':
        return true;
      case 'add':
      case 'mul':
      case 'floordiv':
      case 'min':
        return this.isNonNegative(node.a) && this.isNonNegative(node.b);
      case 'max':
        return this.isNonNegative(node.a) || this.isNonNegative(node.b);
      default:
        return false;
    }
  }

  // (p - b) + b = p
  private cancelSub(sum: SizeId, b: SizeId): SizeId | null {
    const node = this.nodes[sum];
    return node.op === 'sub' && node.b === b ? node.a : null;
  }

  // a - (a - b) = b
  private doubleSub(a: SizeId, rest: SizeId): SizeId | null {
    const node = this.nodes[rest];
    return node.op === 'sub' && node.a === a ? node.b : null;
  }

  private intern(key: string, node: SizeNode): SizeId {
    return this.others.get(key) ?? this.file(this.others, key, node);
  }

  private file<K>(table: Map<K, SizeId>, key: K, node: SizeNode): SizeId {
    const id = this.nodes.push(node) - 1;
    table.set(key, id);
    return id;
  }
}
