import { describe, expect, it } from 'vitest';
import { philox, philoxWord, type PhiloxBlock } from './philox.js';

const hex = (text: string): number[] => text.split(' ').map((word) => parseInt(word, 16));

describe('philox', () => {
  // From kat_vectors of the authors' library Random123: counter, key, block.
  it.each([
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('of %s with key %s', (counter, key, block) => {
    const words = philox(hex(counter) as unknown as PhiloxBlock, hex(key) as [number, number]);
    expect(words).toEqual(hex(block));
  }); // prettier-ignore

  it('gives the words of a draw, two a block', () => {
    const key = 0x299f31d0a4093822n;
    const draw = 0x0370734413198a2en;
    expect(philoxWord(0n, 0n, 0n)).toBe(0xe169c58d6627e8d5n);
    expect(philoxWord(0n, 0n, 1n)).toBe(0x9b00dbd8bc57ac4cn);
    expect(philoxWord(key, draw, 6n)).not.toBe(philoxWord(key, draw, 7n));
    expect(philoxWord(key, draw, 6n)).not.toBe(philoxWord(key, draw + 1n, 6n));
  });
});
