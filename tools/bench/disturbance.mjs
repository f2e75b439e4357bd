// How much others work meanwhile. On a shared machine a comparison is worth most in the moments that
// nobody else uses, and those can be told from the rest.

import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const hertz = 100;

/** Above this part of one processor, others disturb. */
const tolerated = 0.1;

/** Ticks that the processors have worked, or were kept from it by the host. @param {string} stat /proc/stat */
export function workedTicks(stat) {
  const [user, nice, system, , , irq, softirq, steal] = stat
    .slice(0, stat.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user + nice + system + irq + softirq + steal;
}

/** Ticks of a process and all its threads. @param {string} stat /proc/PID/stat */
export function processTicks(stat) {
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/**
 * Watches from now on.
 * @param {readonly (number | undefined)[]} pids of the processes that are no others
 * @returns {() => boolean} whether nobody else has worked since; true where that cannot be told
 */
export function watchOthers(pids) {
  const ticks = () => {
    const own = [process.pid, ...pids].map((pid) =>
      processTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    );
    return workedTicks(readFileSync('/proc/stat', 'utf8')) - own.reduce((a, b) => a + b, 0);
  };
  try {
    const before = ticks();
    const start = performance.now();
    return () => {
      const passed = ((performance.now() - start) / 1000) * hertz;
      return ticks() - before <= tolerated * passed + 2;
    };
  } catch {
    return () => true;
  }
}
