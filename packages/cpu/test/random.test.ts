/** Random numbers of the cpu device: compiled, and by the interpreter. */
import { describe } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { testRandom } from '../../core/test/support/random-cases.js';
import { createCpuDevice } from '../src/index.js';

describe('the cpu device, with compiled kernels', () => {
  testRandom(createCpuDevice({ kernels: 'compiled' }));
});
describe('the cpu device, interpreting', () => {
  testRandom(createCpuDevice({ kernels: 'interpreted' }));
});
