// The figures as tables.

/** @typedef {Awaited<ReturnType<typeof import('./compare.mjs').compare>>} Row */
/** @typedef {ReturnType<typeof import('./compile-times.mjs').compileTimes>} CompileTimes */

/** @param {number} value */
function number(value) {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 3 : 5);
}

/** @param {{ median_ms: number, min_ms: number } | undefined} times */
const both = (times) =>
  times === undefined ? '-' : `${number(times.median_ms)} / ${number(times.min_ms)}`;

/** @param {number | undefined} ofMedians @param {number | undefined} ofMinima */
const ratios = (ofMedians, ofMinima) =>
  ofMedians === undefined || ofMinima === undefined
    ? '-'
    : `${ofMedians.toFixed(2)} / ${ofMinima.toFixed(2)}`;

/** @param {string[][]} rows the first is the head */
function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param {readonly Row[]} rows */
export function stepTable(rows) {
  return table([
    [
      'step, ms',
      'TNO',
      'PyTorch',
      'its settings',
      'ratio',
      'floor',
      'ratio',
      'loss',
      'its loss',
      'quiet rounds',
    ],
    ...rows.map((row) => [
      row.workload,
      both(row.ours),
      both(row.peers.pytorch),
      row.peers.pytorch?.settings ?? '-',
      ratios(row.ratioToBestPeer, row.ratioToBestPeerOfMinima),
      both(row.floor),
      ratios(row.ratioToFloor, row.ratioToFloorOfMinima),
      row.lossOurs.toFixed(5),
      row.lossPeer?.toFixed(5) ?? '-',
      `${row.rounds.quiet} of ${row.rounds.played}`,
    ]),
  ]);
}

/** @param {readonly Row[]} rows */
export function movementTable(rows) {
  return table([
    ['moved in 10 steps', 'TNO', 'PyTorch', 'apart, of the way'],
    ...rows.flatMap(({ workload, movement }) =>
      Object.entries(movement ?? {}).map(([name, { ours, peer, apart }]) => [
        `${workload} ${name}`,
        ours.toPrecision(6),
        peer.toPrecision(6),
        apart.toExponential(1),
      ]),
    ),
  ]);
}

/** @param {readonly (Row & { compile?: CompileTimes })[]} rows */
export function compileTable(rows) {
  const columns = ['import_core', 'import_cpu', 'graph', 'returned', 'first_result'];
  columns.push('optimize', 'lower', 'emit', 'load');
  return table([
    ['compile, ms', 'cache', ...columns.map((name) => name.replace('_', ' '))],
    ...rows.flatMap(({ workload, compile }) =>
      compile === undefined
        ? []
        : /** @type {const} */ (['cold', 'warm']).map((cache) => [
            workload,
            cache,
            ...columns.map((name) => {
              const { median_ms, min_ms } = compile[cache].times[name];
              return `${median_ms.toFixed(1)} / ${min_ms.toFixed(1)}`;
            }),
          ]),
    ),
  ]);
}

/** Where the optimizer's time goes. @param {string} workload @param {CompileTimes} compile */
export function ruleTable(workload, { warm }) {
  const phases = Object.entries(warm.phases).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  const slowest = [...warm.rules].sort((a, b) => b.ms - a.ms).slice(0, 8);
  return [
    `${workload}, phases of the optimizer, ms: ${phases.join(', ')}`,
    table([
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
