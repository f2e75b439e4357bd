const ROUNDS = 10;
const MULTIPLIER_A = 0xd2511f53;
const MULTIPLIER_B = 0xcd9e8d57;
const WEYL_A = 0x9e3779b9;
const WEYL_B = 0xbb67ae85;
const TWO_32 = 2 ** 32;

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Neither sum exceeds 2^32 - 1, so both stay exact unsigned integers.
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (cross & 0xffff);
  return (aHigh * bHigh + (cross >>> 16) + (other >>> 16)) >>> 0;
}

/** One block of Philox4x32-10 (Salmon et al., 2011): four words from a counter and a key. */
export function philox4x32(counter: Uint32Array, key: Uint32Array, block: Uint32Array): void {
  let [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  let [k0 = 0, k1 = 0] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const highA = multiplyHigh(MULTIPLIER_A, c0);
    const lowA = Math.imul(MULTIPLIER_A, c0) >>> 0;
    const highB = multiplyHigh(MULTIPLIER_B, c2);
    const lowB = Math.imul(MULTIPLIER_B, c2) >>> 0;
    c0 = (highB ^ c1 ^ k0) >>> 0;
    c1 = lowB;
    c2 = (highA ^ c3 ^ k1) >>> 0;
    c3 = lowA;
    k0 = (k0 + WEYL_A) >>> 0;
    k1 = (k1 + WEYL_B) >>> 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

function assertSafeCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(
      `[CounterRandom] expected ${name} to be a safe integer of 0 or more, got ${value}`,
    );
  }
}

/**
 * Random numbers that are a pure function of (seed, stream, position): stream i can be drawn
 * without drawing the streams before it, so example i of a set never depends on the set's size.
 */
export class CounterRandom {
  readonly #key = new Uint32Array(2);
  readonly #counter = new Uint32Array(4);
  readonly #block = new Uint32Array(4);
  #used = 4;

  constructor(seed: number, stream = 0) {
    assertSafeCount('seed', seed);
    assertSafeCount('stream', stream);
    this.#key.set([seed % TWO_32, Math.floor(seed / TWO_32)]);
    this.#counter.set([0, 0, stream % TWO_32, Math.floor(stream / TWO_32)]);
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    if (this.#used === 4) {
      philox4x32(this.#counter, this.#key, this.#block);
      this.#counter[0] = this.#counter[0] + 1;
      if (this.#counter[0] === 0) this.#counter[1] = this.#counter[1] + 1;
      this.#used = 0;
    }
    return this.#block[this.#used++];
  }

  /** A number in [low, high), with 32 random bits. */
  uniform(low = 0, high = 1): number {
    return low + ((high - low) * this.uint32()) / TWO_32;
  }

  /** An integer in [0, limit), each equally likely; limit is at most 2^32. */
  below(limit: number): number {
    // Draws past the last whole multiple of limit would favour the small results.
    const end = TWO_32 - (TWO_32 % limit);
    let draw = this.uint32();
    while (draw >= end) draw = this.uint32();
    return draw % limit;
  }
}
