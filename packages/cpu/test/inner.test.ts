/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import {
  branchCases,
  graphOpCases,
  rowCases,
  watchCases,
} from '../../core/test/support/inner-cases.js';
import { loopCases, solverCases } from '../../core/test/support/solver-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { createCpuDevice } from '../src/index.js';

for (const cases of [rowCases, branchCases, graphOpCases, watchCases, loopCases, solverCases]) {
  cases('the cpu device', createCpuDevice);
  cases('the cpu device, interpreting', () => createCpuDevice({ kernels: 'interpreted' }));
}
