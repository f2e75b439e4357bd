// What the figures were taken on.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../setup/log.mjs';
import { findTools } from '../setup/system-packages.mjs';
import { Participant } from './turns.mjs';

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The widest vectors of the processor. */
function vectors() {
  const flags = textOf('/proc/cpuinfo');
  return ['avx512f', 'avx2', 'avx'].find((flag) => flags.includes(flag)) ?? 'none known';
}

/** @param {number} threads @returns {Promise<Record<string, any>>} limits by count of threads */
async function limits(threads) {
  /** @type {Record<string, any>} */
  const found = {};
  const script = fileURLToPath(new URL('floor/participant.mjs', import.meta.url));
  for (let count = 1; count <= threads; count++) {
    const args = [script, '[]', `${count}`];
    const participant = new Participant('limits', process.execPath, args);
    found[`threads_${count}`] = await participant.ask({ do: 'limits' });
    participant.end();
  }
  return found;
}

/** @param {{ threads: number, floor: boolean }} options */
export async function describeMachine({ threads, floor }) {
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(textOf('/etc/os-release'))?.[1];
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    vectors: vectors(),
    memory_gb: Math.round(totalmem() / 2 ** 30),
    system: system ?? `${process.platform} ${release()}`,
    load: loadavg().map((load) => Math.round(load * 100) / 100),
    limits: floor ? await limits(threads) : undefined,
  };
}

/** @param {{ peers: import('./peers/peers.mjs').Peer[], machine: Awaited<ReturnType<typeof describeMachine>> }} found */
export function versions({ peers, machine }) {
  const { compiler } = findTools();
  const said =
    compiler === undefined
      ? undefined
      : spawnSync('cc', ['--version'], { encoding: 'utf8' }).stdout;
  return {
    tno: JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')).version,
    node: process.version.slice(1),
    compiler: said?.split('\n')[0],
    oneDnn: machine.limits?.threads_1.oneDnn,
    ...Object.fromEntries(peers.map(({ name, version }) => [name, version])),
  };
}
