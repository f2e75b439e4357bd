/** Evaluates size nodes; the C++ walker computes the same. */
import type { BufferId, SizeId, SizeNode } from '../lower/program.js';
import { evalSizeBinary } from '../lower/size-table.js';

/** Where the leaves of sizes come from. */
export interface SizeSource {
  dim(buffer: BufferId, axis: number): number;
  value(buffer: BufferId): number;
  counter(loop: number): number;
}

/** The value of `node`, given those of the nodes before it. */
export function evalSize(node: SizeNode, sizes: readonly number[], source: SizeSource): number {
  switch (node.op) {
    case 'const':
      return node.value;
    case 'dim':
      return source.dim(node.buffer, node.axis);
    case 'value':
      return source.value(node.buffer);
    case 'counter':
      return source.counter(node.loop);
    case 'select':
      return sizes[node.cond] !== 0 ? sizes[node.a] : sizes[node.b];
    default:
      return evalSizeBinary(node.op, sizes[node.a], sizes[node.b]);
  }
}

/** Evaluates sizes [from, to) into `sizes`. */
export function evalSizes(
  nodes: readonly SizeNode[],
  from: SizeId,
  to: SizeId,
  sizes: number[],
  source: SizeSource,
): void {
  for (let id = from; id < to; id++) sizes[id] = evalSize(nodes[id], sizes, source);
}
