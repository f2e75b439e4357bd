/** The last rewriting: ops that stand for other ops, and calls that the target has no routine for, are spelled out. */
import type { Target } from '../../device/target.js';
import { rule, type Rule } from '../rule.js';

/** Before products become calls: composites may be made of products. */
export const compositeRules: readonly Rule[] = [
  rule('expand composites', '*', ['expand'], (node) => {
    const { lower } = node.op;
    return lower.kind === 'composite' && lower.late !== true ? lower.expand(node) : null;
  }),
];

export function expandRules(target: Target): readonly Rule[] {
  return [
    rule('expand the last composites', '*', ['expand'], (node) =>
      node.op.lower.kind === 'composite' ? node.op.lower.expand(node) : null,
    ),
    rule('expand calls without a routine', '*', ['expand'], (node) => {
      const { lower } = node.op;
      if (lower.kind !== 'call' || lower.expand === null) return null;
      return target.supportsCall({ callee: lower.callee, dtype: node.outputs[0].dtype })
        ? null
        : lower.expand(node);
    }),
  ];
}
