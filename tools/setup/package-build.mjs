// Step 4: the packages and the examples, built by nx in the order of their dependencies. Without their
// declarations: `npm run build` makes those too.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { complaints, root, runLogged, say, SetupError, stateFolder } from './log.mjs';
import { clearStamp, inputHash, readStamp, writeStamp } from './stamp.mjs';

/** The folders of the projects that have a bundler configuration, relative to the root. */
function builtProjects() {
  return ['packages', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => join(parent, name))
      .filter((folder) => existsSync(join(root, folder, 'tsup.config.ts'))),
  );
}

export async function buildPackages() {
  const projects = builtProjects();
  const stampFile = join(stateFolder, 'packages');
  const settings = [
    'package-lock.json',
    'nx.json',
    'tsconfig.base.json',
    'tsup.shared.ts',
    'tools/code-cache',
  ];
  // What is built has code of this Node's V8.
  const hash = inputHash(root, [...projects, ...settings], [process.version]);
  const built = projects.every((folder) => existsSync(join(root, folder, 'dist')));
  if (built && readStamp(stampFile) === hash) return;

  say('building the packages (nx run-many -t build)');
  clearStamp(stampFile);
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const args = [nx, 'run-many', '-t', 'build', '--exclude=@tno/native', '--outputStyle=static'];
  const result = await runLogged('packages', process.execPath, args, {
    env: { TNO_BUILD_TYPES: '0' },
  });
  if (!result.ok) {
    throw new SetupError(
      `building the packages failed; log: ${result.log}\n${complaints(result.output)}`,
    );
  }
  writeStamp(stampFile, hash);
}
