// Completes package-lock.json so that `npm ci` accepts it.
//
// npm writes an optional dependency into the lock only when the registry serves it, and `npm ci` then
// refuses the lock because a platform package is missing (npm/cli#9846). For each such package this
// adds an entry that says for which platform it is, so that npm skips it everywhere else.
// It also drops the addresses of registries: the integrity hashes stay and are what counts.
//
// Usage: node tools/fix-lock.mjs package-lock.json

import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {{ version?: string, resolved?: string, integrity?: string, link?: boolean, dev?: boolean,
 *   optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/** The words of package names that name an operating system, with Node's `process.platform` for each. */
const systems = new Map([
  ['aix', 'aix'],
  ['android', 'android'],
  ['androideabi', 'android'],
  ['darwin', 'darwin'],
  ['freebsd', 'freebsd'],
  ['linux', 'linux'],
  ['linuxmusl', 'linux'],
  ['macos', 'darwin'],
  ['netbsd', 'netbsd'],
  ['openbsd', 'openbsd'],
  ['openharmony', 'openharmony'],
  ['sunos', 'sunos'],
  ['win32', 'win32'],
  ['windows', 'win32'],
]);

/** The words of package names that name a processor, with Node's `process.arch` for each. */
const processors = new Map([
  ['arm', 'arm'],
  ['arm64', 'arm64'],
  ['armv7', 'arm'],
  ['ia32', 'ia32'],
  ['loong64', 'loong64'],
  ['mips64el', 'mips64el'],
  ['ppc64', 'ppc64'],
  ['ppc64le', 'ppc64'],
  ['powerpc64le', 'ppc64'],
  ['riscv64', 'riscv64'],
  ['s390x', 's390x'],
  ['universal', ''],
  ['wasm32', 'wasm32'],
  ['x64', 'x64'],
  ['x86_64', 'x64'],
]);

/**
 * The platform that a package name such as `@esbuild/linux-arm64` or `@rollup/rollup-linux-x64-musl`
 * states; undefined when the name states none.
 * @param {string} name
 * @returns {Pick<LockEntry, 'os' | 'cpu' | 'libc'> | undefined}
 */
export function platformOf(name) {
  const words = name.toLowerCase().split(/[-/.@]/);
  const os = words.map((word) => systems.get(word)).find((word) => word !== undefined);
  const cpu = words.map((word) => processors.get(word)).find((word) => word !== undefined);
  if (os === undefined && cpu === undefined) return undefined;
  /** @type {Pick<LockEntry, 'os' | 'cpu' | 'libc'>} */
  const platform = {};
  if (os !== undefined) platform.os = [os];
  if (cpu !== undefined && cpu !== '') platform.cpu = [cpu];
  if (words.some((word) => word.startsWith('musl') || word === 'linuxmusl'))
    platform.libc = ['musl'];
  else if (words.some((word) => word.startsWith('gnu')) && os === 'linux')
    platform.libc = ['glibc'];
  return platform;
}

/**
 * The lock path at which `name` is found from the package at `from`, as Node resolves it.
 * @param {Lock} lock
 * @param {string} from
 * @param {string} name
 * @returns {string | undefined}
 */
function resolvePath(lock, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock.packages[path] !== undefined) return path;
    if (folder === '') return undefined;
  }
}

/** @param {string} range @returns {string | undefined} the version, when the range is an exact one */
function exactVersion(range) {
  return /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(range) ? range : undefined;
}

/**
 * A completed copy of `lock`, the packages that were added, and those that could not be: their
 * names state no platform or their ranges are not exact, so an entry would be a guess.
 * @param {Lock} lock
 * @returns {{ lock: Lock, added: string[], unknown: string[] }}
 */
export function fixLock(lock) {
  const fixed = /** @type {Lock} */ (structuredClone(lock));
  /** @type {string[]} */
  const added = [];
  /** @type {string[]} */
  const unknown = [];
  for (const [from, entry] of Object.entries(fixed.packages)) {
    if (entry.link !== true) delete entry.resolved;
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const found = resolvePath(fixed, from, name);
      const version = exactVersion(range);
      if (found !== undefined) {
        const there = fixed.packages[found]?.version;
        if (version === undefined || there === version) continue;
      }
      const platform = platformOf(name);
      if (platform === undefined || version === undefined) {
        if (found === undefined) unknown.push(`${name}@${range} (of ${from})`);
        continue;
      }
      const path =
        fixed.packages[`node_modules/${name}`] === undefined
          ? `node_modules/${name}`
          : `${from}/node_modules/${name}`;
      fixed.packages[path] = {
        version,
        ...platform,
        ...(entry.dev === true ? { dev: true } : {}),
        optional: true,
      };
      added.push(`${name}@${version}`);
    }
  }
  // npm keeps its lock sorted; so do we, for diffs that show only what changed.
  const paths = Object.keys(fixed.packages).sort((a, b) => a.localeCompare(b, 'en'));
  fixed.packages = Object.fromEntries(
    paths.map((path) => [path, /** @type {LockEntry} */ (fixed.packages[path])]),
  );
  return { lock: fixed, added, unknown };
}

/** @param {string} file */
function main(file) {
  const before = readFileSync(file, 'utf8');
  const { lock, added, unknown } = fixLock(JSON.parse(before));
  const after = `${JSON.stringify(lock, null, 2)}\n`;
  if (after !== before) writeFileSync(file, after);
  console.log(`${file}: ${added.length} platform packages added`);
  for (const name of unknown) console.log(`  left out, its platform is unknown: ${name}`);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const file = argv[2];
  if (file === undefined) {
    console.error('usage: node tools/fix-lock.mjs package-lock.json');
    exit(2);
  }
  main(file);
}
