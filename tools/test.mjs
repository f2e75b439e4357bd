// `npm test -- FILTERS`: the set-up, then the tests; the last line counts them.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, chdir, exit } from 'node:process';
import { summaryLine } from './count-reporter.mjs';
import { runNode } from './run-node.mjs';
import { root } from './setup/log.mjs';
import { setUp } from './setup.mjs';

await setUp({ tests: true });
chdir(root);

const folder = mkdtempSync(join(tmpdir(), 'tno-test-'));
const countFile = join(folder, 'counts.json');
const status = await runNode(
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    `--reporter=${join(root, 'tools/count-reporter.mjs')}`,
    ...argv.slice(2),
  ],
  { TNO_TEST_COUNTS: countFile },
);

let line;
try {
  line = summaryLine(JSON.parse(readFileSync(countFile, 'utf8')));
} catch {
  line = 'the tests did not run to their end';
}
rmSync(folder, { recursive: true, force: true });
console.log(line);
exit(status);
