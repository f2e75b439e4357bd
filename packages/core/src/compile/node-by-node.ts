/**
 * Runs a function node by node, each node as a function of its own on the function's device: slowly, but
 * every value can be looked at. The modes that watch functions are built upon it.
 */
import type { Device, Executable } from '../device/target.js';
import { RunError } from '../device/target.js';
import { copyElements } from '../device/copy-elements.js';
import { outputOver, type OutputMemory } from '../device/output-memory.js';
import { isConstant } from '../graph/constant.js';
import { FunctionGraph } from '../graph/function-graph.js';
import { isShared, type SharedVariable } from '../graph/shared.js';
import { Apply, TensorVariable } from '../graph/variable.js';
import { lower } from '../lower/lower.js';
import { verifyProgram } from '../lower/verify-program.js';
import { asWritten, type Mode, type Watch } from '../optimizer/mode.js';
import { optimize } from '../optimizer/phases.js';
import { transpose } from '../ops/dimshuffle.js';
import { subtensor } from '../ops/subtensor.js';
import type { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { load } from './compilation.js';
import { translateRunError } from './run-errors.js';
import { specify } from './specification.js';

/** A node on a device: values of its outputs from those of its inputs. */
export type NodeFunction = (
  inputs: readonly NDArray[],
  memory?: readonly (OutputMemory | null)[],
) => NDArray[];

export interface NodeFunctionOptions {
  /** It takes its inputs with their axes reversed, vectors from their ends, and reads them as strided views. */
  readonly reversed?: boolean;
  readonly mode?: Mode;
}

/** The node compiled alone. */
export function nodeFunction(
  node: Apply,
  device: Device,
  { reversed = false, mode = asWritten }: NodeFunctionOptions = {},
): NodeFunction {
  const leaves = node.inputs.map(({ type }) => {
    const shape = reversed ? [...type.shape].reverse() : type.shape;
    return new TensorVariable(new TensorType(type.dtype, shape));
  });
  const given = node.inputs.map((v, k) => {
    if (isConstant(v)) return v;
    return reversed ? turned(leaves[k]) : leaves[k];
  });
  const types = node.outputs.map(({ type }) => type);
  const { outputs } = new Apply(node.op, given, types, node.trace);
  const spec = specify(leaves, outputs, { onUnusedInput: 'ignore' }, device);
  const graph = new FunctionGraph(leaves, outputs);
  optimize(graph, device.target, mode);
  const lowered = lower(graph, outputs.length, [], device.target, mode);
  if (mode.running === 'checked') verifyProgram(lowered.program);
  const source = device.target.emit(lowered.program);
  const executable = load(device, lowered, source, mode.running === 'checked');
  return (inputs, memory) => {
    const values = inputs.map((v) => v.contiguous());
    try {
      return executable.run(values, memory);
    } catch (error) {
      throw translateRunError(error, { lowered, spec, values });
    }
  };
}

/** A view of `v` with its axes reversed, of a vector from its end. */
function turned(v: TensorVariable): TensorVariable {
  return v.type.rank === 1 ? subtensor(v, [{ step: -1 }]) : transpose(v);
}

export interface NodeByNodeParts {
  readonly device: Device;
  /** The outputs, then the new values of `targets`. */
  readonly graph: FunctionGraph;
  readonly targets: readonly SharedVariable[];
}

export class NodeByNode implements Executable {
  private readonly functions = new Map<Apply, NodeFunction>();

  constructor(
    protected readonly parts: NodeByNodeParts,
    private readonly watch: Watch = {},
  ) {}

  run(inputs: readonly NDArray[], memory: readonly (OutputMemory | null)[] = []): NDArray[] {
    const values = this.values(inputs);
    const { targets } = this.parts;
    const results = values.slice(0, values.length - targets.length);
    const placed = results.map((value, k) => placeIn(value, memory[k] ?? null, k));
    targets.forEach((target, k) => target.setValue(values[results.length + k]));
    return placed;
  }

  /** Of the outputs, then of the updates; nothing is set yet. */
  protected values(inputs: readonly NDArray[]): NDArray[] {
    const { graph } = this.parts;
    const known = new Map(graph.inputs.map((v, k) => [v, inputs[k]]));
    const valueOf = (v: TensorVariable): NDArray => {
      const found = known.get(v) ?? leafValue(v);
      known.set(v, found);
      return found;
    };
    graph.nodes().forEach((node, index) => {
      const own = node.inputs.map(valueOf);
      this.watch.before?.({ node, index, inputs: own, outputs: [] });
      const outputs = this.compute(node, own);
      this.watch.after?.({ node, index, inputs: own, outputs });
      node.outputs.forEach((v, k) => known.set(v, outputs[k]));
    });
    return graph.outputs.map(valueOf);
  }

  protected compute(node: Apply, inputs: readonly NDArray[]): NDArray[] {
    let f = this.functions.get(node);
    if (f === undefined) this.functions.set(node, (f = nodeFunction(node, this.parts.device)));
    return f(inputs);
  }

  runAsync(inputs: readonly NDArray[]): Promise<NDArray[]> {
    return new Promise((resolve) => resolve(this.run(inputs)));
  }

  free(): void {
    this.functions.clear();
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }
}

/** The value of a variable that no node computes. */
function leafValue(v: TensorVariable): NDArray {
  if (isConstant(v)) return v.data;
  if (isShared(v)) return v.getValue();
  throw new RangeError(`no value for ${v.toString()}`);
}

/** A result of its own, or in the caller's memory. */
function placeIn(value: NDArray, memory: OutputMemory | null, output: number): NDArray {
  const place = memory === null ? null : outputOver(memory, value.shape);
  if (place === null) {
    if (memory !== null && memory.takes !== 'room')
      throw new RunError({ kind: 'output', output, shape: value.shape });
    return value.copy();
  }
  copyElements(value, place);
  return place;
}
