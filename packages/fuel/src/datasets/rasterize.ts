/** Draws polylines with a round pen into a small grey image; the edge is smoothed over one pixel. */

export interface Raster {
  /** Grey values, row by row, 0 for paper and 255 for ink; strokes are drawn over what is there. */
  readonly pixels: Uint8Array;
  readonly size: number;
}

/** How far the smooth edge of a stroke reaches beyond the pen's radius. */
export const EDGE = 0.5;

/** Grey value of a pixel whose centre is `distance` pixels away from the stroke's middle. */
function ink(distance: number, radius: number): number {
  const cover = radius + EDGE - distance;
  if (cover <= 0) return 0;
  return cover >= 1 ? 255 : Math.round(255 * cover);
}

/** The squared distance of the point (x, y) from the segment. */
function squaredDistance(
  x: number,
  y: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2;
}

function drawSegment(
  raster: Raster,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  radius: number,
): void {
  const { pixels, size } = raster;
  const reach = radius + EDGE;
  // Pixel i covers [i, i + 1), so its centre lies at i + 0.5.
  const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
  const right = Math.min(size - 1, Math.floor(Math.max(ax, bx) + reach));
  const top = Math.max(0, Math.floor(Math.min(ay, by) - reach));
  const bottom = Math.min(size - 1, Math.floor(Math.max(ay, by) + reach));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const squared = squaredDistance(column + 0.5, row + 0.5, ax, ay, bx, by);
      if (squared >= reach * reach) continue;
      const value = ink(Math.sqrt(squared), radius);
      const at = row * size + column;
      if (value > pixels[at]) pixels[at] = value;
    }
  }
}

/** Draws the polyline x0, y0, x1, y1, ... given in pixels. */
export function drawStroke(raster: Raster, points: ArrayLike<number>, radius: number): void {
  for (let i = 0; i + 3 < points.length; i += 2) {
    drawSegment(raster, points[i], points[i + 1], points[i + 2], points[i + 3], radius);
  }
}
