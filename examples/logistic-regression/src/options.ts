import { Command, InvalidArgumentError, Option } from 'commander';
import { defaultOptions } from './train.js';

export type DeviceName = 'cpu' | 'reference';

export interface Options {
  readonly batch: number;
  readonly rate: number;
  readonly epochs: number;
  /** Unset: what the configuration says. */
  readonly device?: DeviceName;
  /** Unset: wherever @tno/fuel finds MNIST. */
  readonly data?: string;
  readonly out: string;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected an integer of 1 or more.');
  }
  return value;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Expected a number above 0.');
  }
  return value;
}

/** The program's command line, ready to parse. */
export function commandLine(): Command {
  return new Command('logistic-regression')
    .description('Trains softmax regression on MNIST by stochastic gradient descent.')
    .option('--batch <examples>', 'examples a minibatch', positiveInteger, defaultOptions.batchSize)
    .option('--rate <number>', 'learning rate', positiveNumber, defaultOptions.learningRate)
    .option(
      '--epochs <count>',
      'stop after this many at the latest',
      positiveInteger,
      defaultOptions.maxEpochs,
    )
    .addOption(
      new Option('--device <name>', 'where to compute; as configured unless given').choices([
        'cpu',
        'reference',
      ]),
    )
    .option('--data <folder>', 'the only place to look for the MNIST files')
    .option('--out <folder>', 'where to write the results', 'output/logistic-regression')
    .allowExcessArguments(false)
    .showHelpAfterError('(--help shows the options)');
}

/** @throws CommanderError, after `exitOverride`, for a bad option */
export function parseOptions(args: readonly string[], command: Command = commandLine()): Options {
  return command.parse(args, { from: 'user' }).opts<Options>();
}
