/** The tables of FEATURES.md: made of the rows, and of what the targets do with them. */
import { readFileSync } from 'node:fs';
import * as tno from '@tno/core';
import { cpuTarget } from '@tno/cpu';
import { cudaTarget } from '@tno/cuda';
import { casesOf, graphOf } from './cases.js';
import type { Family, Gradient, Names, Row } from './row.js';
import { families } from './table/index.js';
import { all, floats, integers, numbers } from './values.js';

const begin = '<!-- The table of operations; `npm run features` writes it. -->';
const end = '<!-- End of the table of operations. -->';

/** `text` with the part between the marks written anew. @throws Error where there are no marks */
export function withFeatures(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error('expected the marks of the table of operations, found none');
  return `${text.slice(0, from)}${begin}\n\n${featuresText()}\n\n${text.slice(to)}`;
}

function featuresText(): string {
  const rows = new Set(families.flatMap((family) => family.rows.map(({ op }) => op)));
  const others = publicOps().filter((name) => !rows.has(name));
  const rest = others.map((name) => `\`${name}\``).join(' ');
  return [
    ...families.map(familyText),
    ...(rest === '' ? [] : [`Without a row in the table yet: ${rest}.`]),
  ].join('\n\n');
}

/** Names of the functions of the public interface, read from their sources; not constructors of leaves. */
function publicOps(): string[] {
  const files = [
    'functions',
    'special-functions',
    'shape-functions',
    'order-functions',
    'products',
  ];
  const named = [...files, 'images', 'networks'].flatMap((file) => declaredIn(file));
  const within = ['linalg', 'fft'].flatMap((file) => declaredIn(file).map((op) => `${file}.${op}`));
  const draws = [...methodsOf(tno.RandomStream)]
    .filter((method) => !notDraws.includes(method))
    .map((method) => `RandomStream.${method}`);
  return [...named, ...within, ...draws, 'dropout', 'nonzero'].map((name) =>
    name.replace('switchOp', 'switch'),
  );
}

/** Methods of a stream that are no draws of the public interface. */
const notDraws = ['constructor', 'seed', 'state', 'firstState', 'located', 'side', 'logGamma'];

/** Names of a class' methods, its parents' too. */
function methodsOf({ prototype }: { readonly prototype: object }): Set<string> {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  const own = Object.getOwnPropertyNames(prototype);
  return parent === null || parent === Object.prototype
    ? new Set(own)
    : new Set([...methodsOf({ prototype: parent }), ...own]);
}

function declaredIn(file: string): string[] {
  const path = new URL(`../../core/src/tensor/${file}.ts`, import.meta.url);
  const text = readFileSync(path, 'utf8');
  const single = [...text.matchAll(/^export const (\w+) =/gm)].map(([, name]) => name);
  const lists = text.matchAll(/^export (?:const )?\{([^}]*)\}/gm);
  const listed = [...lists].flatMap(([, names]) => names.split(',')).map((name) => name.trim());
  return [...single, ...listed].filter((name) => /^[a-z]\w*$/.test(name));
}

const columns = [
  'TNO',
  'dtypes',
  'gradient',
  'devices',
  'Theano',
  'NumPy',
  'PyTorch',
  'JAX',
  'notes',
];

function familyText(family: Family): string {
  const lines = family.rows.map((row) => [
    `\`${row.op}\``,
    dtypesText(row.dtypes),
    gradientText(row.gradient),
    devicesOf(row).join(', '),
    ...namesText(row.names),
    row.note ?? '',
  ]);
  const table = [columns, columns.map(() => '---'), ...lines];
  return [`### ${family.title}`, '', ...table.map((cells) => `| ${cells.join(' | ')} |`)].join(
    '\n',
  );
}

const groups: readonly (readonly [string, readonly tno.DType[]])[] = [
  ['all', all],
  ['numbers', numbers],
  ['integers', integers],
  ['bool, integers', ['bool', ...integers]],
  ['floats', floats],
];

function dtypesText(dtypes: readonly tno.DType[]): string {
  const same = ([, group]: (typeof groups)[number]): boolean =>
    group.length === dtypes.length && group.every((dtype) => dtypes.includes(dtype));
  return groups.find(same)?.[0] ?? dtypes.join(', ');
}

function gradientText(gradient: Gradient): string {
  switch (gradient.kind) {
    case 'smooth':
      return gradient.order === 2 ? 'both ways' : 'both ways, once';
    case 'draw':
    case 'elsewhere':
      return 'both ways, once';
    case 'zero':
      return 'zero';
    case 'none':
      return '–';
  }
}

const namesText = ({ theano, numpy, pytorch, jax }: Names): string[] =>
  [theano, numpy, pytorch, jax].map((name) => (name === null ? '–' : `\`${name}\``));

/** The devices that run a row's first call by code of their own, and those that it only is emitted for. */
function devicesOf(row: Row): string[] {
  const dtype = row.dtypes.includes('float32') ? 'float32' : row.dtypes[0];
  const family = {
    name: '',
    title: '',
    rows: [{ ...row, calls: [row.calls[0]], dtypes: [dtype] }],
  };
  const entry = casesOf(family).cases[0];
  const stepsOn = (target: tno.Target): string | null => {
    const { leaves, outputs } = graphOf(entry);
    try {
      const device = tno.createNullDevice(target);
      const f = tno.function([...leaves], [...outputs], { device, onUnusedInput: 'ignore' });
      return f.program.steps.some(({ kind }) => kind === 'host') ? 'in JavaScript' : '';
    } catch (error) {
      if (error instanceof tno.TnoError) return null;
      throw error;
    }
  };
  const named: readonly (readonly [string, string | null])[] = [
    ['reference', ''],
    ['cpu', stepsOn(cpuTarget)],
    ['cuda', stepsOn(cudaTarget)],
  ];
  return named.flatMap(([name, how]) =>
    how === null ? [] : [how === '' ? name : `${name} (${how})`],
  );
}
