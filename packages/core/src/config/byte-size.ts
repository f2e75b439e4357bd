/** Amounts of memory as flags take them: `512M`, `1.5Gi`, `0`. */
import { ConfigError } from '../errors.js';

const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** What `parseBytes` takes, in words. */
export const bytesExpected = 'bytes, such as 512M or 2Gi';

function bytesOf(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)\s*([kMGT]?|[KMGT]i)B?$/.exec(text.trim());
  return parts === null ? null : Math.round(Number(parts[1]) * factors[parts[2]]);
}

/** Whether `text` is an amount of memory: a number with k, M, G or T (of 1000), or Ki, Mi, Gi, Ti (of 1024). */
export function isBytes(text: string): boolean {
  return bytesOf(text) !== null;
}

/** Bytes of an amount such as `512M`. @throws ConfigError (E_CONFIG) where it is none */
export function parseBytes(text: string): number {
  const bytes = bytesOf(text);
  if (bytes === null) throw new ConfigError(`[config] expected ${bytesExpected}, got ${text}`);
  return bytes;
}

/** An amount for people: `17.3 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
