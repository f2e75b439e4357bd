import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as functions from '../src/tensor/functions.js';

it('FEATURES.md names every function of the typed surface', () => {
  const text = readFileSync(new URL('../../../FEATURES.md', import.meta.url), 'utf8');
  const words = new Set(text.match(/[A-Za-z0-9]+/g));
  const missing = Object.keys(functions).filter((name) => name !== 'switchOp' && !words.has(name));
  expect(missing).toEqual([]);
});
