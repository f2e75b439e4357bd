// Makes a package's entry for Node: one script, the code that V8 makes of it, and a module of the same
// exports that runs both (packages/core/src/node/run-cached.ts).

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const record = fileURLToPath(new URL('record.mjs', import.meta.url));

/**
 * Writes NAME.js, NAME.cjs and NAME.cjs.code into `folder`. Paths are relative to the package.
 * @param {{ entry: string, name: string, folder: string, loader: string, shownAs: string }} what
 *   `loader` has `runCached`; `shownAs` is the script's name in stacks
 * @param {import('esbuild').BuildOptions} options of the script
 */
export async function buildCachedEntry({ entry, name, folder, loader, shownAs }, options) {
  /** @type {import('esbuild').BuildOptions} */
  const common = { ...options, bundle: true, platform: 'node' };
  const names = await exportsOf(entry, common);
  const script = join(folder, `${name}.cjs`);
  await build({
    ...common,
    stdin: { contents: scriptOf(names, `./${entry}`), resolveDir: '.' },
    outfile: script,
    format: 'cjs',
    sourcemap: true,
    define: { ...options.define, 'import.meta.url': 'scriptUrl' },
    banner: {
      js: "'use strict'; const scriptUrl = require('node:url').pathToFileURL(__filename).href;",
    },
  });
  recordCode(script, shownAs);
  await build({
    ...common,
    stdin: { contents: facadeOf(names, { name, loader, shownAs }), resolveDir: '.' },
    outfile: join(folder, `${name}.js`),
    format: 'esm',
  });
}

/** @param {string} entry @param {import('esbuild').BuildOptions} options */
async function exportsOf(entry, options) {
  const { metafile } = await build({
    ...options,
    entryPoints: [entry],
    outdir: '.',
    format: 'esm',
    write: false,
    metafile: true,
  });
  return Object.values(metafile.outputs)[0].exports;
}

/** What Node runs. esbuild's own exports are a function for each name, which takes a sixth of an import. @param {string[]} names @param {string} entry */
function scriptOf(names, entry) {
  return `
    import * as all from ${JSON.stringify(entry)};
    module.exports = { ${names.map((exported) => `${exported}: all.${exported}`).join(', ')} };
  `;
}

/** Has a script run, with a typical program, and V8's code of it written beside it. @param {string} script @param {string} shownAs */
function recordCode(script, shownAs) {
  const { status, stderr } = spawnSync(process.execPath, [record, script, shownAs], {
    env: { ...process.env, NODE_OPTIONS: '' }, // the code is for V8's usual flags
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`[code-cache] recording ${script} failed:\n${stderr}`);
}

/**
 * A module with the script's exports, some of which have names that no variable can have.
 * @param {string[]} names @param {{ name: string, loader: string, shownAs: string }} script
 */
function facadeOf(names, { name, loader, shownAs }) {
  const local = names.map((exported, i) => [exported, `export${i}`]);
  return `
    import { fileURLToPath } from 'node:url';
    import { runCached } from ${JSON.stringify(loader)};
    const { ${local.map(([exported, variable]) => `${exported}: ${variable}`).join(', ')} } =
      runCached(fileURLToPath(new URL('./${name}.cjs', import.meta.url)), ${JSON.stringify(shownAs)});
    export { ${local.map(([exported, variable]) => `${variable} as ${exported}`).join(', ')} };
  `;
}
