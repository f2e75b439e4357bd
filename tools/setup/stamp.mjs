// Stamps: what a finished step was made from, so that the next run can skip it.
// A stamp is compared as text, so a step runs again on any doubt.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

const skipped = new Set(['node_modules', 'dist', 'build', 'test', '.git', '.nx', '.tno']);

/**
 * All files under the given files and folders, without tests and outputs, sorted.
 * @param {string} root
 * @param {string[]} paths relative to root; those that do not exist are left out
 * @returns {string[]}
 */
export function inputFiles(root, paths) {
  /** @type {string[]} */
  const files = [];
  /** @param {string} path */
  const visit = (path) => {
    if (!statSync(path).isDirectory()) {
      if (!/\.test(-d)?\.ts$/.test(path)) files.push(path);
      return;
    }
    for (const name of readdirSync(path)) if (!skipped.has(name)) visit(join(path, name));
  };
  for (const path of paths) if (existsSync(join(root, path))) visit(join(root, path));
  return files.sort();
}

/**
 * A hash of names, sizes and times of the inputs, and of `extra`.
 * @param {string} root
 * @param {string[]} paths
 * @param {string[]} [extra]
 */
export function inputHash(root, paths, extra = []) {
  const hash = createHash('sha256');
  for (const file of inputFiles(root, paths)) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  for (const text of extra) hash.update(`${text}\0`);
  return hash.digest('hex');
}

/** @param {string} path */
export function fileHash(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** @param {string} path */
export function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

/** @param {string} path @param {string} text */
export function writeStamp(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${text}\n`);
}

/** @param {string} path */
export function clearStamp(path) {
  rmSync(path, { force: true });
}
