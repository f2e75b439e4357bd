import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as tno from '../index.js';
import {
  createReferenceDevice,
  evaluate,
  NDArray,
  type SharedVariable,
  type TensorVariable,
} from '../index.js';

const device = createReferenceDevice();
const SIZE = 3;

type Vector = TensorVariable<'float64', 1>;
type Matrix = TensorVariable<'float64', 2>;

/** Steps of making expressions: each takes earlier vectors by number. */
const recipe = fc.array(
  fc.record({
    step: fc.nat({ max: 14 }),
    a: fc.nat({ max: 30 }),
    b: fc.nat({ max: 30 }),
  }),
  { minLength: 1, maxLength: 12 },
);

function grow(
  seeds: readonly Vector[],
  matrices: readonly Matrix[],
  steps: readonly { step: number; a: number; b: number }[],
): Vector[] {
  const made = [...seeds];
  for (const { step, a: i, b: j } of steps) {
    const [a, b] = [made[i % made.length], made[j % made.length]];
    const W = matrices[j % matrices.length];
    const next: readonly (() => TensorVariable)[] = [
      () => a.add(b),
      () => a.sub(b.mul(0.5)),
      () => a.mul(b),
      () => a.tanh(),
      () => a.at(tno.slice(null, null, -1)),
      () => a.add(b.sum()),
      () => a.setSubtensor([0], b.at(1)),
      () => a.incSubtensor([tno.slice(1, null)], b.at(tno.slice(null, -1))),
      () => W.dot(a),
      () => a.dot(W).add(b),
      () => tno.switch(a.gt(b), a, 0.25),
      () => W.at(i % SIZE),
      () => a.at(tno.ndarray([2, 0, (i % 5) - 2], 'int64')),
      () => tno.softmax(a.add(b)),
      () => tno.grad(a.tanh().mul(b).sum(), seeds[1 + (i % 3)], { disconnectedInputs: 'ignore' }),
    ];
    made.push(next[step]() as Vector);
  }
  return made;
}

function values(shape: number[], seed: number): NDArray<'float64'> {
  const out = NDArray.zeros(shape, 'float64');
  for (let i = 0; i < out.size; i++) out.data[i] = Math.sin(seed * 7 + i * 3) / 2;
  return out;
}

it('outputs and new values are those of the old values, whatever is updated from what', () => {
  fc.assert(
    fc.property(
      recipe,
      fc.array(fc.nat({ max: 40 }), { minLength: 3, maxLength: 3 }),
      fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
      fc.nat({ max: 3 }),
      fc.constantFrom('FAST_RUN' as const, 'FAST_COMPILE' as const, 'NONE' as const),
      (steps, picks, shown, matrixUpdate, mode) => {
        const x = tno.dvector('x');
        const vectors = [1, 2, 3].map((seed): SharedVariable<'float64', 1> =>
          tno.shared(values([SIZE], seed), `v${seed}`, { shape: [null], device }),
        );
        const matrices = [4, 5].map((seed): SharedVariable<'float64', 2> =>
          tno.shared(values([SIZE, SIZE], seed), `W${seed}`, { shape: [null, null], device }),
        );
        const made = grow([x, ...vectors], matrices, steps);
        const pick = (at: number): Vector => made[made.length - 1 - (at % made.length)];
        const updates = vectors.map((v, k): [SharedVariable, TensorVariable] => [
          v,
          pick(picks[k]),
        ]);
        const [W, V] = matrices;
        const matrixValues: readonly TensorVariable[] = [
          W,
          W.sub(tno.outer(pick(picks[0]), pick(picks[1])).mul(0.1)),
          V.T,
          W.dot(V).add(W),
        ];
        updates.push([W, matrixValues[matrixUpdate]], [V, W.add(V)]);
        const outputs = shown.map(pick);
        const f = tno.function([x], outputs, { updates, mode, device, onUnusedInput: 'ignore' });
        const still = f.copy({ deleteUpdates: true });
        const own = new Set(f.getShared());
        const twins = new Map(
          updates.map(([s]) => [
            s,
            tno.shared(s.getValue(), 'twin', { shape: s.type.shape, device }),
          ]),
        );
        const moved = f.copy({ swap: [...twins].filter(([s]) => own.has(s)) });
        for (const seed of [8, 9]) {
          const input = values([SIZE], seed);
          const known = new Map<TensorVariable, NDArray>([
            [x, input],
            ...[...vectors, ...matrices].map((s): [TensorVariable, NDArray] => [s, s.getValue()]),
          ]);
          const expected = evaluate([...outputs, ...updates.map(([, value]) => value)], known);
          const call = (g: typeof f): NDArray[] =>
            (g as unknown as (x: NDArray) => NDArray[])(input);
          const expectAll = (got: readonly NDArray[], wanted: readonly NDArray[]): void =>
            got.forEach((value, k) =>
              expect(value.allClose(wanted[k], { rtol: 1e-12, atol: 1e-12 })).toBe(true),
            );
          expectAll(call(still), expected);
          for (const [shared, old] of known)
            if (shared !== x) expect((shared as SharedVariable).getValue().equals(old)).toBe(true);
          const results = call(f);
          expectAll([...results, ...updates.map(([target]) => target.getValue())], expected);
          expectAll(
            [...call(moved), ...updates.map(([target]) => twins.get(target)!.getValue())],
            expected,
          );
        }
      },
    ),
    { numRuns: 300, seed: 20261122 },
  );
});
