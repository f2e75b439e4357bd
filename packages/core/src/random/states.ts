/** Random numbers in graphs: every draw of a stream has a state of its own, which functions move on. */
import { shared, type SharedOptions } from '../compile/shared.js';
import { InputError } from '../errors.js';
import { constant } from '../graph/constant.js';
import type { SharedVariable } from '../graph/shared.js';
import { add } from '../ops/arithmetic.js';
import { philoxWord } from '../routines/philox.js';
import { NDArray } from '../types/ndarray.js';

const full64 = (x: bigint): bigint => BigInt.asUintN(64, x);

/** The states of a stream's draws, made from its seed. */
export class RandomStates {
  /** The states in the order of the draws: a key and the number of the next draw, as uint64 vectors. */
  readonly states: readonly SharedVariable<'uint64', 1>[] = [];
  private root: bigint;

  /** `device` is where the states live; the process' device by default. @throws InputError for a seed that is no whole number */
  constructor(
    seed: number | bigint,
    private readonly options: Pick<SharedOptions, 'device'> = {},
  ) {
    this.root = wholeSeed(seed);
  }

  /** Starts all draws again, as those of a new stream with this seed. @throws InputError */
  seed(seed: number | bigint): void {
    this.root = wholeSeed(seed);
    this.states.forEach((state, k) => state.setValue(this.firstState(k)));
  }

  /** The state of a new draw. */
  protected state(): SharedVariable<'uint64', 1> {
    const number = this.states.length;
    const state = shared(this.firstState(number), `random${number}`, {
      ...this.options,
      shape: [2],
    });
    state.defaultUpdate = add(state, constant(NDArray.view(BigUint64Array.of(0n, 1n), [2])));
    (this.states as SharedVariable<'uint64', 1>[]).push(state);
    return state;
  }

  private firstState(number: number): NDArray<'uint64'> {
    const key = philoxWord(this.root, BigInt(number), 0n);
    return NDArray.view(BigUint64Array.of(key, 0n), [2]);
  }
}

function wholeSeed(seed: number | bigint): bigint {
  if (typeof seed === 'bigint' || Number.isSafeInteger(seed)) return full64(BigInt(seed));
  throw new InputError(`[RandomStream] expected a whole number as seed, got ${seed}`);
}
