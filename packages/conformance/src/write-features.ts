/** `npm run features`: writes the tables of FEATURES.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { withFeatures } from './features.js';

const path = fileURLToPath(new URL('../../../FEATURES.md', import.meta.url));
const options = { ...(await resolveConfig(path)), filepath: path };
writeFileSync(path, await format(withFeatures(readFileSync(path, 'utf8')), options));
