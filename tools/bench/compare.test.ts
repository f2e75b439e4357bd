/** Small workloads through the code of the benchmark: what is checked, what a row holds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareOpened, ratios } from './compare.mjs';
import { makeData, writeData } from './data.mjs';
import { buildFloor, kinds, loadFloor } from './floor/addon.mjs';
import { ourAnswers } from './ours.mjs';
import { findPython } from './peers/python.mjs';
import { findPeers, type Peer } from './peers/peers.mjs';
import { timeCalls } from './serve.mjs';
import type { Player } from './turns.mjs';
import type { Training, Workload } from './workloads.mjs';

const logreg: Training = {
  ...{ kind: 'training', name: 'logreg-4', model: 'logistic', group: 1, floors: [] },
  ...{ batch: 4, inputs: 800, hidden: 0, classes: 3, rate: 0.13, decay: 0 },
};
const mlp: Training = {
  ...logreg,
  ...{ name: 'mlp-4', model: 'perceptron', inputs: 12, hidden: 5, decay: 1e-2 },
};
const chain = (formula: 'poly' | 'trans'): Workload => ({
  ...{ kind: 'chain', name: `${formula}-100`, formula, length: 100, group: 1, floors: [] },
});
const small: Workload[] = [
  { kind: 'scalar', name: 'call-scalar', group: 1, floors: [] },
  ...[logreg, mlp, chain('poly'), chain('trans')],
  { kind: 'product', name: 'gemm-3x4x5', m: 3, n: 4, k: 5, group: 1, floors: [] },
];

const turns = { trialRounds: 1, rounds: 2, most: 2, turn_ms: 1 };

/** A player of this process. */
function inProcess(name: string, answers: Record<string, (request: never) => unknown>): Player {
  return {
    name,
    ask: (request) => Promise.resolve(answers[(request as { do: string }).do](request as never)),
  };
}

/** Logistic regression once more, with loops. */
function logisticByHand({ batch, inputs, classes, rate }: Training, folder: string) {
  const data = makeData(logreg);
  const [x, y] = [data.inputs.x.values, data.inputs.y.values].map((v) => Array.from(v, Number));
  const W = new Float64Array(inputs * classes);
  const b = new Float64Array(classes);
  const step = (): number => {
    const [gW, gb] = [new Float64Array(W.length), new Float64Array(classes)];
    let loss = 0;
    for (let i = 0; i < batch; i++) {
      const row = x.slice(i * inputs, (i + 1) * inputs);
      const exps = Array.from(b, (bias, c) =>
        Math.exp(row.reduce((sum, value, j) => sum + value * W[j * classes + c], bias)),
      );
      const sum = exps.reduce((p, q) => p + q, 0);
      loss -= Math.log(exps[y[i]] / sum) / batch;
      exps.forEach((e, c) => {
        const g = (e / sum - (c === y[i] ? 1 : 0)) / batch;
        gb[c] += g;
        row.forEach((value, j) => (gW[j * classes + c] += g * value));
      });
    }
    gW.forEach((g, i) => (W[i] -= rate * g));
    gb.forEach((g, i) => (b[i] -= rate * g));
    return loss;
  };
  return inProcess('loops', {
    time: (turn: { turn_ms: number; group: number }) => ({ times: timeCalls(step, turn) }),
    check: ({ calls, who }: { calls: number; who: string }) => {
      const losses = Array.from({ length: calls }, step);
      writeFileSync(join(folder, `${who}-W`), Float32Array.from(W));
      writeFileSync(join(folder, `${who}-b`), Float32Array.from(b));
      return { losses };
    },
  });
}

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'tno-bench-test-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('ratios', () => {
  const times = (median_ms: number, min_ms: number) => ({ settings: '', median_ms, min_ms });

  it('are of the medians, to the fastest of the peers that have to be there', () => {
    const { bestPeer, bestOfAll, ...row } = ratios({
      ours: times(2, 1),
      peers: { slow: times(40, 4), quick: times(8, 5), optional: times(1, 1) },
      floors: { near: times(1, 0.5), far: times(3, 0.1) },
      required: ['slow', 'quick'],
    });
    expect([bestPeer, bestOfAll]).toEqual(['quick', 'optional']);
    expect(row.ratioToBestPeer).toBe(0.25);
    expect(row.ratioToBestPeerOfMinima).toBe(0.2);
    expect(row.ratioToBestOfAll).toBe(2);
    expect(row.ratioToFloor).toBe(2);
    expect(row.ratioToFloorOfMinima).toBe(2);
  });

  it('are not there without peers and floors', () => {
    const row = ratios({ ours: times(2, 1), peers: {}, floors: {}, required: [] });
    expect(row.ratioToBestPeer).toBeUndefined();
    expect(row.ratioToFloor).toBeUndefined();
  });
});

describe('a row', () => {
  it('holds times, ratios, losses and movements beside those of a peer', async () => {
    writeData(makeData(logreg), folder);
    const row = await compareOpened(logreg, {
      ours: inProcess('TNO', await ourAnswers(logreg)),
      peers: [{ name: 'loops', players: [logisticByHand(logreg, folder)] }],
      floors: [
        { name: 'nothing', players: [inProcess('nothing', { time: () => ({ times: [1e-3] }) })] },
      ],
      required: ['loops'],
      ...{ folder, turns },
    });
    expect(row.workload).toBe('logreg-4');
    expect(row.ours.min_ms).toBeGreaterThan(0);
    expect(row.peers.loops.settings).toBe('loops');
    expect(row.ratioToBestPeer).toBe(row.ours.median_ms / row.peers.loops.median_ms);
    expect(row.ratioToFloor).toBe(row.ours.median_ms / 1e-3);
    expect(row.lossOurs).toBeCloseTo(row.lossPeer ?? NaN, 5);
    expect(row.lossOurs).toBeLessThan(Math.log(3));
    for (const { ours, apart } of Object.values(row.movement ?? {})) {
      expect(ours).toBeGreaterThan(0);
      expect(apart).toBeLessThan(1e-5);
    }
    expect(row.memory.peak_mb).toBeGreaterThan(row.memory.before_mb);
    // The scores at least, 4 by 3 floats.
    expect(row.memory.arena_mb * 2 ** 20).toBeGreaterThanOrEqual(48);
    const read: unknown = JSON.parse(JSON.stringify(row));
    expect(read).toMatchObject({ ours: { median_ms: row.ours.median_ms }, rounds: { played: 2 } });
  });

  it('keeps the trial of a peer that is far behind', async () => {
    const player = (ms: number) =>
      inProcess(`${ms}`, { time: () => ({ times: [ms] }), check: () => ({}) });
    const { x } = makeData(small[0]).inputs;
    for (const who of ['ours', 'peer']) writeFileSync(join(folder, `${who}-result`), x.values);
    const row = await compareOpened(small[0], {
      ours: inProcess('TNO', await ourAnswers(small[0])),
      peers: [
        { name: 'quick', players: [player(1), player(2)] },
        { name: 'slow', players: [player(10)] },
      ],
      floors: [],
      required: ['quick', 'slow'],
      ...{ folder, turns },
    });
    expect(row.peers.quick).toMatchObject({ settings: '1', median_ms: 1 });
    expect(row.peers.quick.tried).toHaveLength(2);
    expect(row.peers.quick).not.toHaveProperty('fromTrial');
    expect(row.peers.slow).toMatchObject({ median_ms: 10, fromTrial: true });
  });
});

const python = findPython(['torch', 'numpy']);
if (python === undefined)
  console.log('bench: no test beside PyTorch and NumPy, which are not here');

describe.skipIf(python === undefined)('beside PyTorch, NumPy and who else is here', () => {
  let peers: Peer[];
  beforeAll(async () => (peers = await findPeers({ threads: 1, install: false })));
  afterAll(() => peers.forEach((peer) => peer.end()));

  it.each(small)('$name is the same for everyone in all forms', async (workload) => {
    writeData(makeData(workload), folder);
    const groups = [];
    for (const peer of peers) {
      const players = await peer.players(workload, folder);
      // The others' functions are less exact.
      groups.push({ name: peer.name, players, apart: peer.required ? 1e-6 : 1e-4 });
    }
    const found = groups.filter(({ players }) => players.length > 0);
    expect(found.map(({ name }) => name)).toEqual(
      expect.arrayContaining(workload.kind === 'training' ? ['pytorch'] : ['pytorch', 'numpy']),
    );
    for (const { name, players, apart } of found) {
      for (const player of players) {
        const row = await compareOpened(workload, {
          ours: inProcess('TNO', await ourAnswers(workload)),
          peers: [{ name, players: [player] }],
          ...{ floors: [], required: [name], folder, turns },
        });
        if (workload.kind === 'training') {
          expect(row.lossOurs).toBeCloseTo(row.lossPeer ?? NaN, 5);
          const ends = Object.values(row.movement ?? {});
          for (const end of ends) expect(end.apart).toBeLessThan(1e-4);
        } else {
          expect(row.apart).toBeLessThan(apart);
        }
      }
    }
  });
});

const noFloor = await buildFloor();
if (noFloor !== undefined) console.log(`bench: no test of the floor: ${noFloor}`);

describe.skipIf(noFloor !== undefined)('the floor', () => {
  const values = (count: number, reach: number) =>
    Float32Array.from({ length: count }, (_, i) => reach * Math.sin(1 + i * 0.7));

  it.each([
    ['poly', (a: number, b: number) => 2 * a + b ** 10],
    ['trans', (a: number, b: number) => Math.tanh(a) * Math.exp(-b * b) + Math.log1p(a * a)],
  ] as const)('computes %s', (formula, expected) => {
    const floor = loadFloor();
    for (const [count, reach] of [
      [5, 1],
      [20_001, 12],
      [(1 << 20) + 3, 2],
    ]) {
      const [a, b] = [values(count, reach), values(count, reach * 0.9)];
      const results = a.slice();
      floor.evaluate(kinds[formula], results, b);
      const off = results.map((value, i) => {
        const exact = expected(a[i], b[i]);
        return Math.abs(value - exact) / Math.max(1, Math.abs(exact));
      });
      expect(off.reduce((p, q) => Math.max(p, q), 0)).toBeLessThan(3e-6);
    }
  });
});
