/** One graph being written into a Program: the function's, or that inside a loop or branch. */
import { FunctionGraph } from '../graph/function-graph.js';
import type { SharedVariable } from '../graph/shared.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import { optimize } from '../optimizer/phases.js';
import { planCommit, type UpdateRequest } from './commit-plan.js';
import { decideInlining, type Inlining } from './inlining.js';
import type { StepScope } from './lowering.js';
import type { ProgramBuilder } from './program-builder.js';
import type { ProgramContext } from './program-context.js';
import type { BufferId, SizeId } from './program.js';
import { RegionMemory } from './region-memory.js';
import { RegionShapes } from './region-shapes.js';
import { StepWriter } from './step-writer.js';

export class Region implements StepScope {
  readonly builder: ProgramBuilder;
  private readonly shapes: RegionShapes;
  private readonly inlining: Inlining;
  private readonly memory: RegionMemory;
  private readonly steps: StepWriter;

  /** @param bound, parent, asWritten as RegionShapes has them */
  constructor(
    private readonly context: ProgramContext,
    private readonly graph: FunctionGraph,
    bound: ReadonlyMap<TensorVariable, BufferId>,
    parent: RegionShapes | null,
    asWritten: readonly TensorVariable[] = [],
  ) {
    this.builder = context.builder;
    const shapes = new RegionShapes(context, graph, bound, parent, asWritten);
    const placed = new Set([...shapes.scalars.keys(), ...shapes.counts.keys()]);
    this.inlining = decideInlining(graph, placed, shapes.inferred, {
      fusion: context.mode.allows(['fusion']),
      inplace: context.mode.allows(['inplace']),
    });
    this.shapes = shapes;
    this.memory = new RegionMemory(context, shapes, this.inlining);
    this.steps = new StepWriter(context, shapes, this.inlining, this.memory, this);
  }

  shape(variable: TensorVariable): readonly SizeId[] {
    return this.memory.shape(variable);
  }

  sizeOf(variable: TensorVariable): SizeId {
    return this.memory.sizeOf(variable);
  }

  buffer(variable: TensorVariable): BufferId {
    return this.memory.buffer(variable);
  }

  lower(
    outputs: readonly TensorVariable[],
    bind: ReadonlyMap<TensorVariable, BufferId>,
    into: readonly (BufferId | null)[] = [],
  ): BufferId[] {
    const inner = new FunctionGraph([...bind.keys()], outputs);
    optimize(inner, this.context.target, this.context.mode);
    return new Region(this.context, inner, bind, this.shapes).writeInner(into);
  }

  writeFunction(outputCount: number, updates: readonly UpdateRequest[]): void {
    const nodes = this.graph.nodes();
    const outputs = this.graph.outputs.slice(0, outputCount);
    const inPlace = planCommit(
      nodes,
      updates,
      new Set(outputs),
      this.inlining,
      this.shapes.inferred,
    );
    const buffers = outputs.map((output) => this.builder.output(output.dtype, this.shape(output)));
    const copied = this.memory.assignOutputs(outputs, buffers, inPlace);
    this.memory.planTakeOver(inPlace);
    const isLate = (node: Apply): boolean => node.outputs.some((output) => inPlace.has(output));
    for (const node of nodes) if (!isLate(node)) this.steps.write(node);
    for (const k of copied) this.steps.copyOut(outputs[k], buffers[k]);
    if (updates.length > 0) this.writeCommit(nodes.filter(isLate), updates, inPlace);
  }

  private writeInner(into: readonly (BufferId | null)[]): BufferId[] {
    const { outputs } = this.graph;
    const wanted = outputs.map((_, k) => into[k] ?? null);
    const copied = this.memory.assignOutputs(outputs, wanted, new Map());
    this.memory.planTakeOver(new Map());
    for (const node of this.graph.nodes()) this.steps.write(node);
    for (const k of copied) this.steps.copyOut(outputs[k], wanted[k] as BufferId);
    return outputs.map((output, k) => wanted[k] ?? this.buffer(output));
  }

  /** In-place steps in order, then copies of what was computed beside. Copies of shared values are taken before anything is written. */
  private writeCommit(
    steps: readonly Apply[],
    updates: readonly UpdateRequest[],
    inPlace: ReadonlyMap<TensorVariable, SharedVariable>,
  ): void {
    const { builder } = this;
    const copies = updates.flatMap(
      ({ target, value }): { target: SharedVariable; from: BufferId }[] => {
        if (inPlace.has(value)) return [];
        const from = this.memory.plain(value);
        const isShared = builder.decl(builder.base(from)).role === 'shared';
        return [{ target, from: isShared ? this.memory.scratchCopy(value, from) : from }];
      },
    );
    for (const [value, target] of inPlace) this.memory.direct(value, this.context.shared(target));
    updates.forEach(({ target }) => this.context.shared(target));
    builder.commit();
    for (const step of steps) this.steps.write(step);
    for (const { target, from } of copies)
      builder.copy(from, this.context.shared(target), builder.site('update'));
  }
}
