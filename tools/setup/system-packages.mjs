// Step 2: the system packages that the native parts are built with.
//
// Nothing is installed unannounced, and nothing through sudo: as root on a system with apt-get the
// missing packages are installed; an ordinary user is shown the command, and the set-up goes on.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { looksOffline, runLogged, say, stateFolder, warn } from './log.mjs';
import { clearStamp, readStamp, writeStamp } from './stamp.mjs';

/** How long a failed installation is not tried again, unless set-up is asked to. */
const retryAfterMs = 60 * 60 * 1000;

/**
 * The path of the first of `names` that PATH holds.
 * @param {string[]} names
 * @param {string} [path]
 */
export function findProgram(names, path = process.env.PATH ?? '') {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      const file = join(folder, name);
      if (folder !== '' && existsSync(file)) return file;
    }
  }
  return undefined;
}

/** The folder that holds oneDNN's header, or undefined. */
export function findOneDnn() {
  const roots = [process.env.DNNLROOT, '/usr', '/usr/local', '/opt/homebrew'];
  const folders = roots.flatMap((folder) =>
    folder === undefined ? [] : [join(folder, 'include'), join(folder, 'include/x86_64-linux-gnu')],
  );
  return folders.find((folder) => existsSync(join(folder, 'dnnl.h')));
}

/** The library that holds LAPACK, or undefined. */
export function findLapack() {
  const roots = ['/usr', '/usr/local', '/opt/homebrew'];
  const folders = roots.flatMap((folder) =>
    ['lib', 'lib64', 'lib/x86_64-linux-gnu'].map((name) => join(folder, name)),
  );
  const files = ['openblas', 'lapack'].flatMap((name) =>
    folders.flatMap((folder) => ['so', 'dylib'].map((end) => join(folder, `lib${name}.${end}`))),
  );
  return files.find((file) => existsSync(file));
}

/** @returns {{ compiler?: string, cmake?: string, ninja?: string, oneDnn?: string, lapack?: string, clangFormat?: string, browser?: string }} */
export function findTools() {
  return {
    compiler: findProgram(['c++', 'g++', 'clang++']),
    cmake: findProgram(['cmake']),
    ninja: findProgram(['ninja', 'ninja-build']),
    oneDnn: findOneDnn(),
    lapack: findLapack(),
    clangFormat: findProgram(['clang-format']),
    browser: findProgram(['chromium', 'google-chrome']),
  };
}

/**
 * The Debian packages that are missing, in groups that are installed together, so that one that a
 * distribution lacks does not keep the others away.
 * @param {ReturnType<typeof findTools>} tools
 * @param {{ contributor?: boolean, tests?: boolean }} [wanted] beside what running needs
 * @returns {string[][]}
 */
export function missingPackages(tools, { contributor = false, tests = false } = {}) {
  const build = [
    ...(tools.compiler === undefined ? ['g++'] : []),
    ...(tools.cmake === undefined ? ['cmake'] : []),
    ...(tools.ninja === undefined ? ['ninja-build'] : []),
  ];
  const oneDnn = tools.oneDnn === undefined ? ['libdnnl-dev'] : [];
  // The one that starts no threads of its own: the runtime's call it.
  const lapack = tools.lapack === undefined ? ['libopenblas-serial-dev'] : [];
  const format = contributor && tools.clangFormat === undefined ? ['clang-format'] : [];
  const browser = tests && tools.browser === undefined ? ['chromium'] : [];
  return [build, oneDnn, lapack, format, browser].filter((group) => group.length > 0);
}

/**
 * @typedef {{ isRoot: boolean, hasApt: boolean, allowed: boolean, failedBefore: boolean }} Situation
 * @typedef {{ action: 'none' } | { action: 'install', groups: string[][] }
 *   | { action: 'tell', line: string }} Decision
 */

/**
 * What to do about missing packages; pure, so that every case is tested.
 * @param {string[][]} groups
 * @param {Situation} situation
 * @returns {Decision}
 */
export function decide(groups, { isRoot, hasApt, allowed, failedBefore }) {
  if (groups.length === 0) return { action: 'none' };
  const names = groups.flat().join(' ');
  if (!hasApt) {
    return {
      action: 'tell',
      line: `not found (Debian's names): ${names}; install them as your system does`,
    };
  }
  const command = `apt-get install --no-install-recommends -y ${names}`;
  if (!isRoot)
    return {
      action: 'tell',
      line: `not found: ${names}; to install them, run as root: ${command}`,
    };
  if (!allowed)
    return { action: 'tell', line: `not found: ${names}; TNO_SETUP_APT=0 forbids: ${command}` };
  if (failedBefore) {
    return {
      action: 'tell',
      line: `not found: ${names}; installing failed a while ago, npm run setup tries again`,
    };
  }
  return { action: 'install', groups };
}

/**
 * Installs the groups one after the other.
 * @param {string[][]} groups
 * @returns {Promise<boolean>} whether all were installed
 */
async function install(groups) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=1'];
  say(`installing system packages with apt-get: ${groups.flat().join(' ')}`);
  const update = await runLogged('apt-get', 'apt-get', [...options, 'update'], { env });
  // apt-get update warns, and succeeds, when it can reach nothing; an old list may still serve.
  if (!update.ok || looksOffline(update.output)) {
    warn(
      `apt-get update failed${looksOffline(update.output) ? ': no network' : ''}; log: ${update.log}`,
    );
  }
  let allInstalled = true;
  for (const group of groups) {
    const args = [...options, 'install', '--no-install-recommends', '-y', ...group];
    const result = await runLogged('apt-get', 'apt-get', args, { env, append: true });
    if (!result.ok) warn(`apt-get could not install ${group.join(' ')}; log: ${result.log}`);
    allInstalled &&= result.ok;
  }
  return allInstalled;
}

/** @param {{ contributor: boolean, retry: boolean, tests: boolean }} options */
export async function installSystemPackages({ contributor, retry, tests }) {
  const groups = missingPackages(findTools(), { contributor, tests });
  const stampFile = join(stateFolder, 'apt-failed');
  const failed = readStamp(stampFile);
  const [failedNames, failedAt] = (failed ?? '').split('@');
  const decision = decide(groups, {
    isRoot: process.getuid?.() === 0,
    hasApt: findProgram(['apt-get']) !== undefined,
    allowed: process.env.TNO_SETUP_APT !== '0',
    failedBefore:
      !retry &&
      failedNames === groups.flat().join(' ') &&
      Date.now() - Number(failedAt) < retryAfterMs,
  });
  if (decision.action === 'tell') say(decision.line); // what lacks for it warns, in the next step
  if (decision.action !== 'install') return;
  if (await install(decision.groups)) clearStamp(stampFile);
  else writeStamp(stampFile, `${groups.flat().join(' ')}@${Date.now()}`);
}
