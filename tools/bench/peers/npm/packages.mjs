// Peers among npm's packages, installed into a folder of their own, apart from the project's packages.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runLogged, stateFolder } from '../../../setup/log.mjs';
import { reachesRegistry } from '../../../setup/npm-packages.mjs';

const folder = join(stateFolder, 'bench', 'npm');

/** @type {Record<string, string>} */
const wanted = {
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  '@jax-js/jax': '0.1.25',
  'onnxruntime-node': '1.30.0',
};

/** @param {string} name @returns {string | undefined} */
export function installedVersion(name) {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

/** Installs what is missing, announced. Without a network there is nothing to install from. */
export async function installPeers() {
  const missing = Object.keys(wanted).filter((name) => installedVersion(name) !== wanted[name]);
  if (missing.length === 0 || !(await reachesRegistry())) return;
  console.log(`bench: installing ${missing.join(', ')} into ${folder} (about 600 MB)`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // Install scripts would download more.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  const packages = Object.entries(wanted).map(([name, version]) => `${name}@${version}`);
  const { ok, log } = await runLogged('bench-npm', 'npm', [...args, ...packages]);
  if (!ok) console.log(`bench: they could not be installed; log: ${log}`);
}

const require = createRequire(join(folder, 'package.json'));

/** A file of an installed package. @param {string} path */
export function fileOf(path) {
  return join(folder, 'node_modules', path);
}

/** @param {string} name @returns {Promise<any>} */
export function load(name) {
  return import(pathToFileURL(require.resolve(name)).href);
}
