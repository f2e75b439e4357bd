// A participant: what a workload cannot do without, and the machine's limits.
// Usage: node participant.mjs PARTS THREADS, the parts of a floor as JSON

import { serve, timeCalls } from '../serve.mjs';
import { least } from '../statistics.mjs';
import { kinds, loadFloor } from './addon.mjs';

const floor = loadFloor();
floor.setThreads(Number(process.argv[3]));

/** @type {import('../workloads.mjs').FloorPart[]} */
const parts = JSON.parse(process.argv[2]);
const words = parts.flatMap((part) => {
  const { transposeA, transposeB, m, n, k, accumulate, fresh } = {
    ...{ transposeA: false, transposeB: false, m: 1, k: 1, accumulate: false, fresh: false },
    ...part,
  };
  const flags = [transposeA, transposeB, accumulate, fresh].map(Number);
  return [kinds[part.do], ...flags, m, n, k];
});
floor.prepare(new Float64Array(words));

/** An empty call from JavaScript, in ns. */
function emptyCall() {
  const calls = 1_000_000;
  const runs = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) floor.empty();
    return ((performance.now() - start) / calls) * 1e6;
  });
  return least(runs);
}

await serve({
  time: (turn) => ({ times: timeCalls(() => floor.step(), turn) }),
  limits: () => ({
    fma_gflops: floor.fma(),
    // Larger than the caches, but for those that a whole server shares.
    triad_memory_gbs: floor.triad(1 << 25, 10, 0),
    triad_streaming_gbs: floor.triad(1 << 25, 10, 1),
    triad_cache_gbs: floor.triad(1 << 17, 500, 0),
    empty_call_ns: emptyCall(),
    oneDnn: floor.library(),
  }),
});
