// Runs a script with this Node, on this terminal, as if it had been started directly.

import { spawn } from 'node:child_process';

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] in addition to the present environment
 * @returns {Promise<number>} the exit status, 128 + n for a signal as shells say it
 */
export function runNode(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    // The terminal sends an interrupt to both; the child decides how to end, and we follow.
    const ignore = () => undefined;
    const forward = () => child.kill('SIGTERM');
    process.on('SIGINT', ignore);
    process.on('SIGTERM', forward);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1));
    });
  });
}
