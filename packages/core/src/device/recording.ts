/**
 * What the steps of a Program took: filled by a walker while it runs, read by `f.profile()`. It is one
 * piece of memory, so that the C++ walker (native/runtime/recording.cc) writes to it as the TypeScript
 * one does.
 *
 * Float64 words: calls; nanoseconds in them; events of the last call; events that found no room; bytes of
 * the arena. Then for each step (see `numberedSteps`) its runs, nanoseconds, operations, bytes; the size
 * table after the last call; then the events of the last call: step, start and end in nanoseconds since
 * the call began.
 */
import type { Program, Step } from '../lower/program.js';
import { walkSteps } from '../lower/step-access.js';
import { stepWork } from './step-work.js';

const HEADER = 5;
const STEP = 4;
const EVENT = 3;
/** Events of a call that are kept, unless told otherwise. */
const EVENT_ROOM = 1 << 14;

/** Sums over all runs of one step. */
export interface StepSums {
  readonly runs: number;
  readonly nanoseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

/** A run of a step in the last call, in nanoseconds since the call began. */
export interface StepEvent {
  readonly step: number;
  readonly start: number;
  readonly end: number;
}

/** Every step, outer ones before those inside them; a step's number is its position. */
export function numberedSteps(program: Program): readonly Step[] {
  const steps: Step[] = [];
  walkSteps(program.steps, (step) => steps.push(step));
  return steps;
}

export class Recording {
  readonly memory: ArrayBuffer;
  private readonly words: Float64Array;
  private readonly numbers: ReadonlyMap<Step, number>;
  private readonly sizesAt: number;
  private readonly eventsAt: number;
  private callStart = 0;

  constructor(
    private readonly program: Program,
    private readonly eventRoom = EVENT_ROOM,
  ) {
    const steps = numberedSteps(program);
    this.numbers = new Map(steps.map((step, number) => [step, number]));
    this.sizesAt = HEADER + STEP * steps.length;
    this.eventsAt = this.sizesAt + program.sizes.length;
    this.memory = new ArrayBuffer(8 * (this.eventsAt + EVENT * eventRoom));
    this.words = new Float64Array(this.memory);
  }

  get calls(): number {
    return this.words[0];
  }
  get nanoseconds(): number {
    return this.words[1];
  }
  get lostEvents(): number {
    return this.words[3];
  }
  /** Bytes that temps had after the last call. */
  get arenaBytes(): number {
    return this.words[4];
  }
  /** The size table after the last call. */
  get sizes(): readonly number[] {
    return [...this.words.subarray(this.sizesAt, this.eventsAt)];
  }

  step(number: number): StepSums {
    const at = HEADER + STEP * number;
    const [runs, nanoseconds, flops, bytes] = this.words.subarray(at, at + STEP);
    return { runs, nanoseconds, flops, bytes };
  }

  /** Of the last call, in the order in which they ended. */
  events(): StepEvent[] {
    return Array.from({ length: this.words[2] }, (_, k) => {
      const at = this.eventsAt + EVENT * k;
      const [step, start, end] = this.words.subarray(at, at + EVENT);
      return { step, start, end };
    });
  }

  reset(): void {
    this.words.fill(0);
  }

  beginCall(): void {
    this.words[2] = this.words[3] = 0;
    this.callStart = performance.now();
  }

  /** Notes a run of `step` that began at `start` (performance.now) and has just ended. */
  add(step: Step, start: number, sizes: readonly number[]): void {
    const end = performance.now();
    const { words } = this;
    const number = this.numbers.get(step)!;
    const { flops, bytes } = stepWork(this.program, step, sizes);
    const at = HEADER + STEP * number;
    words[at] += 1;
    words[at + 1] += 1e6 * (end - start);
    words[at + 2] += flops;
    words[at + 3] += bytes;
    if (words[2] === this.eventRoom) {
      words[3] += 1;
      return;
    }
    const [from, to] = [start, end].map((time) => 1e6 * (time - this.callStart));
    words.set([number, from, to], this.eventsAt + EVENT * words[2]);
    words[2] += 1;
  }

  endCall(sizes: readonly number[], arenaBytes: number): void {
    this.words[0] += 1;
    this.words[1] += 1e6 * (performance.now() - this.callStart);
    this.words[4] = arenaBytes;
    // A branch that was not taken leaves its sizes as they were.
    sizes.forEach((size, id) => (this.words[this.sizesAt + id] = size));
  }
}
