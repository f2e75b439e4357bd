import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Options } from 'tsup';

/** A hash of the sources of the package that is built. */
function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /(?<!\.test)\.ts$/.test(name)).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join('src', file)));
  }
  return hash.digest('hex');
}

/** One instance of @tno/core matters (symbols, classes), so dependencies stay outside every bundle. */
const common: Options = {
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  splitting: true,
  clean: true,
  removeNodeProtocol: false,
  external: [/\.node$/],
  define: { TNO_BUILD_ID: JSON.stringify(sourcesHash()) },
  esbuildOptions(options) {
    // V8 parses an arrow function anew each time that the function around it is compiled; others it skips.
    options.supported = { ...options.supported, arrow: false };
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

/** A program that is run, never imported. */
export function program(entry: string[]): ReturnType<typeof defineConfig> {
  return defineConfig({ ...common, entry, dts: false });
}
