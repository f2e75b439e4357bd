import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allRules } from './support/rule-cases.js';

const folder = join(import.meta.dirname, '..');
const files = ['src', 'test'].flatMap((part) =>
  readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, part, name)),
);
const isTest = (file: string): boolean => file.endsWith('.test.ts');
const isSource = (file: string): boolean => file.startsWith(join(folder, 'src')) && !isTest(file);
const textOf = (wanted: (file: string) => boolean): string =>
  files
    .filter(wanted)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

/** Names of the rules that the sources make. */
const names = [...textOf(isSource).matchAll(/\brule\(\s*(['"`])(.+?)\1,/g)].map(
  ([, , name]) => name,
);

it('every rule has a name of its own', () => {
  expect(names.filter((name, k) => names.indexOf(name) !== k)).toEqual([]);
  expect(names).toEqual(expect.arrayContaining(allRules().map(({ name }) => name)));
});

it('every rule has cases: describeRules asks for one that it applies to and one that it leaves alone', () => {
  const tables = textOf(
    (file) => isTest(file) && readFileSync(file, 'utf8').includes('describeRules('),
  );
  const described = [...tables.matchAll(/^ {2}(['"]?)(.+?)\1: \{$/gm)].map(([, , name]) => name);
  const isDescribed = (name: string): boolean => {
    const pattern = name
      .split(/\$\{\w+\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return described.some((one) => new RegExp(`^${pattern.join('.+')}$`).test(one));
  };
  expect(names.filter((name) => !isDescribed(name))).toEqual([]);
});

it('every rule stands in docs/rewrites.md, and every rule there is one', () => {
  const page = readFileSync(join(folder, '../../docs/rewrites.md'), 'utf8');
  const listed = new Set([...page.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const own = names.map((name) => name.replace(/\$\{\w+\}/g, 'NAME'));
  expect(own.filter((name) => !listed.has(name))).toEqual([]);
  const rows = page.split('\n').filter((line) => line.startsWith('|') && !line.includes(' none: '));
  const inTables = rows.flatMap((line) =>
    [...line.split('|')[3].matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(inTables.filter((name) => !own.includes(name))).toEqual([]);
});
