/** What rows of linear algebra have in common: operands, names, and calls with a matrix and with a stack. */
import { row, smooth, way } from '../make-row.js';
import type { Call, Cell, Input, Names, Row, Values } from '../row.js';
import { between } from '../values.js';

type Shapes = readonly (readonly number[])[];

/** Matrices far from singular, and of eigenvalues far apart: large on the diagonal. */
export const dominant =
  (n: number): Values =>
  (random, dtype, position) => {
    const [row, column] = [Math.floor(position / n) % n, position % n];
    if (dtype === 'bool') return Number(row === column);
    const beside = Number(between(-1, 1)(random, dtype, 0, 0));
    return row === column ? 5 + 3 * row + beside : beside;
  };
export const square = (...lead: number[]): Input => ({
  shape: [...lead, 3, 3],
  values: dominant(3),
});
export const of = (...shape: number[]): Input => ({ shape, values: between(-2, 2) });
/** No matrices, one number, and ordinary ones where rows would be alike or not finite. */
export const sizes = (
  empty: Shapes,
  one: Shapes,
  usual: Shapes,
): Partial<Record<Cell, Shapes>> => ({
  empty,
  one,
  special: empty,
  broadcast: usual,
});
export const sums = { float16: 16, float32: 64, float64: 128, beside: 'array' } as const;
export const names = (
  theano: string | null,
  name: string | null,
  others: Partial<Names> = {},
): Names => ({
  theano,
  numpy: name && `np.linalg.${name}`,
  pytorch: name && `torch.linalg.${name}`,
  jax: name && `jnp.linalg.${name}`,
  ...others,
});
export const scipyOnly = (theano: string | null, name: string): Names =>
  names(theano, null, { numpy: `scipy.linalg.${name}`, jax: `jax.scipy.linalg.${name}` });

/** Of square matrices. */
export const ofSquare = (
  op: string,
  build: Call['build'],
  oracle: string,
  more: Partial<Row> & Pick<Row, 'names'>,
): Row =>
  row(`linalg.${op}`, {
    calls: [
      way('', [square()], { build, oracle, shapes: sizes([[0, 3, 3]], [[1, 1]], [[3, 3]]) }),
      way('stack', [square(2)], {
        build,
        oracle,
        shapes: sizes([[2, 0, 0]], [[1, 1, 1]], [[2, 3, 3]]),
      }),
    ],
    result: 'float',
    tolerance: sums,
    gradient: smooth(),
    ...more,
  });
