/** What compiling a function gives, and its loading on a device. */
import type { Device, Executable, SourceUnit } from '../device/target.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import type { Lowered } from '../lower/lower.js';
import type { NDArray } from '../types/ndarray.js';
import type { CallerParts } from './caller.js';
import type { Mode } from '../optimizer/mode.js';
import type { CompileProfile } from './function.js';
import type { RecordedRewrite } from './rewrite-log.js';

export interface Compilation extends CallerParts {
  readonly device: Device;
  readonly graph: FunctionGraph;
  readonly source: SourceUnit;
  readonly compileProfile: CompileProfile;
  readonly mode: Mode;
  /** What the optimizer did, where the mode checks it. */
  readonly rewrites: readonly RecordedRewrite[];
}

export function load(device: Device, lowered: Lowered, source: SourceUnit): Executable {
  const hosts = lowered.hosts.map(
    (node) =>
      (values: readonly NDArray[]): readonly NDArray[] =>
        node.op.perform(values, node),
  );
  const storages = lowered.shared.map(({ storage }) => storage);
  return device.load(lowered.program, source, storages, hosts);
}
