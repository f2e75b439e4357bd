// Step 1: the npm packages, exactly those of package-lock.json.

import { lookup } from 'node:dns/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { looksOffline, root, runLogged, say, SetupError, tail } from './log.mjs';
import { fileHash, readStamp, writeStamp } from './stamp.mjs';

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, resolved?: string }} Entry
 * @typedef {{ packages: Record<string, Entry> }} Lock
 */

/**
 * Whether npm's record of what is installed holds all that the lock asks for. Optional packages may
 * be absent: they are for other platforms.
 * @param {Lock} lock
 * @param {Lock} installed node_modules/.package-lock.json
 */
export function matchesLock(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const there = installed.packages[path];
    if (there === undefined) return wanted.optional === true;
    return there.version === wanted.version && there.link === wanted.link;
  });
}

/**
 * Whether the registry's name resolves. Asked first because npm without a network tries for minutes.
 * Behind a proxy names need not resolve here, so there npm finds out.
 */
export async function reachesRegistry() {
  const proxies = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
  if (proxies.some((name) => (process.env[name] ?? '') !== '')) return true;
  const query = ['config', 'get', 'registry', 'proxy', 'https-proxy'];
  const settings = await runLogged('npm-config', 'npm', query);
  if (/^(https-)?proxy=(?!null$).+/m.test(settings.output)) return true;
  const url = /^registry=(\S+)$/m.exec(settings.output)?.[1];
  if (url === undefined) return true;
  const name = lookup(new URL(url).hostname).then(
    () => true,
    () => false,
  );
  return Promise.race([name, setTimeout(5000, false, { ref: false })]);
}

export async function installNpmPackages() {
  const lockFile = join(root, 'package-lock.json');
  const stampFile = join(root, 'node_modules', '.tno-lock');
  const hash = fileHash(lockFile);
  if (readStamp(stampFile) === hash) return;

  const record = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(record)) {
    const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
    if (matchesLock(lock, JSON.parse(readFileSync(record, 'utf8')))) {
      writeStamp(stampFile, hash);
      return;
    }
  }

  const online = await reachesRegistry();
  const source = online ? '' : "; no network, so from npm's cache";
  say(`installing the npm packages of package-lock.json (npm ci)${source}`);
  // The tools that need a binary get it from a package for their platform: no install script is needed.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional'];
  args.push(online ? '--prefer-offline' : '--offline');
  const result = await runLogged('npm-ci', 'npm', args);
  if (!result.ok) {
    const why = online && !looksOffline(result.output) ? 'npm ci failed' : 'no network';
    throw new SetupError(
      `npm packages could not be installed: ${why}; log: ${result.log}\n${tail(result.output, 12)}`,
    );
  }
  writeStamp(stampFile, hash);
}
