/**
 * Digits drawn by the package itself, for machines that have no MNIST: the strokes of a glyph under
 * a random bend, affine map and pen width. Example i depends on the seed and i alone, so any range
 * of one endless sequence can be made, in any order, with equal bytes.
 */
import { NDArray } from '@tno/core';
import { IndexableDataset } from '../dataset.js';
import { CounterRandom } from '../random.js';
import { digitGlyphs } from './digit-strokes.js';
import type { Glyph } from './digit-strokes.js';
import { drawStroke, EDGE } from './rasterize.js';

export const IMAGE_SIDE = 28;
export const IMAGE_PIXELS = IMAGE_SIDE * IMAGE_SIDE;

/** Height of an undistorted digit in pixels; MNIST fits its digits into a box of this side too. */
const GLYPH_PIXELS = 19;

/** How far a point strays from where the glyph has it, in parts of the glyph's box. */
const SHAKE = 0.02;

/** Images of digits, ink 255, one a row of [n, 784], and which digits they are, [n]. */
export type DigitImages = IndexableDataset<{
  readonly features: NDArray<'uint8'>;
  readonly targets: NDArray<'int64'>;
}>;

export interface SyntheticDigitsOptions {
  /** Selects the endless sequence of examples; 0 unless given. */
  readonly seed?: number;
  /** How many examples. */
  readonly n: number;
  /** The first example's place in the sequence; 0 unless given. */
  readonly start?: number;
}

/** A random map of the unit box onto the image: a gentle bend, then an affine map. */
function randomPlacement(random: CounterRandom): (x: number, y: number) => [number, number] {
  const angle = random.uniform(-0.3, 0.3);
  const slant = random.uniform(-0.2, 0.5);
  const width = GLYPH_PIXELS * random.uniform(0.65, 1.15);
  const height = GLYPH_PIXELS * random.uniform(0.75, 1.1);
  const centerX = IMAGE_SIDE / 2 + random.uniform(-2, 2);
  const centerY = IMAGE_SIDE / 2 + random.uniform(-2, 2);
  const bendX = random.uniform(-0.09, 0.09);
  const bendY = random.uniform(-0.09, 0.09);
  const phaseX = random.uniform(0, 2 * Math.PI);
  const phaseY = random.uniform(0, 2 * Math.PI);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return (x, y) => {
    const bentX = x - 0.5 + bendX * Math.sin(5 * y + phaseX);
    const bentY = y - 0.5 + bendY * Math.sin(5 * x + phaseY);
    // y points down, so a slant to the right moves the upper half (negative y) to the right.
    const u = (bentX - slant * bentY) * width;
    const v = bentY * height;
    return [centerX + cos * u - sin * v, centerY + sin * u + cos * v];
  };
}

/** Shrinks (if need be) and moves one coordinate of all points into [low, high]. */
function fitInto(strokes: readonly Float64Array[], axis: 0 | 1, low: number, high: number): void {
  let [least, most] = [Infinity, -Infinity];
  for (const points of strokes) {
    for (let i = axis; i < points.length; i += 2) {
      least = Math.min(least, points[i]);
      most = Math.max(most, points[i]);
    }
  }
  const scale = Math.min(1, (high - low) / (most - least));
  const size = scale * (most - least);
  const start = Math.min(Math.max(least, low), high - size);
  for (const points of strokes) {
    for (let i = axis; i < points.length; i += 2) points[i] = start + scale * (points[i] - least);
  }
}

/** Draws one of the glyph's variations into the 784 bytes of `pixels`. */
function drawGlyph(glyph: Glyph, random: CounterRandom, pixels: Uint8Array): void {
  const place = randomPlacement(random);
  const radius = random.uniform(0.6, 1.5);
  const strokes = glyph.map((stroke) => {
    const points = new Float64Array(stroke.length);
    for (let i = 0; i < stroke.length; i += 2) {
      const x = stroke[i] + random.uniform(-SHAKE, SHAKE);
      const y = stroke[i + 1] + random.uniform(-SHAKE, SHAKE);
      points.set(place(x, y), i);
    }
    return points;
  });
  const border = 1 + radius + EDGE;
  fitInto(strokes, 0, border, IMAGE_SIDE - border);
  fitInto(strokes, 1, border, IMAGE_SIDE - border);
  for (const points of strokes) drawStroke({ pixels, size: IMAGE_SIDE }, points, radius);
}

/** `n` drawn digits with their labels. */
export function syntheticDigits(options: SyntheticDigitsOptions): DigitImages {
  const { n, seed = 0, start = 0 } = options;
  const pixels = new Uint8Array(n * IMAGE_PIXELS);
  const labels = new BigInt64Array(n);
  for (let i = 0; i < n; i++) {
    const random = new CounterRandom(seed, start + i);
    const digit = random.below(digitGlyphs.length);
    const glyphs = digitGlyphs[digit];
    // The most usual form is drawn for about half of the examples.
    const form = random.uniform() < 0.5 ? 0 : random.below(glyphs.length);
    drawGlyph(glyphs[form], random, pixels.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS));
    labels[i] = BigInt(digit);
  }
  return new IndexableDataset({
    features: NDArray.view(pixels, [n, IMAGE_PIXELS]),
    targets: NDArray.view(labels, [n]),
  });
}
