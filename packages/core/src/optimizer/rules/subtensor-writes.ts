/** Writing parts: over what was written, of nothing, into zeros. */
import type { TensorVariable } from '../../graph/variable.js';
import { add } from '../../ops/arithmetic.js';
import { assignSubtensor } from '../../ops/subtensor.js';
import { isUniform, ownerIf, reapply, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { basicIndices, indicesOf, isWhole } from './indices.js';
import { sameIndices } from './subtensor.js';

const tags = ['canonicalize', 'subtensor'] as const;

const writeOverWrite = rule(
  'write over what was written',
  ['set_subtensor', 'inc_subtensor'],
  tags,
  (node, { graph }) => {
    const [x, values] = node.inputs;
    const inner = ownerIf(x, 'set_subtensor', 'inc_subtensor');
    if (inner === null) return null;
    const [base, first] = inner.inputs;
    const indices = indicesOf(node, 2, x.type.rank);
    if (!sameIndices(indices, indicesOf(inner, 2, x.type.rank))) return null;
    const written = (y: TensorVariable, mode: 'set' | 'inc'): TensorVariable =>
      assignSubtensor(base, basicIndices(indices), y, mode);
    if (node.op.name === 'set_subtensor') return written(values, 'set');
    if (!usedOnce(graph, x) || x.dtype === 'bool') return null;
    return written(add(first, values), inner.op.name === 'set_subtensor' ? 'set' : 'inc');
  },
);

/** The same picks: what is set is set again, what is added adds up. */
const scatterOverScatter = rule(
  'scatter over what was scattered',
  ['advanced_set_subtensor', 'advanced_inc_subtensor'],
  tags,
  (node, { graph }) => {
    const [x, values, ...indices] = node.inputs;
    const inner = ownerIf(x, node.op.name);
    if (inner?.op !== node.op) return null;
    const [base, first, ...others] = inner.inputs;
    if (!indices.every((index, k) => index === others[k])) return null;
    if (node.op.name === 'advanced_set_subtensor') return reapply(node, [base, values, ...indices]);
    if (!usedOnce(graph, x) || x.dtype === 'bool') return null;
    return reapply(node, [base, add(first, values), ...indices]);
  },
);

const addNothing = rule(
  'drop an increment of zeros',
  ['inc_subtensor', 'inc_diag'],
  tags,
  ({ inputs: [x, values] }) => (isUniform(values, 0) ? x : null),
);

const writeEverything = rule(
  'drop what is written over',
  ['set_subtensor', 'inc_subtensor'],
  tags,
  (node, { shapes }) => {
    const [x, values] = node.inputs;
    const [out] = node.outputs;
    const isAll = indicesOf(node, 2, x.type.rank).every(isWhole);
    if (!isAll || !values.type.equals(out.type) || !shapes.same(values, out)) return null;
    return node.op.name === 'set_subtensor' ? values : x.dtype === 'bool' ? null : add(x, values);
  },
);

/** What is added to zeros is set: each element of a part is written once. */
const addIntoZeros = rule(
  'set what is added to zeros',
  'inc_subtensor',
  ['specialize', 'subtensor'],
  (node, { graph }) => {
    const [x, values] = node.inputs;
    // A sum that it is part of may take it in.
    const inSum = graph
      .clients(node.outputs[0])
      .some((client) => client.node !== 'output' && /^(add|sub)$/.test(client.node.op.name));
    if (inSum || !isUniform(x, 0)) return null;
    return assignSubtensor(x, basicIndices(indicesOf(node, 2, x.type.rank)), values, 'set');
  },
);

export const subtensorWriteRules: readonly Rule[] = [
  writeOverWrite,
  scatterOverScatter,
  addNothing,
  writeEverything,
  addIntoZeros,
];
