import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Options } from 'tsup';
import { buildCachedEntry } from './tools/code-cache/build.mjs';

/** A hash of the sources of the package that is built. */
function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /(?<!\.test)\.ts$/.test(name)).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join('src', file)));
  }
  return hash.digest('hex');
}

const target = 'node20';
// V8 parses an arrow function anew each time that the function around it is compiled; others it skips.
const supported = { arrow: false };
const define = { TNO_BUILD_ID: JSON.stringify(sourcesHash()) };

/** One instance of @tno/core matters (symbols, classes), so dependencies stay outside every bundle. */
const common: Options = {
  format: ['esm'],
  target,
  platform: 'node',
  sourcemap: true,
  splitting: true,
  clean: true,
  removeNodeProtocol: false,
  external: [/\.node$/],
  define,
  esbuildOptions(options) {
    options.supported = { ...options.supported, ...supported };
  },
};

/**
 * A package with declarations; these are made against the built siblings, not their sources. They take
 * most of a build's time and running needs none, so TNO_BUILD_TYPES=0, as the set-up says, leaves them out.
 */
export function library(entry: string[] = ['src/index.ts']): ReturnType<typeof defineConfig> {
  return defineConfig({
    ...common,
    entry,
    dts:
      process.env.TNO_BUILD_TYPES === '0' ? false : { compilerOptions: { customConditions: [] } },
  });
}

/**
 * The library of core: its modules, for browsers and bundlers, and beside them what Node runs
 * (tools/code-cache), which loads fflate only where it is needed.
 */
export function cachedLibrary(entry: string[]): ReturnType<typeof defineConfig> {
  const modules = library(entry);
  return (overrides) => ({
    ...modules,
    onSuccess: () =>
      buildCachedEntry(
        {
          entry: 'src/node.ts',
          name: 'cached',
          folder: overrides.outDir ?? 'dist',
          loader: './src/node/run-cached.ts',
          shownAs: '@tno/core/dist/cached.cjs',
        },
        { target, supported, define, alias: { 'fflate/browser': './src/node/lazy-fflate.ts' } },
      ),
  });
}

/** A program that is run, never imported. */
export function program(entry: string[]): ReturnType<typeof defineConfig> {
  return defineConfig({ ...common, entry, dts: false });
}
