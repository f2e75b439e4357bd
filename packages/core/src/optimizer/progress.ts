/**
 * What sets of rules that follow one another on a graph know of it: where nothing has changed since a
 * rule came to an end there, it need not be tried again.
 */
import type { FunctionGraph } from '../graph/function-graph.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { GraphShapes } from './graph-shapes.js';
import type { Rule } from './rule.js';

/** Nodes that a graph may grow to, for each that it began with; small graphs may grow to more. */
const GROWTH = 10;
const LEAST_NODES = 10_000;

export class Progress {
  private round = 1;
  /** The round in which a rule last came to an end. */
  private readonly ended = new Map<Rule, number>();
  /** The round in which a node, or what it is made of, last changed; nodes that are not here are as they were. */
  private readonly changed = new Map<Apply, number>();
  private known: GraphShapes | null = null;

  /** Nodes that the graph may have at most, whatever set of rules makes it grow. */
  readonly mostNodes: number;

  constructor(private readonly graph: FunctionGraph) {
    this.mostNodes = Math.max(LEAST_NODES, GROWTH * graph.nodeCount);
  }

  /** Shapes, worked out anew when a variable that sizes are read from has been replaced. */
  get shapes(): GraphShapes {
    const { graph } = this;
    const stays = (v: TensorVariable): boolean => v.owner === null || graph.has(v.owner);
    this.known ??= new GraphShapes(new Set(graph.inputs));
    if (!this.known.originsAre((v) => stays(v) || graph.inputs.includes(v))) {
      this.known = new GraphShapes(new Set(graph.inputs));
      this.ended.clear();
    }
    return this.known;
  }

  touch(node: Apply): void {
    this.changed.set(node, this.round);
  }

  /** The round in which the rule last came to an end: before a node's last change, it may find something new there. */
  lastRound(rule: Rule): number {
    return this.ended.get(rule) ?? -1;
  }

  lastChange(node: Apply): number {
    return this.changed.get(node) ?? 0;
  }

  /** All of the rules have come to an end. */
  end(rules: readonly Rule[]): void {
    for (const rule of rules) this.ended.set(rule, this.round);
    this.round++;
  }
}
