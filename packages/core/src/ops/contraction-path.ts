/**
 * In which order to multiply the operands of an einsum, pair by pair: the order of least work, found by
 * trying all for few operands, else by taking the pair that leaves least each time (as opt_einsum does).
 */

/** The sizes of labels; those that are not known count as equal and large. */
export type LabelSizes = ReadonlyMap<string, number>;

/** Operands by position: the pair goes, what it gives comes last. */
export type ContractionPath = readonly (readonly [number, number])[];

type Labels = readonly string[];

const TRIED_AT_MOST = 5;

const sizeOf = (labels: Iterable<string>, sizes: LabelSizes): number => {
  let size = 1;
  for (const label of labels) size *= sizes.get(label) ?? 1;
  return size;
};

interface Merged {
  readonly rest: readonly Labels[];
  readonly result: Labels;
  /** Multiplications. */
  readonly work: number;
}

function merge(
  operands: readonly Labels[],
  [i, j]: readonly [number, number],
  output: Labels,
  sizes: LabelSizes,
): Merged {
  const others = operands.filter((_, k) => k !== i && k !== j);
  const all = new Set([...operands[i], ...operands[j]]);
  const kept = new Set([...output, ...others.flat()]);
  const result = [...all].filter((label) => kept.has(label));
  return { rest: [...others, result], result, work: sizeOf(all, sizes) };
}

function pairs(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, j) =>
    Array.from({ length: j }, (_, i) => [i, j] as const),
  ).flat();
}

interface Found {
  readonly path: ContractionPath;
  readonly work: number;
}

function best(operands: readonly Labels[], output: Labels, sizes: LabelSizes): Found {
  if (operands.length < 2) return { path: [], work: 0 };
  let least: Found | null = null;
  for (const pair of pairs(operands.length)) {
    const { rest, work } = merge(operands, pair, output, sizes);
    if (least !== null && work >= least.work) continue;
    const after = best(rest, output, sizes);
    if (least === null || work + after.work < least.work)
      least = { path: [pair, ...after.path], work: work + after.work };
  }
  return least as Found;
}

function greedy(operands: readonly Labels[], output: Labels, sizes: LabelSizes): ContractionPath {
  const path: (readonly [number, number])[] = [];
  let left = operands;
  while (left.length > 1) {
    const before = left;
    const gain = (pair: readonly [number, number]): number => {
      const { result } = merge(before, pair, output, sizes);
      return (
        sizeOf(result, sizes) - sizeOf(before[pair[0]], sizes) - sizeOf(before[pair[1]], sizes)
      );
    };
    const gains = pairs(left.length).map((pair) => ({ pair, gain: gain(pair) }));
    const { pair } = gains.reduce((a, b) => (b.gain < a.gain ? b : a));
    path.push(pair);
    left = merge(left, pair, output, sizes).rest;
  }
  return path;
}

/** The order in which to multiply. */
export function contractionPath(
  operands: readonly Labels[],
  output: Labels,
  sizes: LabelSizes,
): ContractionPath {
  return operands.length <= TRIED_AT_MOST
    ? best(operands, output, sizes).path
    : greedy(operands, output, sizes);
}
