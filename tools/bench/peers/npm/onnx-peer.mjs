// A participant: ONNX Runtime. It has no gradients, so it joins in all but training.
// Usage: node onnx-peer.mjs THREADS

import { onnxModel } from './onnx-model.mjs';
import { load } from './packages.mjs';
import { servePeer } from './serve.mjs';

const { default: ort } = await load('onnxruntime-node');
const intraOpNumThreads = Number(process.argv[2]);

/** @type {Record<'poly' | 'trans', { constants: Record<string, number>, nodes: [string, string[], string][] }>} */
const formulas = {
  poly: {
    constants: { two: 2, ten: 10 },
    nodes: [
      ['Mul', ['a', 'two'], 'twice'],
      ['Pow', ['b', 'ten'], 'power'],
      ['Add', ['twice', 'power'], 'result'],
    ],
  },
  trans: {
    // ONNX has no log1p.
    constants: { one: 1 },
    nodes: [
      ['Tanh', ['a'], 'tanh'],
      ['Mul', ['b', 'b'], 'b2'],
      ['Neg', ['b2'], 'minus'],
      ['Exp', ['minus'], 'exp'],
      ['Mul', ['tanh', 'exp'], 'product'],
      ['Mul', ['a', 'a'], 'a2'],
      ['Add', ['a2', 'one'], 'more'],
      ['Log', ['more'], 'log'],
      ['Add', ['product', 'log'], 'result'],
    ],
  },
};

/** @param {import('../../workloads.mjs').Workload} workload @returns {Parameters<typeof onnxModel>[0]} */
function graphOf(workload) {
  switch (workload.kind) {
    case 'chain': {
      const shape = [workload.length];
      return { inputs: { a: shape, b: shape }, output: shape, ...formulas[workload.formula] };
    }
    case 'product': {
      const { m, n, k } = workload;
      /** @type {[string, string[], string][]} */
      const nodes = [['MatMul', ['a', 'b'], 'result']];
      return { inputs: { a: [m, k], b: [k, n] }, output: [m, n], nodes };
    }
    default: {
      /** @type {[string, string[], string][]} */
      const nodes = [['Add', ['x', 'one'], 'result']];
      return { inputs: { x: [] }, output: [], constants: { one: 1 }, nodes };
    }
  }
}

await servePeer(async (workload, read) => {
  const graph = graphOf(workload);
  const session = await ort.InferenceSession.create(onnxModel(graph), {
    intraOpNumThreads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    Object.entries(graph.inputs).map(([name, shape]) => [
      name,
      new ort.Tensor('float32', read.floats(name), shape),
    ]),
  );
  const length = graph.output.reduce((a, b) => a * b, 1);
  const kept = { result: new ort.Tensor('float32', new Float32Array(length), graph.output) };
  const run = () => (workload.into === true ? session.run(feeds, kept) : session.run(feeds));
  return {
    calls: { plain: { run, read: async () => (await run()).result.data } },
    close: () => void session.release(),
  };
});
