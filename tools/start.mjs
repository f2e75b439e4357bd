// `npm start -- OPTIONS`: the set-up, then the main job with these options.

import { argv, exit } from 'node:process';
import { join } from 'node:path';
import { runNode } from './run-node.mjs';
import { root } from './setup/log.mjs';
import { setUp } from './setup.mjs';

await setUp();
const main = join(root, 'examples/logistic-regression/dist/main.js');
exit(await runNode(['--enable-source-maps', main, ...argv.slice(2)]));
