// The command line of the benchmark.

import { parseArgs } from 'node:util';
import { workloads } from './workloads.mjs';

export const usage = `npm run bench -- [--quick] [--json FILE] [--only NAMES] [--no-compile]
  --quick       fewer repetitions, under three minutes
  --json FILE   also write the figures there
  --only NAMES  divided by commas, of
                ${workloads.map(({ name }) => name).join(', ')}
  --no-compile  times of calls only`;

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
    quick,
    json: values.json,
    help: values.help,
    compile: !values['no-compile'],
    turns: quick
      ? { trialRounds: 1, rounds: 6, most: 6, turn_ms: 20 }
      : { trialRounds: 3, rounds: 40, most: 80, turn_ms: 100 },
    repetitions: quick ? 1 : 7,
  };
}
