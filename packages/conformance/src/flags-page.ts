/** docs/flags.md: the flags as the code has them. */
import { describeFlags, describeOtherFlags } from '@tno/core';

const origin =
  'A flag comes from `.tnorc` in the home folder, `.tnorc` in the current folder, the environment variable ' +
  '`TNO_FLAGS`, or code, each outweighing the ones before: `TNO_FLAGS=device=reference,floatX=float64 node main.js`, ' +
  "or `tno.config.floatX = 'float64'`. An unknown flag is an error that suggests the nearest. `tno info` prints each " +
  'flag with where its value comes from.';

export function flagsPage(): string {
  return [
    '# Flags',
    'Written by `npm run features` from `packages/core/src/config/flags.ts`.',
    origin,
    describeFlags(),
    '## Flags of Theano that are none here',
    `${describeOtherFlags()}\n`,
  ].join('\n\n');
}
