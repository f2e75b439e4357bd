import { SingleBar } from 'cli-progress';
import type { Progress } from './early-stopping.js';

/** Shows how training goes on. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  stop(): void;
}

function percent(error: number): string {
  return Number.isFinite(error) ? `${(100 * error).toFixed(2)} %` : '-';
}

/** Turns the progress so far into one line of figures. */
function figures(): (progress: Progress) => string {
  const start = performance.now();
  let valid = Infinity;
  let test = Infinity;
  return ({ epoch, validation }) => {
    if (validation !== undefined) {
      valid = validation.validationError;
      test = validation.testError ?? test;
    }
    const speed = (1000 * epoch) / (performance.now() - start);
    return [
      `epoch ${Math.ceil(epoch)}`,
      `validation ${percent(valid)}`,
      `test ${percent(test)}`,
      `${speed.toFixed(2)} epochs/s`,
    ].join(' | ');
  };
}

/** A bar for a terminal. Its end moves away whenever patience grows. */
function barDisplay(): ProgressDisplay {
  const text = figures();
  // The cursor stays, so that an interrupted run leaves the terminal as it was.
  const bar = new SingleBar({
    format: '{bar} {text}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: false,
    gracefulExit: false,
  });
  bar.start(1, 0, { text: 'compiling' });
  return {
    update(progress) {
      bar.setTotal(progress.lastEpoch);
      bar.update(progress.epoch, { text: text(progress) });
    },
    stop() {
      bar.stop();
    },
  };
}

/** A line a validation, for files and pipes. */
function lineDisplay(): ProgressDisplay {
  const text = figures();
  return {
    update(progress) {
      const line = text(progress);
      if (progress.validation !== undefined) process.stdout.write(`${line}\n`);
    },
    stop() {},
  };
}

/** A bar (drawn on standard error) on a terminal, else plain lines on standard output. */
export function progressDisplay(
  onTerminal = process.stdout.isTTY && process.stderr.isTTY,
): ProgressDisplay {
  return onTerminal ? barDisplay() : lineDisplay();
}
