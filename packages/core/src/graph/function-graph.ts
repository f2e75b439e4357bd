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

export class FunctionGraph {
  readonly inputs: readonly TensorVariable[];
  readonly outputs: TensorVariable[] = [];
  private readonly clientsOf = new Map<TensorVariable, Client[]>();
  private readonly byKey = new Map<string, Apply>();
  private readonly keyOf = new Map<Apply, string>();
  private readonly constants = new Map<string, Constant>();
  /** Called for every node that came in or got new inputs. */
  onChange: (node: Apply) => void = () => undefined;

  constructor(inputs: readonly TensorVariable[], outputs: readonly TensorVariable[]) {
    this.inputs = inputs;
    const imported = this.importGraph(outputs);
    imported.forEach((output, index) => {
      this.outputs.push(output);
      this.addClient(output, { node: 'output', index });
    });
  }

  /** Live nodes, inputs before users. */
  nodes(): Apply[] {
    return toposort(this.outputs, new Set(this.inputs));
  }

  get nodeCount(): number {
    return this.keyOf.size;
  }

  has(node: Apply): boolean {
    return this.keyOf.has(node);
  }

  clients(variable: TensorVariable): readonly Client[] {
    return this.clientsOf.get(variable) ?? [];
  }

  /**
   * Replaces `old` by `replacement` everywhere; the new part of the graph is taken in and merged with
   * what is there, nodes that lost their last client leave. The name passes on.
   * @throws RewriteError when the types differ or the replacement depends on `old`'s clients.
   */
  replace(old: TensorVariable, replacement: TensorVariable): void {
    if (old.type.dtype !== replacement.type.dtype || old.type.rank !== replacement.type.rank) {
      throw new RewriteError(`[replace] expected ${old.type.key} for ${old.toString()}, got ${replacement.type.key}`);
    }
    const [fresh] = this.importGraph([replacement]);
    if (fresh === old) return;
    if (fresh.owner !== null && fresh.name === null && old.name !== null) fresh.name = old.name;
    const pending: [TensorVariable, TensorVariable][] = [[old, fresh]];
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) this.moveClients(pair[0], pair[1], pending);
    this.prune(old);
    this.prune(fresh);
  }

  private moveClients(old: TensorVariable, fresh: TensorVariable, pending: [TensorVariable, TensorVariable][]): void {
    if (old === fresh) return;
    const uses = [...this.clients(old)];
    this.clientsOf.delete(old);
    const touched = new Set<Apply>();
    for (const use of uses) {
      this.addClient(fresh, use);
      if (use.node === 'output') this.outputs[use.index] = fresh;
      else {
        (use.node.inputs as TensorVariable[])[use.index] = fresh;
        touched.add(use.node);
      }
    }
    for (const node of touched) {
      this.byKey.delete(this.keyOf.get(node) as string);
      const key = nodeKey(node);
      const twin = this.byKey.get(key);
      if (twin !== undefined && twin !== node) {
        this.keyOf.set(node, `dead${node.id}`);
        node.outputs.forEach((output, k) => pending.push([output, twin.outputs[k]]));
        node.outputs.forEach((output) => this.prunable.push(output));
      } else {
        this.byKey.set(key, node);
        this.keyOf.set(node, key);
        this.onChange(node);
      }
    }
    this.prunable.push(old);
  }

  private readonly prunable: TensorVariable[] = [];

  /** Takes the graph of `outputs` in: clones what is not here, merges what is. */
  private importGraph(outputs: readonly TensorVariable[]): TensorVariable[] {
    const map = new Map<TensorVariable, TensorVariable>();
    const stop = new Set(this.inputs);
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
      node.outputs.forEach((output, k) => {
        if (!stop.has(output)) map.set(output, own.outputs[k]);
      });
    }
    return outputs.map(resolve);
  }

  private unknownNodes(outputs: readonly TensorVariable[], stop: ReadonlySet<TensorVariable>): Apply[] {
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
    this.keyOf.set(own, key);
    inputs.forEach((input, index) => this.addClient(input, { node: own, index }));
    this.onChange(own);
    return own;
  }

  private internConstant(variable: Constant): Constant {
    const found = this.constants.get(variable.key);
    if (found !== undefined) return found;
    this.constants.set(variable.key, variable);
    return variable;
  }

  private addClient(variable: TensorVariable, client: Client): void {
    const list = this.clientsOf.get(variable);
    if (list === undefined) this.clientsOf.set(variable, [client]);
    else list.push(client);
  }

  /** Drops nodes that nobody uses, from `start` upwards. */
  private prune(start: TensorVariable): void {
    this.prunable.push(start);
    for (let variable = this.prunable.pop(); variable !== undefined; variable = this.prunable.pop()) {
      const node = variable.owner;
      if (node === null || !this.keyOf.has(node)) continue;
      if (node.outputs.some((output) => this.clients(output).length > 0)) continue;
      const key = this.keyOf.get(node) as string;
      this.keyOf.delete(node);
      if (this.byKey.get(key) === node) this.byKey.delete(key);
      for (const input of new Set(node.inputs)) {
        const rest = this.clients(input).filter((client) => client.node !== node);
        if (rest.length > 0) this.clientsOf.set(input, rest);
        else this.clientsOf.delete(input);
        this.prunable.push(input);
      }
      node.outputs.forEach((output) => this.clientsOf.delete(output));
    }
  }

  /** @throws VerifyError when the graph's books do not balance. */
  verify(): void {
    const inputs = new Set(this.inputs);
    const live = this.nodes();
    for (const node of live) {
      if (!this.has(node)) throw new VerifyError(`[graph] ${node.op.name} is in use but not of this graph`);
      if (this.byKey.get(nodeKey(node)) !== node) throw new VerifyError(`[graph] ${node.op.name} is not merged`);
      node.inputs.forEach((input, index) => {
        if (!this.clients(input).some((c) => c.node === node && c.index === index)) {
          throw new VerifyError(`[graph] input ${index} of ${node.op.name} does not know its client`);
        }
      });
      node.outputs.forEach((output) => {
        if (inputs.has(output)) return;
        for (const client of this.clients(output)) {
          const used = client.node === 'output' ? this.outputs[client.index] : client.node.inputs[client.index];
          if (used !== output) throw new VerifyError(`[graph] ${output.toString()} has a stale client`);
        }
      });
      const types = node.op.types(node.inputs);
      node.outputs.forEach((output, k) => {
        if (output.dtype !== types[k].dtype || output.type.rank !== types[k].rank) {
          throw new VerifyError(`[graph] ${node.op.name} has ${output.type.key}, its inputs give ${types[k].key}`);
        }
      });
    }
    const count = new Set(live).size;
    if (count !== this.keyOf.size) throw new VerifyError(`[graph] ${this.keyOf.size - count} dead nodes are kept`);
  }
}

function keyFrom(node: Apply, inputs: readonly TensorVariable[]): string {
  return `${node.op.key} ${inputs.map((input) => input.id).join(' ')}`;
}

function nodeKey(node: Apply): string {
  return keyFrom(node, node.inputs);
}
