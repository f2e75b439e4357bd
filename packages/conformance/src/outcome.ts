/** A case that did not give what it has to. */
export interface Mismatch {
  readonly id: string;
  readonly what: string;
}

/** How many cases were run, and those that went wrong. */
export interface Outcome {
  readonly cases: number;
  readonly mismatches: readonly Mismatch[];
}
