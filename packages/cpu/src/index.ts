import { warmUpEarly } from './device.js';

// `createDevice` is the name under which core looks for the device of any backend package.
export { createCpuDevice, createCpuDevice as createDevice } from './device.js';
export type { CpuDevice, CpuDeviceOptions } from './device.js';
export { cpuTarget } from './target.js';
export * as diagnostics from './diagnostics.js';

// Whoever imports this package is about to compute.
warmUpEarly();
