/**
 * The configuration in force. Weight rises: defaults, `.tnorc` files, `TNO_FLAGS`, code. This file knows
 * nothing of files or the environment; the Node entry feeds them in through `applyFlags`.
 * Invariant: `config` never holds a value that its flag does not take, and locked flags do not change.
 */
import { ConfigError } from '../errors.js';
import type { FloatX } from '../tensor/dtype-types.js';
import { flags, type Flag, type FlagName, type Flags } from './flags.js';

const values = Object.fromEntries(
  Object.entries<Flag>(flags).map(([name, flag]) => [name, flag.default]),
) as unknown as Flags;
/** Where a flag got its value, if not by default. */
const sources = new Map<FlagName, string>();
/** Why a flag cannot change any more. */
const locked = new Map<FlagName, string>();

/** The configuration in force. Assigning checks the value. @throws ConfigError (E_CONFIG) */
export const config: Flags = new Proxy(values, {
  set(_target, name, value): boolean {
    setFlag(String(name), value as unknown, 'code');
    return true;
  },
  deleteProperty(_target, name): boolean {
    throw new ConfigError(`[config] expected flags to stay, got delete ${String(name)}`);
  },
});

/** Sets flags, e.g. `configure({ floatX: 'float64' })`: all of them or, where one is wrong, none. @throws ConfigError (E_CONFIG) */
export function configure(settings: Partial<Flags>): void {
  applyFlags(settings, 'code');
}

/** Sets flags from a named source. @throws ConfigError (E_CONFIG) for an unknown flag or a bad value; then none is set */
export function applyFlags(settings: Readonly<Record<string, unknown>>, source: string): void {
  const checked = Object.entries(settings).map(([name, value]) => checkFlag(name, value, source));
  for (const [name, value] of checked) assign(name, value, source);
}

/** Where a flag got its value: `default`, a file, `TNO_FLAGS`, `code`. */
export function flagSource(name: FlagName): string {
  return sources.get(name) ?? 'default';
}

/** Makes a flag immutable, with the reason: e.g. the device after its first use. */
export function lockFlag(name: FlagName, why: string): void {
  locked.set(name, why);
}

/**
 * Fixes floatX for a project that pins its type by augmenting `TnoConfig`: types and values then agree.
 * @throws ConfigError (E_CONFIG) where a file, TNO_FLAGS or code asked for another
 */
export function pinFloatX(dtype: FloatX): void {
  const source = sources.get('floatX');
  const [name, value] = checkFlag('floatX', dtype, 'pinFloatX');
  if (source !== undefined && values.floatX !== value) {
    throw new ConfigError(
      `[config] expected floatX to be ${dtype}, which this project pins, got ${values.floatX} (${source})`,
    );
  }
  assign(name, value, 'pinFloatX');
  lockFlag('floatX', 'this project pins it');
}

/** `name=value` parts as in TNO_FLAGS or, with one a line, in `.tnorc`; `#` starts a comment. @throws ConfigError (E_CONFIG) */
export function parseFlags(
  text: string,
  source: string,
  separator: ',' | '\n' = ',',
): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const line of text.split(separator)) {
    const part = line.replace(/(^|\s)#.*$/, '').trim();
    if (part === '') continue;
    const at = part.indexOf('=');
    if (at <= 0) throw new ConfigError(`[config] expected name=value in ${source}, got ${part}`);
    settings[part.slice(0, at).trim()] = part.slice(at + 1).trim();
  }
  return settings;
}

function setFlag(name: string, value: unknown, source: string): void {
  assign(...checkFlag(name, value, source), source);
}

function checkFlag(name: string, value: unknown, source: string): [FlagName, string | boolean] {
  if (!Object.hasOwn(flags, name)) unknownFlag(name, source);
  const key = name as FlagName;
  const flag: Flag = flags[key];
  const parsed = typeof flag.default === 'boolean' ? parseBoolean(value) : value;
  const fits =
    typeof parsed === typeof flag.default &&
    (flag.values?.includes(parsed as string) ?? flag.text?.fits(parsed as string) ?? true);
  if (!fits) {
    const expected = flag.values?.join(' | ') ?? flag.text?.expected ?? 'text';
    throw new ConfigError(
      `[config] expected ${expected} for ${name} (${source}), got ${String(value)}`,
    );
  }
  const why = locked.get(key);
  if (why !== undefined && values[key] !== parsed) {
    throw new ConfigError(
      `[config] expected ${name} to stay ${values[key]}, since ${why}, got ${String(parsed)} (${source})`,
    );
  }
  return [key, parsed as string | boolean];
}

function assign(name: FlagName, value: string | boolean, source: string): void {
  (values as Record<FlagName, string | boolean>)[name] = value;
  sources.set(name, source);
}

function parseBoolean(value: unknown): unknown {
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : value;
}

function unknownFlag(name: string, source: string): never {
  throw new ConfigError(
    `[config] expected a known flag, got ${name} (${source}): did you mean ${nearest(name)}?`,
  );
}

/** The flag whose name is the fewest edits away. */
function nearest(name: string): string {
  const names = Object.keys(flags);
  const distances = names.map((known) => editDistance(name.toLowerCase(), known.toLowerCase()));
  return names[distances.indexOf(Math.min(...distances))];
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, change));
    }
    row = next;
  }
  return row[b.length];
}
