// The few messages of ONNX that a graph of float32 tensors takes, encoded as protocol buffers.

/** @param {number} value @returns {number[]} */
function varint(value) {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

/** A number. @param {number} field @param {number} value */
const int = (field, value) => [...varint(field * 8), ...varint(value)];

/** A message or a string. @param {number} field @param {number[] | string} content */
function part(field, content) {
  const bytes = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content;
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

const float32 = 1;

/** @param {string} name @param {number[]} shape */
function valueInfo(name, shape) {
  const dimensions = shape.flatMap((size) => part(1, int(1, size)));
  const tensor = [...int(1, float32), ...part(2, dimensions)];
  return [...part(1, name), ...part(2, part(1, tensor))];
}

/** @param {string} name @param {number} value */
function scalarConstant(name, value) {
  const raw = [...new Uint8Array(Float32Array.of(value).buffer)];
  return [...int(2, float32), ...part(8, name), ...part(9, raw)];
}

/**
 * @param {{ inputs: Record<string, number[]>, output: number[], constants?: Record<string, number>,
 *   nodes: [op: string, inputs: string[], output: string][] }} graph shapes of the inputs and of
 *   the output, which is called `result`
 * @returns {Uint8Array}
 */
export function onnxModel({ inputs, output, constants = {}, nodes }) {
  const graph = [
    ...nodes.flatMap(([op, from, to]) =>
      part(1, [...from.flatMap((name) => part(1, name)), ...part(2, to), ...part(4, op)]),
    ),
    ...part(2, 'graph'),
    ...Object.entries(constants).flatMap(([name, value]) => part(5, scalarConstant(name, value))),
    ...Object.entries(inputs).flatMap(([name, shape]) => part(11, valueInfo(name, shape))),
    ...part(12, valueInfo('result', output)),
  ];
  const opset = int(2, 17);
  return Uint8Array.from([...int(1, 8), ...part(7, graph), ...part(8, opset)]);
}
