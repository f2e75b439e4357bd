/**
 * Configuration flags. Weight rises: defaults, `.tnorc` files, `TNO_FLAGS`, code. This file knows
 * nothing of files or the environment; the Node entry feeds them in through `configure`.
 */
import { ConfigError } from '../errors.js';

const floats = ['float16', 'float32', 'float64'] as const;

/** One flag: its default, what it takes, what it does. */
interface Flag<T extends string | boolean> {
  readonly default: T;
  readonly values: readonly T[] | RegExp | null;
  readonly about: string;
}

const flag = <T extends string | boolean>(value: T, values: Flag<T>['values'], about: string): Flag<T> => ({
  default: value,
  values,
  about,
});

/** Every flag there is. */
export const flags = {
  device: flag<string>('cpu', /^(cpu|reference|null)$/, 'where compiled functions run and shared variables live; fixed at the first use'),
  floatX: flag<(typeof floats)[number]>('float32', floats, 'dtype of unprefixed constructors and of floats made from integers'),
  mode: flag<'FAST_RUN' | 'FAST_COMPILE'>('FAST_RUN', ['FAST_RUN', 'FAST_COMPILE'], 'default mode of function()'),
  cacheDir: flag<string>('', null, "folder of compiled kernels; empty for the user's cache folder"),
  compiler: flag<string>('', null, 'C compiler for kernels; empty for the first of cc, gcc, clang'),
  providers: flag<'auto' | 'plain'>('auto', ['auto', 'plain'], 'libraries for products: auto (oneDNN where built) or plain (own kernels)'),
  verify: flag<boolean>(false, [true, false], 'verify every intermediate form while compiling'),
  optimizerVerbose: flag<boolean>(false, [true, false], 'print each rewrite that is applied'),
} as const;

export type FlagName = keyof typeof flags;
export type Flags = { -readonly [K in FlagName]: (typeof flags)[K]['default'] };

const values = Object.fromEntries(Object.entries(flags).map(([name, f]) => [name, f.default])) as unknown as Flags;
const locked = new Map<FlagName, string>();

/** The configuration in force. Assigning checks the value. @throws ConfigError */
export const config: Flags = new Proxy(values, {
  set(_target, name, value): boolean {
    setFlag(String(name), value as unknown, 'code');
    return true;
  },
});

/** Sets flags from one source, e.g. `configure({floatX: 'float64'})`. @throws ConfigError for an unknown flag or a bad value */
export function configure(settings: Partial<Record<string, unknown>>, source = 'code'): void {
  for (const [name, value] of Object.entries(settings)) setFlag(name, value, source);
}

/** Makes a flag immutable, with the reason: e.g. the device after its first use. */
export function lockFlag(name: FlagName, why: string): void {
  locked.set(name, why);
}

/** `name=value,name=value` as in TNO_FLAGS. @throws ConfigError */
export function parseFlags(text: string, source: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const part of text.split(/[,\n]/).map((p) => p.trim())) {
    if (part === '' || part.startsWith('#')) continue;
    const at = part.indexOf('=');
    if (at < 0) throw new ConfigError(`[config] expected name=value in ${source}, got ${part}`);
    settings[part.slice(0, at).trim()] = part.slice(at + 1).trim();
  }
  return settings;
}

function setFlag(name: string, value: unknown, source: string): void {
  if (!Object.hasOwn(flags, name)) {
    throw new ConfigError(`[config] expected a known flag, got ${name} (${source}): did you mean ${nearest(name)}?`);
  }
  const key = name as FlagName;
  const known: Flag<string | boolean> = flags[key] as Flag<string | boolean>;
  const parsed = typeof known.default === 'boolean' ? parseBoolean(value) : value;
  const fits =
    typeof parsed === typeof known.default &&
    (known.values === null ||
      (known.values instanceof RegExp ? known.values.test(String(parsed)) : known.values.includes(parsed as string)));
  if (!fits) {
    const expected = known.values === null ? `a ${typeof known.default}` : known.values instanceof RegExp ? String(known.values) : known.values.join(' | ');
    throw new ConfigError(`[config] expected ${expected} for ${name} (${source}), got ${String(value)}`);
  }
  const why = locked.get(key);
  if (why !== undefined && values[key] !== parsed) {
    throw new ConfigError(`[config] ${name} is fixed at ${String(values[key])}: ${why}`);
  }
  (values as Record<string, unknown>)[key] = parsed;
}

function parseBoolean(value: unknown): unknown {
  return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;
}

function nearest(name: string): string {
  const names = Object.keys(flags);
  const distances = names.map((candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase()));
  return names[distances.indexOf(Math.min(...distances))];
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
