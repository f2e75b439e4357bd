// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { walkCases } from '../../core/test/support/walk-cases.js';
import { createCpuDevice } from '../src/index.js';

walkCases('the cpu device', createCpuDevice);
