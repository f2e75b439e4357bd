/**
 * Which variables get memory, and which are computed inside the kernels that use them.
 *
 * A variable that is a function of a point (see Lowering) is stored only when it must be (an output, an
 * operand of a routine), when more than one kernel would repeat costly work, or when broadcasting or a
 * long chain would. Everything else fuses into its users. A reduction is absorbed into the elementwise
 * kernel that alone uses its result, as that kernel's loop; an elementwise result may take over the
 * memory of an operand that ends with it.
 */
import { Constant } from '../graph/constant.js';
import type { Client, FunctionGraph } from '../graph/function-graph.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { Lowering } from './lowering.js';
import type { ScalarOp } from './scalar-op.js';
import type { ShapeInference } from './shape-inference.js';

/** Work of a variable, in elementary operations, up to which several kernels may repeat it. */
const CHEAP = 4;
/** Work that may be repeated along a broadcast axis. */
const CHEAP_STRETCHED = 2;
/** Work of one kernel's point at most. */
const MOST = 120;

const costs: Partial<Record<ScalarOp, number>> = { div: 3, reciprocal: 3, sqrt: 3, intdiv: 6, mod: 6, add: 1, sub: 1, mul: 1, cast: 1, select: 1, neg: 1, abs: 1, sqr: 1, min: 1, max: 1, eq: 1, neq: 1, lt: 1, le: 1, gt: 1, ge: 1, and: 1, or: 1, xor: 1, not: 1, isnan: 1, isinf: 1, fma: 1, floor: 1, ceil: 1, trunc: 1, round: 1, sgn: 2 }; // prettier-ignore
const COSTLY = 12;

export interface InliningOptions {
  /** Off: every variable is stored. */
  readonly fusion: boolean;
  /** Off: no result takes over an operand's memory. */
  readonly inplace: boolean;
}

export interface Inlining {
  /** Variables with memory of their own (not views of others). */
  readonly stored: ReadonlySet<TensorVariable>;
  /** Variables asked for as memory that are views of stored ones. */
  readonly views: ReadonlySet<TensorVariable>;
  /** Nodes whose steps read a variable's memory, directly or through what is computed inside them. */
  readonly users: ReadonlyMap<TensorVariable, ReadonlySet<Apply>>;
  /** Of a stored elementwise variable: the reduction that is its kernel's loop. */
  readonly absorbed: ReadonlyMap<TensorVariable, TensorVariable>;
  /** Of a stored variable: the operand whose memory it takes over. */
  readonly inPlaceOf: ReadonlyMap<TensorVariable, TensorVariable>;
}

/** Whether the op's value at a point is made of its inputs' values at points. */
export function isPointwise(
  lower: Lowering,
): lower is Extract<Lowering, { kind: 'scalar' | 'expression' | 'index' }> {
  return lower.kind === 'scalar' || lower.kind === 'expression' || lower.kind === 'index';
}

/** Whether the node only renames positions, so that its result can be a strided view. */
export function isView(node: Apply): boolean {
  return node.op.lower.kind === 'index' && !node.op.lower.gathers;
}

/** Whether axes that are not statically 1 stay in their order. */
function keepsOrder({ op, inputs: [x] }: Apply): boolean {
  if (op.name !== 'dimshuffle') return true;
  const order = op.props['order'] as readonly (number | 'x')[];
  const moved = order.filter((axis) => axis !== 'x' && !x.type.broadcasts(axis));
  return moved.every((axis, k) => k === 0 || axis > moved[k - 1]);
}

/** Whether the node repeats its operand along an axis. */
function stretches(v: TensorVariable, node: Apply): boolean {
  const out = node.outputs[0];
  const { lower } = node.op;
  if (lower.kind === 'index') return node.op.name === 'alloc' || lower.repeats === true;
  if (v.type.rank !== out.type.rank) return lower.kind === 'expression';
  return v.type.shape.some((n, axis) => n === 1 && !out.type.broadcasts(axis));
}

/** Whether the kernel of `v` reads `source` only at the very point that it writes. */
export function readsAligned(
  v: TensorVariable,
  source: TensorVariable,
  stored: ReadonlySet<TensorVariable>,
): boolean {
  const seen = new Set<string>();
  const visit = (x: TensorVariable, aligned: boolean): boolean => {
    if (x === source) return aligned;
    const key = `${x.id} ${aligned}`;
    const node = x.owner;
    if (seen.has(key) || node === null || (x !== v && stored.has(x))) return true;
    seen.add(key);
    const { lower } = node.op;
    const elementwise = lower.kind === 'scalar' || node.op.name === 'cast';
    return node.inputs.every((input) =>
      visit(input, aligned && elementwise && !stretches(input, node)),
    );
  };
  return visit(v, true);
}

function sizesFrom(lower: Lowering): number {
  if (lower.kind === 'reshape') return 1;
  return 'sizesFrom' in lower && lower.sizesFrom !== undefined ? lower.sizesFrom : Infinity;
}

export function decideInlining(
  graph: FunctionGraph,
  forced: ReadonlySet<TensorVariable>,
  shapes: ShapeInference,
  options: InliningOptions,
): Inlining {
  return new Decision(graph, forced, shapes, options).run();
}

interface Use {
  /** Some client repeats the value along a broadcast axis. */
  stretched: boolean;
  /** Every way to the users keeps the number of points and their order up to axes of size 1. */
  exact: boolean;
  users: Set<Apply>;
  /** Asked for as memory. */
  memory: boolean;
}

class Decision {
  private readonly stored = new Set<TensorVariable>();
  private readonly views = new Set<TensorVariable>();
  private readonly uses = new Map<TensorVariable, Use>();
  private readonly absorbed = new Map<TensorVariable, TensorVariable>();
  /** The node whose step contains an absorbed reduction. */
  private readonly loopOf = new Map<Apply, Apply>();
  private readonly inPlaceOf = new Map<TensorVariable, TensorVariable>();
  /** Values of `inPlaceOf`. */
  private readonly taken = new Set<TensorVariable>();
  private readonly cost = new Map<TensorVariable, number>();
  private readonly asked: Set<TensorVariable>;

  constructor(
    private readonly graph: FunctionGraph,
    forced: ReadonlySet<TensorVariable>,
    private readonly shapes: ShapeInference,
    private readonly options: InliningOptions,
  ) {
    this.asked = new Set(forced);
  }

  run(): Inlining {
    const nodes = this.graph.nodes();
    for (const node of nodes) this.estimate(node);
    for (const node of [...nodes].reverse())
      node.outputs.forEach((output) => this.decide(output, node));
    for (const leaf of new Set(
      nodes.flatMap((node) =>
        node.inputs.filter((input) => !input.owner || !this.graph.has(input.owner)),
      ),
    )) {
      this.uses.set(leaf, this.useOf(leaf));
    }
    if (this.options.inplace) for (const node of nodes) this.reuse(node);
    return {
      stored: this.stored,
      views: this.views,
      users: new Map([...this.uses].map(([v, use]) => [v, use.users])),
      absorbed: this.absorbed,
      inPlaceOf: this.inPlaceOf,
    };
  }

  /** Work at a point if everything costly with several clients is stored. */
  private estimate(node: Apply): void {
    const { lower } = node.op;
    let total = 1;
    if (isPointwise(lower)) {
      total =
        lower.kind === 'scalar'
          ? (costs[lower.fn] ?? COSTLY)
          : lower.kind === 'expression'
            ? node.op.name === 'cast'
              ? 1
              : (lower.cost ?? 2)
            : 0;
      node.inputs.slice(0, sizesFrom(lower)).forEach((input) => {
        const own = this.cost.get(input) ?? 1;
        const likelyStored =
          own >
          (stretches(input, node)
            ? CHEAP_STRETCHED
            : this.graph.clients(input).length > 1
              ? CHEAP
              : Infinity);
        total += likelyStored ? 1 : own;
      });
    }
    node.outputs.forEach((output) => this.cost.set(output, Math.min(total, 10 * MOST)));
  }

  private decide(v: TensorVariable, node: Apply): void {
    const use = this.useOf(v);
    this.uses.set(v, use);
    const { lower } = node.op;
    if (use.users.size === 0 && !use.memory) return;
    if (use.memory && isView(node) && node.op.name !== 'alloc') {
      this.views.add(v);
      this.asked.add(node.inputs[0]);
      return;
    }
    if (lower.kind === 'reshape') {
      this.views.add(v);
      this.asked.add(node.inputs[0]);
      return;
    }
    if (lower.kind === 'reduce' && this.absorb(v, use)) return;
    if (!isPointwise(lower) || this.mustStore(v, node, use)) this.stored.add(v);
  }

  private mustStore(v: TensorVariable, node: Apply, use: Use): boolean {
    if (use.memory) return true;
    const cost = this.cost.get(v) ?? 1;
    if (!this.options.fusion) return !isView(node);
    return (
      (use.users.size > 1 && cost > CHEAP) ||
      (use.stretched && cost > CHEAP_STRETCHED) ||
      cost > MOST
    );
  }

  /** Makes the reduction the loop of the one kernel that uses it, if that kernel has the reduction's points. */
  private absorb(v: TensorVariable, use: Use): boolean {
    if (!this.options.fusion || use.memory || use.users.size !== 1 || !use.exact || use.stretched)
      return false;
    const [user] = use.users;
    const target = user.outputs[0];
    if (!isPointwise(user.op.lower) || !this.stored.has(target) || this.absorbed.has(target))
      return false;
    const points = (x: TensorVariable): string =>
      this.shapes
        .of(x)
        .filter((size) => this.shapes.sizes.constant(size) !== 1)
        .join();
    if (points(v) !== points(target)) return false;
    this.absorbed.set(target, v);
    this.loopOf.set(v.owner as Apply, user);
    return true;
  }

  private useOf(v: TensorVariable): Use {
    const use: Use = { stretched: false, exact: true, users: new Set(), memory: this.asked.has(v) };
    for (const client of this.graph.clients(v)) this.addUse(v, client, use);
    return use;
  }

  private addUse(v: TensorVariable, { node, index }: Client, use: Use): void {
    if (node === 'output') {
      use.memory = true;
      return;
    }
    const { lower } = node.op;
    if (index >= sizesFrom(lower)) return;
    const out = node.outputs[0];
    if (isPointwise(lower)) this.addPointwiseUse(v, node, index, use);
    else {
      use.exact = false;
      if (lower.kind === 'reduce') use.users.add(this.loopOf.get(node) ?? node);
      else if (lower.kind === 'reshape') {
        use.memory = true;
        this.uses.get(out)?.users.forEach((user) => use.users.add(user));
      } else {
        use.users.add(node);
        if (lower.kind !== 'scatter') use.memory = true;
      }
    }
  }

  private addPointwiseUse(v: TensorVariable, node: Apply, index: number, use: Use): void {
    const { lower } = node.op;
    const out = node.outputs[0];
    const outUse = this.uses.get(out);
    const elementwise = lower.kind !== 'index' && v.type.rank === out.type.rank;
    const broadcast =
      elementwise && v.type.shape.some((n, axis) => n === 1 && !out.type.broadcasts(axis));
    const keeps =
      !broadcast &&
      (elementwise ||
        (lower.kind === 'index' &&
          keepsOrder(node) &&
          node.op.name !== 'alloc' &&
          node.op.name !== 'subtensor' &&
          !lower.gathers));
    if (this.stored.has(out)) use.users.add(node);
    else outUse?.users.forEach((user) => use.users.add(user));
    const end = this.stored.has(out);
    if (this.views.has(out) && lower.kind === 'index') use.memory ||= index === 0;
    use.stretched ||=
      stretches(v, node) ||
      (lower.kind === 'index' && lower.gathers && index > 0 && out.type.rank > v.type.rank) ||
      (!end && (outUse?.stretched ?? false));
    use.exact &&= keeps && (end || (outUse?.exact ?? false));
  }

  /** An elementwise result may take over an operand that is of its type, stored, and read by nothing else. */
  private reuse(node: Apply): void {
    const [v] = node.outputs;
    if (!this.stored.has(v) || node.outputs.length > 1) return;
    const { lower } = node.op;
    const free = (u: TensorVariable): boolean => {
      const use = this.uses.get(u);
      const fits = u.dtype === v.dtype && this.shapes.same(u, v);
      return (
        fits &&
        this.stored.has(u) &&
        !this.taken.has(u) &&
        use !== undefined &&
        use.users.size === 1 &&
        use.users.has(node) &&
        !this.isKept(u)
      );
    };
    if (isPointwise(lower)) {
      const source = this.operandsOf(v).find((u) => free(u) && readsAligned(v, u, this.stored));
      if (source !== undefined) this.takeOver(source, v);
    } else if (lower.kind === 'call' || lower.kind === 'scatter') {
      const base =
        lower.kind === 'scatter'
          ? node.inputs[0]
          : lower.callee === 'ger'
            ? node.inputs[0]
            : node.inputs[2];
      const others = node.inputs.filter((_, k) => k !== node.inputs.indexOf(base));
      if (base !== undefined && free(base) && !others.some((input) => this.reads(input, base)))
        this.takeOver(base, v);
    }
  }

  private takeOver(u: TensorVariable, v: TensorVariable): void {
    this.inPlaceOf.set(v, u);
    this.taken.add(u);
  }

  /** Whether the variable's memory outlives its users: it is an output, or a late size's place. */
  private isKept(u: TensorVariable): boolean {
    return this.graph.clients(u).some((client) => client.node === 'output') || this.keptViews(u);
  }

  private keptViews(u: TensorVariable): boolean {
    return this.graph
      .clients(u)
      .some(
        ({ node }) =>
          node !== 'output' &&
          (isView(node) || node.op.lower.kind === 'reshape') &&
          this.views.has(node.outputs[0]) &&
          this.isKept(node.outputs[0]),
      );
  }

  /** Whether computing `x` where it is used reads the memory of `source`, directly or as a view. */
  private reads(x: TensorVariable, source: TensorVariable): boolean {
    if (x === source) return true;
    if (this.stored.has(x) || x.owner === null || !this.graph.has(x.owner)) return false;
    return x.owner.inputs.some((input) => this.reads(input, source));
  }

  /** Stored variables that the kernel of `v` reads. */
  private operandsOf(v: TensorVariable): TensorVariable[] {
    const found: TensorVariable[] = [];
    const seen = new Set<TensorVariable>();
    const visit = (x: TensorVariable): void => {
      if (seen.has(x) || x instanceof Constant) return;
      seen.add(x);
      if (x !== v && this.stored.has(x)) found.push(x);
      else if (x.owner !== null && this.graph.has(x.owner) && isPointwise(x.owner.op.lower))
        x.owner.inputs.forEach(visit);
    };
    visit(v);
    return found;
  }
}
