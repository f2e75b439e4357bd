// How compile time grows with the graph: npm run bench:scaling [-- --write FILE.md]. Nothing is run.

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import * as tno from '@tno/core';
import { lineChart } from './line-chart.mjs';
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
/** Times that a graph is made and compiled; the fastest counts, since other work on the machine only adds. */
const RUNS = 3;

/** @param {string} subject @param {string} size @param {() => import('./scaling-graphs.mjs').Graph} make */
function measured(subject, size, make) {
  const started = performance.now();
  const graph = make();
  const built = performance.now();
  const f = tno.function(graph.inputs, graph.outputs, { updates: graph.updates, device });
  const all = performance.now() - built;
  const { phases, optimize, lower } = f.compileProfile;
  const nodes = phases[0].nodesBefore;
  const visited = phases.reduce((sum, { nodesBefore }) => sum + nodesBefore, 0);
  const perNode = (1000 * optimize) / visited;
  return { subject, size, nodes, build: built - started, optimize, lower, all, perNode };
}

// Once without counting, so that the compiler of the compiler has done its work.
measured('residual', '', () => residualNetwork([1, 1, 1, 1]));
for (const subject of subjects) {
  const runs = Array.from({ length: RUNS }, () => measured(...subject));
  rows.push(runs.reduce((best, run) => (run.all < best.all ? run : best)));
  console.log(row(rows[rows.length - 1]));
}

if (values.write !== undefined) {
  writeFileSync(values.write, page());
  writeFileSync(values.write.replace(/\.md$/, '.svg'), chart());
}

/** @param {(typeof rows)[number]} r */
function row({ subject, size, nodes, build, optimize, lower, all, perNode }) {
  const ms = [build, optimize, lower, all].map((n) => `${n.toFixed(0)} ms`);
  return `| ${[subject, size, nodes, ...ms, `${perNode.toFixed(1)} µs`].join(' | ')} |`;
}

/** Compile time against nodes. */
function chart() {
  const lines = [...new Set(rows.map(({ subject }) => subject))].map((name) => ({
    name,
    points: rows
      .filter(({ subject }) => subject === name)
      .map(({ nodes, all }) => /** @type {[number, number]} */ ([nodes, all])),
  }));
  return lineChart('Compile time against nodes', 'nodes', 'ms', lines);
}

function page() {
  const head = [
    '# Compile time against the size of a graph',
    '',
    'Written by `npm run bench:scaling -- --write docs/scaling.md`. Each graph is made and compiled for the',
    `reference target ${RUNS} times, not run; the fastest counts. _Nodes_ are those that the optimizer began`,
    'with; _optimize_ and _lower_ are parts of _all_, the call of `tno.function`; the last column is the',
    "optimizer's time for each node and phase, all that happens in a phase together. _residual_ is the training",
    'step of a network of bottleneck blocks (He et al. 2015) with batch normalisation: loss, gradients of all',
    'parameters, updates.',
    '',
    '![compile time against nodes](scaling.svg)',
    '',
    '| graph | size | nodes | building | optimize | lower | all | a node and phase |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  return `${[...head, ...rows.map(row)].join('\n')}\n`;
}
