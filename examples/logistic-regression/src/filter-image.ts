/**
 * The weights of a linear layer as a picture: one square a class, each pixel's weight as a colour
 * from blue (against the class) over white (none) to red (for it), on one scale for all classes.
 */
import type { NDArray } from '@tno/core';
import { encode } from 'fast-png';

type Colour = readonly [red: number, green: number, blue: number];

const AGAINST: Colour = [33, 102, 172];
const NEUTRAL: Colour = [247, 247, 247];
const FOR: Colour = [178, 24, 43];
const GAP_COLOUR: Colour = [96, 96, 96];

const COLUMNS = 5;
/** Side of a weight's square, in image pixels. */
const ZOOM = 4;
const GAP = 8;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue, row by row. */
  readonly data: Uint8Array;
}

/** The colour of a weight between -1 and 1. */
function colourOf(weight: number): Colour {
  const end = weight < 0 ? AGAINST : FOR;
  const share = Math.min(1, Math.abs(weight));
  const mix = (from: number, to: number): number => Math.round(from + share * (to - from));
  return [mix(NEUTRAL[0], end[0]), mix(NEUTRAL[1], end[1]), mix(NEUTRAL[2], end[2])];
}

/** The weight that gets the full colour; a few extreme ones beyond it do not pale all others. */
function fullColourWeight(values: Float64Array): number {
  const sizes = values.map(Math.abs).filter((size) => size > 0 && Number.isFinite(size));
  sizes.sort();
  return sizes.length === 0 ? 1 : sizes[Math.floor(0.995 * (sizes.length - 1))];
}

/** The columns of `weights`, [side * side, classes], as tiles, five in a row. */
export function filterPicture(weights: NDArray): Picture {
  const [pixels, classes] = weights.shape;
  const side = Math.sqrt(pixels);
  const cell = side * ZOOM + GAP;
  const width = COLUMNS * cell + GAP;
  const height = Math.ceil(classes / COLUMNS) * cell + GAP;
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(GAP_COLOUR, at);
  const values = weights.astype('float64').data;
  const full = fullColourWeight(values);
  const paintTile = (label: number, left: number, top: number): void => {
    for (let y = 0; y < side * ZOOM; y++) {
      for (let x = 0; x < side * ZOOM; x++) {
        const pixel = Math.floor(y / ZOOM) * side + Math.floor(x / ZOOM);
        // Weights that are not finite are drawn like the gaps, not like weights of zero.
        const weight = values[pixel * classes + label];
        const colour = Number.isFinite(weight) ? colourOf(weight / full) : GAP_COLOUR;
        data.set(colour, ((top + y) * width + left + x) * 3);
      }
    }
  };
  for (let label = 0; label < classes; label++) {
    const row = Math.floor(label / COLUMNS);
    paintTile(label, GAP + (label % COLUMNS) * cell, GAP + row * cell);
  }
  return { width, height, data };
}

/** `filterPicture` as the bytes of a PNG file. */
export function filterPng(weights: NDArray): Uint8Array {
  const { width, height, data } = filterPicture(weights);
  return encode({ width, height, data, channels: 3 });
}
