import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withFeatures } from '../src/features.js';

/** Prettier pads the cells of tables. */
const unpadded = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

it('FEATURES.md shows the table of operations as it is: else run npm run features', () => {
  const text = readFileSync(new URL('../../../FEATURES.md', import.meta.url), 'utf8');
  expect(unpadded(withFeatures(text))).toBe(unpadded(text));
});
