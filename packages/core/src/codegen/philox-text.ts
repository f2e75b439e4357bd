/** Philox in the words that C and CUDA share; see routines/philox.ts. */
import { philoxMultipliers, philoxRounds, philoxWeyl } from '../routines/philox.js';
import type { Dialect, Helper } from './dialect.js';

type PhiloxBase = Pick<Dialect, 'types'> & { readonly qualifier: string };

/** The helpers `tno_philox` and `tno_random_unit_f64`; null for another name. */
export function philoxHelper(base: PhiloxBase, name: string): Helper | null {
  if (name === 'tno_philox') return wordHelper(base);
  return name === 'tno_random_unit_f64' ? unitHelper(base) : null;
}

/** The rounds are written out, so that loops over points vectorise. */
function wordHelper({ qualifier, types }: PhiloxBase): Helper {
  const [word, wide] = [types.uint32.value, types.uint64.value];
  const [m, n] = philoxMultipliers.map((factor) => `(${wide})${factor}u`);
  const [k, l] = philoxWeyl.map((step) => `${step}u`);
  const rounds = Array.from(
    { length: philoxRounds },
    (_, round) => `
  x = ${m} * a;
  y = ${n} * c;
  a = (${word})(y >> 32) ^ b ^ (k + ${round}u * ${k});
  b = (${word})y;
  c = (${word})(x >> 32) ^ d ^ (l + ${round}u * ${l});
  d = (${word})x;`,
  );
  return {
    needs: [],
    text: `${qualifier} ${wide} tno_philox(${wide} key, ${wide} draw, ${wide} position) {
  const ${word} k = (${word})key;
  const ${word} l = (${word})(key >> 32);
  ${word} a = (${word})(position >> 1);
  ${word} b = (${word})(position >> 33);
  ${word} c = (${word})draw;
  ${word} d = (${word})(draw >> 32);
  ${wide} x, y;${rounds.join('')}
  return position & 1 ? c | (${wide})d << 32 : a | (${wide})b << 32;
}`,
  };
}

/** The n-th uniform number of a seed, by the words of draw n. */
function unitHelper({ qualifier, types }: PhiloxBase): Helper {
  const wide = types.uint64.value;
  return {
    needs: ['tno_philox'],
    text: `${qualifier} double tno_random_unit_f64(double seed, double n) {
  const ${wide} k = seed >= 0 && seed < 9007199254740992.0 ? (${wide})seed : 0;
  const ${wide} d = n >= 0 && n < 9007199254740992.0 ? (${wide})n : 0;
  return ((double)(tno_philox(k, d, 0) >> 11) + 0.5) * 1.1102230246251565e-16;
}`,
  };
}
