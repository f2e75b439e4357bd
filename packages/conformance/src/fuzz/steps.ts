/** All steps of random graphs: those of the table, those of random form, and what rewrites look for. */
import { families } from '../table/index.js';
import { controlSteps } from './control-steps.js';
import { idiomSteps } from './idioms.js';
import { indexSteps } from './index-idioms.js';
import { linearAlgebraSteps } from './linear-algebra-idioms.js';
import { structureSteps, type Step } from './structure-steps.js';
import { tableSteps } from './table-steps.js';

const ofTable = tableSteps(families);

/** The ops that random graphs have to show. */
export const opsToSee: readonly string[] = [...ofTable.keys()];

export const steps: readonly Step[] = [
  ...ofTable.values(),
  ...structureSteps,
  ...controlSteps,
  ...idiomSteps,
  ...indexSteps,
  ...linearAlgebraSteps,
];
