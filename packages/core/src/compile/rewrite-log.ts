/** Keeps what each rewrite replaced and by what, while the graph goes on changing. */
import { isConstant } from '../graph/constant.js';
import { toposort } from '../graph/traverse.js';
import { Apply, type TensorVariable } from '../graph/variable.js';
import type { Rule } from '../optimizer/rule.js';

export interface RecordedRewrite {
  readonly rule: string;
  readonly before: readonly TensorVariable[];
  readonly after: readonly TensorVariable[];
}

export class RewriteLog {
  readonly rewrites: RecordedRewrite[] = [];
  /** Copies of nodes: equal nodes are kept once, so that the log grows with what changes. */
  private readonly copies = new Map<string, Apply>();

  constructor(private readonly inputs: ReadonlySet<TensorVariable>) {}

  readonly record = (
    rule: Rule,
    before: readonly TensorVariable[],
    after: readonly TensorVariable[],
  ): void => {
    this.rewrites.push({ rule: rule.name, before: this.copy(before), after: this.copy(after) });
  };

  private copy(variables: readonly TensorVariable[]): TensorVariable[] {
    const map = new Map<TensorVariable, TensorVariable>();
    const own = (v: TensorVariable): TensorVariable => map.get(v) ?? v;
    for (const node of toposort(variables, this.inputs)) {
      const inputs = node.inputs.map(own);
      const names = inputs.map((v) => (isConstant(v) ? v.key : v.id));
      const key = `${node.op.key} ${names.join(' ')}`;
      let copy = this.copies.get(key);
      if (copy === undefined) {
        copy = new Apply(
          node.op,
          inputs,
          node.outputs.map(({ type }) => type),
          node.trace,
        );
        this.copies.set(key, copy);
      }
      for (const [k, output] of node.outputs.entries()) map.set(output, copy.outputs[k]);
    }
    return variables.map(own);
  }
}
