// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import {
  branchCases,
  graphOpCases,
  rowCases,
  watchCases,
} from '../../core/test/support/inner-cases.js';
import { createCpuDevice } from '../src/index.js';

for (const cases of [rowCases, branchCases, graphOpCases, watchCases]) {
  cases('the cpu device', createCpuDevice);
  cases('the cpu device, interpreting', () => createCpuDevice({ kernels: 'interpreted' }));
}
