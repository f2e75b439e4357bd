import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withFeatures } from '../src/features.js';
import { flagsPage } from '../src/flags-page.js';

/** Prettier pads the cells of tables. */
const unpadded = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

const features = readFileSync(new URL('../../../FEATURES.md', import.meta.url), 'utf8');

it('FEATURES.md shows the table of operations as it is: else run npm run features', () => {
  expect(unpadded(withFeatures(features))).toBe(unpadded(features));
});

it('no operation of the table runs in JavaScript on the cpu', () => {
  expect(features).toMatch(/reference, cpu/);
  expect(features).not.toMatch(/cpu \(in JavaScript\)/);
});

it('docs/flags.md shows the flags as they are: else run npm run features', () => {
  const text = readFileSync(new URL('../../../docs/flags.md', import.meta.url), 'utf8');
  expect(unpadded(text)).toBe(unpadded(flagsPage()));
});
