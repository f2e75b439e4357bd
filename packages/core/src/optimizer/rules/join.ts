/** What was joined and is taken apart again, or summed. */
import type { TensorVariable } from '../../graph/variable.js';
import type { SizeId } from '../../lower/program.js';
import { add, mul } from '../../ops/arithmetic.js';
import { isFloat } from '../../types/dtype.js';
import { prod } from '../../ops/prod.js';
import { sum } from '../../ops/reduce.js';
import { axesOf, ownerIf, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { indicesOf, isWhole } from './indices.js';

const splitInOne = rule(
  'drop a split into one part',
  'split',
  ['canonicalize', 'subtensor'],
  ({ inputs: [x, ...sizes], outputs: [out] }) =>
    sizes.length === 1 && x.type.equals(out.type) ? x : null,
);

const partOfJoin = rule(
  'read a part of what was joined',
  'subtensor',
  ['canonicalize', 'subtensor'],
  (node, { shapes }) => {
    const [x] = node.inputs;
    const join = ownerIf(x, 'join');
    if (join === null) return null;
    const axis = Number(join.op.props['axis']);
    const indices = indicesOf(node, 1, x.type.rank);
    const index = indices[axis];
    const others = indices.every((one, k) => k === axis || isWhole(one));
    if (!others || 'at' in index || index.step !== 1) return null;
    const { sizes } = shapes;
    // Sums of sizes: never below 0, so that no such bound counts from the end.
    const offsets: SizeId[] = [sizes.const(0)];
    for (const input of join.inputs)
      offsets.push(sizes.add(offsets[offsets.length - 1], shapes.of(input)[axis]));
    const start = index.start === null ? offsets[0] : shapes.valueOf(index.start);
    const stop = index.stop === null ? offsets[join.inputs.length] : shapes.valueOf(index.stop);
    const found = join.inputs.find((_, k) => offsets[k] === start && offsets[k + 1] === stop);
    return found?.type.equals(node.outputs[0].type) === true ? found : null;
  },
);

/** Over the axis along which they were joined: each is reduced where it is, and nothing is copied. */
const reduceJoin = rule(
  'reduce what was joined part by part',
  ['sum', 'prod'],
  ['specialize', 'reduce'],
  (node, { graph }) => {
    const [x] = node.inputs;
    const join = ownerIf(x, 'join');
    const axes = axesOf(node);
    if (join === null || !usedOnce(graph, x) || !axes.includes(Number(join.op.props['axis'])))
      return null;
    // Integers are summed in another dtype than their own.
    if (!isFloat(x.dtype)) return null;
    const [reduce, combine] = node.op.name === 'sum' ? [sum, add] : [prod, mul];
    return join.inputs
      .map((part): TensorVariable => reduce.on(part, axes))
      .reduce((a, b) => combine(a, b));
  },
);

export const joinRules: readonly Rule[] = [splitInOne, partOfJoin, reduceJoin];
