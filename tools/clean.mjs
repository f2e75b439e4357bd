// `npm run clean`: removes everything that a build made; the npm packages stay.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/log.mjs';

const projects = ['packages', 'examples'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => join(parent, name, 'dist')),
);
for (const path of [...projects, 'native/build', '.nx', '.tno']) {
  rmSync(join(root, path), { recursive: true, force: true });
}
