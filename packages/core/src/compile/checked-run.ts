/**
 * DebugMode: each call computes the function in every way there is and compares. Each rewrite's before
 * and after; each node's code against its reference, in memory full of garbage, on strided operands, with
 * its inputs watched; at last the Program as it would run otherwise, updates included. Arguments of a call
 * in flight are watched until it settles.
 */
import {
  BadKernelError,
  BadProgramError,
  BadRewriteError,
  InputError,
  type TnoError,
} from '../errors.js';
import type { Executable } from '../device/target.js';
import type { OutputMemory } from '../device/output-memory.js';
import { evaluate } from '../graph/evaluate.js';
import { isShared, type SharedVariable } from '../graph/shared.js';
import { userFrames } from '../graph/trace.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { asWritten } from '../optimizer/mode.js';
import { dtypeInfo } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { firstDifference, type Closeness } from './differences.js';
import {
  NodeByNode,
  nodeFunction,
  type NodeByNodeParts,
  type NodeFunction,
} from './node-by-node.js';
import type { RecordedRewrite } from './rewrite-log.js';

type ErrorClass = new (message: string, options?: { trace?: string }) => TnoError;

/** Each node as it is, in memory full of garbage. */
const nodeMode = asWritten.runningAs('checked');

/** The ways in which a node's code is run. */
interface NodeWays {
  readonly plain: NodeFunction;
  /** With each operand stored the other way around; null where that changes nothing. */
  readonly strided: NodeFunction | null;
}

export class CheckedRun extends NodeByNode {
  private readonly ways = new Map<Apply, NodeWays>();

  constructor(
    parts: NodeByNodeParts,
    private readonly rewrites: readonly RecordedRewrite[],
    /** The Program as it runs in other modes. */
    private readonly program: Executable,
  ) {
    super(parts);
  }

  override run(inputs: readonly NDArray[], memory?: readonly (OutputMemory | null)[]): NDArray[] {
    this.checkRewrites(inputs);
    const { targets } = this.parts;
    const old = targets.map((target) => target.getValue());
    const expected = this.values(inputs);
    const kept = inputs.map((x) => x.copy());
    const others = sharedIn(this.parts).filter((variable) => !targets.includes(variable));
    const before = others.map((variable) => variable.getValue());
    const results = this.program.run(inputs, memory);
    const set = targets.map((target) => target.getValue());
    const { graph } = this.parts;
    try {
      if (memory === undefined) this.checkMemory(results, inputs);
      [...results, ...set].forEach((value, k) =>
        refuse(BadProgramError, graph.outputs[k], value, expected[k], 'the Program', 'rounding'),
      );
      inputs.forEach((x, k) =>
        refuse(BadProgramError, graph.inputs[k], x, kept[k], 'this input after the call', 'exact'),
      );
      others.forEach((v, k) =>
        refuse(
          BadProgramError,
          v,
          v.getValue(),
          before[k],
          'this variable after the call',
          'exact',
        ),
      );
    } catch (error) {
      targets.forEach((target, k) => target.setValue(old[k]));
      throw error;
    }
    return results;
  }

  /** Runs at once, as if in flight for a turn of the event loop: in it the caller may come to write what it lent. */
  override async runAsync(inputs: readonly NDArray[]): Promise<NDArray[]> {
    const kept = inputs.map((x) => x.copy());
    const results = this.run(inputs);
    await new Promise((resolve) => setTimeout(resolve));
    inputs.forEach((x, k) => refuseWritten(this.parts.graph.inputs[k], x, kept[k]));
    return results;
  }

  override free(): void {
    super.free();
    this.ways.clear();
    this.program.free();
  }

  /** Values before and after each rewrite. What cannot be computed before is no rewrite's fault. */
  private checkRewrites(inputs: readonly NDArray[]): void {
    const known = new Map(this.parts.graph.inputs.map((v, k) => [v, inputs[k]]));
    for (const { rule, before, after } of this.rewrites) {
      let old: NDArray[];
      try {
        old = evaluate(before, known, known);
      } catch {
        continue;
      }
      const fresh = evaluate(after, known, known);
      before.forEach((v, k) =>
        refuse(BadRewriteError, v, fresh[k], old[k], `the rewrite "${rule}"`, 'rewriting'),
      );
    }
  }

  protected override compute(node: Apply, inputs: readonly NDArray[]): NDArray[] {
    const { plain, strided } = this.waysOf(node);
    const kept = inputs.map((x) => x.copy());
    const found = plain(inputs);
    this.checkInputs(node, inputs, kept, found);
    if (node.op.lower.kind !== 'host') {
      const expected = node.op.perform(kept, node);
      this.compare(node, found, expected, 'its code', 'rounding');
      const memory = plain(inputs, expected.map(garbage));
      this.compare(node, memory, found, 'its code in used memory', 'exact');
      const turned = strided?.(inputs.map(reversed)) ?? [];
      this.compare(node, turned, expected, 'its code on strided operands', 'rounding');
    }
    return found;
  }

  /** Each result lies in memory of its own. */
  private checkMemory(results: readonly NDArray[], inputs: readonly NDArray[]): void {
    const variables = new Set([...sharedIn(this.parts), ...this.parts.targets]);
    const others = [...inputs, ...[...variables].map((v) => v.getValue({ borrow: true }))];
    for (const [k, y] of results.entries()) {
      if (others.some((x) => overlap(x, y)))
        throw new BadProgramError(
          `[${this.parts.graph.outputs[k].toString()}] expected a result in memory of its own, got one in that of an input, a shared variable or another result`,
        );
      others.push(y);
    }
  }

  private compare(
    { outputs }: Apply,
    found: readonly NDArray[],
    expected: readonly NDArray[],
    source: string,
    closeness: Closeness,
  ): void {
    found.forEach((value, k) =>
      refuse(BadKernelError, outputs[k], value, expected[k], source, closeness),
    );
  }

  /** They are as they were, and no result lies in their memory. */
  private checkInputs(
    { op, inputs }: Apply,
    values: readonly NDArray[],
    kept: readonly NDArray[],
    results: readonly NDArray[],
  ): void {
    values.forEach((x, k) => {
      refuse(BadKernelError, inputs[k], x, kept[k], `an input of ${op.name} after it ran`, 'exact');
      if (results.some((y) => overlap(x, y)))
        throw new BadKernelError(
          `[${op.name}] expected a result in memory of its own, got that of input ${k}`,
        );
    });
  }

  private waysOf(node: Apply): NodeWays {
    let ways = this.ways.get(node);
    if (ways === undefined) {
      const { device } = this.parts;
      const hasAxes = node.inputs.some((v) => v.type.rank > 0);
      ways = {
        plain: nodeFunction(node, device, { mode: nodeMode }),
        strided: hasAxes ? nodeFunction(node, device, { mode: nodeMode, reversed: true }) : null,
      };
      this.ways.set(node, ways);
    }
    return ways;
  }
}

function sharedIn({ graph }: NodeByNodeParts): SharedVariable[] {
  const read = [...graph.outputs, ...graph.nodes().flatMap(({ inputs }) => inputs)];
  return [...new Set(read.filter(isShared))];
}

/** Axes reversed, a vector from its end, contiguous. */
function reversed(x: NDArray): NDArray {
  return (x.rank === 1 ? x.slice({ step: -1 }) : x.transpose()).copy();
}

/** Whether both lie, in part at least, in the same memory. */
function overlap({ data: a }: NDArray, { data: b }: NDArray): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}

/** Memory for a result like `x`, with bytes in it that no result has. */
function garbage(x: NDArray): OutputMemory {
  const array = NDArray.zeros(x.shape, x.dtype);
  const bytes = array.size * dtypeInfo[x.dtype].bytes;
  new Uint8Array(array.data.buffer, array.data.byteOffset, bytes).fill(
    x.dtype === 'bool' ? 1 : 0xff,
  );
  return { array, takes: 'shape' };
}

/** An argument of a call in flight stays as it is, where it is. */
function refuseWritten(variable: TensorVariable, lent: NDArray, kept: NDArray): void {
  if (kept.size > 0 && lent.data.byteLength === 0)
    throw new InputError(
      `[${variable.toString()}] expected a borrowed input to stay while the call was in flight, got its memory transferred`,
    );
  const source = 'this borrowed input, written while the call was in flight';
  refuse(InputError, variable, lent, kept, source, 'exact');
}

function refuse(
  Class: ErrorClass,
  variable: TensorVariable,
  found: NDArray,
  expected: NDArray,
  source: string,
  closeness: Closeness,
): void {
  const difference = firstDifference(found, expected, closeness);
  if (difference === null) return;
  const [frame] = userFrames(variable.trace, 1);
  throw new Class(
    `[${variable.owner?.op.name ?? variable.toString()}] expected ${difference.expected} at ${difference.place}, got ${difference.found} of ${source}`,
    { trace: frame === undefined ? '' : `made at ${frame}` },
  );
}
