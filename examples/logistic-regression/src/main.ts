/** Trains the model on MNIST and writes what it learned: parameters, filters and learning curve. */
import { mkdirSync } from 'node:fs';
import * as tno from '@tno/core';
import { mnist, scalePixels } from '@tno/fuel';
import type { Mnist } from '@tno/fuel';
import { parseOptions } from './options.js';
import type { Options } from './options.js';
import { progressDisplay } from './progress-display.js';
import { writeResults } from './results.js';
import { defaultOptions, trainLogisticRegression } from './train.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (error: number): string => `${(100 * error).toFixed(2)} %`;

function describeSource({ source, path }: Mnist): string {
  if (source === 'generated') {
    return 'Data: MNIST was not found and could not be downloaded; training on digits drawn by @tno/fuel, whose errors are not those of MNIST.';
  }
  const how = source === 'download' ? 'downloaded' : `from ${source}`;
  return `Data: MNIST, ${how}${path === undefined ? '' : ` (${path})`}`;
}

async function main(options: Options): Promise<void> {
  if (options.device !== undefined) tno.config.device = options.device;
  // A folder that cannot be made should end the program before the training, not after it.
  mkdirSync(options.out, { recursive: true });
  const digits = await mnist({ dataDir: options.data });
  print(describeSource(digits));

  const splits = {
    train: scalePixels(digits.train),
    valid: scalePixels(digits.valid),
    test: scalePixels(digits.test),
  };
  const training = {
    ...defaultOptions,
    batchSize: options.batch,
    learningRate: options.rate,
    maxEpochs: options.epochs,
  };
  const display = progressDisplay();
  const start = performance.now();
  let result;
  try {
    result = trainLogisticRegression(splits, training, (progress) => display.update(progress));
  } finally {
    display.stop();
  }
  const seconds = (performance.now() - start) / 1000;

  const { best, epochs } = result;
  print(
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${seconds.toFixed(1)} s (${(epochs / seconds).toFixed(2)} epochs/s) on device ${tno.currentDevice().name}`,
  );
  print(
    `Best validation error ${percent(best.validationError)}, with test error ${percent(best.testError)}, after epoch ${best.epoch}`,
  );
  const name = digits.source === 'generated' ? 'drawn digits' : 'MNIST';
  const files = await writeResults(result, `Softmax regression on ${name}`, options.out);
  print(`Best parameters: ${files.parameters}`);
  print(`Filters: ${files.filters}`);
  print(`Learning curve: ${files.learningCurve}`);
}

/** Errors of TNO, of option values and of the file system say all in their message. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const selfExplaining = error instanceof RangeError || 'code' in error;
  return selfExplaining ? error.message : (error.stack ?? error.message);
}

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
