/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { asyncCases } from '../../core/test/support/async-cases.js';
import { copyCases } from '../../core/test/support/copy-cases.js';
import { functionCases } from '../../core/test/support/function-cases.js';
import { intoCases } from '../../core/test/support/into-cases.js';
import { manyCases } from '../../core/test/support/many-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { createCpuDevice } from '../src/index.js';

functionCases('the cpu device', createCpuDevice);
intoCases('the cpu device', createCpuDevice);
asyncCases('the cpu device', createCpuDevice);
copyCases('the cpu device', createCpuDevice);
manyCases('the cpu device', () => createCpuDevice({ kernels: 'compiled' }));
