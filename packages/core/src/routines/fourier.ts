/** Discrete Fourier transforms along the last axis, in the reference: by prime factors, in float64. */
import { NDArray } from '../types/ndarray.js';
import type { ReferenceRoutine } from './routine.js';

interface Numbers {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const numbers = (n: number): Numbers => ({ re: new Float64Array(n), im: new Float64Array(n) });

function smallestFactor(n: number): number {
  for (let factor = 2; factor * factor <= n; factor++) if (n % factor === 0) return factor;
  return n;
}

/** e^(∓2πi·k/n) for k < n, minus unless backward. */
function rootsOfUnity(n: number, backward: boolean): Numbers {
  const roots = numbers(n);
  const sign = backward ? 1 : -1;
  for (let k = 0; k < n; k++) {
    // Of the angle nearest to 0, which is the most exact.
    const angle = (2 * Math.PI * (2 * k > n ? k - n : k)) / n;
    const quarter = (4 * k) / n;
    roots.re[k] = Number.isInteger(quarter) ? [1, 0, -1, 0][quarter] : Math.cos(angle);
    roots.im[k] = sign * (Number.isInteger(quarter) ? [0, 1, 0, -1][quarter] : Math.sin(angle));
  }
  return roots;
}

/** The transform of the n numbers of `x` at `from`, `from + step`, …; `roots` are of n·step. */
function transform(x: Numbers, from: number, step: number, n: number, roots: Numbers): Numbers {
  const y = numbers(n);
  if (n === 1) {
    y.re[0] = x.re[from];
    y.im[0] = x.im[from];
    return y;
  }
  const factor = smallestFactor(n);
  const m = n / factor;
  const parts = Array.from({ length: factor }, (_, j) =>
    transform(x, from + j * step, step * factor, m, roots),
  );
  for (let k = 0; k < n; k++) {
    parts.forEach((part, j) => {
      const turn = ((j * k) % n) * step;
      const [re, im] = [part.re[k % m], part.im[k % m]];
      y.re[k] += re * roots.re[turn] - im * roots.im[turn];
      y.im[k] += re * roots.im[turn] + im * roots.re[turn];
    });
  }
  return y;
}

/** Transforms each line; `read` gives its numbers, `write` takes the results. */
function eachLine(
  count: number,
  n: number,
  backward: boolean,
  read: (line: number, into: Numbers) => void,
  write: (line: number, y: Numbers) => void,
): void {
  const roots = rootsOfUnity(n, backward);
  for (let line = 0; line < count; line++) {
    const x = numbers(n);
    read(line, x);
    write(line, transform(x, 0, 1, n, roots));
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** A result in the dtype of `like`. */
const stored = (data: Float64Array, shape: readonly number[], like: NDArray): NDArray =>
  new NDArray('float64', data, shape).astype(like.dtype);

export const fft: ReferenceRoutine = ([x], [backward]) => {
  const given = x.astype('float64').data;
  const data = new Float64Array(x.size);
  const n = x.shape[x.rank - 2];
  if (x.size === 0) return [stored(data, x.shape, x)];
  eachLine(
    x.size / (2 * n),
    n,
    backward !== 0,
    (line, into) => {
      for (let j = 0; j < n; j++) {
        into.re[j] = Number(given[2 * (line * n + j)]);
        into.im[j] = Number(given[2 * (line * n + j) + 1]);
      }
    },
    (line, y) => {
      for (let k = 0; k < n; k++) {
        data[2 * (line * n + k)] = y.re[k];
        data[2 * (line * n + k) + 1] = y.im[k];
      }
    },
  );
  return [stored(data, x.shape, x)];
};

export const rfft: ReferenceRoutine = ([x]) => {
  const given = x.astype('float64').data;
  const lead = x.shape.slice(0, -1);
  const n = x.shape[x.rank - 1];
  const half = Math.floor(n / 2) + 1;
  const data = new Float64Array(product(lead) * half * 2);
  eachLine(
    product(lead),
    n,
    false,
    (line, into) => {
      for (let j = 0; j < n; j++) into.re[j] = Number(given[line * n + j]);
    },
    (line, y) => {
      for (let k = 0; k < half; k++) {
        data[2 * (line * half + k)] = y.re[k];
        data[2 * (line * half + k) + 1] = k === 0 || 2 * k === n ? 0 : y.im[k];
      }
    },
  );
  return [stored(data, [...lead, half, 2], x)];
};

export const irfft: ReferenceRoutine = ([c], [n]) => {
  const given = c.astype('float64').data;
  const lead = c.shape.slice(0, -2);
  const half = Math.floor(n / 2) + 1;
  const data = new Float64Array(product(lead) * n);
  eachLine(
    product(lead),
    n,
    true,
    (line, into) => {
      for (let k = 0; k < half; k++) {
        const [re, im] = [0, 1].map((part) => Number(given[2 * (line * half + k) + part]));
        into.re[k] = re;
        if (k === 0 || 2 * k === n) continue;
        into.im[k] = im;
        into.re[n - k] = re;
        into.im[n - k] = -im;
      }
    },
    (line, y) => {
      data.set(y.re, line * n);
    },
  );
  return [stored(data, [...lead, n], c)];
};
