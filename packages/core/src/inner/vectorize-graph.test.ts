import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { NDArray, ndarray, type TensorVariable } from '../index.js';
import { vectorizeGraph } from './vectorize-graph.js';

const device = tno.createReferenceDevice();
const f64 = (values: unknown): NDArray<'float64'> => ndarray(values as number[], 'float64');

/** Numbers between -1 and 1 that differ. */
function numbers(...shape: number[]): NDArray<'float64'> {
  const out = NDArray.zeros(shape, 'float64');
  for (let i = 0; i < out.size; i++) out.data[i] = Math.sin(1 + 2.3 * i + 0.1 * i * i);
  return out;
}

/** The graph on all values at once gives what it gives on each, compiled and by its reference. */
function expectEach(
  build: (...inputs: TensorVariable[]) => TensorVariable,
  values: readonly NDArray[],
  isOpsOnly = true,
): void {
  const ones = values.map((value) =>
    tno.tensor(
      value.dtype,
      value.shape.slice(1).map(() => null),
    ),
  );
  const many = values.map((value) =>
    tno.tensor(
      value.dtype,
      value.shape.map(() => null),
    ),
  );
  const single = build(...ones);
  const whole = vectorizeGraph(
    single,
    ones.map((v, k) => [v, many[k]] as const),
  );
  const names = tno.toposort([whole]).map(({ op }) => op.name);
  expect(names.includes('map_rows')).toBe(!isOpsOnly);
  const found = tno.function(many, whole, { device })(...values) as NDArray;
  const count = values[0].shape[0];
  expect(found.shape[0]).toBe(count);
  for (let i = 0; i < count; i++) {
    const row = values.map((value) => value.slice(i));
    const [expected] = tno.evaluate([single], new Map(ones.map((v, k) => [v, row[k]])));
    expect(found.slice(i).allClose(expected, { rtol: 1e-10, atol: 1e-12 })).toBe(true);
  }
}

const definite = (x: TensorVariable): TensorVariable =>
  tno.dot(x, x.T).add(tno.eye(3, 3, 0, 'float64'));

describe('vectorizeGraph', () => {
  it.each<[string, (...inputs: TensorVariable[]) => TensorVariable, NDArray[]]>([
    ['elementwise', (x, s) => tno.exp(x).mul(s).add([1, 2, 3]), [numbers(4, 3), numbers(4)]],
    ['reductions', (x) => x.sum(0).mul(x.max(1).sum()).add(x.prod()), [numbers(4, 3, 3)]],
    ['places of extremes', (x) => tno.argmax(x, 1), [numbers(4, 2, 3)]],
    ['moved axes', (x) => x.T.dimshuffle([1, 'x', 0]).sub(1), [numbers(4, 2, 3)]],
    ['vectors times vectors', (x, y) => tno.dot(x, y), [numbers(4, 3), numbers(4, 3)]],
    ['matrices times vectors', (x, y) => tno.dot(x, y).add(tno.dot(y, x)), [numbers(4, 3, 3), numbers(4, 3)]],
    ['matrices times matrices', (x, y) => tno.dot(x, y), [numbers(4, 2, 3), numbers(4, 3, 5)]],
    ['linear algebra', (x, y) => tno.linalg.solve(definite(x), y), [numbers(4, 3, 3), numbers(4, 3)]],
    ['sizes', (x) => x.div(tno.shapeOf(x, 0)).sum(0).add(tno.zerosLike(x).mul(2)).add(tno.full([tno.shapeOf(x, 0), 3], x.sum())), [numbers(4, 2, 3)]],
    ['determinants', (x) => tno.log(tno.linalg.det(definite(x))), [numbers(4, 3, 3)]],
  ])('%s, without a loop', (_name, build, values) => {
    expectEach(build, values);
  }); // prettier-ignore

  it.each<[string, (...inputs: TensorVariable[]) => TensorVariable, NDArray[]]>([
    ['indexing', (x) => x.at(tno.slice(1, null), 0), [numbers(4, 3, 2)]],
    ['sorting', (x) => tno.sort(x).mul(2), [numbers(4, 5)]],
    ['reshaping', (x) => tno.reshape(x, [3, 2]), [numbers(4, 6)]],
    ['an index by element', (x, k) => x.at(tno.cast(k, 'int64')), [numbers(3, 4), f64([0, 2, 1])]],
  ])('%s, by rows', (_name, build, values) => {
    expectEach(build, values, false);
  });

  it('gives the gradients of each example', () => {
    const [x, y, W] = [tno.dvector('x'), tno.lscalar('y'), tno.dmatrix('W')];
    const cost = tno.neg(tno.log(tno.softmax(tno.dot(x, W))).at(y));
    const [xs, ys] = [tno.dmatrix('xs'), tno.lvector('ys')];
    const each = vectorizeGraph(tno.grad(cost, W), [[x, xs], [y, ys]]); // prettier-ignore
    const f = tno.function([xs, ys, W], each, { device });
    const g = tno.function([x, y, W], tno.grad(cost, W), { device });
    const [examples, labels, weights] = [numbers(5, 3), ndarray([0, 1, 1, 0, 1], 'int64'), numbers(3, 2)]; // prettier-ignore
    const found = f(examples, labels, weights) as NDArray;
    expect(found.shape).toEqual([5, 3, 2]);
    for (let i = 0; i < 5; i++) {
      const own = g(examples.slice(i), Number(labels.get(i)), weights);
      expect(found.slice(i).allClose(own, { rtol: 1e-12 })).toBe(true);
    }
  });

  it('takes several axes, several outputs, and leaves alone what does not depend', () => {
    const [x, w] = [tno.dvector('x'), tno.dvector('w')];
    const xs = tno.dtensor3('xs');
    const [y, z, u] = vectorizeGraph([tno.dot(x, w), tno.sort(x), w.mul(2)], new Map([[x, xs]]));
    const f = tno.function([xs, w], [y, z, u], { device });
    const [values, weights] = [numbers(2, 3, 4), numbers(4)];
    const [products, sorted, twice] = f(values, weights) as NDArray[];
    expect([products.shape, sorted.shape, twice.shape]).toEqual([[2, 3], [2, 3, 4], [4]]); // prettier-ignore
    const row = values.slice(1, 2).toNested() as number[];
    const own = weights.toNested() as number[];
    expect(products.get(1, 2)).toBeCloseTo(row.reduce((sum, v, k) => sum + v * own[k], 0), 12); // prettier-ignore
    expect(sorted.slice(1, 2).toNested()).toEqual([...row].sort((a, b) => a - b));
  });

  it('is differentiable both ways', () => {
    const build = (xs: TensorVariable, w: TensorVariable): TensorVariable => {
      const x = tno.dvector('x');
      return vectorizeGraph(tno.tanh(tno.dot(tno.cumsum(x), w)).mul(tno.sort(x)), [[x, xs]]);
    };
    tno.verifyGrad(build, [numbers(3, 4), numbers(4)], { order: 2 });
  });

  it('refuses values that do not fit', () => {
    const [x, y] = [tno.dvector('x'), tno.dvector('y')];
    expect(() => vectorizeGraph(x, [[x, tno.dvector('v')]])).toThrow(
      '[vectorizeGraph] expected float64 of more axes than 1 for x, got float64(?) (v)',
    );
    expect(() => vectorizeGraph(x, [[x, tno.fmatrix('v')]])).toThrow(tno.ShapeError);
    expect(() => vectorizeGraph(x.add(y), [[x, tno.dmatrix()], [y, tno.dtensor3()]])).toThrow(
      '[vectorizeGraph] expected as many axes in front of all variables, got 1, 2',
    ); // prettier-ignore
    expect(() => vectorizeGraph(x, [])).toThrow('got no variables');
    const sum = vectorizeGraph(x.add(y), [[x, tno.dmatrix('p')], [y, tno.dmatrix('q')]]); // prettier-ignore
    expect(() => sum.eval({ p: numbers(2, 3), q: numbers(4, 3) })).toThrow(
      /expected equal sizes on axis 0/,
    );
  });
});
