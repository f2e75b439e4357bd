/** Trains the model on MNIST and writes what it learned: parameters, filters and learning curve. */
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
  const digits = await mnist({ dataDir: options.data });
  print(describeSource(digits));

  const splits = {
    train: scalePixels(digits.train),
    valid: scalePixels(digits.valid),
    test: scalePixels(digits.test),
  };
  const display = progressDisplay();
  const start = performance.now();
  const result = trainLogisticRegression(
    splits,
    {
      ...defaultOptions,
      batchSize: options.batch,
      learningRate: options.rate,
      maxEpochs: options.epochs,
    },
    (progress) => display.update(progress),
  );
  const seconds = (performance.now() - start) / 1000;
  display.stop();

  const { best, epochs } = result;
  print(
    `${epochs} epochs in ${seconds.toFixed(1)} s (${(epochs / seconds).toFixed(2)} epochs/s) on device ${tno.config.device}`,
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

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
