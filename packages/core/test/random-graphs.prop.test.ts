/** Properties of random graphs: whatever is rewritten or lowered, the values stay. A failure prints its seed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../src/device/reference-device.js';
import { evaluate } from '../src/graph/evaluate.js';
import { FunctionGraph } from '../src/graph/function-graph.js';
import { rewrite } from '../src/optimizer/engine.js';
import { asWritten, modes } from '../src/optimizer/mode.js';
import { optimize, phases } from '../src/optimizer/phases.js';
import { checkedEvaluate } from './support/checked-evaluate.js';
import { anyTarget } from './support/rule-cases.js';
import {
  expectSame,
  graphRecipe,
  makeGraph,
  runOn,
  type RandomGraph,
} from './support/random-graphs.js';

const valuesOf = ({ inputs }: RandomGraph): Parameters<typeof evaluate>[1] =>
  new Map(inputs.map(({ variable, value }) => [variable, value]));

const functionGraph = ({ inputs, outputs }: RandomGraph): FunctionGraph =>
  new FunctionGraph(
    inputs.map(({ variable }) => variable),
    outputs.map(({ variable }) => variable),
  );

/** More runs for a long search: TNO_FUZZ=20 npx vitest run random-graphs. */
const runs = (usual: number): { numRuns: number } => ({
  numRuns: usual * Number(process.env['TNO_FUZZ'] ?? 1),
});

describe('random graphs', () => {
  it('have the types and shapes that their rules tell', () => {
    fc.assert(
      fc.property(graphRecipe, (recipe) => {
        const graph = makeGraph(recipe);
        const results = checkedEvaluate(
          graph.outputs.map(({ variable }) => variable),
          valuesOf(graph),
        );
        expectSame(graph, results);
      }),
      runs(200),
    );
  });

  it('keep their values through each phase', () => {
    fc.assert(
      fc.property(graphRecipe, (recipe) => {
        const graph = makeGraph(recipe);
        const optimized = functionGraph(graph);
        for (const { name, rules } of phases(anyTarget)) {
          rewrite(optimized, rules, { verify: true });
          expectSame(graph, evaluate(optimized.outputs, valuesOf(graph)), name);
        }
      }),
      runs(400),
    );
  });

  it('keep their values with each group of rules left out', () => {
    const tags = [
      'unsafe-nan',
      'arith',
      'shape',
      'elemwise',
      'stabilize',
      'nnet',
      'blas',
      'specialize',
      'canonicalize',
    ] as const;
    fc.assert(
      fc.property(graphRecipe, fc.constantFrom(...tags), (recipe, tag) => {
        const graph = makeGraph(recipe);
        const optimized = functionGraph(graph);
        optimize(optimized, anyTarget, modes.FAST_RUN.excluding(tag), { verify: true });
        expectSame(graph, evaluate(optimized.outputs, valuesOf(graph)));
      }),
      runs(200),
    );
  });

  it('come to rest when they are optimized again and again', () => {
    fc.assert(
      fc.property(graphRecipe, (recipe) => {
        const graph = functionGraph(makeGraph(recipe));
        const again = (): string[] => {
          optimize(graph, anyTarget, modes.FAST_RUN);
          return graph
            .nodes()
            .map((node) => node.op.key)
            .sort();
        };
        // What composites are spelled out to may be simplified once more; that is then the end.
        again();
        expect(again()).toEqual(again());
      }),
      runs(200),
    );
  });

  it('do not grow beyond a few times their size', () => {
    fc.assert(
      fc.property(graphRecipe, (recipe) => {
        const graph = functionGraph(makeGraph(recipe));
        const before = graph.nodeCount;
        const after = optimize(graph, anyTarget, modes.FAST_RUN).map((phase) => phase.nodesAfter);
        expect(Math.max(...after)).toBeLessThanOrEqual(4 * before + 20);
      }),
      runs(200),
    );
  });

  const device = createReferenceDevice();
  const { FAST_RUN, FAST_COMPILE, NONE } = modes;
  it.each([
    FAST_RUN,
    FAST_COMPILE,
    NONE,
    asWritten,
    FAST_RUN.excluding('fusion'),
    FAST_RUN.excluding('inplace'),
  ])('give the same compiled for the reference device, mode %#', (mode) => {
    fc.assert(
      fc.property(graphRecipe, (recipe) => {
        const graph = makeGraph(recipe);
        expectSame(graph, runOn(device, [graph], mode)[0]);
      }),
      runs(150),
    );
  });
});
