/**
 * FunctionGraph: the graph that the optimizer works on.
 *
 * It owns clones of all Applies between its inputs and outputs (leaves stay the user's own), knows the
 * clients of every variable, and keeps nodes unique: two Applies of the same op on the same inputs are
 * merged as soon as they come to be, constants by their bits. Invariant, checked by `verify`: every
 * variable in use is an input, a leaf or computed by a live node; clients mirror inputs.
 */
import { RewriteError, VerifyError } from '../errors.js';
import { isConstant, type Constant } from './constant.js';
import { toposort } from './traverse.js';
import { Apply, type TensorVariable } from './variable.js';

/** Use of a variable: input `index` of a node, or output `index` of the graph. */
export interface Client {
  readonly node: Apply | 'output';
  readonly index: number;
}

/** A client, and its place in the list of its variable's. */
interface Use extends Client {
  place: number;
}

/** What the books hold of a live node: its key, and its uses of its inputs. */
interface Entry {
  key: string;
  readonly uses: readonly Use[];
}

export class FunctionGraph {
  readonly inputs: readonly TensorVariable[];
  private readonly inputSet: ReadonlySet<TensorVariable>;
  readonly outputs: TensorVariable[] = [];
  private readonly clientsOf = new Map<TensorVariable, Use[]>();
  private readonly byKey = new Map<string, Apply>();
  private readonly entries = new Map<Apply, Entry>();
  private readonly constants = new Map<string, Constant>();
  /** What stands for variables that were taken in as others, or replaced. */
  private readonly successors = new WeakMap<TensorVariable, TensorVariable>();
  /** Called for every node that came in, got new inputs, or became the only client of one. */
  onChange: (node: Apply) => void = () => undefined;

  constructor(inputs: readonly TensorVariable[], outputs: readonly TensorVariable[]) {
    this.inputs = inputs;
    this.inputSet = new Set(inputs);
    const imported = this.importGraph(outputs);
    imported.forEach((output, index) => {
      this.outputs.push(output);
      this.addClient(output, { node: 'output', index, place: 0 });
    });
  }

  /** Live nodes, inputs before users. */
  nodes(): Apply[] {
    return toposort(this.outputs, this.inputSet);
  }

  get nodeCount(): number {
    return this.entries.size;
  }

  has(node: Apply): boolean {
    return this.entries.has(node);
  }

  /** What stands in the graph for a variable that was once taken in; null where nothing does. */
  current(variable: TensorVariable): TensorVariable | null {
    let own = variable;
    const seen = new Set<TensorVariable>();
    for (let next = this.successors.get(own); next !== undefined; next = this.successors.get(own)) {
      if (seen.has(next)) return null;
      seen.add(next);
      own = next;
    }
    return own.owner === null || this.has(own.owner) ? own : null;
  }

  clients(variable: TensorVariable): readonly Client[] {
    return this.clientsOf.get(variable) ?? [];
  }

  /**
   * Replaces `old` by `replacement` everywhere; the new part of the graph is taken in and merged with
   * what is there, nodes that lost their last client leave. The name passes on.
   * @throws RewriteError when the types differ or the replacement is made of `old` itself.
   */
  replace(old: TensorVariable, replacement: TensorVariable): void {
    if (old.type.dtype !== replacement.type.dtype || old.type.rank !== replacement.type.rank) {
      throw new RewriteError(
        `[replace] expected ${old.type.key} for ${old.toString()}, got ${replacement.type.key}`,
      );
    }
    const taken: Apply[] = [];
    const [fresh] = this.importGraph([replacement], taken);
    if (fresh === old) return;
    const looped = taken.find((node) => node.inputs.includes(old));
    if (looped !== undefined) {
      this.prune(fresh);
      throw new RewriteError(
        `[replace] expected a replacement that does without ${old.toString()}, got one in which ${looped.op.name} uses it`,
      );
    }
    if (fresh.owner !== null && fresh.name === null && old.name !== null) fresh.name = old.name;
    this.forget(old);
    this.redirect(old, fresh);
    this.prune(fresh);
  }

  /** Lets nodes that come to spell what computed `old` stand on their own, once nothing else needs it. */
  private forget(old: TensorVariable): void {
    const node = old.owner;
    if (node === null || !this.has(node)) return;
    if (node.outputs.some((output) => output !== old && this.clients(output).length > 0)) return;
    this.unfile(node);
  }

  private unfile(node: Apply): void {
    const { key } = this.entries.get(node) as Entry;
    if (this.byKey.get(key) === node) this.byKey.delete(key);
  }

  /** Moves the clients of `old` to `fresh`; nodes that become equal by it are merged, and so on upwards. */
  private redirect(old: TensorVariable, fresh: TensorVariable): void {
    const pending: [TensorVariable, TensorVariable][] = [[old, fresh]];
    const moved = new Map<TensorVariable, TensorVariable>();
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
      const [from] = pair;
      // The target may itself have been merged into another node since.
      let [, to] = pair;
      for (let next = moved.get(to); next !== undefined; next = moved.get(to)) to = next;
      if (from === to) continue;
      moved.set(from, to);
      this.successors.set(from, to);
      for (const node of this.moveClients(from, to)) {
        const twin = this.rekey(node);
        if (twin === null) this.onChange(node);
        else node.outputs.forEach((output, k) => pending.push([output, twin.outputs[k]]));
      }
      this.prunable.push(from);
    }
  }

  /** The nodes that used `from` and now use `to`. */
  private moveClients(from: TensorVariable, to: TensorVariable): ReadonlySet<Apply> {
    const touched = new Set<Apply>();
    const uses = this.clientsOf.get(from) ?? [];
    this.clientsOf.delete(from);
    for (const use of uses) {
      this.addClient(to, use);
      if (use.node === 'output') this.outputs[use.index] = to;
      else {
        (use.node.inputs as TensorVariable[])[use.index] = to;
        touched.add(use.node);
      }
    }
    return touched;
  }

  /** Files a node whose inputs changed under its new key; where another has that key the node leaves, and the other is returned. */
  private rekey(node: Apply): Apply | null {
    this.unfile(node);
    const key = nodeKey(node);
    const twin = this.byKey.get(key);
    if (twin === undefined) {
      this.byKey.set(key, node);
      (this.entries.get(node) as Entry).key = key;
      return null;
    }
    this.leave(node);
    return twin;
  }

  /** Takes a node out of the books; what it used may have become useless. */
  private leave(node: Apply): void {
    const { uses } = this.entries.get(node) as Entry;
    this.entries.delete(node);
    for (const use of uses) this.dropClient(node.inputs[use.index], use);
    for (const input of new Set(node.inputs)) {
      const rest = this.clients(input);
      if (rest.length === 1 && rest[0].node !== 'output') this.onChange(rest[0].node);
      this.prunable.push(input);
    }
  }

  private readonly prunable: TensorVariable[] = [];

  /** Takes the graph of `outputs` in: clones what is not here, merges what is; `taken` gets what stands for its nodes. */
  private importGraph(outputs: readonly TensorVariable[], taken: Apply[] = []): TensorVariable[] {
    const map = new Map<TensorVariable, TensorVariable>();
    const stop = this.inputSet;
    const resolve = (variable: TensorVariable): TensorVariable => {
      const found = map.get(variable);
      if (found !== undefined) return found;
      const own = isConstant(variable) ? this.internConstant(variable) : variable;
      map.set(variable, own);
      return own;
    };
    for (const node of this.unknownNodes(outputs, stop)) {
      const inputs = node.inputs.map(resolve);
      const own = this.internNode(node, inputs);
      taken.push(own);
      node.outputs.forEach((output, k) => {
        if (stop.has(output)) return;
        map.set(output, own.outputs[k]);
        this.successors.set(output, own.outputs[k]);
      });
    }
    return outputs.map(resolve);
  }

  private unknownNodes(
    outputs: readonly TensorVariable[],
    stop: ReadonlySet<TensorVariable>,
  ): Apply[] {
    const order: Apply[] = [];
    const seen = new Set<Apply>();
    const stack: { node: Apply; next: number }[] = [];
    const push = (variable: TensorVariable): void => {
      const node = variable.owner;
      if (node !== null && !stop.has(variable) && !seen.has(node) && !this.has(node)) {
        seen.add(node);
        stack.push({ node, next: 0 });
      }
    };
    for (const output of outputs) {
      push(output);
      while (stack.length > 0) {
        const top = stack[stack.length - 1];
        if (top.next < top.node.inputs.length) push(top.node.inputs[top.next++]);
        else order.push((stack.pop() as { node: Apply }).node);
      }
    }
    return order;
  }

  private internNode(node: Apply, inputs: readonly TensorVariable[]): Apply {
    const key = keyFrom(node, inputs);
    const found = this.byKey.get(key);
    if (found !== undefined) return found;
    const sameTypes = inputs.every((input, k) => input.type.equals(node.inputs[k].type));
    const types = sameTypes ? node.outputs.map((output) => output.type) : node.op.types(inputs);
    const own = new Apply(node.op, [...inputs], types, node.trace);
    own.outputs.forEach((output, k) => {
      output.name = node.outputs[k].name;
      Object.assign(output.tag, node.outputs[k].tag);
    });
    this.byKey.set(key, own);
    const uses = inputs.map((_, index): Use => ({ node: own, index, place: 0 }));
    this.entries.set(own, { key, uses });
    inputs.forEach((input, index) => this.addClient(input, uses[index]));
    this.onChange(own);
    return own;
  }

  private internConstant(variable: Constant): Constant {
    const found = this.constants.get(variable.key);
    if (found !== undefined) return found;
    this.constants.set(variable.key, variable);
    return variable;
  }

  private addClient(variable: TensorVariable, use: Use): void {
    const list = this.clientsOf.get(variable);
    if (list === undefined) this.clientsOf.set(variable, [use]);
    else list.push(use);
    use.place = list === undefined ? 0 : list.length - 1;
  }

  /** The last client takes the place of the one that goes: variables may have thousands. */
  private dropClient(variable: TensorVariable, use: Use): void {
    const list = this.clientsOf.get(variable) as Use[];
    const last = list.pop() as Use;
    if (last !== use) {
      list[use.place] = last;
      last.place = use.place;
    }
    if (list.length === 0) this.clientsOf.delete(variable);
  }

  /** Drops nodes that nobody uses, from `start` upwards. */
  private prune(start: TensorVariable): void {
    this.prunable.push(start);
    for (
      let variable = this.prunable.pop();
      variable !== undefined;
      variable = this.prunable.pop()
    ) {
      const node = variable.owner;
      if (node === null || !this.entries.has(node)) continue;
      if (node.outputs.some((output) => this.clients(output).length > 0)) continue;
      this.unfile(node);
      this.leave(node);
      node.outputs.forEach((output) => this.clientsOf.delete(output));
    }
  }

  /** @throws VerifyError when the graph's books do not balance, or when it has a cycle. */
  verify(): void {
    const live = this.nodes();
    const inputs = new Set(this.inputs);
    const done = new Set<TensorVariable>(inputs);
    for (const node of live) {
      if (!this.has(node)) {
        throw new VerifyError(`[graph] ${node.op.name} is in use but not of this graph`);
      }
      if (this.byKey.get(nodeKey(node)) !== node) {
        throw new VerifyError(`[graph] ${node.op.name} is not merged`);
      }
      for (const input of node.inputs) {
        if (input.owner !== null && !done.has(input)) {
          throw new VerifyError(`[graph] ${node.op.name} depends on itself`);
        }
      }
      node.outputs.forEach((output) => done.add(output));
      this.verifyClients(node, inputs);
      verifyTypes(node);
    }
    if (live.length !== this.entries.size) {
      throw new VerifyError(`[graph] ${this.entries.size - live.length} dead nodes are kept`);
    }
  }

  private verifyClients(node: Apply, inputs: ReadonlySet<TensorVariable>): void {
    node.inputs.forEach((input, index) => {
      if (!this.clients(input).some((c) => c.node === node && c.index === index)) {
        throw new VerifyError(`[graph] input ${index} of ${node.op.name} does not know its client`);
      }
    });
    for (const output of node.outputs) {
      if (inputs.has(output)) continue;
      for (const { node: user, index } of this.clients(output)) {
        const used = user === 'output' ? this.outputs[index] : user.inputs[index];
        if (used !== output) {
          throw new VerifyError(`[graph] ${output.toString()} has a stale client`);
        }
      }
    }
  }
}

function verifyTypes(node: Apply): void {
  const types = node.op.types(node.inputs);
  node.outputs.forEach((output, k) => {
    if (output.dtype !== types[k].dtype || output.type.rank !== types[k].rank) {
      throw new VerifyError(
        `[graph] ${node.op.name} has ${output.type.key}, its inputs give ${types[k].key}`,
      );
    }
  });
}

function keyFrom(node: Apply, inputs: readonly TensorVariable[]): string {
  return `${node.op.key} ${inputs.map((input) => input.id).join(' ')}`;
}

function nodeKey(node: Apply): string {
  return keyFrom(node, node.inputs);
}
