/** Checks random graphs: what a device gives is what the ops' reference gave while the graph was made. */
import { asWritten, modes, type Device, type Mode, type NDArray } from '@tno/core';
import { Coverage } from './coverage.js';
import { differences, formulas, makeGraph, runEach, runOn, type RandomGraph } from './graphs.js';
import { recipeOf } from './recipes.js';
import { shrink } from './shrink.js';

const MOST_STEPS = 40;

const graphOf = (seed: number): RandomGraph => makeGraph(recipeOf(seed, MOST_STEPS));

/** What is wrong with what `run` gives, or null. */
function problemOf(graph: RandomGraph, run: () => readonly NDArray[]): string | null {
  try {
    return differences(graph, run());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Way = readonly [name: string, mode: Mode];
const { FAST_RUN, FAST_COMPILE } = modes;

/** Ways to run a graph with all rewrites, taken in turn: those that run on request only are seen too. */
const optimized: readonly Way[] = [
  ['optimized', FAST_RUN],
  ['optimized, without assertions', FAST_RUN.including('remove-assert')],
];
/** Ways with fewer. Without a library, products are loops that fuse with others. */
const plainer: readonly Way[] = [
  ['as written', asWritten],
  ['as FAST_COMPILE', FAST_COMPILE],
  ['as written', asWritten],
  ['without a library', FAST_RUN.excluding('library')],
];
const inTurn = (ways: readonly Way[], seed: number): Way => ways[seed % ways.length];

/** Null where one of the graphs cannot be compiled. */
function callsOf(
  device: Device,
  graphs: readonly RandomGraph[],
): readonly (() => readonly NDArray[])[] | null {
  try {
    return runEach(device, graphs);
  } catch {
    return null;
  }
}

export class GraphChecker {
  readonly coverage = new Coverage();
  mismatches = 0;

  /** One graph on interpreted kernels, optimized and with fewer rewrites. */
  checkTiled(device: Device, seed: number): void {
    const graph = graphOf(seed);
    this.coverage.addGraph(graph);
    if (graph.outputs.length === 0) return;
    for (const [name, mode] of [inTurn(optimized, seed), inTurn(plainer, seed)]) {
      const run = (one: RandomGraph): readonly NDArray[] => runOn(device, one, mode, this.coverage);
      if (problemOf(graph, () => run(graph)) !== null) this.report(seed, name, graph, run);
    }
  }

  /** Many graphs as one unit of C. */
  checkEmitted(device: Device, seeds: readonly number[]): void {
    const graphs = seeds.map(graphOf);
    const some = graphs.filter(({ outputs }) => outputs.length > 0);
    const alone = (graph: RandomGraph): readonly NDArray[] => runEach(device, [graph])[0]();
    const together = callsOf(device, some);
    some.forEach((graph, k) => {
      if (problemOf(graph, together?.[k] ?? (() => alone(graph))) === null) return;
      this.report(seeds[graphs.indexOf(graph)], 'emitted C', graph, alone);
    });
  }

  private report(
    seed: number,
    about: string,
    graph: RandomGraph,
    run: (graph: RandomGraph) => readonly NDArray[],
  ): void {
    this.mismatches++;
    const small = shrink(graph, (smaller) => problemOf(smaller, () => run(smaller)) !== null);
    const again = about === 'emitted C' ? '--count 0 --emitted 1' : '--count 1';
    console.error(`graph ${seed}, ${about}: ${problemOf(small, () => run(small)) ?? 'not again'}`);
    console.error(`${formulas(small)}\nagain: npm run fuzz -- --seed ${seed} ${again}\n`);
  }
}
