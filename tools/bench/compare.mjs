// One workload: the same steps from the same data by everyone, first checked, then timed in turns.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parameterShapes, readFloats, writeData } from './data.mjs';
import { pytorchParticipants } from './pytorch.mjs';
import { summary } from './statistics.mjs';
import { Participant, takeTurns } from './turns.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */

/** Steps after which losses and parameters are compared. */
const checkedSteps = 10;

/** @param {string} name */
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @param {Float32Array} a @param {Float32Array} b */
function distance(a, b) {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
}

/**
 * How far each parameter has moved, and how far apart the two ends are, as a part of that way.
 * @param {Workload} workload
 * @param {string} folder
 */
function movements(workload, folder) {
  return Object.fromEntries(
    parameterShapes(workload).map(([name]) => {
      const [first, ours, peer] = ['', 'ours-', 'peer-'].map((who) =>
        readFloats(join(folder, `${who}${name}`)),
      );
      const way = distance(peer, first);
      return [name, { ours: distance(ours, first), peer: way, apart: distance(ours, peer) / way }];
    }),
  );
}

/**
 * @param {readonly Participant[]} participants
 * @param {Map<Participant, number[]>} samples
 */
function fastest(participants, samples) {
  const all = participants.map((participant) => ({
    settings: participant.name,
    ...summary(samples.get(participant) ?? []),
  }));
  const [best] = [...all].sort((a, b) => a.median_ms - b.median_ms);
  return { ...best, all };
}

/**
 * @param {Workload} workload
 * @param {{ rounds: number, turn_ms: number, threads: number, python?: string, floor: boolean }} options
 */
export async function compare(workload, { rounds, turn_ms, threads, python, floor }) {
  const folder = mkdtempSync(join(tmpdir(), 'tno-bench-'));
  writeData(workload, folder);
  const ours = new Participant('TNO', process.execPath, [beside('our-step.mjs'), workload.name]);
  const peers = python === undefined ? [] : pytorchParticipants(python, workload, folder, threads);
  const floors = Array.from({ length: floor ? threads : 0 }, (_, i) => {
    const args = [beside('floor-step.mjs'), workload.name, `${i + 1}`];
    return new Participant(`${i + 1} threads`, process.execPath, args);
  });
  const everyone = [ours, ...peers, ...floors];
  try {
    const train = { do: 'train', steps: checkedSteps, folder };
    const our = await ours.ask(train);
    const peer = peers.length > 0 ? await peers[0].ask(train) : undefined;
    const samples = await takeTurns(everyone, { rounds, turn_ms, group: workload.group });
    const times = summary(samples.get(ours) ?? []);
    const best = peers.length > 0 ? fastest(peers, samples) : undefined;
    const least = floors.length > 0 ? fastest(floors, samples) : undefined;
    return {
      workload: workload.name,
      ours: times,
      peers: best === undefined ? {} : { pytorch: best },
      floor: least,
      ratioToBestPeer: best && times.median_ms / best.median_ms,
      ratioToBestPeerOfMinima: best && times.min_ms / best.min_ms,
      ratioToFloor: least && times.median_ms / least.median_ms,
      ratioToFloorOfMinima: least && times.min_ms / least.min_ms,
      lossOurs: our.losses.at(-1),
      lossPeer: peer?.losses.at(-1),
      movement: peer && movements(workload, folder),
    };
  } finally {
    for (const participant of everyone) participant.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
