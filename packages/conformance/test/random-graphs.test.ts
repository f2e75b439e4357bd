/** Properties of random graphs, always the same ones: whatever is rewritten or lowered, the values stay. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  asWritten,
  compile,
  createReferenceDevice,
  evaluate,
  FunctionGraph,
  modes,
  type NDArray,
  optimize,
  phases,
  rewrite,
  type Device,
  type Mode,
  type Rule,
} from '@tno/core';
import { cpuTarget, createCpuDevice } from '@tno/cpu';
import { afterAll, describe, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { checkedEvaluate } from '../../core/test/support/checked-evaluate.js';
import { differences, formulas, makeGraph, runOn, type RandomGraph } from '../src/fuzz/graphs.js';
import { recipeOf } from '../src/fuzz/recipes.js';

const MOST_STEPS = 14;

/** More graphs for a long search: TNO_FUZZ=20 npx vitest run random-graphs. */
const many = 60 * Number(process.env['TNO_FUZZ'] ?? 1);
const graphs = new Map(
  Array.from({ length: many }, (_, seed) => [seed, makeGraph(recipeOf(seed, MOST_STEPS))] as const),
);

function forEachGraph(check: (graph: RandomGraph, seed: number) => void): void {
  for (const [seed, graph] of graphs) {
    try {
      check(graph, seed);
    } catch (error) {
      throw new Error(`graph ${seed}\n${formulas(graph)}`, { cause: error });
    }
  }
}

const variables = (made: RandomGraph['inputs']): RandomGraph['inputs'][0]['variable'][] =>
  made.map(({ variable }) => variable);
const valuesOf = ({ inputs }: RandomGraph): Parameters<typeof evaluate>[1] =>
  new Map(inputs.map(({ variable, value }) => [variable, value]));
const functionGraph = ({ inputs, outputs }: RandomGraph): FunctionGraph =>
  new FunctionGraph(variables(inputs), variables(outputs));

function expectSame(graph: RandomGraph, results: readonly NDArray[], about = ''): void {
  expect(differences(graph, results), about).toBeNull();
}

/** Rewrites that came with ops. */
const ownRules = (graph: FunctionGraph): Rule[] => [
  ...new Set(graph.nodes().flatMap(({ op }) => op.rules ?? [])),
];

it('have the types and shapes that their rules tell', () => {
  forEachGraph((graph) => {
    expectSame(graph, checkedEvaluate(variables(graph.outputs), valuesOf(graph)));
  });
});

describe('rewritten, random graphs', () => {
  it('keep their values through each phase', () => {
    forEachGraph((graph) => {
      const optimized = functionGraph(graph);
      for (const { name, rules } of phases(cpuTarget, ownRules(optimized))) {
        rewrite(optimized, rules, { verify: true });
        expectSame(graph, evaluate(optimized.outputs, valuesOf(graph)), name);
      }
    });
  });

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
  it('keep their values with each group of rules left out', () => {
    forEachGraph((graph, seed) => {
      const tag = tags[seed % tags.length];
      const optimized = functionGraph(graph);
      optimize(optimized, cpuTarget, modes.FAST_RUN.excluding(tag), { verify: true });
      expectSame(graph, evaluate(optimized.outputs, valuesOf(graph)), tag);
    });
  });

  it('come to rest when they are optimized again and again', () => {
    forEachGraph((graph) => {
      const optimized = functionGraph(graph);
      const again = (): string[] => {
        optimize(optimized, cpuTarget, modes.FAST_RUN);
        return optimized
          .nodes()
          .map((node) => node.op.key)
          .sort();
      };
      // What composites are spelled out to may be simplified once more; that is then the end.
      again();
      expect(again()).toEqual(again());
    });
  });

  it('do not grow beyond a few times their size', () => {
    forEachGraph((graph) => {
      const optimized = functionGraph(graph);
      const before = optimized.nodeCount;
      const after = optimize(optimized, cpuTarget, modes.FAST_RUN).map((phase) => phase.nodesAfter);
      expect(Math.max(...after)).toBeLessThanOrEqual(4 * before + 20);
    });
  });
});

const { FAST_RUN, FAST_COMPILE, NONE } = modes;
const allModes: readonly Mode[] = [
  FAST_RUN,
  FAST_COMPILE,
  NONE,
  asWritten,
  FAST_RUN.excluding('fusion'),
  FAST_RUN.excluding('inplace'),
];

describe('compiled, random graphs', () => {
  const reference = createReferenceDevice();
  it.each(allModes)('keep their values on the reference device, mode %#', (mode) => {
    forEachGraph((graph) => {
      if (graph.outputs.length > 0) expectSame(graph, runOn(reference, graph, mode));
    });
  });

  const cacheDir = mkdtempSync(join(tmpdir(), 'tno-random-graphs-'));
  afterAll(() => {
    rmSync(cacheDir, { recursive: true });
  });
  const compiling = createCpuDevice({ cacheDir, kernels: 'compiled' });
  const interpreting = createCpuDevice({ kernels: 'interpreted' });

  /** Some graphs as one, since each function costs a C compile. */
  const together = (some: readonly RandomGraph[]): RandomGraph => ({
    inputs: some.flatMap(({ inputs }) => inputs),
    outputs: some.flatMap(({ outputs }) => outputs),
    seen: new Set(),
  });
  const bits = (device: Device, graph: RandomGraph, mode: Mode): unknown[] =>
    runOn(device, graph, mode).map(({ dtype, shape, data }) => ({ dtype, shape, data }));

  it.each(allModes)(
    'give the same bits interpreted and compiled on the CPU, mode %#',
    (mode) => {
      const whole = together([...graphs.values()].slice(0, 20));
      expectSame(whole, runOn(compiling, whole, mode));
      expect(bits(interpreting, whole, mode)).toEqual(bits(compiling, whole, mode));
    },
    120_000,
  );

  it('take on the whole at most 1.2 of the bytes that live at once', () => {
    const sum = { arena: 0, live: 0 };
    forEachGraph((graph) => {
      const f = compile(variables(graph.inputs), variables(graph.outputs), {
        device: reference,
        onUnusedInput: 'ignore',
        profile: true,
      });
      f(...graph.inputs.map(({ value }) => value));
      const { arena, live } = f.profile().memory;
      sum.arena += arena;
      sum.live += live;
    });
    expect(sum.live).toBeGreaterThan(0);
    expect(sum.arena / sum.live).toBeLessThanOrEqual(1.2);
  });
});
