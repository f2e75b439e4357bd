// Puts the built addon and its providers into packages/cpu while npm packs it (`add`), and takes them
// out again (`remove`): a copy left there would be found before the next build of native/.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { root } from './setup/log.mjs';

const built = join(root, 'native/build/Release');
const packed = join(root, 'packages/cpu/build');

if (argv[2] === 'add') {
  if (!existsSync(join(built, 'tno_cpu.node'))) {
    console.error(
      '[pack] expected native/build/Release/tno_cpu.node, got none: npm run build first',
    );
    exit(1);
  }
  cpSync(built, join(packed, 'Release'), { recursive: true });
} else if (argv[2] === 'remove') {
  rmSync(packed, { recursive: true, force: true });
} else {
  console.error('usage: node tools/pack-addon.mjs add|remove');
  exit(2);
}
