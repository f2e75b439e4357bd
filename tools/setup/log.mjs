// What the set-up says, and how it runs a command: one line on the terminal for each step, and all
// output of the step in a file under .tno/log/, whose end is shown only when a step that is needed fails.

import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where stamps and logs live; ignored by git, safe to delete. */
export const stateFolder = join(root, '.tno');

/** @param {string} line */
export function say(line) {
  console.log(`set-up: ${line}`);
}

/** @param {string} line */
export function warn(line) {
  console.warn(`set-up: warning: ${line}`);
}

/** A step without which nothing can run; its message is the line to show. */
export class SetupError extends Error {}

/** The environment of every command: quiet tools, no telemetry, nothing in the background. */
export function commandEnvironment() {
  return {
    ...process.env,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
  };
}

/**
 * @typedef {{ ok: boolean, output: string, log: string }} CommandResult
 */

/**
 * Runs a command with its output in `.tno/log/NAME.log`.
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, append?: boolean }} [options]
 * @returns {Promise<CommandResult>}
 */
export function runLogged(name, command, args, options = {}) {
  const folder = join(stateFolder, 'log');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  const stream = createWriteStream(path, { flags: options.append === true ? 'a' : 'w' });
  stream.write(`$ ${command} ${args.join(' ')}\n`);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...commandEnvironment(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    child.stdout.pipe(stream, { end: false });
    child.stderr.pipe(stream, { end: false });
    /** @param {boolean} ok */
    const finish = (ok) => {
      stream.end(() => {
        resolve({ ok, output: readFileSync(path, 'utf8'), log: relative(root, path) });
      });
    };
    child.once('error', (error) => {
      stream.write(`${error.message}\n`);
      finish(false);
    });
    child.once('close', (code) => {
      if (child.pid !== undefined) finish(code === 0);
    });
  });
}

/**
 * The last lines of a command's output, indented.
 * @param {string} output
 * @param {number} [lines]
 */
export function tail(output, lines = 30) {
  return output
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n');
}

/**
 * The lines that say what is wrong, where some do; otherwise the last ones.
 * @param {string} output
 */
export function complaints(output) {
  const lines = output.split('\n').filter((line) => /\berror\b/i.test(line));
  return lines.length > 0 ? tail(lines.slice(0, 20).join('\n')) : tail(output);
}

/**
 * Whether a command failed because nothing outside this machine could be reached.
 * @param {string} output
 */
export function looksOffline(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|Temporary failure resolving|Could not resolve|Could not connect/.test(
    output,
  );
}
