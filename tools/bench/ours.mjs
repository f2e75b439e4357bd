// Our side of a comparison: what a participant answers for TNO.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryUsage, resourceUsage } from 'node:process';
import { makeData } from './data.mjs';
import { callOf, compile, graphOf } from './programs.mjs';
import { timeCalls } from './serve.mjs';

const megabyte = 2 ** 20;

/**
 * @param {import('./workloads.mjs').Workload} workload
 * @returns {Promise<Record<string, (request: any) => unknown>>}
 */
export async function ourAnswers(workload) {
  const data = makeData(workload);
  const before = memoryUsage.rss();
  const graph = graphOf(workload, data);
  const f = compile(graph);
  // What is measured is the code that stays.
  await f.ready?.();
  const call = callOf(workload, f, data);
  return {
    time: (turn) => ({ times: timeCalls(call, turn) }),

    /** Calls some times; the parameters then, or else the result, go to files in `folder`. */
    check: ({ calls, folder, who }) => {
      const results = Array.from({ length: calls }, () => call());
      for (const variable of graph.shared) {
        const { data } = variable.getValue();
        writeFileSync(join(folder, `${who}-${variable.name}`), data);
      }
      if (graph.shared.length > 0) return { losses: results };
      const last = results.at(-1);
      const values = typeof last === 'number' ? [last] : last.data;
      writeFileSync(join(folder, `${who}-result`), Float32Array.from(values));
      return {};
    },

    /**
     * Of this process: the most it has held, and what it held before the function was compiled; of the
     * function: what it keeps for intermediate values.
     */
    memory: () => {
      f.profile.start();
      call();
      f.profile.stop();
      return {
        arena_mb: f.profile().memory.arena / megabyte,
        peak_mb: (resourceUsage().maxRSS * 1024) / megabyte,
        before_mb: before / megabyte,
      };
    },
  };
}
