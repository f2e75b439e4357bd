import { createReferenceDevice } from '../src/index.js';
import { branchCases, graphOpCases, rowCases, watchCases } from './support/inner-cases.js';

for (const cases of [rowCases, branchCases, graphOpCases, watchCases])
  cases('the reference device', createReferenceDevice);
