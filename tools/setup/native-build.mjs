// Step 3: the native addon, native/build/Release/tno_cpu.node.
// TNO runs without it, on the reference device; so nothing here is fatal.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runLogged, say, stateFolder, warn } from './log.mjs';
import { clearStamp, inputHash, readStamp, writeStamp } from './stamp.mjs';
import { findTools } from './system-packages.mjs';

const withoutAddon = 'the reference device will be used';

/** CMake refuses a build folder that was made for another place of the sources: it has to go. */
function dropForeignBuild() {
  const cache = join(root, 'native/build/CMakeCache.txt');
  if (!existsSync(cache)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cache, 'utf8'))?.[1];
  if (home !== undefined && join(home, '/') !== join(root, 'native', '/')) {
    rmSync(join(root, 'native/build'), { recursive: true, force: true });
  }
}

export async function buildNative() {
  const { compiler, cmake, oneDnn, lapack } = findTools();
  const lacking = [
    ...(compiler === undefined ? ['C++ compiler'] : []),
    ...(cmake === undefined ? ['cmake'] : []),
  ];
  if (lacking.length > 0) {
    warn(`native addon not built, no ${lacking.join(' and no ')}: ${withoutAddon}`);
    return;
  }
  if (oneDnn === undefined) warn("no oneDNN: products use the addon's own kernels");
  if (lapack === undefined) warn("no LAPACK: linear algebra uses the addon's own code");

  const stampFile = join(stateFolder, 'native');
  // The interpreter's primitives are emitted from the packages' sources.
  const emitter = [
    'packages/core/src/codegen',
    'packages/core/src/lower/scalar-op.ts',
    'packages/core/src/lower/scalar-signature.ts',
    'packages/cpu/src',
    'tools/tile-primitives.mjs',
  ];
  const inputs = ['native', 'package-lock.json', ...emitter];
  const hash = inputHash(root, inputs, [compiler ?? '', cmake ?? '', oneDnn ?? '', lapack ?? '']);
  const addon = join(root, 'native/build/Release/tno_cpu.node');
  if (existsSync(addon) && readStamp(stampFile) === hash) return;

  say('building the native addon (cmake-js)');
  clearStamp(stampFile);
  dropForeignBuild();
  const result = await runLogged('native', 'npm', ['run', 'build'], { cwd: join(root, 'native') });
  if (result.ok && existsSync(addon)) writeStamp(stampFile, hash);
  else warn(`the native addon could not be built: ${withoutAddon}; log: ${result.log}`);
}
