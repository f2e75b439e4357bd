/** Indices out of range: where they fail, and what the error says. */
import { describe, expect, it } from 'vitest';
import * as tno from '../src/index.js';

const device = tno.createReferenceDevice();
const call = (
  inputs: readonly tno.TensorVariable[],
  output: tno.TensorVariable,
): ((...values: readonly unknown[]) => tno.NDArray) =>
  tno.function(inputs, output, { device }) as never;

describe('indices', () => {
  it('out of range fail at build where sizes are known, else at run, with the op and the size', () => {
    expect(() => tno.tensor('float64', [5]).at(5)).toThrow(
      '[subtensor] expected an index within [-5, 4] for axis 0, got 5',
    );
    const [x, i] = [tno.dvector('x'), tno.lscalar('i')];
    const at = call([x, i], x.at(i));
    expect(() => at([1, 2, 3], 3)).toThrow(/expected an index of at most 2 for axis 0, got 3/);
    expect(() => at([1, 2, 3], -4)).toThrow(tno.IndexRangeError);
    const picks = tno.lvector('picks');
    expect(() => call([x, picks], x.at(picks))([1, 2, 3], [0, 7])).toThrow(
      /expected an index within \[-3, 2\], got 7/,
    );
  });

  it('the error names the line of the user', () => {
    const [x, i] = [tno.dvector('x'), tno.lscalar('i')];
    const at = call([x, i], tno.exp(x).at(i).add(1));
    expect(() => at([1, 2, 3], 3)).toThrow('index-errors.test.ts');
  });
});
