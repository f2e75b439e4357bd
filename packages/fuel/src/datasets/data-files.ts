/**
 * Finds the files of a public data set: in a folder that the caller names, under TNO_DATA, in the
 * user's cache, or by download into that cache. Bytes leave this file only when their MD5 is the
 * expected one. Only a folder the caller named is an error when it does not fit; anything else that
 * goes wrong is one line to `warn`, and the next place is tried.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { TnoError } from '@tno/core';
import { gunzipIfNeeded } from '../formats/idx.js';

export interface DataFile {
  /** The name of the uncompressed file; it is stored and served with `.gz` appended. */
  readonly name: string;
  /** MD5 of the uncompressed file, in hex. */
  readonly md5: string;
}

export interface DataFileSet {
  /** The set's folder below TNO_DATA and below the cache. */
  readonly folder: string;
  readonly files: readonly DataFile[];
  /** Base addresses, each ending in a slash. */
  readonly mirrors: readonly string[];
}

export interface FindOptions {
  /** The only place to look: a folder with the files, or one with the set's folder in it. */
  readonly dataDir?: string | undefined;
  readonly warn: (line: string) => void;
}

export interface FoundFiles {
  readonly source: 'dataDir' | 'TNO_DATA' | 'cache' | 'download';
  /** The folder with the files; absent when a download could not be kept. */
  readonly path?: string | undefined;
  /** Uncompressed contents by file name. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** A data set is not where the caller said it is. */
export class DatasetError extends TnoError {
  override readonly code: string = 'E_DATASET';

  static {
    this.prototype.name = 'DatasetError';
  }
}

/** Give up on a server that has sent nothing for this long. */
const STALL_MS = 8_000;

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** The uncompressed bytes of `file`. @throws when they are not the ones with that MD5 */
function checked(bytes: Uint8Array, file: DataFile, name: string): Uint8Array {
  const plain = gunzipIfNeeded(bytes, name);
  const md5 = createHash('md5').update(plain).digest('hex');
  if (md5 !== file.md5) {
    throw new DatasetError(`[data] expected ${name} to have the MD5 ${file.md5}, got ${md5}`);
  }
  return plain;
}

function readIfPresent(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The file's contents from a folder, gzipped or not; undefined when it is not there. */
function readFrom(folder: string, file: DataFile): Uint8Array | undefined {
  for (const path of [join(folder, `${file.name}.gz`), join(folder, file.name)]) {
    const bytes = readIfPresent(path);
    if (bytes !== undefined) return checked(bytes, file, path);
  }
  return undefined;
}

interface FolderScan {
  readonly contents: Map<string, Uint8Array>;
  readonly absent: DataFile[];
  /** One line each for files that are there but cannot be used. */
  readonly problems: string[];
}

function scan(folder: string, files: readonly DataFile[]): FolderScan {
  const result: FolderScan = { contents: new Map(), absent: [], problems: [] };
  for (const file of files) {
    try {
      const bytes = readFrom(folder, file);
      if (bytes === undefined) result.absent.push(file);
      else result.contents.set(file.name, bytes);
    } catch (error) {
      result.problems.push(messageOf(error));
    }
  }
  return result;
}

function namesOf(files: readonly DataFile[]): string {
  return files.map((file) => `${file.name}.gz`).join(', ');
}

/** @throws DatasetError (E_DATASET) */
function fromNamedFolder(set: DataFileSet, dataDir: string): FoundFiles {
  const nested = join(dataDir, set.folder);
  const scans = [nested, dataDir].map((folder) => ({ folder, ...scan(folder, set.files) }));
  for (const { folder, contents, problems } of scans) {
    if (problems.length > 0) throw new DatasetError(problems.join('\n'));
    if (contents.size === set.files.length) return { source: 'dataDir', path: folder, contents };
  }
  const [nearest] = scans.sort((a, b) => a.absent.length - b.absent.length);
  throw new DatasetError(
    `[data] expected the ${set.folder} files in ${dataDir} or ${nested}, found no ${namesOf(nearest.absent)}`,
  );
}

function fromEnvironment(set: DataFileSet, warn: (line: string) => void): FoundFiles | undefined {
  const root = process.env['TNO_DATA'];
  if (root === undefined || root === '') return undefined;
  const folder = join(root, set.folder);
  const found = scan(folder, set.files);
  if (found.contents.size === set.files.length) {
    return { source: 'TNO_DATA', path: folder, contents: found.contents };
  }
  found.problems.forEach(warn);
  if (found.absent.length > 0) {
    warn(`[data] TNO_DATA: no ${namesOf(found.absent)} in ${folder}`);
  }
  return undefined;
}

/** The user's cache folder for data sets. */
export function cacheFolder(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  // The XDG specification says to ignore a relative path.
  const root = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(root, 'tno', 'data');
}

async function download(address: string): Promise<Uint8Array> {
  const controller = new AbortController();
  const giveUp = (): void => {
    controller.abort(new Error(`nothing came for ${STALL_MS / 1000} seconds`));
  };
  let timer = setTimeout(giveUp, STALL_MS);
  try {
    const response = await fetch(address, { signal: controller.signal });
    if (!response.ok || response.body === null) {
      throw new Error(`the server answered ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(giveUp, STALL_MS);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

/** Writes the file aside and renames it, so that nobody ever sees half of it. */
function keep(folder: string, name: string, bytes: Uint8Array): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const aside = join(folder, `.${name}.${process.pid}.part`);
  try {
    writeFileSync(aside, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(aside, join(folder, name));
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

async function fromCacheOrMirrors(
  set: DataFileSet,
  warn: (line: string) => void,
): Promise<FoundFiles | undefined> {
  const folder = join(cacheFolder(), set.folder);
  const { contents, problems } = scan(folder, set.files);
  problems.forEach(warn);
  if (contents.size === set.files.length) return { source: 'cache', path: folder, contents };
  let kept = true;
  for (const mirror of set.mirrors) {
    try {
      for (const file of set.files) {
        if (contents.has(file.name)) continue;
        const address = `${mirror}${file.name}.gz`;
        const bytes = await download(address);
        contents.set(file.name, checked(bytes, file, address));
        try {
          keep(folder, `${file.name}.gz`, bytes);
        } catch (error) {
          kept = false;
          warn(`[data] ${file.name}.gz is used but not kept: ${messageOf(error)}`);
        }
      }
      return { source: 'download', path: kept ? folder : undefined, contents };
    } catch (error) {
      warn(`[data] no ${set.folder} from ${mirror}: ${messageOf(error)}`);
    }
  }
  return undefined;
}

/**
 * The files of a data set, or undefined when they are nowhere to be had.
 * @throws DatasetError (E_DATASET) when `dataDir` is given and has not all of them, whole
 */
export async function findDataFiles(
  set: DataFileSet,
  options: FindOptions,
): Promise<FoundFiles | undefined> {
  if (options.dataDir !== undefined) return fromNamedFolder(set, options.dataDir);
  return fromEnvironment(set, options.warn) ?? (await fromCacheOrMirrors(set, options.warn));
}
