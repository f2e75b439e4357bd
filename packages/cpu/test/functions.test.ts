import { createCpuDevice } from '../src/index.js';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { intoCases } from '../../core/test/support/into-cases.js';

intoCases('the cpu device', createCpuDevice);
