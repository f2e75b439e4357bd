// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { seamCases } from '../../core/test/support/seam-cases.js';
import { createCpuDevice } from '../src/index.js';

seamCases('the cpu device', createCpuDevice);
seamCases('the cpu device, interpreting', () => createCpuDevice({ kernels: 'interpreted' }));
