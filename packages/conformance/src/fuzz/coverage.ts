/** What random graphs have shown so far: ops of the table, rewrites, sizes of graphs. */
import { phases, toposort, type OptimizerProfile } from '@tno/core';
import { cpuTarget } from '@tno/cpu';
import type { RandomGraph } from './graphs.js';
import { opsToSee } from './steps.js';

export class Coverage {
  private readonly ops = new Map<string, number>();
  private readonly rules = new Map<string, number>();
  private readonly sizes: number[] = [];
  /** Names of the rewrites that came with ops. */
  private readonly travelling = new Set<string>();

  addGraph({ outputs, seen }: RandomGraph): void {
    const nodes = toposort(outputs.map(({ variable }) => variable));
    this.sizes.push(nodes.length);
    for (const { op } of nodes) for (const rule of op.rules ?? []) this.travelling.add(rule.name);
    for (const op of seen) this.ops.set(op, (this.ops.get(op) ?? 0) + 1);
  }

  addRules(profile: OptimizerProfile): void {
    for (const [name, { applied }] of profile) {
      this.rules.set(name, (this.rules.get(name) ?? 0) + applied);
    }
  }

  /** Ops that were not seen, rewrites that fired less often than `least`, and graphs that are too small. */
  gaps(least: number): string[] {
    const general = phases(cpuTarget).flatMap((phase) => phase.rules.map(({ name }) => name));
    const rules = new Set([...general, ...this.travelling]);
    const seldom = [...rules].filter((name) => (this.rules.get(name) ?? 0) < least);
    return [
      ...opsToSee.filter((op) => !this.ops.has(op)).map((op) => `op not seen: ${op}`),
      ...seldom.map((name) => `rewrite fired ${this.rules.get(name) ?? 0} times: ${name}`),
      ...(this.median() < 12 ? [`graphs have ${this.median()} nodes in the median, not 12`] : []),
    ];
  }

  summary(): string {
    const fired = [...this.rules.values()].reduce((a, b) => a + b, 0);
    return `${this.sizes.length} graphs of ${this.median()} nodes in the median; ${this.ops.size} of ${opsToSee.length} ops; rewrites fired ${fired} times`;
  }

  private median(): number {
    return [...this.sizes].sort((a, b) => a - b)[Math.floor(this.sizes.length / 2)] ?? 0;
  }
}
