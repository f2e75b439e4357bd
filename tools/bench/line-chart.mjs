// A chart of lines through points, as SVG.

/** @typedef {{ name: string, points: [x: number, y: number][] }} Line */

const [width, height, left, right, top, bottom] = [720, 420, 70, 20, 40, 50];
const colours = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd'];

/** Round numbers from 0 to at least `most`, four to eight of them. @param {number} most */
export function ticksUpTo(most) {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => most / n <= 8) ?? most;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, k) => k * step);
}

/** @param {string} title @param {string} xLabel @param {string} yLabel @param {readonly Line[]} lines */
export function lineChart(title, xLabel, yLabel, lines) {
  const points = lines.flatMap((line) => line.points);
  const xs = ticksUpTo(Math.max(...points.map(([x]) => x)));
  const ys = ticksUpTo(Math.max(...points.map(([, y]) => y)));
  const [maxX, maxY] = [xs[xs.length - 1], ys[ys.length - 1]];
  const atX = (/** @type {number} */ x) => round(left + (x / maxX) * (width - left - right));
  const atY = (/** @type {number} */ y) =>
    round(height - bottom - (y / maxY) * (height - top - bottom));
  const [x0, x1, y0, y1] = [atX(0), atX(maxX), atY(0), atY(maxY)];
  const middle = (x0 + x1) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(middle, 22, 'middle', title),
    text(middle, height - 12, 'middle', xLabel),
    text(left, top - 8, 'middle', yLabel),
    ...xs.flatMap((x) => [
      rule(atX(x), y0, atX(x), y1),
      text(atX(x), y0 + 18, 'middle', String(x)),
    ]),
    ...ys.flatMap((y) => [
      rule(x0, atY(y), x1, atY(y)),
      text(x0 - 6, atY(y) + 4, 'end', String(y)),
    ]),
    ...lines.flatMap(({ name, points: own }, k) => {
      const places = own.map(([x, y]) => `${atX(x)},${atY(y)}`);
      const [endX, endY] = own[own.length - 1];
      return [
        `<polyline fill="none" stroke="${colours[k]}" stroke-width="2" points="${places.join(' ')}"/>`,
        ...own.map(
          ([x, y]) => `<circle cx="${atX(x)}" cy="${atY(y)}" r="3" fill="${colours[k]}"/>`,
        ),
        text(atX(endX), atY(endY) - 8, 'end', name, colours[k]),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

/** @param {number} n */
const round = (n) => Math.round(n * 10) / 10;

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
const rule = (x1, y1, x2, y2) =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>`;

/** @param {number} x @param {number} y @param {string} anchor @param {string} content @param {string} colour */
const text = (x, y, anchor, content, colour = '#333') =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
