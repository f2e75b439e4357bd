/** `tno cache`: the folder of compiled kernels that the flags cacheDir and cacheLimit name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { config, DeviceError, formatBytes, parseBytes } from '@tno/core';
import { diagnostics } from '@tno/cpu';
import { counted, moment, table } from './text.js';

export interface CachedUnit {
  readonly key: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly made: string;
  readonly used: string;
  /** The names of its kernels; empty where the source is gone. */
  readonly kernels: readonly string[];
}

export interface CacheList {
  readonly folder: string;
  readonly units: readonly CachedUnit[];
}

export interface CacheInfo {
  readonly folder: string;
  readonly units: number;
  readonly bytes: number;
  /** Bytes; 0 for no limit. */
  readonly limit: number;
  /** ISO 8601; null where there are no kernels. */
  readonly leastRecentlyUsed: string | null;
  /** Files of compilations that never ended; the next trim removes them. */
  readonly abandoned: number;
  readonly abandonedBytes: number;
  /** Files that are not the cache's, and are left alone. */
  readonly foreign: number;
}

export interface CacheTrimmed {
  readonly folder: string;
  readonly removed: number;
  readonly bytes: number;
}

function contents(): { folder: string } & diagnostics.CacheContents {
  const folder = diagnostics.cacheFolder(config.cacheDir);
  const found = diagnostics.readCache(folder);
  if (found.error !== '') {
    throw new DeviceError(`[cache] expected a cache folder to use, got: ${found.error}`);
  }
  return { folder, ...found };
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** What the cache holds, used last first. @throws DeviceError (E_DEVICE) where its folder cannot be used */
export function listCache(): CacheList {
  const { folder, entries } = contents();
  const units = entries.map(({ key, bytes, made, used }) => ({
    key,
    bytes,
    made: isoTime(made),
    used: isoTime(used),
    kernels: kernelsOf(join(folder, `${key}.c`)),
  }));
  return { folder, units: units.reverse() };
}

function kernelsOf(source: string): string[] {
  try {
    const text = readFileSync(source, 'utf8');
    return [...text.matchAll(/^void (\w+)\(const tno_args /gm)].map(([, name]) => name);
  } catch {
    return []; // another process has just removed it
  }
}

/** @throws DeviceError (E_DEVICE) where its folder cannot be used */
export function cacheInfo(): CacheInfo {
  const { folder, entries, abandoned, abandonedBytes, foreign } = contents();
  return {
    folder,
    units: entries.length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    limit: parseBytes(config.cacheLimit),
    leastRecentlyUsed: entries.length === 0 ? null : isoTime(entries[0].used),
    abandoned,
    abandonedBytes,
    foreign,
  };
}

/**
 * Removes kernels, those used longest ago first, until `limit` is kept; that of the flag cacheLimit unless given.
 *
 * @throws ConfigError (E_CONFIG) where `limit` is no size
 * @throws DeviceError (E_DEVICE) where the folder cannot be used
 */
export function trimCache(limit?: string): CacheTrimmed {
  const bytes = parseBytes(limit ?? config.cacheLimit);
  const unlimited = limit === undefined && bytes === 0;
  const folder = diagnostics.cacheFolder(config.cacheDir);
  const trimmed = diagnostics.trimCache(folder, unlimited ? Infinity : bytes);
  return { folder, removed: trimmed.entries, bytes: trimmed.bytes };
}

export function describeList({ folder, units }: CacheList): string {
  if (units.length === 0) return `no compiled kernels in ${folder}`;
  const rows = units.map(({ key, bytes, made, used, kernels }) => [
    formatBytes(bytes),
    moment(Date.parse(used)),
    moment(Date.parse(made)),
    key.slice(0, 12),
    kernels.length > 4
      ? `${kernels.slice(0, 4).join(' ')} +${kernels.length - 4}`
      : kernels.join(' '),
  ]);
  return table([['SIZE', 'LAST USED', 'MADE', 'KEY', 'KERNELS'], ...rows]);
}

export function describeCache(info: CacheInfo): string {
  const { folder, units, bytes, limit, leastRecentlyUsed, abandoned, abandonedBytes, foreign } =
    info;
  const of = limit === 0 ? 'no limit' : `of ${formatBytes(limit)}`;
  const last = leastRecentlyUsed === null ? '-' : moment(Date.parse(leastRecentlyUsed));
  return table([
    ['folder', folder],
    ['holds', `${counted(units, 'compiled unit')}, ${formatBytes(bytes)}, ${of}`],
    ['used longest ago', last],
    ['abandoned', `${counted(abandoned, 'file')}, ${formatBytes(abandonedBytes)}`],
    ['not ours', counted(foreign, 'file')],
  ]);
}

export function describeTrim({ folder, removed, bytes }: CacheTrimmed): string {
  return `removed ${counted(removed, 'compiled unit')}, ${formatBytes(bytes)}, from ${folder}`;
}
