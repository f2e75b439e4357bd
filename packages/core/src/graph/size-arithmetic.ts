/** Integer scalars that are made of sizes, read back as sizes. */
import { isFloat } from '../types/dtype.js';
import { Constant } from './constant.js';
import type { SizeAlgebra } from './op.js';
import type { Apply, TensorVariable } from './variable.js';

type SizeBinary = Parameters<SizeAlgebra<unknown>['binary']>[0];

const binaryOf: Readonly<Record<string, SizeBinary>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  int_div: 'floordiv',
  mod: 'mod',
  minimum: 'min',
  maximum: 'max',
  eq: 'eq',
  lt: 'lt',
};

/** Where sizes of a graph are looked up. */
export interface SizeSource<S> {
  readonly algebra: Pick<SizeAlgebra<S>, 'const' | 'binary' | 'select' | 'requireEqual'>;
  shapeOf(variable: TensorVariable): readonly S[];
  valueOf(variable: TensorVariable): S;
}

/** The value of an integer scalar that `node` computes (null for a leaf), where that is arithmetic on sizes; else null. */
export function sizeArithmetic<S>(
  variable: TensorVariable,
  node: Apply | null,
  source: SizeSource<S>,
): S | null {
  const { algebra } = source;
  if (variable instanceof Constant) return algebra.const(Number(variable.scalar));
  if (node === null || isFloat(variable.dtype)) return null;
  const { op, inputs } = node;
  if (inputs.some((input) => isFloat(input.dtype)) && op.name !== 'shape_i') return null;
  if (op.name === 'shape_i') return source.shapeOf(inputs[0])[Number(op.props['axis'])];
  if (op.name === 'leftover_size') return leftover(node, source);
  if (op.name === 'cast') return variable.dtype === 'int64' ? source.valueOf(inputs[0]) : null;
  if (variable.dtype !== 'int64' && variable.dtype !== 'bool') return null;
  if (op.name === 'neg') return algebra.binary('sub', algebra.const(0), source.valueOf(inputs[0]));
  if (op.name === 'switch') {
    const [cond, a, b] = inputs.map((input) => source.valueOf(input));
    return algebra.select(cond, a, b);
  }
  const binary = binaryOf[op.name] as SizeBinary | undefined;
  if (binary === undefined || inputs[0].type.rank !== 0) return null;
  return algebra.binary(binary, source.valueOf(inputs[0]), source.valueOf(inputs[1]));
}

/** reshape's -1: what the given sizes leave of all elements; 0 of 0. */
function leftover<S>(node: Apply, source: SizeSource<S>): S {
  const { algebra } = source;
  const [total, given] = node.inputs.map((input) => source.valueOf(input));
  const rest = algebra.binary('floordiv', total, given);
  const text =
    '[reshape] expected the sizes beside -1 to divide {b} elements, got a remainder after {a}';
  algebra.requireEqual(algebra.binary('mul', rest, given), total, text);
  return rest;
}
