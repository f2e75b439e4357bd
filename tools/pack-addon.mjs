// Puts the built addon into packages/cpu while npm packs it (`add`), and takes it out again (`remove`):
// a copy left there would be found before the next build of native/.

import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, exit } from 'node:process';
import { root } from './setup/log.mjs';

const built = join(root, 'native/build/Release/tno_cpu.node');
const packed = join(root, 'packages/cpu/build/Release/tno_cpu.node');

if (argv[2] === 'add') {
  if (!existsSync(built)) {
    console.error(
      '[pack] expected native/build/Release/tno_cpu.node, got none: npm run build first',
    );
    exit(1);
  }
  mkdirSync(dirname(packed), { recursive: true });
  copyFileSync(built, packed);
} else if (argv[2] === 'remove') {
  rmSync(join(root, 'packages/cpu/build'), { recursive: true, force: true });
} else {
  console.error('usage: node tools/pack-addon.mjs add|remove');
  exit(2);
}
