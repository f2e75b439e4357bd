// Writes the C source of the precompiled tile primitives, from the sources of the packages.
// Usage: node tools/tile-primitives.mjs FILE (written only where its text changes)

import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const contents = `
export { emitTilePrimitives } from './packages/core/src/codegen/tile-primitives.ts';
export { cDialect } from './packages/cpu/src/dialect.ts';`;

const file = argv[2];
const folder = mkdtempSync(join(dirname(file), 'tile-primitives-'));
try {
  const outfile = join(folder, 'emit.mjs');
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    alias: { '@tno/core': join(root, 'packages/core/src/index.ts') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  });
  const { emitTilePrimitives, cDialect } = await import(outfile);
  const text = emitTilePrimitives(cDialect, 'tile_primitives.h');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    writeFileSync(join(folder, 'text'), text);
    renameSync(join(folder, 'text'), file);
  }
} finally {
  rmSync(folder, { recursive: true });
}
