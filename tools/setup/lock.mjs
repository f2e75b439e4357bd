// One set-up at a time in a checkout: two at once would build into the same folders.

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { say, stateFolder } from './log.mjs';

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @param {string} file @returns {number | undefined} the process that holds the lock */
function holder(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock, unless it exists. A link appears with its content, so no one reads half a lock.
 * @param {string} file
 */
function take(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid}`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Runs `work` while no other set-up of this checkout runs.
 * @param {() => Promise<void>} work
 * @param {string} [folder] where the lock lives
 */
export async function alone(work, folder = stateFolder) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'set-up.lock');
  let told = false;
  while (!take(file)) {
    const pid = holder(file);
    if (pid === undefined) {
      // Left by a set-up that was killed; or just given back, then the next try tells.
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say(`waiting for another set-up of this checkout (process ${pid})`);
    told = true;
    await setTimeout(200);
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}
