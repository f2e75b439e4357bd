import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadNpz, NDArray } from '@tno/core';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import type { TrainingResult, Validation } from '../src/early-stopping.js';
import { filterPicture } from '../src/filter-image.js';
import { learningCurveSvg } from '../src/learning-curve.js';
import { writeResults } from '../src/results.js';
import type { Parameters } from '../src/train.js';
import { writeAside } from '../src/write-aside.js';

const root = mkdtempSync(join(tmpdir(), 'tno-results-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A falling validation error, with a test error at every second validation. */
const history: Validation[] = Array.from({ length: 30 }, (_, i) => ({
  epoch: i + 1,
  iterations: 100 * (i + 1),
  cost: 1 / (i + 1),
  validationError: 0.07 + 0.05 / (i + 1),
  testError: i % 2 === 0 ? 0.075 + 0.05 / (i + 1) : undefined,
}));

/** Weights for images of side x side: column k has one weight of k - 4.5 at pixel k. */
function weights(side: number): NDArray<'float32'> {
  const W = NDArray.zeros([side * side, 10], 'float32');
  for (let k = 0; k < 10; k++) W.set(k - 4.5, k, k);
  return W;
}

/** The names of the elements in a well-formed XML text. @throws when it is not well formed */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const rest = xml.replace(
    /<(\/?)([\w:]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, close: string, name: string, _attributes: string, empty: string) => {
      if (close !== '') {
        if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      } else {
        seen.push(name);
        if (empty === '') open.push(name);
      }
      return '';
    },
  );
  if (open.length > 0) throw new Error(`<${open.join('> <')}> stay open`);
  if (/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(rest)) throw new Error(`stray markup in ${rest}`);
  return seen;
}

describe('filterPicture', () => {
  it('tiles the ten filters five in a row', () => {
    const { width, height, data } = filterPicture(weights(28));
    expect([width, height]).toEqual([5 * 120 + 8, 2 * 120 + 8]);
    expect(data.length).toBe(width * height * 3);
  });

  it('paints positive weights red, negative ones blue and none white, on one scale', () => {
    const { width, data } = filterPicture(weights(4));
    const cell = 4 * 4 + 8;
    /** The colour in the middle of the pixel of the class's tile. */
    const at = (label: number, pixel: number): number[] => {
      const x = 8 + (label % 5) * cell + (pixel % 4) * 4 + 2;
      const y = 8 + Math.floor(label / 5) * cell + Math.floor(pixel / 4) * 4 + 2;
      return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
    };
    const [red, , blue] = at(9, 9);
    expect(red).toBeGreaterThan(blue + 50);
    const [less, , more] = at(0, 0);
    expect(more).toBeGreaterThan(less + 50);
    expect(at(3, 10)).toEqual([247, 247, 247]);
    const [faintRed, , faintBlue] = at(5, 5);
    expect(faintRed - faintBlue).toBeGreaterThan(0);
    expect(faintRed - faintBlue).toBeLessThan(red - blue);
  });

  it('draws weights of zero and weights that are not numbers', () => {
    const W = NDArray.zeros([784, 10], 'float32');
    expect(
      filterPicture(W)
        .data.subarray((8 * 608 + 8) * 3)
        .at(0),
    ).toBe(247);
    W.set(NaN, 0, 0);
    W.set(Infinity, 1, 0);
    expect(
      filterPicture(W)
        .data.subarray((8 * 608 + 8) * 3)
        .at(0),
    ).toBe(96);
  });
});

describe('learningCurveSvg', () => {
  it('is a well-formed SVG with both curves, their legend and the title', async () => {
    const svg = await learningCurveSvg(history, 'A title with <angles> & more');
    const elements = elementsOf(svg);
    expect(elements[0]).toBe('svg');
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    for (const text of ['epoch', 'error, %', 'validation', 'test', 'A title with &lt;angles&gt;']) {
      expect(svg).toContain(text);
    }
    // One line a curve, and one point for each of its errors.
    expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(2);
    expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(30 + 15);
  });

  it('is drawn for a single validation', async () => {
    expect(elementsOf(await learningCurveSvg(history.slice(0, 1), 'One'))[0]).toBe('svg');
  });
});

describe('writeResults', () => {
  const W = weights(28);
  const b = NDArray.full([10], 0.25, 'float32');
  const result: TrainingResult<Parameters> = {
    history,
    best: { parameters: { W, b }, epoch: 30, validationError: 0.07, testError: 0.08 },
    epochs: 30,
    iterations: 3000,
  };

  it('writes parameters, picture and curve into a folder, and nothing else', async () => {
    const out = mkdtempSync(join(root, 'out-'));
    const files = await writeResults(result, 'Title', out);
    expect(readdirSync(out).sort()).toEqual([
      'filters.png',
      'learning-curve.svg',
      'parameters.npz',
    ]);
    const saved = loadNpz(files.parameters);
    expect(saved['W'].equals(W)).toBe(true);
    expect(saved['b'].equals(b)).toBe(true);
    const image = decode(readFileSync(files.filters));
    expect([image.width, image.height, image.channels]).toEqual([608, 248, 3]);
    expect(elementsOf(readFileSync(files.learningCurve, 'utf8'))[0]).toBe('svg');
  });
});

describe('writeAside', () => {
  it('replaces a file and leaves nothing beside it', () => {
    const path = join(root, 'text');
    writeAside(path, 'old');
    writeAside(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(root).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('fails without a folder, and leaves nothing', () => {
    expect(() => writeAside(join(root, 'no', 'file'), 'x')).toThrow(/ENOENT/);
  });
});
