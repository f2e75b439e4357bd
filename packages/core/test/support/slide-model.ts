/** The tutorial's one-layer network, as a program of its own, and the numbers that it gives in float64. */
import { expect } from 'vitest';

/** A program: prints prediction, cost, error, and parameters after one step, as JSON. */
export const slideModel = `
import * as tno from '@tno/core';
tno.config.floatX = 'float64';
const x = tno.vector('x');
const y = tno.vector('y');
const W = tno.shared([
  [0.49671415, -0.1382643, 0.64768854],
  [1.52302986, -0.23415337, -0.23413696],
  [1.57921282, 0.76743473, -0.46947439],
  [0.54256004, -0.46341769, -0.46572975],
], 'W');
const b = tno.shared([1, 1, 1], 'b');
const out = x.dot(W).add(b).sigmoid();
const C = out.sub(y).sqr().sum();
const predict = tno.function([x], out);
const cost = tno.function([x, y], C);
const error = tno.function([out, y], C);
const [gW, gb] = tno.grad(C, [W, b]);
const train = tno.function([x, y], C, {
  updates: [[W, W.sub(gW.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
});
const input = [0.30424224, 0.52475643, 0.43194502, 0.29122914];
const target = [0.61185289, 0.13949386, 0.29214465];
const numbers = {
  predict: predict(input).toNested(),
  cost: cost(input, target),
  error: error([0.942, 0.737, 0.676], target),
  trained: train(input, target),
  b: b.getValue().toNested(),
  W: W.getValue().toNested(),
};
console.log(JSON.stringify({ device: tno.currentDevice().name, ...numbers }));
`;

const expected = {
  predict: [0.9421594012, 0.7372239456, 0.676069773],
  cost: 0.6137821438,
  error: 0.6133556285,
  trained: 0.6137821438,
  b: [0.9963999852, 0.9768409718, 0.9831841229],
};
const rows = {
  0: [0.4956188764, -0.1453102559, 0.6425724379],
  3: [0.5415116144, -0.4701622767, -0.470627027],
};

/** The numbers in any nesting, in order. */
export const numbersIn = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Object.values(value as object).flatMap(numbersIn);

/** Expects of what `slideModel` printed that it is what the tutorial says. */
export function expectSlideNumbers(printed: Readonly<Record<string, unknown>>): void {
  const { device: _device, W, ...numbers } = printed;
  const found = numbersIn([numbers, (W as number[][])[0], (W as number[][])[3]]);
  const wanted = numbersIn([expected, rows]);
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, k) => expect(Math.abs(found[k] - value)).toBeLessThan(1e-6));
}
