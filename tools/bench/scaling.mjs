// How compile time grows with the graph: npm run bench:scaling [-- --write FILE]. Nothing is run.

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import * as tno from '@tno/core';
import { chain, residualNetwork, separateCosts } from './scaling-graphs.mjs';

const { values } = parseArgs({ args: argv.slice(2), options: { write: { type: 'string' } } });

/** @type {[subject: string, size: string, make: () => import('./scaling-graphs.mjs').Graph][]} */
const subjects = [
  ...[500, 2000, 5000, 10_000].map(
    (n) => /** @type {any} */ (['chain', `${n} ops`, () => chain(n)]),
  ),
  ...[100, 300, 1000].map(
    (n) => /** @type {any} */ (['costs', `${n} costs`, () => separateCosts(n)]),
  ),
  ...[
    [1, 1, 1, 1],
    [2, 3, 4, 2],
    [3, 4, 23, 3],
    [3, 8, 36, 3],
  ].map((stages) => {
    const layers = 2 + 3 * stages.reduce((a, b) => a + b);
    return /** @type {any} */ (['residual', `${layers} layers`, () => residualNetwork(stages)]);
  }),
];

const device = tno.createNullDevice(tno.createReferenceDevice().target);
/** @type {{ subject: string, size: string, nodes: number, build: number, optimize: number, lower: number, all: number, perNode: number }[]} */
const rows = [];
// Once without counting, so that the compiler of the compiler has done its work.
residualNetwork([1, 1, 1, 1]);
for (const [subject, size, make] of subjects) {
  const started = performance.now();
  const graph = make();
  const built = performance.now();
  const f = tno.function(graph.inputs, graph.outputs, { updates: graph.updates, device });
  const all = performance.now() - built;
  const { phases, optimize, lower } = f.compileProfile;
  const nodes = phases[0].nodesBefore;
  const visited = phases.reduce((sum, { nodesBefore }) => sum + nodesBefore, 0);
  rows.push({
    subject,
    size,
    nodes,
    build: built - started,
    optimize,
    lower,
    all,
    perNode: (1000 * optimize) / visited,
  });
  console.log(row(rows[rows.length - 1]));
}

if (values.write !== undefined) writeFileSync(values.write, page());

/** @param {(typeof rows)[number]} r */
function row({ subject, size, nodes, build, optimize, lower, all, perNode }) {
  const ms = [build, optimize, lower, all].map((n) => `${n.toFixed(0)} ms`);
  return `| ${[subject, size, nodes, ...ms, `${perNode.toFixed(1)} µs`].join(' | ')} |`;
}

/** A chart of compile time against nodes. @param {string} subject */
function chart(subject) {
  const own = rows.filter((r) => r.subject === subject);
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${subject}: compile time in ms by nodes"`,
    `  x-axis [${own.map(({ nodes }) => nodes).join(', ')}]`,
    '  y-axis "ms"',
    `  line [${own.map(({ all }) => all.toFixed(0)).join(', ')}]`,
    '```',
  ].join('\n');
}

function page() {
  const head = [
    '# Compile time against the size of a graph',
    '',
    'Written by `npm run bench:scaling -- --write docs/scaling.md`. Each graph is made and compiled for the',
    'reference target, not run. _Nodes_ are those that the optimizer began with; _optimize_ and _lower_ are',
    "parts of _all_, the call of `tno.function`; the last column is the optimizer's time for each node and",
    'phase, all sweeps of a phase together. _residual_ is the training step of a network of bottleneck blocks',
    '(He et al. 2015) with batch normalisation: loss, gradients of all parameters, updates.',
    '',
    '| graph | size | nodes | building | optimize | lower | all | a node and phase |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const charts = [...new Set(rows.map(({ subject }) => subject))].map(chart);
  return `${[...head, ...rows.map(row), '', charts.join('\n\n')].join('\n')}\n`;
}
