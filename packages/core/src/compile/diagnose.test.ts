import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, NDArray, type TensorVariable } from '../index.js';
import { findClash, originalGather } from './diagnose.js';

const device = createReferenceDevice();
const zeros = (...shape: number[]): NDArray => NDArray.zeros(shape, 'float32');
const given = (...pairs: [TensorVariable, NDArray][]): Map<TensorVariable, NDArray> =>
  new Map(pairs);

describe('findClash', () => {
  const [x, y] = [tno.fvector('x'), tno.fvector('y')];

  it('finds the first node, in order of computation, with its sizes', () => {
    const sum = x.add(y);
    const clash = findClash([sum.mul(2).sub(x)], given([x, zeros(2)], [y, zeros(3)]));
    expect(clash).toMatchObject({ a: 2, b: 3, error: 'shape' });
    expect(clash?.node).toBe(sum.owner);
  });

  it('finds nothing where all sizes agree', () => {
    expect(findClash([x.add(y)], given([x, zeros(2)], [y, zeros(2)]))).toBeNull();
  });

  it('uses values of integers, and the shapes and values of shared variables', () => {
    const n = tno.lscalar('n');
    const w = tno.shared(tno.ndarray(4n), 'w', { device });
    const v = tno.shared([1, 2, 3], 'v', { device });
    const at = (value: number): ReturnType<typeof findClash> =>
      findClash(
        [
          x
            .reshape([n.mul(2), w])
            .sum(0)
            .add(x.at(n)),
        ],
        given([x, zeros(16)], [n, tno.ndarray(value, 'int64')]),
      );
    expect(at(2)).toBeNull();
    expect(at(3)).toMatchObject({ a: 16, b: 24 });
    expect(findClash([x.add(v)], given([x, zeros(4)]))).toMatchObject({ a: 4, b: 3 });
    expect(findClash([x.at(n)], given([x, zeros(4)], [n, tno.ndarray(9, 'int64')]))).toMatchObject({
      error: 'index',
    });
  });

  it('leaves open what only running can tell', () => {
    const found = tno.flatNonzero(x);
    expect(findClash([x.at(found).add(y)], given([x, zeros(2)], [y, zeros(3)]))).toBeNull();
    const k = tno.lvector('k');
    expect(
      findClash([tno.arange(k.sum()).add(k)], given([k, NDArray.zeros([3], 'int64')])),
    ).toBeNull();
  });

  it('does not look behind inputs', () => {
    const h = x.add(y);
    expect(findClash([h.mul(2)], given([h, zeros(5)]))).toBeNull();
  });
});

describe('originalGather', () => {
  it('finds the indexing that a node was made for by its line', () => {
    const [x, k] = [tno.fmatrix('x'), tno.lvector('k')];
    const picked = x.exp().at(k);
    const owner = picked.owner as tno.Apply;
    const rewritten = new tno.Apply(owner.op, [x, k], [picked.type], owner.trace);
    expect(originalGather([picked.sum()], rewritten)).toBe(owner);
    const other = x.mul(2).owner as tno.Apply;
    expect(originalGather([picked.sum()], other)).toBe(other);
  });
});
