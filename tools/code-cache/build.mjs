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
  await build({
    ...options,
    entryPoints: { [name]: entry },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    sourcemap: true,
    define: { ...options.define, 'import.meta.url': 'scriptUrl' },
    banner: {
      js: "'use strict'; const scriptUrl = require('node:url').pathToFileURL(__filename).href;",
    },
  });
  const names = recordCode(join(folder, `${name}.cjs`), shownAs);
  await build({
    stdin: { contents: facade(names, { name, loader, shownAs }), resolveDir: '.' },
    outfile: join(folder, `${name}.js`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: options.target,
  });
}

/** Runs the script, writes the code of what it and a typical program needed, and gives its exports' names. @param {string} script @param {string} shownAs */
function recordCode(script, shownAs) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [record, script, shownAs], {
    env: { ...process.env, NODE_OPTIONS: '' }, // the code is for V8's usual flags
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`[code-cache] recording ${script} failed:\n${stderr}`);
  /** @type {string[]} */
  const names = JSON.parse(stdout);
  return names;
}

/**
 * A module with the script's exports, some of which have names that no variable can have.
 * @param {string[]} names @param {{ name: string, loader: string, shownAs: string }} script
 */
function facade(names, { name, loader, shownAs }) {
  const local = names.map((exported, i) => [exported, `export${i}`]);
  return `
    import { fileURLToPath } from 'node:url';
    import { runCached } from ${JSON.stringify(loader)};
    const { ${local.map(([exported, variable]) => `${exported}: ${variable}`).join(', ')} } =
      runCached(fileURLToPath(new URL('./${name}.cjs', import.meta.url)), ${JSON.stringify(shownAs)});
    export { ${local.map(([exported, variable]) => `${variable} as ${exported}`).join(', ')} };
  `;
}
