// The side of a participant: answers requests on stdin until it is closed.

import { createInterface } from 'node:readline';

/** Of each turn, the part that is not counted: what another's turn did to the caches. */
const warmUp = 0.2;

/**
 * @param {() => unknown} step
 * @param {{ turn_ms: number, group: number }} turn
 * @returns {number[]} ms of a step, one for each group
 */
function timeSteps(step, { turn_ms, group }) {
  const start = performance.now();
  while (performance.now() - start < turn_ms * warmUp) step();
  const times = [];
  let now = performance.now();
  do {
    const before = now;
    for (let i = 0; i < group; i++) step();
    now = performance.now();
    times.push((now - before) / group);
  } while (now - start < turn_ms);
  return times;
}

/**
 * @param {() => unknown} step
 * @param {Record<string, (request: any) => unknown>} [others]
 */
export async function serve(step, others = {}) {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const answer =
      request.do === 'time' ? { times: timeSteps(step, request) } : others[request.do](request);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
