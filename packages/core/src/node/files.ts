/**
 * Arrays in files. A save is all or nothing: bytes go to a file beside the target, reach the disk,
 * and then take its name, so that a crash leaves the old file or the new one.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FormatError } from '../errors.js';
import type { NDArray } from '../types/ndarray.js';
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz } from '../types/npy.js';
import type { NpzOptions } from '../types/npy.js';

/** What one system call may move; Linux stops short of 2 GiB. */
const CHUNK = 2 ** 30;

/** Writes `array` as a .npy file. */
export function saveNpy(path: string, array: NDArray): void {
  writeFileAtomic(path, encodeNpy(array));
}

/** Writes named arrays as a .npz file. */
export function saveNpz(
  path: string,
  arrays: Readonly<Record<string, NDArray>>,
  options: NpzOptions = {},
): void {
  writeFileAtomic(path, encodeNpz(arrays, options));
}

/** Reads a .npy file. @throws FormatError (E_FORMAT) when it is not one. */
export function loadNpy(path: string): NDArray {
  return namingFile(path, () => decodeNpy(readWholeFile(path)));
}

/** Reads a .npz file. @throws FormatError (E_FORMAT) when it is not one. */
export function loadNpz(path: string): Record<string, NDArray> {
  return namingFile(path, () => decodeNpz(readWholeFile(path)));
}

function namingFile<T>(path: string, load: () => T): T {
  try {
    return load();
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new FormatError(`${cause.message} (in ${path})`, { cause });
  }
}

/** Replaces the file at `path` as a whole; what a link there points to is replaced, not the link. */
export function writeFileAtomic(path: string, bytes: Uint8Array): void {
  const target = resolveTarget(path);
  const folder = dirname(target);
  const mode = existingMode(target) ?? 0o666 & ~process.umask();
  const suffix = randomBytes(6).toString('hex');
  const aside = join(folder, `.${basename(target)}.${process.pid}.${suffix}.tmp`);
  // Nobody else may read half-written bytes, or bytes that the old file's mode protects.
  const file = openSync(aside, 'wx', 0o600);
  try {
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(aside, mode);
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function resolveTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return path;
    throw error;
  }
}

function existingMode(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : stat.mode & 0o777;
}

function writeAll(file: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(file, bytes, done, Math.min(CHUNK, bytes.length - done));
  }
}

/** The new name reaches the disk with its folder; some systems do not open folders. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!isSystemError(error, 'EINVAL') && !isSystemError(error, 'EPERM')) throw error;
  } finally {
    closeSync(handle);
  }
}

function readWholeFile(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(file, bytes, done, Math.min(CHUNK, bytes.length - done), null);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
