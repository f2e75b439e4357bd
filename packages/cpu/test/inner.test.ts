// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { rowCases } from '../../core/test/support/inner-cases.js';
import { createCpuDevice } from '../src/index.js';

rowCases('the cpu device', createCpuDevice);
rowCases('the cpu device, interpreting', () => createCpuDevice({ kernels: 'interpreted' }));
