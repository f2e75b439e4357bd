/** What runs a compiled function: its Program, or what its mode puts in the Program's place. */
import type { Executable, SourceUnit } from '../device/target.js';
import { CheckedRun } from './checked-run.js';
import { load, type Compilation } from './compilation.js';
import { NodeByNode } from './node-by-node.js';

type Linked = Pick<Compilation, 'device' | 'lowered' | 'graph' | 'spec' | 'mode' | 'rewrites'>;

export function link(
  { device, lowered, graph, spec, mode, rewrites }: Linked,
  source: SourceUnit,
): Executable {
  const program = load(device, lowered, source, mode.running === 'checked');
  const parts = { device, graph, targets: spec.targets };
  if (mode.running === null) return program;
  if (mode.running === 'checked') return new CheckedRun(parts, rewrites, program);
  return new NodeByNode(parts, mode.running);
}
