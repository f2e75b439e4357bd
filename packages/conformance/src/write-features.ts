/** `npm run features`: writes the tables of FEATURES.md and docs/flags.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { withFeatures } from './features.js';
import { flagsPage } from './flags-page.js';

async function write(file: string, text: (old: string) => string): Promise<void> {
  const path = fileURLToPath(new URL(`../../../${file}`, import.meta.url));
  const options = { ...(await resolveConfig(path)), filepath: path };
  writeFileSync(path, await format(text(readFileSync(path, 'utf8')), options));
}

await write('FEATURES.md', withFeatures);
await write('docs/flags.md', flagsPage);
