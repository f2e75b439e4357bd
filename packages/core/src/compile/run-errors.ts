/** Turns a failed run into the error a user can act on: op, both sizes, the user's line, the arguments. */
import { RunError, type RunFailure } from '../device/target.js';
import { DeviceError, IndexRangeError, ShapeError, type TnoError } from '../errors.js';
import { userFrames } from '../graph/trace.js';
import type { Apply } from '../graph/variable.js';
import type { Lowered } from '../lower/lower.js';

/** `args` describes the arguments of the call. What is no RunError is given back. */
export function translateRunError(error: unknown, lowered: Lowered, args: string): unknown {
  if (!(error instanceof RunError)) return error;
  const { failure } = error;
  const node = nodeOf(failure, lowered);
  const lines = [
    ...(node === undefined ? [] : [`in ${describeNode(node)}`]),
    ...userFrames(node?.trace ?? null).map(
      (frame, k) => `${k === 0 ? 'made at' : '     at'} ${frame}`,
    ),
    `called with ${args === '' ? 'no arguments' : args}`,
  ];
  return make(failure, lowered, node, lines.join('\n'));
}

function nodeOf(failure: RunFailure, { program, sites }: Lowered): Apply | undefined {
  return sites[failure.kind === 'check' ? program.checks[failure.check].site : failure.site];
}

function make(
  failure: RunFailure,
  { program }: Lowered,
  node: Apply | undefined,
  trace: string,
): TnoError {
  switch (failure.kind) {
    case 'check': {
      const { text, error } = program.checks[failure.check];
      const message = text
        .replaceAll('{a}', String(failure.a))
        .replaceAll('{b}', String(failure.b));
      return new (error === 'index' ? IndexRangeError : ShapeError)(message, { trace });
    }
    case 'index': {
      const { value, size } = failure;
      return new IndexRangeError(
        `[${node?.op.name ?? 'index'}] expected an index within [${-size}, ${size - 1}], got ${value}`,
        { trace },
      );
    }
    case 'memory':
      return new DeviceError(
        `[${node?.op.name ?? 'call'}] expected ${failure.bytes} bytes of memory, got none`,
        { trace },
      );
  }
}

function describeNode(node: Apply): string {
  const inputs = node.inputs.map((input) => `${input.toString()}: ${input.type.key}`);
  return `${node.op.name}(${inputs.join(', ')})`;
}
