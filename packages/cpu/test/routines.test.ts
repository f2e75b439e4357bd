/** Routines of the addon give what those of the reference give. */
import { describe } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- test support, shared by source
import { testRoutines } from '../../core/test/support/routine-cases.js';
import { createCpuDevice } from '../src/index.js';

describe('routines of the cpu device', () => {
  testRoutines(createCpuDevice());
});

describe('routines of the cpu device without providers', () => {
  testRoutines(createCpuDevice({ providers: 'plain' }));
});
