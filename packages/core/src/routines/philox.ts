/**
 * Philox 4×32-10, the counter-based generator of J. K. Salmon et al., "Parallel random numbers: as easy
 * as 1, 2, 3" (2011): random bits are a function of a key and a counter, so that any of them can be had
 * without those before it. On words of 32 bits, as JavaScript numbers.
 */

/** 32 bits each, unsigned. */
export type PhiloxBlock = readonly [number, number, number, number];

export const philoxRounds = 10;
/** What the counter's words 0 and 2 are multiplied by. */
export const philoxMultipliers = [0xd2511f53, 0xcd9e8d57] as const;
/** What is added to the words of the key after each round. */
export const philoxWeyl = [0x9e3779b9, 0xbb67ae85] as const;

/** The upper 32 bits of the product of two words. */
function high(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  return a1 * b1 + Math.floor(middle / 65536) + (((middle % 65536) + a0 * b1) / 65536 | 0); // prettier-ignore
}

/** The block of 128 random bits of a counter. */
export function philox(counter: PhiloxBlock, key: readonly [number, number]): PhiloxBlock {
  let [a, b, c, d] = counter;
  let [k, l] = key;
  const [m, n] = philoxMultipliers;
  for (let round = 0; round < philoxRounds; round++) {
    const [x, y] = [high(m, a), high(n, c)];
    [a, b, c, d] = [y ^ b ^ k, Math.imul(n, c), x ^ d ^ l, Math.imul(m, a)].map((w) => w >>> 0);
    k = (k + philoxWeyl[0]) >>> 0;
    l = (l + philoxWeyl[1]) >>> 0;
  }
  return [a, b, c, d];
}

/** 64 random bits, as two words. */
export interface RandomWord {
  readonly low: number;
  readonly high: number;
}

const split = (x: bigint): [number, number] => [
  Number(x & 0xffffffffn),
  Number((x >> 32n) & 0xffffffffn),
];

/**
 * The words of a draw: an endless sequence of 64 random bits each, for a key and the number of the draw,
 * both of 64 bits. Word `p` is a half of block `p / 2`.
 */
export function randomWords(key: bigint, draw: bigint): (position: number) => RandomWord {
  const keys = split(key);
  const [c, d] = split(draw);
  return (position) => {
    const block = Math.floor(position / 2);
    return half(philox([block >>> 0, Math.floor(block / 2 ** 32), c, d], keys), position % 2);
  };
}

function half(block: PhiloxBlock, which: number): RandomWord {
  return which === 0 ? { low: block[0], high: block[1] } : { low: block[2], high: block[3] };
}

/** Word `position` of a draw, all three of 64 bits. */
export function philoxWord(key: bigint, draw: bigint, position: bigint): bigint {
  const block = philox([...split(position >> 1n), ...split(draw)], split(key));
  const { low, high: upper } = half(block, Number(position & 1n));
  return (BigInt(upper) << 32n) | BigInt(low);
}

/** The n-th uniform number in (0, 1) of a seed, a whole number below 2^53; NaN counts as 0. */
export function randomUnit(seed: number, n: number): number {
  const words = [seed, n].map((x): [number, number] => {
    const whole = x >= 0 && x < 2 ** 53 ? Math.floor(x) : 0;
    return [whole >>> 0, Math.floor(whole / 2 ** 32)];
  });
  const [low, upper] = philox([0, 0, ...words[1]], words[0]);
  return (upper * 2 ** 21 + (low >>> 11) + 0.5) * 2 ** -53;
}
