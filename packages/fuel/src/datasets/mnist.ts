/** MNIST in the split of the Theano tutorials: 50,000 train, 10,000 valid and 10,000 test images. */
import { NDArray } from '@tno/core';
import { IndexableDataset } from '../dataset.js';
import { parseIdx } from '../formats/idx.js';
import { scaleAndShift } from '../transformers/scale-and-shift.js';
import { findDataFiles } from './data-files.js';
import type { DataFileSet, FoundFiles } from './data-files.js';
import { IMAGE_PIXELS, syntheticDigits } from './synthetic-digits.js';
import type { DigitImages } from './synthetic-digits.js';

const TRAIN = 50_000;
const VALID = 10_000;
const TEST = 10_000;

const trainImages = { name: 'train-images-idx3-ubyte', md5: '6bbc9ace898e44ae57da46a324031adb' };
const trainLabels = { name: 'train-labels-idx1-ubyte', md5: 'a25bea736e30d166cdddb491f175f624' };
const testImages = { name: 't10k-images-idx3-ubyte', md5: '2646ac647ad5339dbf082846283269ea' };
const testLabels = { name: 't10k-labels-idx1-ubyte', md5: '27ae3e4e09519cfbb04c329615203637' };

const mnistFiles: DataFileSet = {
  folder: 'mnist',
  files: [trainImages, trainLabels, testImages, testLabels],
  mirrors: [
    'https://ossci-datasets.s3.amazonaws.com/mnist/',
    'https://storage.googleapis.com/cvdf-datasets/mnist/',
  ],
};

export interface MnistOptions {
  /** The only place to look: a folder with the four files, or one with `mnist/` in it. */
  readonly dataDir?: string | undefined;
  /** Where to download from; an empty list forbids it. */
  readonly mirrors?: readonly string[] | undefined;
  /** Gets a line for everything that was tried and did not work; standard error unless given. */
  readonly warn?: ((line: string) => void) | undefined;
}

export interface Mnist {
  readonly train: DigitImages;
  readonly valid: DigitImages;
  readonly test: DigitImages;
  /** Where the images come from; 'generated' means that they are drawn, and not MNIST. */
  readonly source: FoundFiles['source'] | 'generated';
  /** The folder they were read from, where there is one. */
  readonly path?: string | undefined;
}

function decode(found: FoundFiles, images: string, labels: string): DigitImages {
  const read = (name: string): NDArray =>
    parseIdx(found.contents.get(name) ?? new Uint8Array(), name);
  const pixels = read(images);
  return new IndexableDataset({
    features: NDArray.view(pixels.data, [pixels.shape[0], IMAGE_PIXELS], { dtype: 'uint8' }),
    targets: read(labels).astype('int64'),
  });
}

function split(
  training: DigitImages,
  test: DigitImages,
): { train: DigitImages; valid: DigitImages; test: DigitImages } {
  return { train: training.slice(0, TRAIN), valid: training.slice(TRAIN, TRAIN + VALID), test };
}

/**
 * MNIST from `dataDir`, else from TNO_DATA/mnist, the user's cache or a download into it, in this
 * order; where there is none of these, equally many digits drawn by `syntheticDigits`.
 * @throws DatasetError (E_DATASET) when `dataDir` is given and has not the four files, whole
 */
export async function mnist(options: MnistOptions = {}): Promise<Mnist> {
  const warn = options.warn ?? ((line: string): void => console.warn(line));
  const set = { ...mnistFiles, mirrors: options.mirrors ?? mnistFiles.mirrors };
  const found = await findDataFiles(set, { dataDir: options.dataDir, warn });
  if (found === undefined) {
    const training = syntheticDigits({ n: TRAIN + VALID });
    const test = syntheticDigits({ n: TEST, start: TRAIN + VALID });
    return { ...split(training, test), source: 'generated' };
  }
  const training = decode(found, trainImages.name, trainLabels.name);
  const test = decode(found, testImages.name, testLabels.name);
  return { ...split(training, test), source: found.source, path: found.path };
}

/** The images with pixels as float32 `value / 256`, from 0 up to and without 1. */
export function scalePixels(images: DigitImages): IndexableDataset<{
  readonly features: NDArray<'float32'>;
  readonly targets: NDArray<'int64'>;
}> {
  const { features, targets } = images.arrays;
  return new IndexableDataset({ features: scaleAndShift(features, 1 / 256), targets });
}
