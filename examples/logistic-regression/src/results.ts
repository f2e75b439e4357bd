import { join, resolve } from 'node:path';
import * as tno from '@tno/core';
import type { TrainingResult } from './early-stopping.js';
import { filterPng } from './filter-image.js';
import { learningCurveSvg } from './learning-curve.js';
import type { Parameters } from './train.js';
import { writeAside } from './write-aside.js';

export interface ResultFiles {
  readonly parameters: string;
  readonly filters: string;
  readonly learningCurve: string;
}

/** Writes what training gave into the existing folder `out` and returns the absolute paths. */
export async function writeResults(
  result: TrainingResult<Parameters>,
  title: string,
  out: string,
): Promise<ResultFiles> {
  const { W, b } = result.best.parameters;
  const path = (name: string): string => resolve(join(out, name));
  const files: ResultFiles = {
    parameters: path('parameters.npz'),
    filters: path('filters.png'),
    learningCurve: path('learning-curve.svg'),
  };
  const svg = await learningCurveSvg(result.history, title);
  tno.saveNpz(files.parameters, { W, b });
  writeAside(files.filters, filterPng(W));
  writeAside(files.learningCurve, svg);
  return files;
}
