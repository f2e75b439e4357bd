/** Modes: which groups of rewrites run. Values do not depend on the mode: what stabilizes is in every one. */
import { config } from '../config/config.js';
import { ConfigError } from '../errors.js';
import type { Apply } from '../graph/variable.js';
import type { NDArray } from '../types/ndarray.js';
import { nanGuard, type NanGuardOptions } from './nan-guard.js';
import { isRuleName, ruleTags, type Rule, type RuleTag } from './rule.js';

/** Groups that are not rules but choices of the lowering. */
export const loweringTags = ['fusion', 'inplace'] as const;
export type LoweringTag = (typeof loweringTags)[number];
export type ModeTag = RuleTag | LoweringTag;

const tags: readonly ModeTag[] = [...ruleTags, ...loweringTags];

/** Tags in text, as flags have them: `unsafe-nan:fusion`. @throws ConfigError for an unknown one */
export function tagsOf(text: string): ModeTag[] {
  return wordsOf(text).map((word) => {
    const found = tags.find((one) => one === word);
    if (found !== undefined) return found;
    throw new ConfigError(`[mode] expected tags out of ${tags.join(', ')}, got ${word}`);
  });
}

const wordsOf = (text: string): string[] =>
  text
    .split(':')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** One node of a function as it runs, in order of the run. */
export interface NodeRun {
  readonly node: Apply;
  readonly index: number;
  readonly inputs: readonly NDArray[];
  /** Empty before the node has run. */
  readonly outputs: readonly NDArray[];
}

/** What is done at each node while a function runs; the function then runs node by node. */
export interface Watch {
  readonly before?: (run: NodeRun) => void;
  readonly after?: (run: NodeRun) => void;
}

/** How functions run: as one Program (null), node by node under a watch, or with everything checked against everything. */
export type Running = null | Watch | 'checked';

/** Groups that run only in modes that include them by name. */
const onRequest: readonly ModeTag[] = ['remove-assert'];

/** A mode that leaves out these groups, and those that run on request only. */
const without = (...tags: readonly ModeTag[]): ReadonlySet<ModeTag> =>
  new Set([...onRequest, ...tags]);

export class Mode {
  constructor(
    readonly name: string,
    private readonly excluded: ReadonlySet<string> = without(),
    readonly running: Running = null,
  ) {}

  /** This mode with more groups, e.g. `mode.including('fusion')`. */
  including(...tags: readonly ModeTag[]): Mode {
    if (tags.length === 0) return this;
    const excluded = new Set([...this.excluded].filter((one) => tags.every((tag) => tag !== one)));
    return new Mode(this.name, excluded, this.running);
  }

  /** This mode without some groups, e.g. `mode.excluding('unsafe-nan')`. */
  excluding(...tags: readonly ModeTag[]): Mode {
    if (tags.length === 0) return this;
    return new Mode(this.name, new Set([...this.excluded, ...tags]), this.running);
  }

  /** This mode without single rewrites, by their names: to find the one to blame. @throws ConfigError for an unknown one */
  withoutRewrites(...names: readonly string[]): Mode {
    if (names.length === 0) return this;
    const unknown = names.find((name) => !isRuleName(name));
    if (unknown !== undefined)
      throw new ConfigError(`[mode] expected names of rewrites, got ${unknown}`);
    return new Mode(this.name, new Set([...this.excluded, ...names]), this.running);
  }

  /** This mode, its functions run in another way. */
  runningAs(running: Running): Mode {
    return new Mode(this.name, this.excluded, running);
  }

  /** Whether something with these tags runs: no tag of it is excluded. */
  allows(tags: readonly ModeTag[]): boolean {
    return !tags.some((tag) => this.excluded.has(tag));
  }

  /** Whether a rewrite runs: neither its name nor a tag of it is excluded. */
  allowsRewrite({ name, tags }: Pick<Rule, 'name' | 'tags'>): boolean {
    return !this.excluded.has(name) && this.allows(tags);
  }
}

/**
 * The built-in modes; values are the same in each. FAST_COMPILE leaves out what only makes code faster; NONE
 * also fusion and the target's own routines: a kernel for each op. NanGuardMode fails at the first NaN, infinity or huge number. DebugMode checks every rewrite,
 * every node's code and the whole Program against the reference, at every call.
 */
export const modes = {
  FAST_RUN: new Mode('FAST_RUN'),
  FAST_COMPILE: new Mode('FAST_COMPILE', without('specialize', 'blas', 'inplace')),
  NONE: new Mode('NONE', without('specialize', 'blas', 'library', 'fusion', 'inplace')),
  NanGuardMode: new Mode('NanGuardMode', without(), nanGuard()),
  DebugMode: new Mode('DebugMode', without(), 'checked'),
} as const;

/**
 * The graph exactly as it was written, for comparing rewrites with. Where a formula overflows, underflows or
 * divides by zero as it is spelled, so do its values: log(1 + 1e-20) is 0.
 */
export const asWritten = new Mode(
  'asWritten',
  without('canonicalize', 'stabilize', 'specialize', 'blas', 'library', 'fusion', 'inplace'),
);

/** FAST_RUN, node by node, with callbacks before and after each node. */
export function monitorMode(watch: Watch): Mode {
  return new Mode('MonitorMode', without(), watch);
}

/** FAST_RUN, node by node, failing (or warning) where a node gives NaN, an infinity or a number above `big`. */
export function nanGuardMode(options: NanGuardOptions = {}): Mode {
  return new Mode('NanGuardMode', without(), nanGuard(options));
}

export type ModeName = keyof typeof modes;

/** A mode by its name; the flags optimizerIncluding and optimizerExcluding change it, but no Mode. @throws ConfigError for an unknown name */
export function modeOf(mode: Mode | string): Mode {
  if (mode instanceof Mode) return mode;
  if (!Object.hasOwn(modes, mode)) {
    throw new ConfigError(
      `[mode] expected ${Object.keys(modes).join(' | ')} or a Mode, got ${mode}`,
    );
  }
  const excluded = wordsOf(config.optimizerExcluding);
  const names = excluded.filter(isRuleName);
  const groups = excluded.filter((word) => !isRuleName(word));
  return modes[mode as ModeName]
    .including(...tagsOf(config.optimizerIncluding))
    .excluding(...tagsOf(groups.join(':')))
    .withoutRewrites(...names);
}
