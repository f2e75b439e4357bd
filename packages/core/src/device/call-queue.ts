/** Calls in flight of the reference device: each runs in a microtask, or when something waits for it. */
import { AsyncInFlightError } from '../errors.js';
import type { HostStorage } from './host-storage.js';

/** What a call reads and writes of shared variables. */
export interface Access {
  readonly reads: readonly HostStorage[];
  readonly writes: readonly HostStorage[];
}

interface Entry extends Access {
  readonly run: () => void;
  state: 'waiting' | 'running' | 'cancelled';
}

export class CallQueue {
  /** Oldest first; a running one is the first. */
  private readonly entries: Entry[] = [];

  /** `run` is called later, calls in order. Gives a function that takes the call back: false where it has begun. */
  submit(access: Access, run: () => void): () => boolean {
    const entry: Entry = { ...access, run, state: 'waiting' };
    this.entries.push(entry);
    queueMicrotask(() => this.runUntil(entry));
    return () => {
      if (entry.state !== 'waiting') return false;
      entry.state = 'cancelled';
      return true;
    };
  }

  /** Runs the calls that one with this access has to come after. @throws AsyncInFlightError */
  turn({ reads, writes }: Access): void {
    const last = this.entries.findLast(
      (entry) =>
        entry.state !== 'cancelled' &&
        (entry.writes.some((one) => reads.includes(one) || writes.includes(one)) ||
          entry.reads.some((one) => writes.includes(one))),
    );
    if (last === undefined) return;
    if (this.entries[0].state === 'running') throw new AsyncInFlightError();
    this.runUntil(last);
  }

  private runUntil(last: Entry): void {
    // Where a call is running this one follows it in a microtask of its own.
    while (this.entries.includes(last) && this.entries[0].state !== 'running') {
      const [entry] = this.entries;
      if (entry.state === 'waiting') {
        entry.state = 'running';
        entry.run();
      }
      this.entries.shift();
    }
  }
}
