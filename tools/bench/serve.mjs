// The side of a participant: answers requests on stdin until it is closed.

import { createInterface } from 'node:readline';

/** Of each turn, the part that is not counted, but for a call that takes a turn: what another's turn did to the caches. */
const warmUp = 0.2;

/**
 * @param {() => unknown} call
 * @param {{ turn_ms: number, group: number }} turn
 * @returns {number[]} ms of a call, one for each group
 */
export function timeCalls(call, { turn_ms, group }) {
  const start = performance.now();
  call();
  let now = performance.now();
  if (now - start >= turn_ms) return [now - start];
  while (performance.now() - start < turn_ms * warmUp) call();
  const times = [];
  now = performance.now();
  do {
    const before = now;
    for (let i = 0; i < group; i++) call();
    now = performance.now();
    times.push((now - before) / group);
  } while (now - start < turn_ms);
  return times;
}

/** @param {Record<string, (request: any) => unknown>} answers by what a request asks to `do` */
export async function serve(answers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    process.stdout.write(`${JSON.stringify(await answers[request.do](request))}\n`);
  }
}
