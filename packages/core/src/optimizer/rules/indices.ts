/** Indices of subtensor and its writing counterparts, read back from their nodes. */
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { knownSize } from '../../ops/size-arithmetic.js';

/** What a node says of one axis: an index, or a slice; bounds that are not given are null. */
export type AxisIndex =
  | { readonly at: TensorVariable }
  | {
      readonly start: TensorVariable | null;
      readonly stop: TensorVariable | null;
      readonly step: number;
    };

export const WHOLE: AxisIndex = { start: null, stop: null, step: 1 };

type Spec = readonly ('at' | readonly ['slice', boolean, boolean, number])[];

/** The indices of a node, one for each of `rank` axes; `first` is where its bounds begin among its inputs. */
export function indicesOf(node: Apply, first: number, rank: number): AxisIndex[] {
  let next = first;
  const given = (node.op.props['spec'] as Spec).map((index): AxisIndex => {
    if (index === 'at') return { at: node.inputs[next++] };
    const [, start, stop, step] = index;
    return {
      start: start ? node.inputs[next++] : null,
      stop: stop ? node.inputs[next++] : null,
      step,
    };
  });
  return [...given, ...Array.from({ length: rank - given.length }, () => WHOLE)];
}

/** The indices as `subtensor` takes them. */
export function basicIndices(
  indices: readonly AxisIndex[],
): (TensorVariable | Exclude<AxisIndex, { at: TensorVariable }>)[] {
  return indices.map((index) => ('at' in index ? index.at : index));
}

export function isWhole(index: AxisIndex): boolean {
  return !('at' in index) && index.start === null && index.stop === null && index.step === 1;
}

/** Bounds of a slice forward of constants that count from the start, or of a constant index; null for others. */
export function knownRange(
  index: AxisIndex,
): { readonly start: number; readonly stop: number; readonly step: number } | null {
  if ('at' in index) {
    const at = knownSize(index.at);
    return at === null || at < 0 ? null : { start: at, stop: at + 1, step: 1 };
  }
  const start = index.start === null ? 0 : knownSize(index.start);
  const stop = index.stop === null ? Infinity : knownSize(index.stop);
  if (index.step < 0 || start === null || stop === null || start < 0 || stop < 0) return null;
  return { start, stop, step: index.step };
}
