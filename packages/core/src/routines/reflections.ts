/** Householder's reflections P = I - 2·v·vᵀ / vᵀ·v, given by v; 0 stands for the identity. */

/** The v whose reflection brings `x` to a multiple of the first unit vector. */
export function reflector(x: readonly number[]): number[] {
  const scale = Math.max(...x.map(Math.abs));
  if (scale === 0 || x.slice(1).every((value) => value === 0)) return x.map(() => 0);
  const v = x.map((value) => value / scale);
  v[0] += (v[0] < 0 ? -1 : 1) * Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  return v;
}

/** Multiplies vectors by P: `count` of them, each of elements of `m` that are `stride` apart, the first at `start`, the others `next` apart. */
export function reflectAll(
  v: readonly number[],
  m: Float64Array,
  { start, stride, next, count }: Readonly<Record<'start' | 'stride' | 'next' | 'count', number>>,
): void {
  const length = v.reduce((sum, x) => sum + x * x, 0);
  if (length === 0) return;
  const tau = 2 / length;
  for (let number = 0; number < count; number++) {
    const at = start + number * next;
    let sum = 0;
    v.forEach((x, k) => (sum += x * m[at + k * stride]));
    v.forEach((x, k) => (m[at + k * stride] -= tau * sum * x));
  }
}
