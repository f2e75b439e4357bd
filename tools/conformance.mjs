// `npm run conformance -- FAMILIES`: the set-up, then the table of operations on every device.

import { argv, chdir, exit } from 'node:process';
import { runNode } from './run-node.mjs';
import { root } from './setup/log.mjs';
import { setUp } from './setup.mjs';

await setUp();
chdir(root);
exit(
  await runNode([
    '--conditions=@tno/source',
    '--import=./tools/typescript.mjs',
    'packages/conformance/src/main.ts',
    ...argv.slice(2),
  ]),
);
