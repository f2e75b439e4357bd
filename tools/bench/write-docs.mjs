// Puts the figures of a run into docs/benchmarks.md: what stands between <!-- NAME --> and
// <!-- end of NAME --> is replaced. Usage: node tools/bench/write-docs.mjs FIGURES, written by --json

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileTable, detailTable, machineLines, markdownTable, timeTable } from './report.mjs';

/** @param {string} text @param {string} name @param {string} content */
export function replaceMarked(text, name, content) {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`[bench] expected marks for ${name} in the text`);
  return `${text.slice(0, from)}${start}\n${content}\n\n${text.slice(to)}`;
}

/** @param {string} text of docs/benchmarks.md @param {any} figures */
export function withFigures(text, figures) {
  const { workloads } = figures;
  const parts = {
    machine: machineLines(figures),
    times: markdownTable(timeTable(workloads)),
    details: markdownTable(detailTable(workloads)),
    'compile times': markdownTable(compileTable(workloads)),
  };
  return Object.entries(parts).reduce(
    (all, [name, content]) => replaceMarked(all, name, content),
    text,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error('[bench] expected a file of figures, got none');
  const docs = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
  const figures = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(docs, withFigures(readFileSync(docs, 'utf8'), figures));
}
