// Runs a script of @tno/core and a typical program with it, and writes V8's code of the functions that
// this called beside it, as run-cached.ts reads it. Usage: node record.mjs SCRIPT.cjs SHOWN_AS

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { typicalProgram } from './typical-program.mjs';

const filename = resolve(process.argv[2]);
const shownAs = process.argv[3];

// No settings of whoever builds.
const empty = mkdtempSync(join(tmpdir(), 'tno-record-'));
process.chdir(empty);
process.env.HOME = empty;
process.env.TNO_FLAGS = 'device=reference';

const source = readFileSync(filename, 'latin1');
const comment = /^\s*(\/\/|\/?\*)/;
const wrong = source.split('\n').find((line) => /[\x80-\xff]/.test(line) && !comment.test(line));
if (wrong !== undefined) throw new Error(`expected ASCII but in comments, got ${wrong}`);

const text = Module.wrap(source);
const script = new Script(text, { filename: shownAs });
const module = { exports: /** @type {import('@tno/core')} */ ({}) };
script.runInThisContext()(
  module.exports,
  createRequire(filename),
  module,
  filename,
  dirname(filename),
);
typicalProgram(module.exports);
const code = script.createCachedData();
if (new Script(text, { filename: shownAs, cachedData: code }).cachedDataRejected !== false) {
  throw new Error('V8 does not take the code that it made');
}
writeFileSync(`${filename}.code`, code);
rmSync(empty, { recursive: true });
