/** The last rewriting: ops that stand for other ops are spelled out. */
import { rule, type Rule } from '../rule.js';

/** Before products become calls: composites may be made of products. */
export const compositeRules: readonly Rule[] = [
  rule('expand composites', '*', ['expand'], (node) => {
    const { lower } = node.op;
    return lower.kind === 'composite' && lower.late !== true ? lower.expand(node) : null;
  }),
];

export const expandRules: readonly Rule[] = [
  rule('expand the last composites', '*', ['expand'], (node) =>
    node.op.lower.kind === 'composite' ? node.op.lower.expand(node) : null,
  ),
];
