/** What compiling a function gives, and its loading on a device. */
import type { Device, Executable, SourceUnit } from '../device/target.js';
import { BadKernelError } from '../errors.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import type { Apply } from '../graph/variable.js';
import type { Lowered } from '../lower/lower.js';
import type { NDArray } from '../types/ndarray.js';
import type { CallerParts } from './caller.js';
import type { Mode } from '../optimizer/mode.js';
import type { CompileProfile } from './function.js';
import { firstDifference } from './differences.js';
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

/** @param checked whether host functions are held to leaving their operands as they are */
export function load(
  device: Device,
  lowered: Lowered,
  source: SourceUnit,
  checked = false,
): Executable {
  const hosts = lowered.hosts.map((node) => {
    const perform = (values: readonly NDArray[]): readonly NDArray[] =>
      node.op.perform(values, node);
    return checked ? leavingOperands(node, perform) : perform;
  });
  const storages = lowered.shared.map(({ storage }) => storage);
  return device.load(lowered.program, source, storages, hosts);
}

type Perform = (values: readonly NDArray[]) => readonly NDArray[];

/** @throws BadKernelError, the function it makes, where an operand has changed */
function leavingOperands({ op }: Apply, perform: Perform): Perform {
  return (values) => {
    const kept = values.map((value) => value.copy());
    const results = perform(values);
    values.forEach((value, k) => {
      const difference = firstDifference(value, kept[k], 'exact');
      if (difference === null) return;
      const { expected, place, found } = difference;
      throw new BadKernelError(
        `[${op.name}] expected operand ${k} to stay ${expected} at ${place}, got ${found}`,
      );
    });
    return results;
  };
}
