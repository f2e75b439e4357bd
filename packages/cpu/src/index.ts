export { createCpuDevice, createCpuDevice as createDevice } from './device.js';
export type { CpuDevice, CpuDeviceOptions } from './device.js';
export { cpuTarget } from './target.js';
