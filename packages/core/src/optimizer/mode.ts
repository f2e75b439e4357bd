/** Modes: which groups of rewrites run. Values do not depend on the mode: what stabilizes is in every one. */
import { ConfigError } from '../errors.js';
import type { RuleTag } from './rule.js';

/** Groups that are not rules but choices of the lowering. */
export type LoweringTag = 'fusion' | 'inplace';
export type ModeTag = RuleTag | LoweringTag;

/** Groups that run only in modes that include them by name. */
const onRequest: readonly ModeTag[] = ['remove-assert'];

/** A mode that leaves out these groups, and those that run on request only. */
const without = (...tags: readonly ModeTag[]): ReadonlySet<ModeTag> =>
  new Set([...onRequest, ...tags]);

export class Mode {
  constructor(
    readonly name: string,
    private readonly excluded: ReadonlySet<ModeTag> = without(),
  ) {}

  /** This mode with more groups, e.g. `mode.including('fusion')`. */
  including(...tags: readonly ModeTag[]): Mode {
    return new Mode(this.name, new Set([...this.excluded].filter((tag) => !tags.includes(tag))));
  }

  /** This mode without some groups, e.g. `mode.excluding('unsafe-nan')`. */
  excluding(...tags: readonly ModeTag[]): Mode {
    return new Mode(this.name, new Set([...this.excluded, ...tags]));
  }

  /** Whether something with these tags runs: no tag of it is excluded. */
  allows(tags: readonly ModeTag[]): boolean {
    return !tags.some((tag) => this.excluded.has(tag));
  }
}

/** The built-in modes. FAST_COMPILE leaves out what only makes code faster; NONE runs the graph as it was written. */
export const modes = {
  FAST_RUN: new Mode('FAST_RUN'),
  FAST_COMPILE: new Mode('FAST_COMPILE', without('specialize', 'blas', 'inplace')),
  NONE: new Mode(
    'NONE',
    without('canonicalize', 'stabilize', 'specialize', 'library', 'fusion', 'inplace'),
  ),
} as const;

export type ModeName = keyof typeof modes;

/** @throws ConfigError for an unknown name */
export function modeOf(mode: Mode | string): Mode {
  if (mode instanceof Mode) return mode;
  if (!Object.hasOwn(modes, mode)) {
    throw new ConfigError(
      `[mode] expected ${Object.keys(modes).join(' | ')} or a Mode, got ${mode}`,
    );
  }
  return modes[mode as ModeName];
}
