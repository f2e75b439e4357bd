// One workload: the same steps from the same data by everyone, first checked, then timed in turns.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parameterShapes, readFloats, writeData } from './data.mjs';
import { pytorchForms, pytorchParticipants } from './pytorch.mjs';
import { summary } from './statistics.mjs';
import { InForm, Participant, takeTurns } from './turns.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {import('./turns.mjs').Player} Player */

/** Steps after which losses and parameters are compared. */
const checkedSteps = 10;

/** Of the peer's settings, so many stay after the trial. */
const kept = 2;

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
 * @param {readonly Player[]} players
 * @param {Map<Player, number[]>} samples
 */
function results(players, samples) {
  return players.map((player) => ({
    settings: player.name,
    ...summary(samples.get(player) ?? []),
  }));
}

/** @param {ReturnType<typeof results>} all */
function fastest(all) {
  return all.reduce((a, b) => (b.median_ms < a.median_ms ? b : a));
}

/**
 * The settings worth a comparison, and what the trial of all of them gave. Minima decide, since a
 * trial is too short for medians.
 * @param {readonly Player[]} players
 * @param {{ turn_ms: number, group: number }} options
 */
async function trial(players, options) {
  const { samples } = await takeTurns(players, { ...options, rounds: 3 });
  const tried = results(players, samples);
  const order = players.map((_, i) => i).sort((i, j) => tried[i].min_ms - tried[j].min_ms);
  return { tried, chosen: order.slice(0, kept).map((i) => players[i]) };
}

/**
 * @param {Workload} workload
 * @param {{ rounds: number, turn_ms: number, threads: number, python?: string, floor: boolean }} options
 */
export async function compare(workload, { rounds, turn_ms, threads, python, floor }) {
  const folder = mkdtempSync(join(tmpdir(), 'tno-bench-'));
  writeData(workload, folder);
  const ours = new Participant('TNO', process.execPath, [beside('our-step.mjs'), workload.name]);
  const processes =
    python === undefined ? [] : pytorchParticipants(python, workload, folder, threads);
  const peers = processes.flatMap((one) => pytorchForms.map((form) => new InForm(one, form)));
  const floors = Array.from({ length: floor ? threads : 0 }, (_, i) => {
    const args = [beside('floor-step.mjs'), workload.name, `${i + 1}`];
    return new Participant(`threads: ${i + 1}`, process.execPath, args);
  });
  try {
    const train = { do: 'train', steps: checkedSteps, folder };
    const our = await ours.ask(train);
    const peer = peers.length > 0 ? await peers[0].ask(train) : undefined;
    const turn = { turn_ms, group: workload.group };
    const { tried, chosen } = await trial(peers, turn);
    const everyone = [ours, ...chosen, ...floors];
    const { samples, rounds: counts } = await takeTurns(everyone, { ...turn, rounds });
    const times = summary(samples.get(ours) ?? []);
    const best = chosen.length > 0 ? fastest(results(chosen, samples)) : undefined;
    const least = floors.length > 0 ? fastest(results(floors, samples)) : undefined;
    return {
      workload: workload.name,
      ours: times,
      peers: best === undefined ? {} : { pytorch: { ...best, tried } },
      floor: least,
      ratioToBestPeer: best && times.median_ms / best.median_ms,
      ratioToBestPeerOfMinima: best && times.min_ms / best.min_ms,
      ratioToFloor: least && times.median_ms / least.median_ms,
      ratioToFloorOfMinima: least && times.min_ms / least.min_ms,
      lossOurs: our.losses.at(-1),
      lossPeer: peer?.losses.at(-1),
      rounds: counts,
      movement: peer && movements(workload, folder),
    };
  } finally {
    for (const participant of [ours, ...processes, ...floors]) participant.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
