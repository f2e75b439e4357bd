// Compile times of a training step: each reading in a fresh process, with an empty cache folder
// (cold) or one that an earlier process filled (warm).

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { summary } from './statistics.mjs';

const script = fileURLToPath(new URL('compile-once.mjs', import.meta.url));

/**
 * @typedef {{ times: Record<string, number>, phases: [string, number][],
 *   rules: { name: string, tried: number, applied: number, ms: number }[] }} Reading
 */

/** @param {import("./workloads.mjs").Workload} workload @param {string} cacheDir @returns {Reading} */
function read(workload, cacheDir) {
  const given = process.env.TNO_FLAGS;
  const TNO_FLAGS = `${given === undefined ? '' : `${given},`}cacheDir=${cacheDir}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, JSON.stringify(workload)],
    {
      env: { ...process.env, TNO_FLAGS },
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`[bench] compiling ${workload.name} failed:\n${stderr}`);
  return JSON.parse(stdout);
}

/** Each time; the phases and rules of the reading with the fastest optimization. @param {Reading[]} readings */
function summarize(readings) {
  const names = Object.keys(readings[0].times);
  const times = Object.fromEntries(
    names.map((name) => [name, summary(readings.map((reading) => reading.times[name]))]),
  );
  const { phases, rules } = readings.reduce((a, b) =>
    b.times.optimize < a.times.optimize ? b : a,
  );
  return { times, phases: Object.fromEntries(phases), rules };
}

/**
 * @param {import("./workloads.mjs").Workload} workload
 * @param {number} repetitions
 */
export function compileTimes(workload, repetitions) {
  const folder = mkdtempSync(join(tmpdir(), 'tno-bench-'));
  try {
    const cold = [];
    const warm = [];
    for (let i = 0; i < repetitions; i++) {
      const cacheDir = join(folder, `${i}`);
      mkdirSync(cacheDir, { mode: 0o700 });
      cold.push(read(workload, cacheDir));
      warm.push(read(workload, cacheDir));
    }
    return { cold: summarize(cold), warm: summarize(warm) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
