// The command line of the benchmark.

import { parseArgs } from 'node:util';
import { workloads } from './workloads.mjs';

export const usage = `npm run bench -- [--quick] [--json FILE] [--only NAMES] [--no-compile]
  --quick       fewer repetitions, under a minute
  --json FILE   also write the figures there
  --only NAMES  of ${workloads.map(({ name }) => name).join(', ')}, divided by commas
  --no-compile  times of steps only`;

/** @param {string[]} args */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      only: { type: 'string' },
      'no-compile': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = values.only?.split(',') ?? workloads.map(({ name }) => name);
  const { quick } = values;
  return {
    names,
    json: values.json,
    help: values.help,
    compile: !values['no-compile'],
    rounds: quick ? 8 : 40,
    turn_ms: quick ? 50 : 100,
    repetitions: quick ? 2 : 7,
  };
}
