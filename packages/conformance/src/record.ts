/**
 * Records what the oracles give: `npm run record -w packages/conformance -- FAMILY...` (all without a
 * name). Only cases whose question is new or has changed are asked; `--all` asks all anew. Python comes
 * from TNO_PYTHON (python3), that with PyTorch from TNO_TORCH_PYTHON (the same unless given).
 */
import { spawnSync } from 'node:child_process';
import { env, exit, argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { casesOf, type Case } from './cases.js';
import type { Family } from './row.js';
import { families } from './table/index.js';
import { digest, question, readVectors, writeVectors, type Recorded } from './vectors.js';

type Answer = { readonly results: Recorded['results'] } | { readonly failure: string };

const script = fileURLToPath(new URL('../record/record.py', import.meta.url));

function ask(python: string, cases: readonly Case[]): Answer[] {
  if (cases.length === 0) return [];
  const { status, stdout, stderr, error } = spawnSync(python, [script], {
    input: JSON.stringify(cases.map(question)),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined || status !== 0)
    throw new Error(`${python} failed: ${String(error)}\n${stderr}`);
  return JSON.parse(stdout) as Answer[];
}

/** Records a family. @returns how many cases the oracle failed on */
function record(family: Family, anew: boolean): number {
  const known = readVectors(family.name);
  const wanted = casesOf(family).cases.filter((entry) => entry.throws === null);
  const isKnown = (entry: Case): boolean => known.get(entry.id)?.asked === digest(entry);
  const open = wanted.filter((entry) => anew || !isKnown(entry));
  const needsTorch = ({ call }: Case): boolean => /\b(torch|F)\./.test(call.oracle);
  const plain = open.filter((entry) => !needsTorch(entry));
  const torch = open.filter(needsTorch);
  const python = env.TNO_PYTHON ?? 'python3';
  const answers = new Map<string, Answer>();
  ask(python, plain).forEach((answer, k) => answers.set(plain[k].id, answer));
  ask(env.TNO_TORCH_PYTHON ?? python, torch).forEach((answer, k) =>
    answers.set(torch[k].id, answer),
  );
  let failures = 0;
  const vectors = new Map<string, Recorded>();
  for (const entry of wanted) {
    const answer = answers.get(entry.id);
    const old = known.get(entry.id);
    if (answer === undefined) {
      if (old !== undefined) vectors.set(entry.id, old);
    } else if ('failure' in answer) {
      failures++;
      console.error(`${entry.id}: ${entry.call.oracle}: ${answer.failure}`);
    } else {
      vectors.set(entry.id, { asked: digest(entry), results: answer.results });
    }
  }
  writeVectors(family.name, vectors);
  console.log(`${family.name}: ${vectors.size} cases, ${open.length} of them asked now`);
  return failures;
}

const names = argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = names.filter((name) => !families.some((family) => family.name === name));
if (unknown.length > 0) throw new Error(`no such family: ${unknown.join(', ')}`);
const chosen = families.filter(({ name }) => names.length === 0 || names.includes(name));
const failures = chosen.reduce((n, family) => n + record(family, argv.includes('--all')), 0);
exit(failures === 0 ? 0 : 1);
