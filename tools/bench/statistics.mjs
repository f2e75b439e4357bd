// Few numbers for many.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {readonly number[]} values */
export function least(values) {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

/** @param {readonly number[]} milliseconds */
export function summary(milliseconds) {
  return { median_ms: median(milliseconds), min_ms: least(milliseconds) };
}
