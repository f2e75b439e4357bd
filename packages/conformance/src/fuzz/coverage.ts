/** What random graphs have shown so far: ops of the table, rewrites, sizes of graphs. */
import { phases, toposort, type OptimizerProfile } from '@tno/core';
import { cpuTarget } from '@tno/cpu';
import type { RandomGraph } from './graphs.js';
import { opsToSee } from './steps.js';

/** How often each was seen, by name. */
export interface Counts {
  readonly ops: Map<string, number>;
  readonly rules: Map<string, number>;
  /** Nodes of each graph. */
  readonly sizes: number[];
  /** Names of the rewrites that came with ops. */
  readonly travelling: Set<string>;
}

function increase(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

export class Coverage {
  readonly counts: Counts = {
    ops: new Map(),
    rules: new Map(),
    sizes: [],
    travelling: new Set(),
  };

  /** @param parts what was counted before */
  constructor(parts: readonly Counts[] = []) {
    for (const { ops, rules, sizes, travelling } of parts) {
      for (const [name, n] of ops) increase(this.counts.ops, name, n);
      for (const [name, n] of rules) increase(this.counts.rules, name, n);
      for (const size of sizes) this.counts.sizes.push(size);
      for (const name of travelling) this.counts.travelling.add(name);
    }
  }

  addGraph({ outputs, seen }: RandomGraph): void {
    const nodes = toposort(outputs.map(({ variable }) => variable));
    this.counts.sizes.push(nodes.length);
    for (const { op } of nodes)
      for (const rule of op.rules ?? []) this.counts.travelling.add(rule.name);
    for (const op of seen) increase(this.counts.ops, op, 1);
  }

  addRules(profile: OptimizerProfile): void {
    for (const [name, { applied }] of profile) increase(this.counts.rules, name, applied);
  }

  /** Ops that were not seen, rewrites that fired less often than `least`, and graphs that are too small. */
  gaps(least: number): string[] {
    const seldom = this.fired().filter(([, n]) => n < least);
    return [
      ...opsToSee.filter((op) => !this.counts.ops.has(op)).map((op) => `op not seen: ${op}`),
      ...seldom.map(([name, n]) => `rewrite fired ${n} times: ${name}`),
      ...(this.median() < 12 ? [`graphs have ${this.median()} nodes in the median, not 12`] : []),
    ];
  }

  summary(): string {
    const { sizes, ops } = this.counts;
    const [[rarest, least]] = this.fired();
    return `${sizes.length} graphs of ${this.median()} nodes in the median; ${ops.size} of ${opsToSee.length} ops; each of ${this.fired().length} rewrites fired at least ${least} times (${rarest})`;
  }

  /** How often each rewrite fired, the rarest first. */
  private fired(): (readonly [name: string, times: number])[] {
    const general = phases(cpuTarget).flatMap((phase) => phase.rules.map(({ name }) => name));
    const all = [...new Set([...general, ...this.counts.travelling])];
    return all
      .map((name) => [name, this.counts.rules.get(name) ?? 0] as const)
      .sort((a, b) => a[1] - b[1]);
  }

  private median(): number {
    const { sizes } = this.counts;
    return [...sizes].sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
  }
}
