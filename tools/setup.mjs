// The set-up: everything that `npm start` and `npm test` need, made from a fresh clone.
//
// Plain Node without packages, since it runs before there are any. It is idempotent and quick when
// nothing changed, and it says one line for each thing it does and each that failed. Only the npm
// packages and the build of the TypeScript packages are needed; all else has a way without it.
//
// Usage: node tools/setup.mjs [--contributor]
//   --contributor  also install clang-format

import { argv, exit } from 'node:process';
import { pathToFileURL } from 'node:url';
import { alone } from './setup/lock.mjs';
import { SetupError } from './setup/log.mjs';
import { buildNative } from './setup/native-build.mjs';
import { installNpmPackages } from './setup/npm-packages.mjs';
import { buildPackages } from './setup/package-build.mjs';
import { installSystemPackages } from './setup/system-packages.mjs';

/** Makes everything ready, or ends the process with status 1 and a line that says why not. */
export async function setUp({ contributor = false, retry = false, tests = false } = {}) {
  try {
    await alone(async () => {
      await installNpmPackages();
      await installSystemPackages({ contributor, retry, tests });
      await buildNative();
      await buildPackages();
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`set-up: failed: ${error.message}`);
    exit(1);
  }
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  await setUp({ contributor: argv.includes('--contributor'), retry: true });
  console.log('set-up: ready');
}
