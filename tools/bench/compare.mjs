// One workload: the same computation on the same data by everyone, first checked, then timed in turns.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeData, parameterShapes, readFloats, writeData } from './data.mjs';
import { summary } from './statistics.mjs';
import { Participant, takeTurns } from './turns.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {import('./turns.mjs').Player} Player */
/** @typedef {import('./peers/peers.mjs').Peer} Peer */
/** @typedef {{ settings: string, median_ms: number, min_ms: number }} Result */
/** @typedef {{ trialRounds: number, rounds: number, most: number, turn_ms: number }} Turns */
/** @typedef {{ name: string, players: Player[] }} Group whose fastest member counts */

/** Steps after which losses and parameters are compared. */
const checkedSteps = 10;

/** A peer that takes so many times the fastest peer's time keeps the figures of the trial. */
const hopeless = 3;

/** @param {string} name */
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @param {Float32Array} a @param {Float32Array} b */
function distance(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/**
 * How far each parameter has moved, and how far apart the two ends are, as a part of that way.
 * @param {import('./workloads.mjs').Training} workload
 * @param {string} folder
 * @returns {Record<string, { ours: number, peer: number, apart: number }>}
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
 * What everyone computes is the same: losses and movements of training, else the results, whose
 * distance is a part of their length.
 * @param {Workload} workload
 * @param {Player} ours
 * @param {Player | undefined} peer
 * @param {string} folder
 */
async function check(workload, ours, peer, folder) {
  const calls = workload.kind === 'training' ? checkedSteps : 1;
  const our = await ours.ask({ do: 'check', calls, folder, who: 'ours' });
  const their = await peer?.ask({ do: 'check', calls, folder, who: 'peer' });
  if (workload.kind === 'training') {
    return {
      lossOurs: our.losses.at(-1),
      lossPeer: their?.losses.at(-1),
      movement: their === undefined ? undefined : movements(workload, folder),
    };
  }
  if (their === undefined) return {};
  const [a, b] = ['ours', 'peer'].map((who) => readFloats(join(folder, `${who}-result`)));
  if (a.length !== b.length)
    throw new Error(`[bench] expected ${b.length} results, got ${a.length}`);
  return { apart: distance(a, b) / distance(b, new Float32Array(b.length)) };
}

/** @param {readonly Player[]} players @param {Map<Player, number[]>} samples @returns {Result[]} */
function results(players, samples) {
  return players.map((player) => ({
    settings: player.name,
    ...summary(samples.get(player) ?? []),
  }));
}

/** @template {Result} R @param {readonly R[]} all */
function fastest(all) {
  return all.reduce((a, b) => (b.median_ms < a.median_ms ? b : a));
}

/**
 * Who of each group is worth the comparison, and what the trial of all gave: the first by minimum,
 * since a trial is short, and the first other by median, since some settings fall far back when disturbed.
 * @param {readonly Group[]} groups
 * @param {{ turn_ms: number, group: number, rounds: number }} turns
 */
async function trial(groups, turns) {
  const everyone = groups.flatMap(({ players }) => players);
  const { samples } = await takeTurns(everyone, turns);
  return groups.map(({ name, players }) => {
    const tried = results(players, samples);
    const order = (/** @type {'min_ms' | 'median_ms'} */ by) =>
      players.map((_, i) => i).sort((i, j) => tried[i][by] - tried[j][by]);
    const [first] = order('min_ms');
    const others = order('median_ms').filter((i) => i !== first);
    const chosen = [first, ...others.slice(0, 1)].map((i) => players[i]);
    return { name, tried, least: Math.min(...tried.map(({ min_ms }) => min_ms)), chosen };
  });
}

/** @param {Workload} workload @param {number} threads */
function floorGroups(workload, threads) {
  return workload.floors.map(({ name, parts }) => ({
    name,
    players: Array.from({ length: threads }, (_, i) => {
      const settings = `${name}, ${i + 1} thread${i === 0 ? '' : 's'}`;
      const args = [beside('floor/participant.mjs'), JSON.stringify(parts), `${i + 1}`];
      return new Participant(settings, process.execPath, args);
    }),
  }));
}

/**
 * The row of a workload, from its samples.
 * @param {{ ours: { median_ms: number, min_ms: number }, peers: Record<string, Result>,
 *   floors: Record<string, Result>, required: string[] }} times
 */
export function ratios({ ours, peers, floors, required }) {
  const of = (/** @type {Result | undefined} */ other) => other && ours.median_ms / other.median_ms;
  const ofMinima = (/** @type {Result | undefined} */ other) => other && ours.min_ms / other.min_ms;
  const named = Object.entries(peers).map(([name, result]) => ({ name, ...result }));
  const bestOf = (/** @type {typeof named} */ all) => (all.length > 0 ? fastest(all) : undefined);
  const best = bestOf(named.filter(({ name }) => required.includes(name)));
  const bestOfAll = bestOf(named);
  const floor = Object.keys(floors).length > 0 ? fastest(Object.values(floors)) : undefined;
  return {
    bestPeer: best?.name,
    ratioToBestPeer: of(best),
    ratioToBestPeerOfMinima: ofMinima(best),
    bestOfAll: bestOfAll?.name,
    ratioToBestOfAll: of(bestOfAll),
    floor,
    ratioToFloor: of(floor),
    ratioToFloorOfMinima: ofMinima(floor),
  };
}

/**
 * @param {Workload} workload
 * @param {{ ours: Player, peers: Group[], floors: Group[], required: string[], folder: string,
 *   turns: Turns }} options the players opened
 */
export async function compareOpened(workload, options) {
  const { ours, peers, floors, required, folder, turns } = options;
  const checked = await check(workload, ours, peers[0]?.players[0], folder);
  const { trialRounds, ...rest } = { ...turns, group: workload.group };
  const tried = await trial([...peers, ...floors], { ...rest, rounds: trialRounds });
  const peersTried = tried.slice(0, peers.length);
  const floorsTried = tried.slice(peers.length);
  const least = Math.min(...peersTried.map((group) => group.least));
  const playing = peersTried.filter((group) => group.least <= hopeless * least);
  const everyone = [ours, ...[...playing, ...floorsTried].flatMap(({ chosen }) => chosen)];
  const { samples, rounds } = await takeTurns(everyone, rest);

  /** @param {typeof tried} groups */
  const measured = (groups) =>
    Object.fromEntries(
      groups.map((group) => {
        const played = group.chosen.every((player) => samples.has(player));
        const best = fastest(played ? results(group.chosen, samples) : group.tried);
        return [
          group.name,
          { ...best, ...(played ? {} : { fromTrial: true }), tried: group.tried },
        ];
      }),
    );
  const times = {
    ours: summary(samples.get(ours) ?? []),
    peers: measured(peersTried),
    floors: measured(floorsTried),
  };
  return {
    workload: workload.name,
    ...times,
    ...ratios({ ...times, required }),
    ...checked,
    memory: await ours.ask({ do: 'memory' }),
    rounds,
  };
}

/**
 * @param {Workload} workload
 * @param {{ turns: Turns, threads: number, peers: Peer[], floor: boolean }} options
 */
export async function compare(workload, { turns, threads, peers, floor }) {
  const folder = mkdtempSync(join(tmpdir(), 'tno-bench-'));
  writeData(makeData(workload), folder);
  const script = beside('our-participant.mjs');
  const ours = new Participant('TNO', process.execPath, [script, JSON.stringify(workload)]);
  const floors = floor ? floorGroups(workload, threads) : [];
  try {
    const groups = [];
    for (const peer of peers) {
      const players = await peer.players(workload, folder);
      if (players.length > 0) groups.push({ name: peer.name, players });
    }
    const required = peers.filter((peer) => peer.required).map(({ name }) => name);
    return await compareOpened(workload, {
      ...{ ours, peers: groups, floors, required, folder, turns },
    });
  } finally {
    ours.end();
    for (const { players } of floors) for (const player of players) player.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
