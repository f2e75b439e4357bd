/**
 * The rewrite engine: applies a set of rules to a fixed point.
 *
 * Rules are indexed by head op; a work list holds nodes to look at, and after a change the new nodes and
 * their clients are looked at again at once, so that the cost is near-linear in nodes. Some rules look
 * deeper than a node's own inputs: the nodes up to `REACH` above a change are looked at again when the
 * list has come to its end. A set of rules that follows others (`Progress`) tries a rule only where something has
 * changed since it came to an end. Each use of a rule is counted and timed; a rule that fires more often
 * than the graph's size can explain, or that makes the graph grow without end, is stopped and reported.
 * Invariant: a replacement broadcasts wherever the replaced variable did.
 */
import { RewriteError } from '../errors.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import { userFrames, withTrace } from '../graph/trace.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { specifyShape } from '../ops/shape.js';
import { Progress } from './progress.js';
import type { Rule, RuleContext } from './rule.js';

export interface RuleProfile {
  tried: number;
  applied: number;
  /** Milliseconds. */
  time: number;
}

export type OptimizerProfile = Map<string, RuleProfile>;

/** Uses of one rule allowed for each node that the graph began with. */
const USES_PER_NODE = 20;
const LEAST_USES = 1000;

/** How many nodes a rule's pattern is deep at most. */
const REACH = 8;

export interface RewriteOptions {
  readonly profile?: OptimizerProfile;
  readonly verbose?: boolean;
  readonly verify?: boolean;
  /** What rules that ran on the graph before have left to do. */
  readonly progress?: Progress;
  /** Told of a rule that throws, which is then passed over; by default the error is thrown. */
  readonly onError?: (error: RewriteError) => void;
  /** Told of each rewrite before it is made: what is replaced, and by what. */
  readonly record?: (
    rule: Rule,
    before: readonly TensorVariable[],
    after: readonly TensorVariable[],
  ) => void;
}

/** Applies `rules` to `graph` until none applies. @throws RewriteError when a rule does not come to an end */
export function rewrite(
  graph: FunctionGraph,
  rules: readonly Rule[],
  options: RewriteOptions = {},
): void {
  new Rewriter(graph, rules, options).run();
}

/** A rule with the round in which it last came to an end. */
interface Candidate {
  readonly rule: Rule;
  readonly last: number;
}

class Rewriter {
  private readonly byHead = new Map<string, Candidate[]>();
  private readonly everywhere: readonly Candidate[];
  private queue: Apply[] = [];
  private readonly queued = new Set<Apply>();
  /** Nodes that have changed in this sweep. */
  private changed = new Set<Apply>();
  private readonly progress: Progress;
  private readonly context: RuleContext;
  private readonly cap: number;
  private readonly uses = new Map<string, number>();
  /** Nodes that each rule has added. */
  private readonly growth = new Map<string, number>();
  private readonly profiles: OptimizerProfile;
  /** When the last try ended: a rule's time runs from there. */
  private clock = 0;

  constructor(
    private readonly graph: FunctionGraph,
    private readonly rules: readonly Rule[],
    private readonly options: RewriteOptions,
  ) {
    this.progress = options.progress ?? new Progress(graph);
    this.context = { graph, shapes: this.progress.shapes };
    for (const rule of rules) {
      const candidate = { rule, last: this.progress.lastRound(rule) };
      for (const head of rule.heads) {
        const list = this.byHead.get(head);
        if (list === undefined) this.byHead.set(head, [candidate]);
        else list.push(candidate);
      }
    }
    this.everywhere = this.byHead.get('*') ?? [];
    this.profiles = options.profile ?? new Map<string, RuleProfile>();
    this.cap = Math.max(LEAST_USES, USES_PER_NODE * graph.nodeCount);
  }

  run(): void {
    this.graph.onChange = (node) => {
      this.changed.add(node);
      this.push(node);
    };
    try {
      let nodes: readonly Apply[] = this.graph.nodes();
      do {
        this.sweep(nodes);
        nodes = this.nearChanges();
        this.changed = new Set();
      } while (nodes.length > 0);
    } finally {
      this.graph.onChange = () => undefined;
    }
    this.progress.end(this.rules);
    if (this.options.verify === true) this.graph.verify();
  }

  /** Looks at the nodes, and again at what changes. */
  private sweep(nodes: readonly Apply[]): void {
    this.clock = performance.now();
    this.queue = [];
    for (const node of nodes) this.push(node);
    for (let at = 0; at < this.queue.length; at++) {
      const node = this.queue[at];
      this.queued.delete(node);
      if (this.graph.has(node)) this.visit(node);
    }
  }

  private push(node: Apply): void {
    if (this.queued.has(node)) return;
    this.queued.add(node);
    this.queue.push(node);
  }

  /** The nodes that changed in this sweep, and those up to `REACH` above them. */
  private nearChanges(): Apply[] {
    const found = [...this.changed].filter((node) => this.graph.has(node));
    const seen = new Set(found);
    for (let reach = 0, from = 0; reach < REACH; reach++) {
      const to = found.length;
      for (; from < to; from++) {
        for (const output of found[from].outputs)
          for (const { node } of this.graph.clients(output)) {
            if (node === 'output' || seen.has(node)) continue;
            seen.add(node);
            found.push(node);
          }
      }
    }
    for (const node of found) this.progress.touch(node);
    return found;
  }

  /** Tries the rules that name the node's op, then those for all, until one applies; nodes that they make get its trace. */
  private visit(node: Apply): void {
    const own = this.byHead.get(node.op.name) ?? [];
    withTrace(node.trace, () => this.tryEach(own, node) || this.tryEach(this.everywhere, node));
  }

  private tryEach(candidates: readonly Candidate[], node: Apply): boolean {
    const changed = this.changed.has(node) ? Infinity : this.progress.lastChange(node);
    for (const { rule, last } of candidates)
      if (last < changed && this.tryRule(rule, node)) return true;
    return false;
  }

  private tryRule(rule: Rule, node: Apply): boolean {
    const profile = this.profileOf(rule);
    profile.tried++;
    let changed: boolean;
    const before = this.graph.nodeCount;
    try {
      const result = rule.apply(node, this.context);
      changed = result !== null && this.accept(rule, node, result);
    } catch (error) {
      const failure = error instanceof RewriteError ? error : failureOf(rule, node, error);
      if (this.options.onError === undefined) throw failure;
      this.options.onError(failure);
      changed = false;
    }
    const now = performance.now();
    profile.time += now - this.clock;
    this.clock = now;
    if (changed) this.count(rule, node, profile, this.graph.nodeCount - before);
    return changed;
  }

  private count(rule: Rule, node: Apply, profile: RuleProfile, added: number): void {
    profile.applied++;
    if (this.options.verbose === true) console.error(`[optimizer] ${rule.name}: ${node.op.name}`);
    const used = (this.uses.get(rule.name) ?? 0) + 1;
    this.uses.set(rule.name, used);
    if (used > this.cap) {
      throw new RewriteError(
        `[optimizer] expected ${rule.name} to come to an end, got ${used} uses of it`,
      );
    }
    this.growth.set(rule.name, (this.growth.get(rule.name) ?? 0) + added);
    if (this.graph.nodeCount > this.progress.mostNodes) throw this.tooLarge();
    if (this.options.verify === true) this.graph.verify();
  }

  private tooLarge(): RewriteError {
    const [[name, added]] = [...this.growth].sort(([, a], [, b]) => b - a);
    const count = this.graph.nodeCount;
    return new RewriteError(
      `[optimizer] expected rewriting to keep the graph below ${this.progress.mostNodes} nodes, got ${count}: ` +
        `${name} added ${added}`,
      { hint: "leave the rule's group out with mode.excluding(...)" },
    );
  }

  /** Puts what the rule gives in the node's place; false where that is the node itself. */
  private accept(
    rule: Rule,
    node: Apply,
    result: TensorVariable | readonly TensorVariable[],
  ): boolean {
    const results: readonly TensorVariable[] = isVariable(result) ? [result] : result;
    if (results.length !== node.outputs.length) {
      throw new RewriteError(
        `[optimizer] ${rule.name}: expected ${node.outputs.length} outputs, got ${results.length}`,
      );
    }
    if (results.every((fresh, k) => fresh === node.outputs[k])) return false;
    this.refuseCycle(rule, node, results);
    this.options.record?.(rule, node.outputs, results);
    node.outputs.forEach((output, k) => {
      if (this.graph.clients(output).length > 0) {
        this.graph.replace(output, keepBroadcasting(output, results[k]));
      }
    });
    return true;
  }

  /** A replacement that is made of the replaced variable itself would turn the graph into a circle. */
  private refuseCycle(rule: Rule, node: Apply, results: readonly TensorVariable[]): void {
    const seen = new Set<Apply>();
    const pending = results.flatMap((result) => result.owner ?? []);
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen.has(at) || this.graph.has(at)) continue;
      seen.add(at);
      for (const input of at.inputs) {
        if (node.outputs.includes(input)) {
          throw new RewriteError(
            `[optimizer] ${rule.name}: expected a replacement of ${node.op.name} made of other variables, ` +
              `got one in which ${at.op.name} reads it`,
          );
        }
        if (input.owner !== null) pending.push(input.owner);
      }
    }
  }

  private profileOf(rule: Rule): RuleProfile {
    let profile = this.profiles.get(rule.name);
    if (profile === undefined) {
      this.profiles.set(rule.name, (profile = { tried: 0, applied: 0, time: 0 }));
    }
    return profile;
  }
}

/** What a rule threw, with rule and node. */
function failureOf(rule: Rule, node: Apply, error: unknown): RewriteError {
  const text = error instanceof Error ? error.message : String(error);
  const [frame] = userFrames(node.trace, 1);
  return new RewriteError(
    `[optimizer] ${rule.name}: expected no error for ${node.op.name}, got: ${text}`,
    {
      cause: error,
      trace: frame === undefined ? '' : `made at ${frame}`,
      hint: `the rule's groups (${rule.tags.join(', ')}) can be left out: mode.excluding('${rule.tags[0]}')`,
    },
  );
}

function isVariable(result: TensorVariable | readonly TensorVariable[]): result is TensorVariable {
  return !Array.isArray(result);
}

/** `fresh`, promised to broadcast where `old` does: a static 1 decides what later nodes mean. */
function keepBroadcasting(old: TensorVariable, fresh: TensorVariable): TensorVariable {
  if (old.type.rank !== fresh.type.rank) return fresh;
  const lost = old.type.shape.some((n, axis) => n === 1 && !fresh.type.broadcasts(axis));
  return lost ? specifyShape(fresh, old.type.shape) : fresh;
}
