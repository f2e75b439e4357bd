/**
 * How each digit is written: alternative glyphs, each a list of pen strokes. A stroke is a polyline
 * x0, y0, x1, y1, ... in a unit box with y pointing down. Curves are cut into short pieces here, so
 * whatever distorts or draws a stroke sees points only.
 */

/** A polyline as flat coordinates. */
export type Stroke = readonly number[];
export type Glyph = readonly Stroke[];

/** Degrees of arc a piece; short enough that an undistorted circle looks round at 28 pixels. */
const ARC_STEP = 24;
const BEZIER_PIECES = 6;

/** Points of an ellipse arc; 0 degrees is right, 90 down; the end may lie before the start. */
function arc(
  centerX: number,
  centerY: number,
  radiusX: number,
  radiusY: number,
  from: number,
  to: number,
): number[] {
  const pieces = Math.ceil(Math.abs(to - from) / ARC_STEP);
  const points: number[] = [];
  for (let i = 0; i <= pieces; i++) {
    const angle = ((from + ((to - from) * i) / pieces) * Math.PI) / 180;
    points.push(centerX + radiusX * Math.cos(angle), centerY + radiusY * Math.sin(angle));
  }
  return points;
}

/** Points of a quadratic Bezier curve from (x0, y0) to (x2, y2), pulled towards (x1, y1). */
function curve(x0: number, y0: number, x1: number, y1: number, x2: number, y2: number): number[] {
  const points: number[] = [];
  for (let i = 0; i <= BEZIER_PIECES; i++) {
    const t = i / BEZIER_PIECES;
    const u = 1 - t;
    points.push(u * u * x0 + 2 * u * t * x1 + t * t * x2, u * u * y0 + 2 * u * t * y1 + t * t * y2);
  }
  return points;
}

/** The glyphs of the digits 0 to 9, most usual form first. */
export const digitGlyphs: readonly (readonly Glyph[])[] = [
  [[arc(0.5, 0.5, 0.29, 0.44, -80, 285)], [arc(0.5, 0.5, 0.22, 0.44, -100, 260)]],
  [
    [[0.5, 0.05, 0.5, 0.95]],
    [[0.32, 0.26, 0.52, 0.06, 0.52, 0.95]],
    [
      [0.34, 0.24, 0.51, 0.06, 0.51, 0.94],
      [0.3, 0.94, 0.72, 0.94],
    ],
  ],
  [
    [
      [
        ...arc(0.49, 0.29, 0.27, 0.23, 195, 390),
        ...curve(0.68, 0.5, 0.5, 0.72, 0.2, 0.93),
        0.8,
        0.93,
      ],
    ],
    [
      [
        ...arc(0.49, 0.28, 0.26, 0.22, 200, 390),
        ...curve(0.66, 0.5, 0.5, 0.78, 0.3, 0.9),
        ...arc(0.3, 0.83, 0.09, 0.08, 90, 300),
        ...curve(0.42, 0.82, 0.6, 0.98, 0.84, 0.86),
      ],
    ],
  ],
  [
    [[...arc(0.47, 0.28, 0.26, 0.22, 200, 440), ...arc(0.46, 0.71, 0.29, 0.23, 275, 515)]],
    [[0.25, 0.07, 0.72, 0.07, 0.46, 0.4, ...arc(0.45, 0.67, 0.29, 0.26, 285, 515)]],
  ],
  [
    [
      [0.28, 0.06, 0.2, 0.56, 0.8, 0.54],
      [0.66, 0.26, 0.62, 0.95],
    ],
    [[0.62, 0.95, 0.64, 0.05, 0.17, 0.64, 0.84, 0.64]],
  ],
  [
    [[0.76, 0.07, 0.33, 0.07, 0.28, 0.46, ...arc(0.47, 0.68, 0.29, 0.26, 235, 500)]],
    [
      [0.33, 0.08, 0.28, 0.46, ...arc(0.46, 0.68, 0.28, 0.26, 240, 495)],
      [0.33, 0.08, 0.78, 0.06],
    ],
  ],
  [
    [[...curve(0.68, 0.05, 0.24, 0.3, 0.23, 0.72), ...arc(0.5, 0.72, 0.27, 0.22, 180, -180)]],
    [[...curve(0.52, 0.04, 0.26, 0.36, 0.27, 0.72), ...arc(0.48, 0.73, 0.21, 0.21, 180, -170)]],
  ],
  [
    [[0.2, 0.1, 0.79, 0.1, 0.42, 0.95]],
    [[0.2, 0.18, 0.24, 0.1, 0.78, 0.1, ...curve(0.72, 0.2, 0.46, 0.55, 0.44, 0.95)]],
    [
      [0.2, 0.1, 0.79, 0.1, 0.4, 0.95],
      [0.33, 0.5, 0.76, 0.5],
    ],
  ],
  [
    [arc(0.5, 0.27, 0.22, 0.21, 90, 450), arc(0.5, 0.71, 0.27, 0.23, -90, 270)],
    [[...arc(0.5, 0.26, 0.22, 0.2, -30, -260), ...arc(0.5, 0.71, 0.25, 0.23, -80, 240), 0.7, 0.16]],
  ],
  [
    [[...arc(0.49, 0.3, 0.25, 0.23, 0, -360), ...curve(0.74, 0.34, 0.74, 0.7, 0.58, 0.96)]],
    [[...arc(0.48, 0.29, 0.24, 0.23, -20, -340), 0.73, 0.2, 0.7, 0.95]],
  ],
];
