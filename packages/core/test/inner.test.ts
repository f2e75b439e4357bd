import { createReferenceDevice } from '../src/index.js';
import { branchCases, graphOpCases, rowCases } from './support/inner-cases.js';

for (const cases of [rowCases, branchCases, graphOpCases])
  cases('the reference device', createReferenceDevice);
