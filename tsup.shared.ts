import { defineConfig, type Options } from 'tsup';

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
};

/** A package with declarations; these are made against the built siblings, not their sources. */
export function library(entry: string[] = ['src/index.ts']): ReturnType<typeof defineConfig> {
  return defineConfig({
    ...common,
    entry,
    dts: { compilerOptions: { customConditions: [] } },
  });
}

/** A program that is run, never imported. */
export function program(entry: string[]): ReturnType<typeof defineConfig> {
  return defineConfig({ ...common, entry, dts: false });
}
