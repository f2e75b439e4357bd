import { createReferenceDevice } from '../src/index.js';
import { branchCases, graphOpCases, rowCases, watchCases } from './support/inner-cases.js';
import { loopCases, solverCases } from './support/solver-cases.js';

for (const cases of [rowCases, branchCases, graphOpCases, watchCases, loopCases, solverCases])
  cases('the reference device', createReferenceDevice);
