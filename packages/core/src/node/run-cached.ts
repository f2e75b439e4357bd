/**
 * Runs the package as one script, with the code that V8 made of it when it was built (tools/code-cache):
 * else V8 compiles each function at its first call, which is half of what an import and a first
 * `function()` take. V8 itself checks that the code is of its version, its flags and a script of this
 * length, and compiles as ever where it is not. The code is a file of the package, trusted as the
 * script beside it.
 */
import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

type Exports = Readonly<Record<string, unknown>>;
type Wrapped = (
  exports: Exports,
  require: NodeJS.Require,
  module: { readonly exports: Exports },
  filename: string,
  folder: string,
) => void;

/**
 * What the CommonJS module at `filename` exports; its code is in a file of that name and `.code`. Stacks
 * show `shownAs`, since the code keeps the name that it was recorded with, on whatever machine that was.
 */
export function runCached(filename: string, shownAs: string): Exports {
  const require = createRequire(filename);
  // Node maps frames of stacks to sources only in modules that it loads itself.
  if (process.sourceMapsEnabled) return require(filename) as Exports;
  // ASCII but for comments (record.mjs sees to it): V8 is faster with a byte a character.
  const text = Module.wrap(readFileSync(filename, 'latin1'));
  const script = new Script(text, { filename: shownAs, cachedData: codeOf(filename) });
  const module = { exports: {} };
  const run = script.runInThisContext() as Wrapped;
  run(module.exports, require, module, filename, dirname(filename));
  return module.exports;
}

function codeOf(filename: string): Buffer | undefined {
  try {
    return readFileSync(`${filename}.code`);
  } catch {
    return undefined; // left out, as by tools that copy scripts alone
  }
}
