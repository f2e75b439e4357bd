// The figures as tables: lists of rows, the first of which is the head.

/** @typedef {Awaited<ReturnType<typeof import('./compare.mjs').compareOpened>>} Row */
/** @typedef {ReturnType<typeof import('./compile-times.mjs').compileTimes>} CompileTimes */
/** @typedef {Row & { load: number, program: string, compile?: CompileTimes }} FullRow */

/** Three digits. @param {number} value */
function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** @param {number} ms */
function time(ms) {
  return ms >= 0.1 ? `${digits(ms)} ms` : `${digits(ms * 1e3)} µs`;
}

/** @param {{ median_ms: number, min_ms: number } | undefined} times */
const both = (times) =>
  times === undefined ? '-' : `${time(times.median_ms)} / ${time(times.min_ms)}`;

/** @param {number | undefined} ofMedians @param {number | undefined} ofMinima */
const ratios = (ofMedians, ofMinima) =>
  ofMedians === undefined || ofMinima === undefined
    ? '-'
    : `${ofMedians.toFixed(2)} / ${ofMinima.toFixed(2)}`;

/** @param {string[][]} rows @param {string} between */
function aligned(rows, between) {
  const widths = rows[0].map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join(between));
  return { widths, lines };
}

/** For a terminal. @param {string[][]} rows */
export function plainTable(rows) {
  return aligned(rows, '  ')
    .lines.map((line) => line.trimEnd())
    .join('\n');
}

/** As Prettier formats it. @param {string[][]} rows */
export function markdownTable(rows) {
  const { widths, lines } = aligned(rows, ' | ');
  const rule = widths.map((width) => '-'.repeat(width)).join(' | ');
  return [lines[0], rule, ...lines.slice(1)].map((line) => `| ${line} |`).join('\n');
}

/** Times of a call, median / minimum. @param {readonly FullRow[]} rows */
export function timeTable(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.peers)))];
  return [
    ['workload', 'TNO', ...names, 'of best peer', 'best peer', 'floor', 'of floor'],
    ...rows.map((row) => [
      row.workload,
      both(row.ours),
      ...names.map((name) => both(row.peers[name])),
      ratios(row.ratioToBestPeer, row.ratioToBestPeerOfMinima),
      row.bestPeer ?? '-',
      both(row.floor),
      ratios(row.ratioToFloor, row.ratioToFloorOfMinima),
    ]),
  ];
}

/** What stands behind the times. @param {readonly FullRow[]} rows */
export function detailTable(rows) {
  const best = (/** @type {FullRow} */ row) =>
    row.bestPeer === undefined ? '-' : row.peers[row.bestPeer].settings;
  return [
    ['workload', "best peer's settings", 'floor', 'loss, TNO / peer', 'apart', 'memory', 'quiet'],
    ...rows.map((row) => {
      const apart =
        row.movement === undefined
          ? row.apart
          : Math.max(...Object.values(row.movement).map((way) => way.apart));
      return [
        row.workload,
        best(row),
        row.floor?.settings ?? '-',
        row.lossOurs === undefined
          ? '-'
          : `${row.lossOurs.toFixed(6)} / ${row.lossPeer?.toFixed(6) ?? '-'}`,
        apart?.toExponential(1) ?? '-',
        `${row.memory.peak_mb.toFixed(0)} (${row.memory.before_mb.toFixed(0)}) MB`,
        `${row.rounds.quiet} of ${row.rounds.played}`,
      ];
    }),
  ];
}

/** Compile times in fresh processes, ms, median / minimum. @param {readonly FullRow[]} rows */
export function compileTable(rows) {
  const columns = ['import_core', 'import_cpu', 'graph', 'returned', 'first_result', 'all_native'];
  columns.push('optimize', 'lower', 'emit', 'load');
  /** @type {Map<string, CompileTimes>} */
  const programs = new Map();
  for (const { program, compile } of rows) if (compile) programs.set(program, compile);
  return [
    ['compile, ms', 'cache', ...columns.map((name) => name.replace('_', ' '))],
    ...[...programs].flatMap(([program, compile]) =>
      /** @type {const} */ (['cold', 'warm']).map((cache) => [
        program,
        cache,
        ...columns.map((name) => {
          const { median_ms, min_ms } = compile[cache].times[name];
          return `${median_ms.toFixed(1)} / ${min_ms.toFixed(1)}`;
        }),
      ]),
    ),
  ];
}

/** What the figures were taken on, as a list. @param {{ machine: any, versions: Record<string, string | undefined>, date?: string }} figures */
export function machineLines({ machine, versions, date }) {
  const { threads_1: one, threads_2: two = one } = machine.limits ?? {};
  const pair = (/** @type {string} */ name) => `${digits(one[name])} / ${digits(two[name])}`;
  const lines = [
    `- ${date ?? 'undated'}: ${machine.cores} cores of ${machine.processor}, ${machine.vectors}, ${machine.memory_gb} GB, ${machine.system}; load before the run ${machine.load[0]}`,
    `- ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version ?? 'unknown'}`)
      .join(', ')}`,
  ];
  if (one !== undefined) {
    lines.push(
      `- limits on 1 / 2 threads: multiply-add ${pair('fma_gflops')} GFLOP/s in float32; triad in memory ${pair('triad_memory_gbs')} GB/s, stored past the caches ${pair('triad_streaming_gbs')}, in the caches ${pair('triad_cache_gbs')}; an empty call of an addon ${digits(one.empty_call_ns)} ns`,
    );
  }
  return lines.join('\n');
}

/** Where the optimizer's time goes. @param {string} workload @param {CompileTimes} compile */
export function ruleTable(workload, { warm }) {
  const phases = Object.entries(warm.phases).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  const slowest = [...warm.rules].sort((a, b) => b.ms - a.ms).slice(0, 8);
  return [
    `${workload}, phases of the optimizer, ms: ${phases.join(', ')}`,
    plainTable([
      ['  slowest rules', 'tried', 'applied', 'ms'],
      ...slowest.map((rule) => [
        `  ${rule.name}`,
        `${rule.tried}`,
        `${rule.applied}`,
        rule.ms.toFixed(2),
      ]),
    ]),
  ].join('\n');
}
