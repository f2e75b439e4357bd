// The side of a peer in JavaScript whose calls may be asynchronous; as ../serve.py.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFloats } from '../../data.mjs';
import { serve } from '../../serve.mjs';

/**
 * One way to compute a workload.
 * @typedef {object} Call
 * @property {() => unknown} run computes it once
 * @property {() => Promise<Float32Array> | Float32Array} read computes it once more, for the result or loss
 * @property {Record<string, () => Float32Array>} [parameters] of training
 *
 * @typedef {object} Opened
 * @property {Record<string, Call>} calls by the name of their form
 * @property {() => void} [close] gives memory back
 *
 * @typedef {object} Reader
 * @property {(name: string) => Float32Array} floats
 * @property {() => number[]} labels
 */

/** As timeCalls, awaiting each. @param {() => unknown} run @param {{ turn_ms: number, group: number }} turn */
async function timeAwaited(run, { turn_ms, group }) {
  const start = performance.now();
  await run();
  let now = performance.now();
  if (now - start >= turn_ms) return [now - start];
  while (performance.now() - start < turn_ms * 0.2) await run();
  const times = [];
  now = performance.now();
  do {
    const before = now;
    for (let i = 0; i < group; i++) await run();
    now = performance.now();
    times.push((now - before) / group);
  } while (now - start < turn_ms);
  return times;
}

/** @param {Call} call @param {{ calls: number, folder: string, who: string }} request */
async function check({ read, parameters }, { calls, folder, who }) {
  const results = [];
  for (let i = 0; i < calls; i++) results.push(await read());
  for (const [name, value] of Object.entries(parameters ?? {})) {
    writeFileSync(join(folder, `${who}-${name}`), value());
  }
  if (parameters !== undefined) return { losses: results.map(([loss]) => loss) };
  writeFileSync(join(folder, `${who}-result`), results[results.length - 1]);
  return {};
}

/** @param {(workload: import('../../workloads.mjs').Workload, read: Reader) => Opened | Promise<Opened>} open */
export async function servePeer(open) {
  /** @type {Opened} */
  let opened = { calls: {} };
  await serve({
    open: async ({ workload, folder }) => {
      opened.close?.();
      opened = await open(workload, {
        floats: (name) => readFloats(join(folder, name)),
        labels: () => {
          const { buffer, byteOffset, length } = readFileSync(join(folder, 'y'));
          return Array.from(
            new BigInt64Array(buffer.slice(byteOffset, byteOffset + length)),
            Number,
          );
        },
      });
      return { forms: Object.keys(opened.calls) };
    },
    time: async ({ form, ...turn }) => ({ times: await timeAwaited(opened.calls[form].run, turn) }),
    check: ({ form, ...request }) => check(opened.calls[form], request),
  });
}

/** The layers of a model: shapes of its weights, in order. @param {import('../../workloads.mjs').Training} workload */
export function layersOf({ model, inputs, hidden, classes }) {
  return model === 'logistic'
    ? [{ W: 'W', b: 'b', from: inputs, to: classes }]
    : [
        { W: 'W1', b: 'b1', from: inputs, to: hidden },
        { W: 'W2', b: 'b2', from: hidden, to: classes },
      ];
}
