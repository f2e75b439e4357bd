/** Makes the op of a library routine: one that takes whole arrays and gives whole arrays. */
import { defineOp, type Op } from '../graph/op.js';
import type { Lowering } from '../lower/lowering.js';
import { performRoutine } from '../routines/reference.js';
import type { Routine } from '../routines/routine.js';

type RoutineLowering = Extract<Lowering, { kind: 'routine' }>;

export interface RoutineOpDefinition extends Pick<
  Op,
  'types' | 'shapes' | 'pullback' | 'pushforward'
> {
  readonly routine: Routine;
  readonly props?: Op['props'];
  /** The routine's parameters where they are fixed; where they depend on inputs, `lower` and `perform` say how. */
  readonly params?: readonly number[];
  readonly lower?: RoutineLowering['params'];
  /** Inputs from this one on are no operands: they are read as sizes. */
  readonly sizesFrom?: number;
  readonly perform?: Op['perform'];
}

/** An op named like its routine. */
export function routineOp(definition: RoutineOpDefinition): Op {
  const { routine, props = {}, params = [], types, shapes, pullback, pushforward } = definition;
  return defineOp({
    name: routine,
    props,
    types,
    shapes,
    perform: definition.perform ?? ((inputs) => performRoutine(routine, inputs, params)),
    pullback,
    ...(pushforward && { pushforward }),
    lower: {
      kind: 'routine',
      routine,
      ...(definition.sizesFrom === undefined ? {} : { sizesFrom: definition.sizesFrom }),
      params:
        definition.lower ?? (({ builder }) => params.map((param) => builder.sizes.const(param))),
    },
  });
}
